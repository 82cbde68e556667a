/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/found-private.h"

#include "engine/base/text.h"

struct _RedesFound
{
  GObject parent_instance;
  RedesSighting sighting; /* without its texts */
  char *nickname;
  char *address;
};

G_DEFINE_FINAL_TYPE (RedesFound, redes_found, G_TYPE_OBJECT)

static void
redes_found_finalize (GObject *object)
{
  RedesFound *self = REDES_FOUND (object);

  g_free (self->nickname);
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

  self->sighting = *sighting;
  self->sighting.nickname = NULL;
  self->sighting.host = NULL;
  self->nickname = g_strdup (sighting->nickname);
  self->address = redes_text_format_address (sighting->host, sighting->port);
  return self;
}

gboolean
redes_found_is_tracker (RedesFound *self)
{
  return self->sighting.is_tracker;
}

gboolean
redes_found_is_used (RedesFound *self)
{
  return self->sighting.is_used;
}

gboolean
redes_found_is_known (RedesFound *self)
{
  return self->sighting.is_known;
}

const RedesPeerId *
redes_found_get_id (RedesFound *self)
{
  return &self->sighting.id;
}

const char *
redes_found_get_nickname (RedesFound *self)
{
  return self->nickname;
}

const char *
redes_found_get_address (RedesFound *self)
{
  return self->address;
}

RedesPeerOrigin
redes_found_get_how (RedesFound *self)
{
  return self->sighting.how;
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
