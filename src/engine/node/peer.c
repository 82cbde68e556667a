/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/peer-private.h"

#include "engine/base/text.h"

struct _RedesPeer
{
  GObject parent_instance;
  RedesEndpoint endpoint;
  char *address; /* of @endpoint, as text */
  guint how;
  gboolean connected;
  gboolean by_them;
  guint64 bytes_down;
  guint64 bytes_up;
  gdouble down_bytes_per_s;
  gdouble up_bytes_per_s;
  gint64 updated_us;
  gint64 seen_us;
};

G_DEFINE_FINAL_TYPE (RedesPeer, redes_peer, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
redes_peer_finalize (GObject *object)
{
  RedesPeer *self = REDES_PEER (object);

  redes_endpoint_clear (&self->endpoint);
  g_free (self->address);
  G_OBJECT_CLASS (redes_peer_parent_class)->finalize (object);
}

static void
redes_peer_class_init (RedesPeerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_peer_finalize;

  /** RedesPeer::changed: something that its getters tell is not as it was. */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_peer_init (RedesPeer *self)
{
}

RedesPeer *
redes_peer_new (const RedesPeerId *id)
{
  RedesPeer *self = g_object_new (REDES_TYPE_PEER, NULL);

  redes_endpoint_init (&self->endpoint, id, NULL, NULL, 0);
  self->address = g_strdup ("");
  return self;
}

/* What is not said of it stays as it was. */
static void
take_endpoint (RedesPeer *self, const RedesEndpoint *endpoint)
{
  if (*endpoint->nickname != '\0')
    redes_endpoint_set_nickname (&self->endpoint, endpoint->nickname);
  if (*endpoint->host == '\0')
    return;
  redes_endpoint_set_address (&self->endpoint, endpoint->host, endpoint->port);
  g_free (self->address);
  self->address = redes_text_format_address (endpoint->host, endpoint->port);
}

/* A counter that went down is that of a new connection. */
static gdouble
get_rate (guint64 before, guint64 now, gint64 elapsed_us)
{
  if (now < before || elapsed_us <= 0)
    return 0;
  return (gdouble)(now - before) * G_USEC_PER_SEC / elapsed_us;
}

void
redes_peer_update (RedesPeer *self, const RedesPeerStatus *news, gint64 now_us)
{
  static const RedesPeerStatus nothing;
  gboolean went_on = self->connected && news != NULL && news->connected;
  gint64 elapsed_us = now_us - self->updated_us;

  if (news != NULL)
    {
      self->seen_us = now_us;
      take_endpoint (self, &news->endpoint);
    }
  else
    news = &nothing;
  self->down_bytes_per_s = went_on ? get_rate (self->bytes_down, news->bytes_in, elapsed_us) : 0;
  self->up_bytes_per_s = went_on ? get_rate (self->bytes_up, news->bytes_out, elapsed_us) : 0;
  self->bytes_down = news->bytes_in;
  self->bytes_up = news->bytes_out;
  self->how = news->how;
  self->connected = news->connected;
  self->by_them = news->by_them;
  self->updated_us = now_us;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const RedesPeerId *
redes_peer_get_id (RedesPeer *self)
{
  return &self->endpoint.id;
}

const char *
redes_peer_get_nickname (RedesPeer *self)
{
  return self->endpoint.nickname;
}

const char *
redes_peer_get_address (RedesPeer *self)
{
  return self->address;
}

guint
redes_peer_get_how (RedesPeer *self)
{
  return self->how;
}

gboolean
redes_peer_is_connected (RedesPeer *self)
{
  return self->connected;
}

gboolean
redes_peer_is_connected_by_them (RedesPeer *self)
{
  return self->by_them;
}

gdouble
redes_peer_get_down_bytes_per_s (RedesPeer *self)
{
  return self->down_bytes_per_s;
}

gdouble
redes_peer_get_up_bytes_per_s (RedesPeer *self)
{
  return self->up_bytes_per_s;
}

guint64
redes_peer_get_bytes_down (RedesPeer *self)
{
  return self->bytes_down;
}

guint64
redes_peer_get_bytes_up (RedesPeer *self)
{
  return self->bytes_up;
}

gint64
redes_peer_get_seen_us (RedesPeer *self)
{
  return self->seen_us;
}
