/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/data-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define NO_LOCK (-2)
#define LOCK_NAME "lock"
#define LOCK_TRIES 20u
#define LOCK_PAUSE_MS 50u

static gboolean
lock_file (int fd)
{
  for (guint i = 0; flock (fd, LOCK_EX | LOCK_NB) != 0; i++)
    {
      /* A file system without locks. */
      if (errno != EWOULDBLOCK)
        return TRUE;
      if (i == LOCK_TRIES)
        return FALSE;
      g_usleep (LOCK_PAUSE_MS * 1000);
    }
  return TRUE;
}

/* For a person to find out who has it; the lock itself is the system's. */
static void
sign (int fd)
{
  g_autofree char *text = g_strdup_printf ("%ld %s\n", (long)getpid (),
                                           g_get_prgname () != NULL ? g_get_prgname () : "");

  if (ftruncate (fd, 0) != 0 || pwrite (fd, text, strlen (text), 0) < 0)
    g_debug ("the lock file cannot be written: %s", g_strerror (errno));
}

static gint64
read_holder (int fd)
{
  char text[64] = "";
  gssize n_read = pread (fd, text, sizeof text - 1, 0);
  gint64 pid = n_read > 0 ? g_ascii_strtoll (text, NULL, 10) : 0;

  return MAX (pid, 0);
}

int
redes_data_lock_take (const char *folder, gint64 *holder)
{
  g_autofree char *path = g_build_filename (folder, LOCK_NAME, NULL);
  int fd;

  /* What is wrong with the folder is told by who needs it. */
  (void)g_mkdir_with_parents (folder, 0700);
  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0)
    return NO_LOCK;
  if (lock_file (fd))
    {
      sign (fd);
      return fd;
    }

  *holder = read_holder (fd);
  close (fd);
  return -1;
}

void
redes_data_lock_release (int lock)
{
  if (lock >= 0)
    close (lock);
}
