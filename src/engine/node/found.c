/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/found-private.h"

#include "engine/base/text.h"

struct _RedesFound
{
  GObject parent_instance;
  RedesEndpoint endpoint;
  char *address;
  RedesPeerOrigin how;
  gboolean is_tracker;
  gboolean is_used;
  gboolean is_known;
};

G_DEFINE_FINAL_TYPE (RedesFound, redes_found, G_TYPE_OBJECT)

static void
redes_found_finalize (GObject *object)
{
  RedesFound *self = REDES_FOUND (object);

  redes_endpoint_clear (&self->endpoint);
  g_free (self->address);
  G_OBJECT_CLASS (redes_found_parent_class)->finalize (object);
}

static void
redes_found_class_init (RedesFoundClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_found_finalize;
}

static void
redes_found_init (RedesFound *self)
{
}

RedesFound *
redes_found_new (const RedesSighting *sighting)
{
  RedesFound *self = g_object_new (REDES_TYPE_FOUND, NULL);

  redes_endpoint_init_copy (&self->endpoint, sighting->endpoint);
  self->address = redes_text_format_address (self->endpoint.host, self->endpoint.port);
  self->how = sighting->how;
  self->is_tracker = sighting->is_tracker;
  self->is_used = sighting->is_used;
  self->is_known = sighting->is_known;
  return self;
}

gboolean
redes_found_is_tracker (RedesFound *self)
{
  return self->is_tracker;
}

gboolean
redes_found_is_used (RedesFound *self)
{
  return self->is_used;
}

gboolean
redes_found_is_known (RedesFound *self)
{
  return self->is_known;
}

const RedesPeerId *
redes_found_get_id (RedesFound *self)
{
  return &self->endpoint.id;
}

const char *
redes_found_get_nickname (RedesFound *self)
{
  return self->endpoint.nickname;
}

const char *
redes_found_get_address (RedesFound *self)
{
  return self->address;
}

RedesPeerOrigin
redes_found_get_how (RedesFound *self)
{
  return self->how;
}

const char *
redes_peer_origin_get_name (RedesPeerOrigin how)
{
  switch (how)
    {
    case REDES_PEER_ORIGIN_TRACKER:
      return "tracker";
    case REDES_PEER_ORIGIN_LAN:
      return "lan";
    case REDES_PEER_ORIGIN_EXCHANGE:
      return "exchange";
    default:
      return "unknown";
    }
}
