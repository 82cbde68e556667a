/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-publishers-private.h"

#include "engine/node/node-private.h"
#include "engine/node/publisher-item-private.h"

/* The list, in the front end's thread. */

static gboolean
find (RedesNode *self, const RedesPeerId *id, guint *position)
{
  RedesPublisherItem *item = g_hash_table_lookup (self->publishers_by_id, id);

  return item != NULL && g_list_store_find (self->publishers, item, position);
}

static void
keep_publisher (RedesNode *self, const RedesPeerId *id, const char *name, RedesPublisherTrust trust)
{
  g_autoptr (RedesPublisherItem) item = NULL;
  guint position = g_list_model_get_n_items (G_LIST_MODEL (self->publishers));
  gboolean known = find (self, id, &position);

  if (trust == REDES_PUBLISHER_NEW)
    {
      if (!known)
        return;
      g_hash_table_remove (self->publishers_by_id, id);
      g_list_store_remove (self->publishers, position);
      return;
    }
  item = redes_publisher_item_new (id, name, trust);
  g_hash_table_replace (self->publishers_by_id, (gpointer)redes_publisher_item_get_id (item),
                        g_object_ref (item));
  g_list_store_splice (self->publishers, position, known ? 1 : 0, (gpointer *)&item, 1);
}

/**
 * PublisherMessage:
 * @name: (nullable)
 *
 * What the person says of a publisher, on its way down, or up while it is restored.
 */
typedef struct
{
  RedesNodeMessage base;
  RedesPeerId id;
  char *name;
  RedesPublisherTrust trust;
} PublisherMessage;

static void
publisher_message_clear (gpointer data)
{
  g_free (((PublisherMessage *)data)->name);
}

static PublisherMessage *
publisher_message_new (RedesNode *node,
                       const RedesPeerId *id,
                       const char *name,
                       RedesPublisherTrust trust)
{
  PublisherMessage *message
      = redes_node_message_new (PublisherMessage, node, NULL, publisher_message_clear);

  message->id = *id;
  message->name = g_strdup (name);
  message->trust = trust;
  return message;
}

static void
read_publisher (gpointer data)
{
  PublisherMessage *event = data;

  keep_publisher (event->base.node, &event->id, event->name, event->trust);
}

void
redes_node_on_publisher (const RedesPeerId *id,
                         const char *name,
                         RedesPublisherTrust trust,
                         gpointer user_data)
{
  redes_node_message_send_up (publisher_message_new (user_data, id, name, trust), read_publisher);
}

static void
run_set_publisher (gpointer data)
{
  PublisherMessage *call = data;

  redes_core_set_publisher (call->base.node->core, &call->id, call->name, call->trust);
  redes_node_message_free (call);
}

void
redes_node_set_publisher (RedesNode *self,
                          const RedesPeerId *id,
                          const char *name,
                          RedesPublisherTrust trust)
{
  /* @id may be that of the item that is replaced. */
  RedesPeerId copy = *id;

  g_return_if_fail (self->running);

  redes_node_message_send_down (publisher_message_new (self, &copy, name, trust),
                                run_set_publisher);
  keep_publisher (self, &copy, name, trust);
}

GListModel *
redes_node_get_publishers (RedesNode *self)
{
  return G_LIST_MODEL (self->publishers);
}

RedesPublisherItem *
redes_node_lookup_publisher (RedesNode *self, const RedesPeerId *id)
{
  return g_hash_table_lookup (self->publishers_by_id, id);
}

RedesPublisherTrust
redes_node_get_trust (RedesNode *self, const RedesPeerId *id)
{
  RedesPublisherItem *item = redes_node_lookup_publisher (self, id);

  return item != NULL ? redes_publisher_item_get_trust (item) : REDES_PUBLISHER_NEW;
}
