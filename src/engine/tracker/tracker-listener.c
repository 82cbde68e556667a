/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/tracker-listener.h"

#include "engine/base/address-scope.h"
#include "engine/base/text.h"
#include "engine/classic/host.h"
#include "engine/classic/protocol.h"
#include "engine/net/protocol-sniffer.h"
#include "engine/tracker/words.h"
#include "engine/wire/message.h"

#include <string.h>

struct _RedesTrackerListener
{
  const RedesClock *clock;
  RedesListener *listener;
  char *host;
  RedesAcceptFunc accept;
  gpointer user_data;
  RedesProtocolSniffer *sniffer; /* NULL: only TLS is spoken */
  RedesClassicHost *classic;
};

static void
on_sorted (GSocketConnection *connection, guint8 byte, gpointer user_data)
{
  RedesTrackerListener *self = user_data;

  if (byte == REDES_FIRST_BYTE_TLS)
    self->accept (connection, self->user_data);
  else
    redes_classic_host_accept (self->classic, connection);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  RedesTrackerListener *self = user_data;

  if (self->sniffer != NULL)
    redes_protocol_sniffer_add (self->sniffer, connection);
  else
    self->accept (connection, self->user_data);
}

RedesTrackerListener *
redes_tracker_listener_new (const char *host,
                            guint16 port,
                            const RedesClock *clock,
                            RedesAcceptFunc accept,
                            gpointer user_data,
                            GError **error)
{
  RedesTrackerListener *self = g_new0 (RedesTrackerListener, 1);

  self->host = g_strdup (host);
  self->clock = clock;
  self->accept = accept;
  self->user_data = user_data;
  self->listener = redes_listener_new (host, port, on_accept, self, error);
  if (self->listener == NULL)
    g_clear_pointer (&self, redes_tracker_listener_free);
  return self;
}

void
redes_tracker_listener_free (RedesTrackerListener *self)
{
  if (self == NULL)
    return;
  redes_listener_free (self->listener);
  redes_protocol_sniffer_free (self->sniffer);
  redes_classic_host_free (self->classic);
  g_free (self->host);
  g_free (self);
}

static char *
fold (const char *name)
{
  guint n_words;

  return g_string_free (redes_words_fold (name, &n_words), FALSE);
}

void
redes_tracker_listener_accept_classic (RedesTrackerListener *self,
                                       guint16 udp_port,
                                       guint timeout_s,
                                       RedesEventLog *log)
{
  self->classic = redes_classic_host_new (self->host, redes_tracker_listener_get_port (self),
                                          udp_port != 0 ? udp_port : REDES_CLASSIC_UDP_PORT,
                                          timeout_s, fold, self->clock, log);
  self->sniffer = redes_protocol_sniffer_new (self->clock, on_sorted, self);
}

typedef struct
{
  char **words;
  const char *to;
} OriginalQuery;

static gboolean
match_words (const char *folded, gpointer user_data)
{
  const OriginalQuery *query = user_data;

  return redes_words_match (folded, (const char *const *)query->words) != REDES_WORDS_NO_MATCH;
}

static gboolean
may_tell_of (const char *address, gpointer user_data)
{
  const OriginalQuery *query = user_data;
  g_autofree char *host = NULL;
  guint16 port;

  return redes_text_parse_address (address, 0, &host, &port, NULL)
         && redes_address_may_tell (query->to, host);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  const RedesWireGuestFile *const *left = a, *const *right = b;

  return strcmp ((*left)->name, (*right)->name);
}

GPtrArray *
redes_tracker_listener_find_original_files (RedesTrackerListener *self,
                                            const char *words,
                                            const char *to)
{
  g_auto (GStrv) split = redes_words_split_query (words);
  OriginalQuery query = { split, to };
  g_autoptr (GPtrArray) found = NULL;
  GPtrArray *files;

  if (self->classic == NULL || split[0] == NULL)
    return NULL;
  found = redes_classic_registry_find (redes_classic_host_get_registry (self->classic), match_words,
                                       may_tell_of, &query, REDES_WIRE_MAX_GUEST_FILES);
  if (found->len == 0)
    return NULL;
  files = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_wire_guest_file_free);
  for (guint i = 0; i < found->len; i++)
    {
      const RedesClassicFile *file = g_ptr_array_index (found, i);

      g_ptr_array_add (files,
                       redes_wire_guest_file_new (file->name, (const char *const *)file->peers));
    }
  g_ptr_array_sort (files, compare_names);
  return files;
}

guint16
redes_tracker_listener_get_port (RedesTrackerListener *self)
{
  return redes_listener_get_port (self->listener);
}

const char *
redes_tracker_listener_get_address (RedesTrackerListener *self)
{
  return redes_listener_get_address (self->listener);
}
