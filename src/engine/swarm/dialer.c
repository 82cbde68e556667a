/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/dialer.h"

#include "engine/net/endpoint.h"
#include "engine/swarm/dial-book.h"
#include "engine/swarm/swarm.h"

#define MAX_DIALS 64u
#define DIAL_TIMEOUT_S 10
/* Those that wait because others are being made to the same address, or because of MAX_DIALS. */
#define MAX_WAITING 256u
#define MAX_WAITING_AT_ONE_HOST 32u

/**
 * RedesDialer:
 * @dials: RedesPeerId to Dial
 * @waiting: of Dial, not begun, the oldest first
 */
struct _RedesDialer
{
  RedesSwarm *swarm;
  char *local_host;
  RedesDialBook *ban_list;
  GHashTable *dials;
  GQueue waiting;
};

typedef struct
{
  RedesDialer *dialer;
  RedesPeerId id;
  char *host;
  guint16 port;
  gboolean is_begun;
  GList link; /* among those that wait */
  GCancellable *cancellable;
  RedesPeerSession *session; /* once TCP stands */
  GPtrArray *downloads;
  GArray *waiters; /* Waiter */
} Dial;

typedef struct
{
  RedesDialerFunc func;
  gpointer user_data;
} Waiter;

static void
dial_free (gpointer data)
{
  Dial *dial = data;

  if (dial->is_begun)
    redes_dial_book_end (dial->dialer->ban_list, dial->host);
  else
    g_queue_unlink (&dial->dialer->waiting, &dial->link);
  g_free (dial->host);
  g_cancellable_cancel (dial->cancellable);
  g_object_unref (dial->cancellable);
  g_clear_pointer (&dial->session, redes_peer_session_unref);
  g_ptr_array_unref (dial->downloads);
  g_array_unref (dial->waiters);
  g_free (dial);
}

RedesDialer *
redes_dialer_new (RedesSwarm *swarm, const char *local_host)
{
  RedesDialer *self = g_new0 (RedesDialer, 1);

  self->swarm = swarm;
  self->local_host = g_strdup (local_host);
  self->ban_list = redes_dial_book_new ();
  self->dials = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, dial_free);
  return self;
}

void
redes_dialer_free (RedesDialer *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->dials);
  redes_dial_book_free (self->ban_list);
  g_free (self->local_host);
  g_free (self);
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = redes_dial_finish (result, &error);
  Dial *dial = user_data;

  /* Cancelled: the dial is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL)
    {
      redes_dialer_settle (dial->dialer, &dial->id, NULL, error->message);
      return;
    }
  dial->session = redes_peer_session_new (dial->dialer->swarm, connection, FALSE, &dial->id);
  redes_swarm_take_session (dial->dialer->swarm, redes_peer_session_ref (dial->session));
}

static guint
count_begun (RedesDialer *self)
{
  return g_hash_table_size (self->dials) - self->waiting.length;
}

/* Begins those of the waiting that may. */
static void
begin_waiting (RedesDialer *self)
{
  GList *next;

  for (GList *l = self->waiting.head; l != NULL && count_begun (self) < MAX_DIALS; l = next)
    {
      Dial *dial = l->data;

      next = l->next;
      if (!redes_dial_book_has_room (self->ban_list, dial->host))
        continue;
      g_queue_unlink (&self->waiting, l);
      dial->is_begun = TRUE;
      redes_dial_book_begin (self->ban_list, dial->host);
      redes_dial_from_async (self->local_host, dial->host, dial->port, DIAL_TIMEOUT_S,
                             dial->cancellable, dial_cb, dial);
    }
}

static guint
count_waiting_at (RedesDialer *self, const char *host)
{
  guint n = 0;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    n += g_str_equal (((Dial *)l->data)->host, host);
  return n;
}

/* (nullable): the one under way, or a new one, unless there are too many. */
static Dial *
ensure_dial (RedesDialer *self, const RedesPeerId *id, const char *host, guint16 port)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);

  if (dial != NULL)
    return dial;
  if (self->waiting.length >= MAX_WAITING
      || count_waiting_at (self, host) >= MAX_WAITING_AT_ONE_HOST)
    return NULL;
  dial = g_new0 (Dial, 1);
  dial->dialer = self;
  dial->id = *id;
  dial->host = g_strdup (host);
  dial->port = port;
  dial->link.data = dial;
  dial->cancellable = g_cancellable_new ();
  dial->downloads = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_download_unref);
  dial->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_hash_table_insert (self->dials, &dial->id, dial);
  g_queue_push_tail_link (&self->waiting, &dial->link);
  begin_waiting (self);
  return dial;
}

void
redes_dialer_want (RedesDialer *self,
                   const RedesPeerId *id,
                   const char *host,
                   guint16 port,
                   RedesDownload *download)
{
  Dial *dial = NULL;

  /* What a tracker says is a hint: an address that failed is left alone for a while. */
  if (g_hash_table_contains (self->dials, id)
      || redes_dial_book_may_try (self->ban_list, id, host, port, g_get_monotonic_time ()))
    dial = ensure_dial (self, id, host, port);
  if (dial == NULL || g_ptr_array_find (dial->downloads, download, NULL))
    return;
  g_ptr_array_add (dial->downloads, redes_download_ref (download));
  redes_download_dialling (download, 1, NULL);
}

gboolean
redes_dialer_meet (RedesDialer *self,
                   const RedesPeerId *id,
                   const char *host,
                   guint16 port,
                   RedesDialerFunc func,
                   gpointer user_data)
{
  Dial *dial = ensure_dial (self, id, host, port);
  Waiter waiter = { .func = func, .user_data = user_data };

  if (dial == NULL)
    return FALSE;
  g_array_append_val (dial->waiters, waiter);
  return TRUE;
}

void
redes_dialer_settle (RedesDialer *self,
                     const RedesPeerId *id,
                     RedesPeerSession *session,
                     const char *words)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);
  g_autoptr (GPtrArray) downloads = NULL;
  g_autoptr (GArray) waiters = NULL;

  if (dial == NULL)
    return;
  downloads = g_ptr_array_ref (dial->downloads);
  waiters = g_array_ref (dial->waiters);
  if (session != NULL)
    redes_dial_book_note_met (self->ban_list, id, dial->host, dial->port);
  else
    redes_dial_book_note_failed (self->ban_list, id, dial->host, dial->port, dial->session != NULL,
                                 g_get_monotonic_time ());
  /* @id may be the dial's own. */
  g_hash_table_remove (self->dials, id);
  begin_waiting (self);
  for (guint i = 0; i < downloads->len; i++)
    {
      RedesDownload *download = g_ptr_array_index (downloads, i);

      if (session != NULL)
        redes_download_add_peer (download, session);
      redes_download_dialling (download, -1, words);
    }
  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->func (self->swarm, session, words, waiter->user_data);
    }
}

void
redes_dialer_session_closed (RedesDialer *self, RedesPeerSession *session, const char *words)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->dials);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Dial *dial = value;

      if (dial->session == session)
        {
          redes_dialer_settle (self, &dial->id, NULL, words);
          return;
        }
    }
}
