/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/networks.h"

#include "engine/base/text.h"
#include "engine/node/node-lan.h"

#include <glib/gi18n.h>
#ifdef G_OS_UNIX
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#endif

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

#ifdef G_OS_UNIX

static const guint8 *
get_bytes (const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return (const guint8 *)&((const struct sockaddr_in *)(const void *)address)->sin_addr;
  return (const guint8 *)&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
}

/* (nullable) (transfer full): "10.7.8.0/24", if @host is within that */
static char *
match (const struct ifaddrs *entry, GInetAddress *host, gboolean *is_own)
{
  int family = g_inet_address_get_family (host) == G_SOCKET_FAMILY_IPV4 ? AF_INET : AF_INET6;
  gsize len = g_inet_address_get_native_size (host);
  g_autoptr (GInetAddress) network = NULL;
  g_autofree char *text = NULL;
  guint8 prefix[16];
  guint n_bits = 0;

  if (entry->ifa_addr == NULL || entry->ifa_netmask == NULL || entry->ifa_addr->sa_family != family
      || (entry->ifa_flags & IFF_UP) == 0)
    return NULL;
  for (gsize i = 0; i < len; i++)
    {
      guint8 mask = get_bytes (entry->ifa_netmask)[i];

      prefix[i] = get_bytes (entry->ifa_addr)[i] & mask;
      if (prefix[i] != (g_inet_address_to_bytes (host)[i] & mask))
        return NULL;
      n_bits += (guint)__builtin_popcount (mask);
    }
  *is_own = memcmp (get_bytes (entry->ifa_addr), g_inet_address_to_bytes (host), len) == 0;
  network = g_inet_address_new_from_bytes (prefix, g_inet_address_get_family (host));
  text = g_inet_address_to_string (network);
  return g_strdup_printf ("%s/%u", text, n_bits);
}

/* (nullable) (transfer full): the gateway of the default route by @interface; Linux only */
static char *
find_gateway (const char *interface)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/net/route", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], "\t", 4);
      struct in_addr gateway;
      char host[INET_ADDRSTRLEN];

      if (g_strv_length (fields) < 4 || !g_str_equal (fields[0], interface)
          || !g_str_equal (fields[1], "00000000") || g_str_equal (fields[2], "00000000"))
        continue;
      /* As the kernel's memory has it. */
      gateway.s_addr = (in_addr_t)g_ascii_strtoull (fields[2], NULL, 16);
      return g_strdup (inet_ntop (AF_INET, &gateway, host, sizeof host));
    }
  return NULL;
}

/* (nullable) (transfer full): the hardware address of who has @host there, if it is known */
static char *
find_hardware (const char *interface, const char *host)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/net/arp", &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      char ip[64], hardware[64], device[64];

      if (sscanf (lines[i], "%63s %*s %*s %63s %*s %63s", ip, hardware, device) == 3
          && g_str_equal (ip, host) && g_str_equal (device, interface)
          && !g_str_equal (hardware, "00:00:00:00:00:00"))
        return g_strdup (hardware);
    }
  return NULL;
}

static char *
describe (const char *interface, const char *prefix, char **name)
{
  g_autofree char *gateway = find_gateway (interface);
  g_autofree char *hardware = gateway != NULL ? find_hardware (interface, gateway) : NULL;

  if (hardware != NULL)
    {
      /* Translators: a network; %1$s is its gateway's address, %2$s the interface's name. */
      *name = g_strdup_printf (_ ("The network of %1$s (%2$s)"), gateway, interface);
      return g_strdup_printf ("gateway %s", hardware);
    }
  /* Translators: a network; %1$s is what its addresses begin with, %2$s the interface's name. */
  *name = g_strdup_printf (_ ("The network %1$s (%2$s)"), prefix, interface);
  return g_strdup_printf ("addresses %s%s%s", prefix, gateway != NULL ? " " : "",
                          gateway != NULL ? gateway : "");
}

char *
redes_networks_identify (const char *host, char **name)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);
  struct ifaddrs *entries = NULL;
  char *key = NULL;

  *name = NULL;
  if (address == NULL || getifaddrs (&entries) != 0)
    return NULL;
  for (const struct ifaddrs *entry = entries; entry != NULL && key == NULL; entry = entry->ifa_next)
    {
      gboolean is_own = FALSE;
      g_autofree char *prefix = match (entry, address, &is_own);

      if (prefix == NULL)
        continue;
      if (is_own || (entry->ifa_flags & IFF_LOOPBACK) != 0)
        {
          *name = g_strdup (_ ("This computer"));
          key = g_strdup ("this computer");
        }
      else
        key = describe (entry->ifa_name, prefix, name);
    }
  freeifaddrs (entries);
  return key;
}

#else

char *
redes_networks_identify (const char *host, char **name)
{
  *name = NULL;
  return NULL;
}

#endif

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
