/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/prober.h"

#include "engine/net/endpoint.h"

#define MAX_UNDER_WAY 32u
#define MAX_WAITING 4096u
#define TIMEOUT_S 5

/**
 * RedesProber:
 * @waiting: of Probe
 * @under_way: of Probe
 * @cancellable: of all that are under way
 */
struct _RedesProber
{
  char *local_host;
  GQueue waiting;
  GPtrArray *under_way;
  GCancellable *cancellable;
};

/* @prober: %NULL once it is gone */
typedef struct
{
  RedesProber *prober;
  char *host;
  guint16 port;
  RedesProberFunc func;
  gpointer user_data;
  GDestroyNotify user_data_free;
} Probe;

static void
probe_free (gpointer data)
{
  Probe *probe = data;

  if (probe->prober != NULL)
    probe->user_data_free (probe->user_data);
  g_free (probe->host);
  g_free (probe);
}

static void begin_waiting (RedesProber *self);

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = redes_dial_finish (result, &error);
  Probe *probe = user_data;
  RedesProber *self = probe->prober;

  if (self == NULL)
    {
      probe_free (probe);
      return;
    }
  if (connection != NULL)
    g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_ptr_array_remove_fast (self->under_way, probe);
  probe->func (connection != NULL, probe->user_data);
  probe_free (probe);
  begin_waiting (self);
}

static void
begin_waiting (RedesProber *self)
{
  while (self->under_way->len < MAX_UNDER_WAY && !g_queue_is_empty (&self->waiting))
    {
      Probe *probe = g_queue_pop_head (&self->waiting);

      g_ptr_array_add (self->under_way, probe);
      redes_dial_from_async (self->local_host, probe->host, probe->port, TIMEOUT_S,
                             self->cancellable, dial_cb, probe);
    }
}

RedesProber *
redes_prober_new (const char *local_host)
{
  RedesProber *self = g_new0 (RedesProber, 1);

  self->local_host = g_strdup (local_host);
  self->under_way = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  return self;
}

void
redes_prober_free (RedesProber *self)
{
  if (self == NULL)
    return;
  g_queue_clear_full (&self->waiting, probe_free);
  /* Their calls end later; what they are for may be gone by then. */
  for (guint i = 0; i < self->under_way->len; i++)
    {
      Probe *probe = g_ptr_array_index (self->under_way, i);

      probe->user_data_free (probe->user_data);
      probe->prober = NULL;
    }
  g_ptr_array_unref (self->under_way);
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  g_free (self->local_host);
  g_free (self);
}

gboolean
redes_prober_try (RedesProber *self,
                  const char *host,
                  guint16 port,
                  RedesProberFunc func,
                  gpointer user_data,
                  GDestroyNotify user_data_free)
{
  Probe *probe;

  if (self->waiting.length >= MAX_WAITING)
    return FALSE;
  probe = g_new0 (Probe, 1);
  probe->prober = self;
  probe->host = g_strdup (host);
  probe->port = port;
  probe->func = func;
  probe->user_data = user_data;
  probe->user_data_free = user_data_free;
  g_queue_push_tail (&self->waiting, probe);
  begin_waiting (self);
  return TRUE;
}
