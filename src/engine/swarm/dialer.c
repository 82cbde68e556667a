/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/dialer.h"

#include "engine/net/endpoint.h"
#include "engine/swarm/swarm.h"

#define MAX_DIALS 64u
#define DIAL_TIMEOUT_S 10

struct _RedesDialer
{
  RedesSwarm *swarm;
  GHashTable *dials; /* RedesPeerId -> Dial */
};

typedef struct
{
  RedesDialer *dialer;
  RedesPeerId id;
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

  g_cancellable_cancel (dial->cancellable);
  g_object_unref (dial->cancellable);
  g_clear_pointer (&dial->session, redes_peer_session_unref);
  g_ptr_array_unref (dial->downloads);
  g_array_unref (dial->waiters);
  g_free (dial);
}

RedesDialer *
redes_dialer_new (RedesSwarm *swarm)
{
  RedesDialer *self = g_new0 (RedesDialer, 1);

  self->swarm = swarm;
  self->dials = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, dial_free);
  return self;
}

void
redes_dialer_free (RedesDialer *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->dials);
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

/* (nullable): the one under way, or a new one, unless there are too many. */
static Dial *
ensure_dial (RedesDialer *self, const RedesPeerId *id, const char *host, guint16 port)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);

  if (dial != NULL || g_hash_table_size (self->dials) >= MAX_DIALS)
    return dial;
  dial = g_new0 (Dial, 1);
  dial->dialer = self;
  dial->id = *id;
  dial->cancellable = g_cancellable_new ();
  dial->downloads = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_download_unref);
  dial->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_hash_table_insert (self->dials, &dial->id, dial);
  redes_dial_async (host, port, DIAL_TIMEOUT_S, dial->cancellable, dial_cb, dial);
  return dial;
}

void
redes_dialer_want (RedesDialer *self,
                   const RedesPeerId *id,
                   const char *host,
                   guint16 port,
                   RedesDownload *download)
{
  Dial *dial = ensure_dial (self, id, host, port);

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
  /* @id may be the dial's own. */
  g_hash_table_remove (self->dials, id);
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
