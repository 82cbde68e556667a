/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/error.h"

#define MAX_DOMAINS 32u

typedef struct
{
  RedesNotice *notice;
} ErrorPrivate;

static GMutex mutex;
static GQuark domains[MAX_DOMAINS];
static gint n_domains; /* read without the lock, raised when the next one stands */

REDES_DEFINE_ERROR (redes_io_error)

static gboolean
is_ours (GQuark domain)
{
  for (gint i = 0, n = g_atomic_int_get (&n_domains); i < n; i++)
    if (domains[i] == domain)
      return TRUE;
  return FALSE;
}

/* It stands before the error, as G_DEFINE_EXTENDED_ERROR has it. */
static ErrorPrivate *
get_private (const GError *error)
{
  const gsize unit = 2 * sizeof (gsize);
  const gsize size = (sizeof (ErrorPrivate) + (unit - 1)) & -unit;

  return (ErrorPrivate *)(((guint8 *)error) - size);
}

static void
on_init (GError *error)
{
  get_private (error)->notice = NULL;
}

static void
on_copy (const GError *from, GError *to)
{
  get_private (to)->notice = redes_notice_ref (get_private (from)->notice);
}

static void
on_clear (GError *error)
{
  g_clear_pointer (&get_private (error)->notice, redes_notice_unref);
}

GQuark
redes_error_domain_register (const char *name)
{
  GQuark domain
      = g_error_domain_register_static (name, sizeof (ErrorPrivate), on_init, on_copy, on_clear);

  g_mutex_lock (&mutex);
  g_assert (n_domains < (gint)MAX_DOMAINS);
  domains[n_domains] = domain;
  g_atomic_int_inc (&n_domains);
  g_mutex_unlock (&mutex);
  return domain;
}

GError *
redes_error_new_take (GQuark domain, int code, RedesNotice *notice)
{
  GError *error = g_error_new_literal (domain, code, redes_notice_get_english (notice));

  g_assert (is_ours (domain));
  get_private (error)->notice = notice;
  return error;
}

GError *
redes_error_new_from_take (const GError *reason, RedesNotice *notice)
{
  if (is_ours (reason->domain))
    return redes_error_new_take (reason->domain, reason->code, notice);
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      redes_notice_unref (notice);
      return g_error_copy (reason);
    }
  return redes_error_new_take (REDES_IO_ERROR,
                               reason->domain == G_IO_ERROR         ? reason->code
                               : reason->domain == G_RESOLVER_ERROR ? G_IO_ERROR_HOST_NOT_FOUND
                                                                    : G_IO_ERROR_FAILED,
                               notice);
}

void
redes_set_error_take (GError **error, GQuark domain, int code, RedesNotice *notice)
{
  if (error == NULL)
    redes_notice_unref (notice);
  else
    g_propagate_error (error, redes_error_new_take (domain, code, notice));
}

const RedesNotice *
redes_error_get_notice (const GError *error)
{
  return is_ours (error->domain) ? get_private (error)->notice : NULL;
}

char *
redes_error_dup_words (const GError *error, const char *domain)
{
  const RedesNotice *notice = redes_error_get_notice (error);

  return notice != NULL ? redes_notice_dup_words (notice, domain) : g_strdup (error->message);
}
