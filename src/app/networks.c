/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/networks.h"

#include "engine/base/text.h"
#include "engine/node/node-lan.h"
#include "engine/platform/local-network.h"

#include <glib/gi18n.h>

#define KEY "networks"
#define TYPE "a(ssb)" /* key, name, whether trackers found there are used */
/* The oldest are forgotten. */
#define MAX_NETWORKS 100u

struct _RedesNetworks
{
  GObject parent_instance;
  GSettings *settings;
  RedesNode *node;
  GHashTable *accepted; /* ids of trackers, hexadecimal */
};

G_DEFINE_FINAL_TYPE (RedesNetworks, redes_networks, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Which network. */

static char *
describe (const RedesLocalNetwork *network, char **name)
{
  const char *gateway = network->gateway;

  if (network->is_this_computer)
    {
      *name = g_strdup (_ ("This computer"));
      return g_strdup ("this computer");
    }
  if (network->gateway_hardware != NULL)
    {
      /* Translators: a network; %1$s is its gateway's address, %2$s the interface's name. */
      *name = g_strdup_printf (_ ("The network of %1$s (%2$s)"), gateway, network->interface);
      return g_strdup_printf ("gateway %s", network->gateway_hardware);
    }
  /* Translators: a network; %1$s is what its addresses begin with, %2$s the interface's name. */
  *name = g_strdup_printf (_ ("The network %1$s (%2$s)"), network->prefix, network->interface);
  return g_strdup_printf ("addresses %s%s%s", network->prefix, gateway != NULL ? " " : "",
                          gateway != NULL ? gateway : "");
}

char *
redes_networks_identify (const char *host, char **name)
{
  g_autoptr (RedesLocalNetwork) network = redes_local_network_find (host);

  *name = NULL;
  return network != NULL ? describe (network, name) : NULL;
}

/* What was answered. */

/* @use: (out): the answer, if there is one. Returns: whether there is */
static gboolean
look_up (RedesNetworks *self, const char *wanted, gboolean *use)
{
  g_autoptr (GVariant) all = g_settings_get_value (self->settings, KEY);
  GVariantIter iter;
  const char *key;

  g_variant_iter_init (&iter, all);
  while (g_variant_iter_next (&iter, "(&s&sb)", &key, NULL, use))
    if (g_str_equal (key, wanted))
      return TRUE;
  return FALSE;
}

/* @name: (nullable): as before */
static void
remember (RedesNetworks *self, const char *wanted, const char *name, gboolean use)
{
  g_autoptr (GVariant) all = g_settings_get_value (self->settings, KEY);
  gsize n = g_variant_n_children (all);
  gboolean is_there = FALSE;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (TYPE));
  for (gsize i = n >= MAX_NETWORKS ? n - MAX_NETWORKS + 1 : 0; i < n; i++)
    {
      const char *key, *old_name;
      gboolean old_use, is_it;

      g_variant_get_child (all, i, "(&s&sb)", &key, &old_name, &old_use);
      is_it = g_str_equal (key, wanted);
      is_there = is_there || is_it;
      g_variant_builder_add (&builder, "(ssb)", key, is_it && name != NULL ? name : old_name,
                             is_it ? use : old_use);
    }
  if (!is_there)
    g_variant_builder_add (&builder, "(ssb)", wanted, name != NULL ? name : wanted, use);
  g_settings_set_value (self->settings, KEY, g_variant_builder_end (&builder));
}

static char *
identify_address (const char *address, char **name)
{
  g_autofree char *host = NULL;
  guint16 port;

  *name = NULL;
  return redes_text_parse_address (address, 0, &host, &port, NULL)
             ? redes_networks_identify (host, name)
             : NULL;
}

/* What follows from it. */

static gboolean
may_use_any (RedesNetworks *self)
{
  return g_settings_get_boolean (self->settings, "use-found-trackers");
}

static void
update (RedesNetworks *self)
{
  GListModel *all = redes_node_get_found (self->node);

  if (!may_use_any (self))
    g_hash_table_remove_all (self->accepted);
  /* One that is not there now stays as it is: to be used it is lost for a moment, and found anew.
   */
  for (guint i = 0; may_use_any (self) && i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (RedesFound) found = g_list_model_get_item (all, i);
      g_autofree char *hex = redes_digest_dup_hex (redes_found_get_id (found));
      g_autofree char *name = NULL;
      g_autofree char *key = redes_found_is_tracker (found)
                                 ? identify_address (redes_found_get_address (found), &name)
                                 : NULL;
      gboolean use = FALSE;

      if (!redes_found_is_tracker (found))
        continue;
      if (key != NULL && look_up (self, key, &use) && use)
        g_hash_table_add (self->accepted, g_steal_pointer (&hex));
      else
        g_hash_table_remove (self->accepted, hex);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
redes_networks_finalize (GObject *object)
{
  g_object_unref (REDES_NETWORKS (object)->settings);
  g_hash_table_unref (REDES_NETWORKS (object)->accepted);
  G_OBJECT_CLASS (redes_networks_parent_class)->finalize (object);
}

static void
redes_networks_class_init (RedesNetworksClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_networks_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_networks_init (RedesNetworks *self)
{
  self->accepted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

RedesNetworks *
redes_networks_new (GSettings *settings, RedesNode *node)
{
  static const char *const names[]
      = { "changed::" KEY, "changed::use-found-trackers", "changed::refused-trackers" };
  RedesNetworks *self = g_object_new (REDES_TYPE_NETWORKS, NULL);

  self->settings = g_object_ref (settings);
  self->node = node;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_signal_connect_object (settings, names[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (redes_node_get_found (node), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed", G_CALLBACK (update),
                           self, G_CONNECT_SWAPPED);
  return self;
}

char **
redes_networks_list_accepted (RedesNetworks *self)
{
  g_autofree char **ids = (char **)g_hash_table_get_keys_as_array (self->accepted, NULL);

  return g_strdupv (ids);
}

RedesFound *
redes_networks_dup_question (RedesNetworks *self)
{
  GListModel *all = redes_node_get_found (self->node);
  g_auto (GStrv) refused = g_settings_get_strv (self->settings, "refused-trackers");

  for (guint i = 0; may_use_any (self) && i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (RedesFound) found = g_list_model_get_item (all, i);
      g_autofree char *hex = redes_digest_dup_hex (redes_found_get_id (found));
      g_autofree char *name = NULL;
      g_autofree char *key = NULL;
      gboolean use;

      if (!redes_found_is_tracker (found) || redes_found_is_used (found)
          || redes_found_is_known (found) || g_strv_contains ((const char *const *)refused, hex))
        continue;
      key = identify_address (redes_found_get_address (found), &name);
      if (key != NULL && !look_up (self, key, &use))
        return g_steal_pointer (&found);
    }
  return NULL;
}

void
redes_networks_answer (RedesNetworks *self, const char *address, gboolean use)
{
  g_autofree char *name = NULL;
  g_autofree char *key = identify_address (address, &name);

  if (key != NULL)
    remember (self, key, name, use);
}

void
redes_networks_set (RedesNetworks *self, const char *key, gboolean use)
{
  remember (self, key, NULL, use);
}
