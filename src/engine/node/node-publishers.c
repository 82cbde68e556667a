/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-publishers.h"

#include "engine/node/node-private.h"

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

/* The list, in the front end's thread. */

static gboolean
find (RedesNode *self, const RedesPeerId *id, guint *position)
{
  RedesPublisherItem *item = g_hash_table_lookup (self->publishers_by_id, id);

  return item != NULL && g_list_store_find (self->publishers, item, position);
}

void
redes_node_keep_publisher (RedesNode *self,
                           const RedesPeerId *id,
                           const char *name,
                           RedesPublisherTrust trust)
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
  item = g_object_new (REDES_TYPE_PUBLISHER_ITEM, NULL);
  item->id = *id;
  item->name = g_strdup (name != NULL ? name : "");
  item->trust = trust;
  g_hash_table_replace (self->publishers_by_id, &item->id, g_object_ref (item));
  g_list_store_splice (self->publishers, position, known ? 1 : 0, (gpointer *)&item, 1);
}

static void
read_publisher (gpointer data)
{
  RedesNodeCall *call = data;
  RedesPeerId id;

  redes_digest_from_text (call->text, -1, &id);
  redes_node_keep_publisher (call->node, &id, call->more_text, call->number);
}

void
redes_node_on_publisher (const RedesPeerId *id,
                         const char *name,
                         RedesPublisherTrust trust,
                         gpointer user_data)
{
  RedesNodeCall *call = redes_node_call_new (user_data, NULL);

  call->text = redes_digest_dup_hex (id);
  call->more_text = g_strdup (name);
  call->number = trust;
  redes_node_call_send_up (call, read_publisher);
}

static void
run_set_publisher (gpointer data)
{
  RedesNodeCall *call = data;
  RedesPeerId id;

  redes_digest_from_text (call->text, -1, &id);
  redes_core_set_publisher (call->node->core, &id, call->more_text, call->number);
  redes_node_call_free (call);
}

void
redes_node_set_publisher (RedesNode *self,
                          const RedesPeerId *id,
                          const char *name,
                          RedesPublisherTrust trust)
{
  /* @id may be that of the item that is replaced. */
  RedesPeerId copy = *id;
  RedesNodeCall *call;

  g_return_if_fail (self->running);

  call = redes_node_call_new (self, NULL);
  call->text = redes_digest_dup_hex (&copy);
  call->more_text = g_strdup (name);
  call->number = trust;
  redes_node_call_send_down (call, run_set_publisher);
  redes_node_keep_publisher (self, &copy, name, trust);
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

  return item != NULL ? item->trust : REDES_PUBLISHER_NEW;
}
