/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/registered-peer-item-private.h"

#include "engine/base/text.h"

struct _RedesRegisteredPeerItem
{
  GObject parent_instance;
  RedesRegisteredPeer *registered;
  char *address; /* of its endpoint, as text */
};

G_DEFINE_FINAL_TYPE (RedesRegisteredPeerItem, redes_registered_peer_item, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
redes_registered_peer_item_finalize (GObject *object)
{
  redes_registered_peer_free (REDES_REGISTERED_PEER_ITEM (object)->registered);
  g_free (REDES_REGISTERED_PEER_ITEM (object)->address);
  G_OBJECT_CLASS (redes_registered_peer_item_parent_class)->finalize (object);
}

static void
redes_registered_peer_item_class_init (RedesRegisteredPeerItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_registered_peer_item_finalize;

  /** RedesRegisteredPeerItem::changed: something that its getters tell is not as it was. */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_registered_peer_item_init (RedesRegisteredPeerItem *self)
{
}

static void
take_registered (RedesRegisteredPeerItem *self, RedesRegisteredPeer *registered)
{
  self->registered = registered;
  g_free (self->address);
  self->address = redes_text_format_address (registered->endpoint.host, registered->endpoint.port);
}

RedesRegisteredPeerItem *
redes_registered_peer_item_new (RedesRegisteredPeer *registered)
{
  RedesRegisteredPeerItem *self = g_object_new (REDES_TYPE_REGISTERED_PEER_ITEM, NULL);

  take_registered (self, registered);
  return self;
}

void
redes_registered_peer_item_update (RedesRegisteredPeerItem *self, RedesRegisteredPeer *registered)
{
  redes_registered_peer_free (self->registered);
  take_registered (self, registered);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

const RedesPeerId *
redes_registered_peer_item_get_id (RedesRegisteredPeerItem *self)
{
  return &self->registered->endpoint.id;
}

const char *
redes_registered_peer_item_get_nickname (RedesRegisteredPeerItem *self)
{
  return self->registered->endpoint.nickname;
}

const char *
redes_registered_peer_item_get_address (RedesRegisteredPeerItem *self)
{
  return self->address;
}

guint
redes_registered_peer_item_get_n_files (RedesRegisteredPeerItem *self)
{
  return self->registered->n_files;
}

gint64
redes_registered_peer_item_get_heard_us (RedesRegisteredPeerItem *self)
{
  return self->registered->heard_us;
}

struct _RedesLogLine
{
  GObject parent_instance;
  gint64 time_s;
  RedesNotice *event;
};

G_DEFINE_FINAL_TYPE (RedesLogLine, redes_log_line, G_TYPE_OBJECT)

static void
redes_log_line_finalize (GObject *object)
{
  redes_notice_unref (REDES_LOG_LINE (object)->event);
  G_OBJECT_CLASS (redes_log_line_parent_class)->finalize (object);
}

static void
redes_log_line_class_init (RedesLogLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_log_line_finalize;
}

static void
redes_log_line_init (RedesLogLine *self)
{
}

RedesLogLine *
redes_log_line_new (gint64 time_s, const RedesNotice *event)
{
  RedesLogLine *self = g_object_new (REDES_TYPE_LOG_LINE, NULL);

  self->time_s = time_s;
  self->event = redes_notice_ref (event);
  return self;
}

gint64
redes_log_line_get_time_s (RedesLogLine *self)
{
  return self->time_s;
}

const RedesNotice *
redes_log_line_get_event (RedesLogLine *self)
{
  return self->event;
}

const char *
redes_log_line_get_words (RedesLogLine *self)
{
  return redes_notice_get_english (self->event);
}
