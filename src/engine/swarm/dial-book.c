/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/dial-book.h"

#include "engine/base/text.h"

#define FIRST_DELAY_US G_USEC_PER_SEC
#define LONGEST_DELAY_US (60 * G_USEC_PER_SEC)
/* A machine at which so many connections failed in a row is tried once in so long. */
#define MANY_FAILURES 10u
#define HOST_DELAY_US G_USEC_PER_SEC

/**
 * RedesDialBook:
 * @active: host to how many connections to it are being made
 * @failures: of Failure, by "host", "host:port" and "host:port id"
 * @order: of Failure, the one that failed longest ago first
 */
struct _RedesDialBook
{
  GHashTable *active;
  GHashTable *failures;
  GQueue order;
};

typedef struct
{
  char *key;
  guint n_times;
  gint64 failed_us;
  GList link;
} Failure;

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  g_free (failure->key);
  g_free (failure);
}

RedesDialBook *
redes_dial_book_new (void)
{
  RedesDialBook *self = g_new0 (RedesDialBook, 1);

  self->active = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, failure_free);
  return self;
}

void
redes_dial_book_free (RedesDialBook *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->active);
  g_hash_table_unref (self->failures);
  g_free (self);
}

static guint
count_active (RedesDialBook *self, const char *host)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->active, host));
}

gboolean
redes_dial_book_has_room (RedesDialBook *self, const char *host)
{
  return count_active (self, host) < REDES_DIAL_BOOK_MAX_AT_ONE_HOST;
}

void
redes_dial_book_begin (RedesDialBook *self, const char *host)
{
  g_hash_table_insert (self->active, g_strdup (host),
                       GUINT_TO_POINTER (count_active (self, host) + 1));
}

void
redes_dial_book_end (RedesDialBook *self, const char *host)
{
  guint n = count_active (self, host);

  g_return_if_fail (n > 0);

  if (n == 1)
    g_hash_table_remove (self->active, host);
  else
    g_hash_table_insert (self->active, g_strdup (host), GUINT_TO_POINTER (n - 1));
}

static char *
dup_key (const RedesPeerId *id, const char *host, guint16 port)
{
  g_autofree char *address = redes_text_format_address (host, port);
  g_autofree char *text = NULL;

  if (id == NULL)
    return g_steal_pointer (&address);
  text = redes_digest_dup_base32 (id);
  return g_strconcat (address, " ", text, NULL);
}

static void
forget (RedesDialBook *self, const char *key)
{
  Failure *failure = g_hash_table_lookup (self->failures, key);

  if (failure == NULL)
    return;
  g_queue_unlink (&self->order, &failure->link);
  g_hash_table_remove (self->failures, failure->key);
}

static void
note (RedesDialBook *self, const char *key, gint64 now_us)
{
  Failure *failure = g_hash_table_lookup (self->failures, key);

  if (failure == NULL)
    {
      if (g_hash_table_size (self->failures) >= REDES_DIAL_BOOK_MAX_ENTRIES)
        forget (self, ((Failure *)g_queue_peek_head (&self->order))->key);
      failure = g_new0 (Failure, 1);
      failure->key = g_strdup (key);
      failure->link.data = failure;
      g_hash_table_insert (self->failures, failure->key, failure);
    }
  else
    g_queue_unlink (&self->order, &failure->link);
  failure->n_times++;
  failure->failed_us = now_us;
  g_queue_push_tail_link (&self->order, &failure->link);
}

/* Whether the last failure noted under @key is long enough ago. */
static gboolean
is_over (RedesDialBook *self, const char *key, gint64 now_us)
{
  const Failure *failure = g_hash_table_lookup (self->failures, key);

  return failure == NULL
         || now_us - failure->failed_us
                >= MIN (FIRST_DELAY_US << MIN (failure->n_times - 1, 10u), LONGEST_DELAY_US);
}

gboolean
redes_dial_book_may_try (
    RedesDialBook *self, const RedesPeerId *id, const char *host, guint16 port, gint64 now_us)
{
  const Failure *of_host = g_hash_table_lookup (self->failures, host);
  g_autofree char *address = dup_key (NULL, host, port);
  g_autofree char *peer = dup_key (id, host, port);

  if (of_host != NULL && of_host->n_times >= MANY_FAILURES
      && now_us - of_host->failed_us < HOST_DELAY_US)
    return FALSE;
  return is_over (self, address, now_us) && is_over (self, peer, now_us);
}

void
redes_dial_book_note_failed (RedesDialBook *self,
                             const RedesPeerId *id,
                             const char *host,
                             guint16 port,
                             gboolean connected,
                             gint64 now_us)
{
  g_autofree char *key = dup_key (connected ? id : NULL, host, port);

  note (self, host, now_us);
  note (self, key, now_us);
}

void
redes_dial_book_note_met (RedesDialBook *self,
                          const RedesPeerId *id,
                          const char *host,
                          guint16 port)
{
  g_autofree char *address = dup_key (NULL, host, port);
  g_autofree char *peer = dup_key (id, host, port);

  forget (self, host);
  forget (self, address);
  forget (self, peer);
}

guint
redes_dial_book_count (RedesDialBook *self)
{
  return g_hash_table_size (self->failures);
}
