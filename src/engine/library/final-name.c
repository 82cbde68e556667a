/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/final-name.h"

#include "engine/base/error.h"
#include "engine/platform/file-system.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/library/disk-error.h"
#include "engine/library/error.h"
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_NAME_BYTES 255
/* Encrypted folders take no more than 143, and a number may follow. */
#define SHORT_NAME_BYTES 130
#define MAX_NUMBER 9999
/* What NTFS, exFAT and FAT take in no name. */
#define REFUSED_CHARACTERS "?<>|\"*:\\"
/* Names that are looked at for what an earlier run has finished. */
#define MAX_LOOKS 100

static char *
build_path (const char *folder, const char *name, guint number)
{
  g_autofree char *numbered
      = number == 1 ? g_strdup (name) : redes_text_numbered_file_name (name, number);

  return g_build_filename (folder, numbered, NULL);
}

/* @result: an errno */
static void
set_name_error (GError **error, int result, const char *target)
{
  g_autofree char *name = redes_text_display_path (target);

  if (result == ENAMETOOLONG)
    redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME,
                     REDES_NOTICE_NAME_TOO_LONG, name);
  else
    redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME,
                     REDES_NOTICE_NAME_REFUSED, name, REFUSED_CHARACTERS);
}

typedef enum
{
  TRIAL_ACCEPTED,
  TRIAL_REFUSED,
  TRIAL_IMPOSSIBLE, /* no name is accepted now */
} Trial;

/* Tries whether @name can be made in @folder, by making it in a folder of a private name within,
 * where it is in nobody's way. @result: an errno, unless the name is accepted */
static Trial
try_name (const char *folder, const char *name, int *result)
{
  g_autofree char *hidden = g_strdup_printf (".redes-%08x", g_random_int ());
  g_autofree char *within = g_build_filename (folder, hidden, NULL);
  g_autofree char *path = g_build_filename (within, name, NULL);
  /* To know a refusal of this name from one of all names. */
  g_autofree char *plain = g_build_filename (within, "a", NULL);
  Trial trial = TRIAL_ACCEPTED;
  int fd;

  if (g_mkdir (within, 0700) != 0)
    {
      *result = errno;
      return TRIAL_IMPOSSIBLE;
    }
  fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      *result = errno;
      fd = g_open (plain, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      trial = fd >= 0 ? TRIAL_REFUSED : TRIAL_IMPOSSIBLE;
    }
  if (fd >= 0)
    g_close (fd, NULL);
  (void)g_unlink (path);
  (void)g_unlink (plain);
  (void)g_rmdir (within);
  return trial;
}

/* What else may fail, such as a full disk, is told by who meets it, so it counts as yes. */
static gboolean
is_accepted (const char *folder, const char *name, int *result)
{
  return try_name (folder, name, result) != TRIAL_REFUSED;
}

static char *
move_to_target (const char *hidden, const char *folder, const char *target, GError **error)
{
  int result = redes_move_no_replace (hidden, target);
  g_autofree char *name = redes_text_display_path (target);

  switch (result)
    {
    case 0:
      return g_strdup (target);
    case EEXIST:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_NAME_TAKEN, name);
      return NULL;
    default:
      if (redes_final_name_check (folder, target, error))
        redes_set_disk_error (error, result, folder, 0);
      return NULL;
    }
}

char *
redes_final_name_make (const char *name, RedesNameForm form)
{
  g_autofree char *plain = (form & REDES_NAME_FORM_PLAIN) != 0
                               ? g_strdelimit (g_strdup (name), REFUSED_CHARACTERS, '_')
                               : g_strdup (name);

  return redes_text_make_safe_file_name (
      plain, (form & REDES_NAME_FORM_SHORT) != 0 ? SHORT_NAME_BYTES : MAX_NAME_BYTES);
}

gboolean
redes_final_name_depends_on_form (const char *name)
{
  return strpbrk (name, REFUSED_CHARACTERS) != NULL || strlen (name) > SHORT_NAME_BYTES;
}

gboolean
redes_final_name_find_form (const char *folder, RedesNameForm *form, GError **error)
{
  char longest[MAX_NAME_BYTES + 1] = { 0 };
  const char *const names[] = { longest, "a" REFUSED_CHARACTERS };
  const RedesNameForm forms[] = { REDES_NAME_FORM_SHORT, REDES_NAME_FORM_PLAIN };

  memset (longest, 'a', MAX_NAME_BYTES);
  *form = REDES_NAME_FORM_ANY;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      int result = 0;

      switch (try_name (folder, names[i], &result))
        {
        case TRIAL_ACCEPTED:
          break;
        case TRIAL_REFUSED:
          *form |= forms[i];
          break;
        case TRIAL_IMPOSSIBLE:
        default:
          redes_set_disk_error (error, result, folder, 0);
          return FALSE;
        }
    }
  return TRUE;
}

/* (transfer full) (element-type filename): the names for what a manifest calls @name, safe ones, in
 * the order in which they are tried: as it is, shorter, without what some file systems refuse */
static GPtrArray *
list_names (const char *name)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint form = 0; form < REDES_N_NAME_FORMS; form++)
    {
      g_autofree char *safe = redes_final_name_make (name, (RedesNameForm)form);

      if (!g_ptr_array_find_with_equal_func (names, safe, g_str_equal, NULL))
        g_ptr_array_add (names, g_steal_pointer (&safe));
    }
  return names;
}

gboolean
redes_final_name_check (const char *folder, const char *target, GError **error)
{
  g_autofree char *name = g_path_get_basename (target);
  int result;

  if (g_file_test (target, G_FILE_TEST_EXISTS) || is_accepted (folder, name, &result))
    return TRUE;
  set_name_error (error, result, target);
  return FALSE;
}

char *
redes_final_name_foresee (const char *folder, const char *name)
{
  g_autoptr (GPtrArray) names = list_names (name);

  for (guint i = 0; i < names->len; i++)
    {
      int result;

      if (is_accepted (folder, g_ptr_array_index (names, i), &result))
        return i == 0 ? NULL : g_strdup (g_ptr_array_index (names, i));
    }
  return NULL;
}

/* Takes @name, or with the first number that is free; otherwise %NULL and an errno in @result. */
static char *
move_to_free_name (const char *hidden, const char *folder, const char *name, int *result)
{
  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autofree char *path = build_path (folder, name, number);

      *result = redes_move_no_replace (hidden, path);
      if (*result == 0)
        return g_steal_pointer (&path);
      if (*result != EEXIST)
        return NULL;
    }

  return NULL;
}

char *
redes_final_name_take (const char *hidden,
                       const char *folder,
                       const char *name,
                       const char *target,
                       gboolean *is_replaced,
                       GError **error)
{
  g_autoptr (GPtrArray) names = target == NULL ? list_names (name) : NULL;
  char *path = NULL;
  int result = 0;

  if (is_replaced != NULL)
    *is_replaced = FALSE;
  if (target != NULL)
    path = move_to_target (hidden, folder, target, error);
  /* File systems have many ways to say that they do not take a name: what fails is tried again
   * under the next one, whatever is said. */
  for (guint i = 0; names != NULL && path == NULL && i < names->len; i++)
    {
      int last;

      path = move_to_free_name (hidden, folder, g_ptr_array_index (names, i), &last);
      if (i == 0)
        result = last;
      else if (path != NULL && is_replaced != NULL)
        *is_replaced = TRUE;
    }
  if (path == NULL && target == NULL)
    redes_set_disk_error (error, result, folder, 0);

  if (path != NULL)
    redes_file_system_sync_folder (folder);
  return path;
}

/* Whether @path comes before the first that is free. @is_free: (out): whether there is such a one
 */
static gboolean
is_among_numbered (const char *folder, const char *name, const char *path, gboolean *is_free)
{
  for (guint number = 1; number <= MAX_LOOKS; number++)
    {
      g_autofree char *tried = build_path (folder, name, number);
      GStatBuf info;

      if (g_str_equal (tried, path))
        return TRUE;
      *is_free = g_lstat (tried, &info) != 0;
      if (*is_free)
        return FALSE;
    }
  return FALSE;
}

gboolean
redes_final_name_leads_to (const char *folder, const char *name, const char *path)
{
  g_autoptr (GPtrArray) names = list_names (name);

  for (guint i = 0; i < names->len; i++)
    {
      gboolean is_free = FALSE;
      int result;

      if (is_among_numbered (folder, g_ptr_array_index (names, i), path, &is_free))
        return TRUE;
      if (!is_free || is_accepted (folder, g_ptr_array_index (names, i), &result))
        return FALSE;
    }
  return FALSE;
}

typedef gboolean (*AcceptFunc) (const char *path, gint64 mtime_ns, gpointer user_data);

static gboolean
is_it (const char *path, guint64 size, AcceptFunc accept, gpointer user_data)
{
  GStatBuf info;

  return g_lstat (path, &info) == 0 && S_ISREG (info.st_mode) && (guint64)info.st_size == size
         && accept (path, redes_file_time_ns (&info), user_data);
}

static char *
find_numbered (
    const char *folder, const char *name, guint64 size, AcceptFunc accept, gpointer user_data)
{
  for (guint number = 1; number <= MAX_LOOKS; number++)
    {
      g_autofree char *path = build_path (folder, name, number);

      if (is_it (path, size, accept, user_data))
        return g_steal_pointer (&path);
    }
  return NULL;
}

char *
redes_final_name_find (const char *folder,
                       const char *name,
                       const char *target,
                       guint64 size,
                       AcceptFunc accept,
                       gpointer user_data)
{
  g_autoptr (GPtrArray) names = NULL;
  char *path = NULL;

  if (target != NULL)
    return is_it (target, size, accept, user_data) ? g_strdup (target) : NULL;

  names = list_names (name);
  for (guint i = 0; path == NULL && i < names->len; i++)
    path = find_numbered (folder, g_ptr_array_index (names, i), size, accept, user_data);
  return path;
}
