/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/identity-private.h"

#include "engine/base/error.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-system.h"
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The PEM of an 8192-bit key is about 6.5 KiB. */
#define MAX_FILE_BYTES 65536

static gboolean
fail_file (GError **error, RedesNoticeCode what, const char *path, int saved_errno)
{
  redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE, what, path,
                   redes_notice_arg_errno (saved_errno));
  return FALSE;
}

/* Whether a file that is made for its owner alone is so: on FAT, exFAT and the like all files have
 * the mode that the disk was mounted with. */
static gboolean
folder_keeps_modes (const char *path)
{
  g_autofree char *probe = g_strconcat (path, ".XXXXXX", NULL);
  struct stat info;
  gboolean keeps = TRUE;
  int fd = g_mkstemp_full (probe, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return TRUE;
  if (fchmod (fd, 0600) == 0 || errno == EPERM || errno == ENOTSUP)
    keeps = fstat (fd, &info) < 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  close (fd);
  g_unlink (probe);
  return keeps;
}

static gboolean
check_file_is_private (int fd, const char *path, GError **error)
{
  struct stat info;

  if (fstat (fd, &info) < 0)
    return fail_file (error, REDES_NOTICE_IDENTITY_CANNOT_LOOK, path, errno);

  if (!S_ISREG (info.st_mode))
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                       REDES_NOTICE_IDENTITY_NOT_REGULAR, path);
      return FALSE;
    }

  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0 && folder_keeps_modes (path))
    {
      redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                       REDES_NOTICE_IDENTITY_NOT_PRIVATE, path, path);
      return FALSE;
    }

  return TRUE;
}

/* Reads at most one byte more than an identity file may have. */
static gboolean
read_all (int fd, guint8 *buffer, gsize capacity, gsize *len)
{
  gsize got = 0;

  while (got < capacity)
    {
      ssize_t n = read (fd, buffer + got, capacity - got);

      if (n == 0)
        break;
      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        got += (gsize)n;
    }

  *len = got;
  return TRUE;
}

static RedesIdentity *
identity_from_pem (const guint8 *pem, gsize len, const char *path, GError **error)
{
  gnutls_datum_t datum = { (guint8 *)pem, (unsigned int)len };
  g_auto (RedesPrivateKey) key = NULL;
  RedesIdentity *self = NULL;

  if (gnutls_x509_privkey_init (&key) < 0)
    g_error ("out of memory");

  if (len <= MAX_FILE_BYTES
      && gnutls_x509_privkey_import2 (key, &datum, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN)
             >= 0)
    self = redes_identity_new_from_key (key, NULL);

  if (self == NULL)
    redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                     REDES_NOTICE_IDENTITY_DAMAGED, path);

  return self;
}

/* Returns %NULL without an error if there is no such file. */
static RedesIdentity *
load (const char *path, GError **error)
{
  RedesIdentity *self = NULL;
  guint8 *buffer;
  gsize len = 0;
  int fd;

  /* O_NONBLOCK, because the path may be that of a pipe. */
  fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (fd < 0)
    {
      if (errno != ENOENT)
        fail_file (error, REDES_NOTICE_IDENTITY_CANNOT_OPEN, path, errno);
      return NULL;
    }

  buffer = g_malloc (MAX_FILE_BYTES + 1);
  if (check_file_is_private (fd, path, error))
    {
      if (read_all (fd, buffer, MAX_FILE_BYTES + 1, &len))
        self = identity_from_pem (buffer, len, path, error);
      else
        fail_file (error, REDES_NOTICE_IDENTITY_CANNOT_READ, path, errno);
    }

  gnutls_memset (buffer, 0, MAX_FILE_BYTES + 1);
  g_free (buffer);
  close (fd);

  return self;
}

/* Returns %FALSE without an error if another process was first. */
static gboolean
store_pem (const char *path, const gnutls_datum_t *pem, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  gboolean written;
  int saved_errno;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) < 0)
    return fail_file (error, REDES_NOTICE_FOLDER_CANNOT_MAKE, folder, errno);

  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail_file (error, REDES_NOTICE_FOLDER_CANNOT_WRITE, folder, errno);

  written = redes_file_write_all (fd, pem->data, pem->size) && fsync (fd) == 0;
  saved_errno = errno;
  close (fd);

  if (written)
    {
      saved_errno = redes_move_no_replace (temporary, path);
      if (saved_errno == 0)
        {
          redes_file_system_sync_folder (folder);
          return TRUE;
        }
    }

  g_unlink (temporary);

  if (!written || saved_errno != EEXIST)
    return fail_file (error, REDES_NOTICE_IDENTITY_CANNOT_WRITE, path, saved_errno);

  return FALSE;
}

static RedesIdentity *
create (const char *path, guint rsa_bits, GError **error)
{
  g_autoptr (RedesIdentity) self = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (RedesPrivateKey) key = NULL;
  gnutls_datum_t pem = { NULL, 0 };
  gboolean stored;

  if (gnutls_x509_privkey_init (&key) < 0)
    g_error ("out of memory");

  if (!redes_identity_generate_key (rsa_bits, key, error)
      || !redes_identity_check_result (gnutls_x509_privkey_export2_pkcs8 (
                                           key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem),
                                       REDES_IDENTITY_ERROR_KEY, REDES_NOTICE_RSA_NOT_WRITTEN,
                                       error))
    return NULL;

  self = redes_identity_new_from_key (key, error);
  if (self == NULL)
    {
      redes_identity_clear_secret (&pem);
      return NULL;
    }

  stored = store_pem (path, &pem, &local_error);
  redes_identity_clear_secret (&pem);

  if (stored)
    return g_steal_pointer (&self);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return load (path, error);
}

gboolean
redes_identity_file_is_exposed (const char *path)
{
  struct stat info;

  return stat (path, &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0;
}

RedesIdentity *
redes_identity_load_or_create (const char *path, guint rsa_bits, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  RedesIdentity *self;

  g_return_val_if_fail (path != NULL, NULL);

  self = load (path, &local_error);
  if (self != NULL)
    return self;

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  self = create (path, rsa_bits, &local_error);
  if (self == NULL && local_error == NULL)
    redes_set_error (error, REDES_IDENTITY_ERROR, REDES_IDENTITY_ERROR_FILE,
                     REDES_NOTICE_IDENTITY_VANISHED, path);
  else if (self == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return self;
}
