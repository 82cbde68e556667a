/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/publisher-item-private.h"

struct _RedesPublisherItem
{
  GObject parent_instance;
  RedesPeerId id;
  char *name;
  RedesPublisherTrust trust;
};

G_DEFINE_FINAL_TYPE (RedesPublisherItem, redes_publisher_item, G_TYPE_OBJECT)

static void
redes_publisher_item_finalize (GObject *object)
{
  g_free (REDES_PUBLISHER_ITEM (object)->name);
  G_OBJECT_CLASS (redes_publisher_item_parent_class)->finalize (object);
}

static void
redes_publisher_item_class_init (RedesPublisherItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_publisher_item_finalize;
}

static void
redes_publisher_item_init (RedesPublisherItem *self)
{
}

RedesPublisherItem *
redes_publisher_item_new (const RedesPeerId *id, const char *name, RedesPublisherTrust trust)
{
  RedesPublisherItem *self = g_object_new (REDES_TYPE_PUBLISHER_ITEM, NULL);

  self->id = *id;
  self->name = g_strdup (name != NULL ? name : "");
  self->trust = trust;
  return self;
}

const RedesPeerId *
redes_publisher_item_get_id (RedesPublisherItem *self)
{
  return &self->id;
}

const char *
redes_publisher_item_get_name (RedesPublisherItem *self)
{
  return self->name;
}

RedesPublisherTrust
redes_publisher_item_get_trust (RedesPublisherItem *self)
{
  return self->trust;
}
