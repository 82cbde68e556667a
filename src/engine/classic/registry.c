/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/registry.h"

#include "engine/base/text.h"

#include <string.h>

#define MAX_GUESTS 256u
#define MAX_FROM_ONE_HOST 64u
/* Behind a proxy for address translation all original peers seem to come from this machine: they
 * are held to the same limit by what they name, and leave room for others. */
#define MAX_FROM_THIS_MACHINE 192u
#define MAX_NAMES 1000u
/* An answer that one recv() of 4,096 bytes takes whole. */
#define MAX_ANSWER_BYTES 4096u
#define MAX_LOOKED_AT 16384u

typedef struct
{
  char *address; /* "ip:port" */
  char *host;    /* where its command came from */
  char *named;   /* the address that it is listed under */
  GHashTable *names;
  gint64 heard_us;
  GList link;
} OriginalPeer;

/**
 * Name:
 * @n_peers: that have it
 * @words: as the owner's function folded it
 */
typedef struct
{
  guint n_peers;
  char *words;
} Name;

/**
 * RedesClassicRegistry:
 * @by_address: OriginalPeer.address -> OriginalPeer
 * @names: each name that any of them has -> Name
 * @order: (element-type OriginalPeer): in the order in which they came
 */
struct _RedesClassicRegistry
{
  gint64 timeout_us;
  RedesClassicFoldFunc fold;
  GHashTable *by_address;
  GHashTable *names;
  GQueue order;
};

static void
name_free (gpointer data)
{
  Name *name = data;

  g_free (name->words);
  g_free (name);
}

static void
original_peer_free (gpointer data)
{
  OriginalPeer *peer = data;

  g_hash_table_unref (peer->names);
  g_free (peer->address);
  g_free (peer->host);
  g_free (peer->named);
  g_free (peer);
}

RedesClassicRegistry *
redes_classic_registry_new (gint64 timeout_us, RedesClassicFoldFunc fold)
{
  RedesClassicRegistry *self = g_new0 (RedesClassicRegistry, 1);

  self->timeout_us = timeout_us;
  self->fold = fold;
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, name_free);
  self->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, original_peer_free);
  return self;
}

void
redes_classic_registry_free (RedesClassicRegistry *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_address);
  g_hash_table_unref (self->names);
  g_free (self);
}

static gboolean
is_this_machine (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return address != NULL && g_inet_address_get_is_loopback (address);
}

static char *
get_address (const RedesClassicCommand *command, const char *from)
{
  return redes_text_format_address (is_this_machine (from) ? command->host : from, command->port);
}

static void
clear_names (RedesClassicRegistry *self, OriginalPeer *peer)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, peer->names);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Name *name = g_hash_table_lookup (self->names, key);

      if (--name->n_peers == 0)
        g_hash_table_remove (self->names, key);
    }
  g_hash_table_remove_all (peer->names);
}

static void
remove_peer (RedesClassicRegistry *self, OriginalPeer *peer)
{
  clear_names (self, peer);
  g_queue_unlink (&self->order, &peer->link);
  g_hash_table_remove (self->by_address, peer->address);
}

/* Of those whose commands came from @from; @named: (nullable): only those listed under it */
static guint
count_from (RedesClassicRegistry *self, const char *from, const char *named)
{
  guint n = 0;

  for (GList *l = self->order.head; l != NULL; l = l->next)
    {
      const OriginalPeer *peer = l->data;

      n += g_str_equal (peer->host, from) && (named == NULL || g_str_equal (peer->named, named));
    }
  return n;
}

static gboolean
has_room (RedesClassicRegistry *self, const RedesClassicCommand *command, const char *from)
{
  if (g_hash_table_size (self->by_address) >= MAX_GUESTS)
    return FALSE;
  if (!is_this_machine (from))
    return count_from (self, from, NULL) < MAX_FROM_ONE_HOST;
  return count_from (self, from, NULL) < MAX_FROM_THIS_MACHINE
         && (is_this_machine (command->host)
             || count_from (self, from, command->host) < MAX_FROM_ONE_HOST);
}

static void
add_names (RedesClassicRegistry *self, OriginalPeer *peer, char **names)
{
  for (guint i = 0; names[i] != NULL && g_hash_table_size (peer->names) < MAX_NAMES; i++)
    {
      Name *name = g_hash_table_lookup (self->names, names[i]);

      if (!g_hash_table_add (peer->names, g_strdup (names[i])))
        continue;
      if (name == NULL)
        {
          name = g_new (Name, 1);
          *name = (Name){ .words = self->fold (names[i]) };
          g_hash_table_insert (self->names, g_strdup (names[i]), name);
        }
      name->n_peers++;
    }
}

static char *
take_register (RedesClassicRegistry *self,
               const RedesClassicCommand *command,
               const char *from,
               gint64 now_us,
               RedesNotice **log)
{
  g_autofree char *address = get_address (command, from);
  OriginalPeer *peer = g_hash_table_lookup (self->by_address, address);

  if (peer == NULL && !has_room (self, command, from))
    {
      *log = redes_notice_new (REDES_NOTICE_LOG_CLASSIC_REFUSED, address);
      return g_strdup ("");
    }
  if (peer == NULL)
    {
      peer = g_new0 (OriginalPeer, 1);
      peer->address = g_strdup (address);
      peer->host = g_strdup (from);
      peer->named = g_strdup (is_this_machine (from) ? command->host : from);
      peer->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      peer->link.data = peer;
      g_hash_table_insert (self->by_address, peer->address, peer);
      g_queue_push_tail_link (&self->order, &peer->link);
    }
  clear_names (self, peer);
  add_names (self, peer, command->names);
  peer->heard_us = now_us;
  *log = redes_notice_new (REDES_NOTICE_LOG_CLASSIC_REGISTERED, address,
                           g_hash_table_size (peer->names));
  return g_strdup ("");
}

static char *
take_update (RedesClassicRegistry *self,
             const RedesClassicCommand *command,
             const char *from,
             gint64 now_us)
{
  g_autofree char *address = get_address (command, from);
  OriginalPeer *peer = g_hash_table_lookup (self->by_address, address);
  char *names[] = { command->name, NULL };

  if (peer == NULL)
    return g_strdup (REDES_CLASSIC_NOT_REGISTERED);
  add_names (self, peer, names);
  peer->heard_us = now_us;
  return g_strdup ("");
}

/* The addresses of those who have @name, or (%NULL) of all. */
static char *
list_guests (RedesClassicRegistry *self, const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (GList *l = self->order.head; l != NULL; l = l->next)
    {
      const OriginalPeer *peer = l->data;

      if (name != NULL && !g_hash_table_contains (peer->names, name))
        continue;
      if (text->len + strlen (peer->address) + 1 > MAX_ANSWER_BYTES)
        break;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", peer->address);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
take_search (RedesClassicRegistry *self, const RedesClassicCommand *command)
{
  g_autofree char *found = NULL;

  if (command->name == NULL)
    return g_strdup (REDES_CLASSIC_NO_NAME);
  found = list_guests (self, command->name);
  return *found != '\0' ? g_steal_pointer (&found) : g_strdup (REDES_CLASSIC_NOT_FOUND);
}

char *
redes_classic_registry_answer (RedesClassicRegistry *self,
                               const RedesClassicCommand *command,
                               const char *from,
                               gint64 now_us,
                               RedesNotice **log)
{
  g_autofree char *address = NULL;
  OriginalPeer *peer;

  *log = NULL;
  switch (command->verb)
    {
    case REDES_CLASSIC_REGISTER:
      return take_register (self, command, from, now_us, log);
    case REDES_CLASSIC_UPDATE:
      return take_update (self, command, from, now_us);
    case REDES_CLASSIC_HEARTBEAT:
    case REDES_CLASSIC_UNREGISTER:
      address = get_address (command, from);
      peer = g_hash_table_lookup (self->by_address, address);
      if (peer != NULL && command->verb == REDES_CLASSIC_HEARTBEAT)
        peer->heard_us = now_us;
      else if (peer != NULL)
        {
          *log = redes_notice_new (REDES_NOTICE_LOG_CLASSIC_LEFT, address);
          remove_peer (self, peer);
        }
      return g_strdup ("");
    case REDES_CLASSIC_SEARCH:
      return take_search (self, command);
    case REDES_CLASSIC_LIST:
      return list_guests (self, NULL);
    case REDES_CLASSIC_GET:
    default:
      return g_strdup ("");
    }
}

/* (transfer full) (nullable): @name at those who have it and may be told of */
static RedesClassicFile *
make_file (RedesClassicRegistry *self,
           const char *name,
           RedesClassicMatchFunc may_tell,
           gpointer user_data)
{
  g_autoptr (GStrvBuilder) peers = g_strv_builder_new ();
  RedesClassicFile *file;
  guint n = 0;

  for (GList *l = self->order.head; l != NULL && n < REDES_CLASSIC_MAX_FOUND_PEERS; l = l->next)
    {
      const OriginalPeer *peer = l->data;

      if (!g_hash_table_contains (peer->names, name)
          || (may_tell != NULL && !may_tell (peer->address, user_data)))
        continue;
      g_strv_builder_add (peers, peer->address);
      n++;
    }
  if (n == 0)
    return NULL;
  file = g_new (RedesClassicFile, 1);
  *file = (RedesClassicFile){ .name = g_strdup (name), .peers = g_strv_builder_end (peers) };
  return file;
}

GPtrArray *
redes_classic_registry_find (RedesClassicRegistry *self,
                             RedesClassicMatchFunc match,
                             RedesClassicMatchFunc may_tell,
                             gpointer user_data,
                             guint max_files)
{
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_classic_file_free);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->names);
  for (guint n = 0;
       n < MAX_LOOKED_AT && files->len < max_files && g_hash_table_iter_next (&iter, &key, &value);
       n++)
    {
      RedesClassicFile *file = match (((Name *)value)->words, user_data)
                                   ? make_file (self, key, may_tell, user_data)
                                   : NULL;

      if (file != NULL)
        g_ptr_array_add (files, file);
    }
  return files;
}

char **
redes_classic_registry_expire (RedesClassicRegistry *self, gint64 now_us)
{
  g_autoptr (GStrvBuilder) gone = g_strv_builder_new ();
  GList *next;

  for (GList *l = self->order.head; l != NULL; l = next)
    {
      OriginalPeer *peer = l->data;

      next = l->next;
      if (now_us - peer->heard_us < self->timeout_us)
        continue;
      g_strv_builder_add (gone, peer->address);
      remove_peer (self, peer);
    }
  return g_strv_builder_end (gone);
}

guint
redes_classic_registry_get_size (RedesClassicRegistry *self)
{
  return g_hash_table_size (self->by_address);
}
