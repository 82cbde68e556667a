/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/query-private.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/lookup/ranking.h"
#include "engine/tracker/error.h"

/* The most that one message may ask for. */
#define PAGE_ROWS 200u
/* Nobody reads further in what one peer shares; and what a peer says of itself must not fill our
 * memory. */
#define MAX_BROWSE_ROWS 20000u
/* What is believed of one who lists peers, or names sources of one content. */
#define MAX_LIST_ROWS 100000u
#define MAX_SOURCES_EACH 1000u

/**
 * RedesLookupQuery:
 * @asks: (element-type RedesLookupAsk): those that have not ended; they are their providers'
 * @is_held: it does not end before all providers were called
 * @rows, @row_origins: what has come, and for each row of a search the origin of its sender
 * @unsigned_files: (nullable) (element-type RedesClassicFile): %NULL: none
 * @peers: (nullable): of a list: RedesPeerId -> RedesKnownPeer, in @rows
 * @error: (nullable): of browsing, or of being cancelled
 */
struct _RedesLookupQuery
{
  guint ref_count;
  RedesLookupKind kind;
  RedesLookupFunc func;
  gpointer user_data;
  const RedesClock *clock;
  RedesLookupEndedFunc ended;
  RedesLookupOfferedFunc offered;
  gpointer owner;

  char *words;
  guint first;
  guint n_rows;
  RedesContentId content;
  char **link_trackers;
  RedesLookupWantedFunc wanted;
  RedesLookupSourceFunc found;
  RedesPeerId peer;
  char *address;

  GPtrArray *asks;
  gboolean is_held;
  gboolean is_over;
  RedesLookupTally tally;
  GPtrArray *rows;
  GPtrArray *row_origins;
  GHashTable *peers;
  GPtrArray *unsigned_files;
  char **guests;
  RedesNotice *failure; /* nullable: why some did not answer */
  GError *error;
};

/**
 * RedesLookupAsk:
 * @query: (nullable): %NULL once its end does not matter any more
 * @n_taken: rows, or sources, that it has given
 * @heard_us: when it was asked, or has given something
 */
struct _RedesLookupAsk
{
  RedesLookupQuery *query;
  RedesLookupProvider *provider;
  char *origin; /* a GRefString */
  guint n_taken;
  gboolean has_answered;
  gint64 heard_us;
};

static GDestroyNotify
get_row_free (RedesLookupKind kind)
{
  return kind == REDES_LOOKUP_LIST ? (GDestroyNotify)redes_known_peer_free
                                   : (GDestroyNotify)redes_result_entry_free;
}

RedesLookupQuery *
redes_lookup_query_new (RedesLookupKind kind, RedesLookupFunc func, gpointer user_data)
{
  RedesLookupQuery *self = g_new0 (RedesLookupQuery, 1);

  self->ref_count = 1;
  self->kind = kind;
  self->func = func;
  self->user_data = user_data;
  self->clock = redes_clock_get_system ();
  self->is_held = TRUE;
  self->asks = g_ptr_array_new ();
  self->rows = g_ptr_array_new_with_free_func (get_row_free (kind));
  if (kind == REDES_LOOKUP_SEARCH)
    self->row_origins = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ref_string_release);
  if (kind == REDES_LOOKUP_LIST)
    self->peers = g_hash_table_new (redes_digest_hash, redes_digest_equal);
  return self;
}

void
redes_lookup_query_set_search (RedesLookupQuery *self, const char *words, guint first, guint n_rows)
{
  self->words = g_strdup (words);
  self->first = first;
  self->n_rows = n_rows;
  self->tally.n_rows = n_rows;
}

void
redes_lookup_query_set_content (RedesLookupQuery *self,
                                const RedesContentId *content,
                                const char *const *link_trackers,
                                RedesLookupWantedFunc wanted,
                                RedesLookupSourceFunc found)
{
  self->content = *content;
  self->link_trackers = g_strdupv ((char **)link_trackers);
  self->wanted = wanted;
  self->found = found;
}

void
redes_lookup_query_set_peer (RedesLookupQuery *self, const RedesPeerId *peer, const char *address)
{
  self->peer = *peer;
  self->address = g_strdup (address);
  self->n_rows = MAX_BROWSE_ROWS;
}

void
redes_lookup_query_set_owner (RedesLookupQuery *self,
                              const RedesClock *clock,
                              RedesLookupEndedFunc ended,
                              RedesLookupOfferedFunc offered,
                              gpointer owner)
{
  self->clock = clock;
  self->ended = ended;
  self->offered = offered;
  self->owner = owner;
}

RedesLookupQuery *
redes_lookup_query_ref (RedesLookupQuery *self)
{
  self->ref_count++;
  return self;
}

void
redes_lookup_query_unref (RedesLookupQuery *self)
{
  if (--self->ref_count > 0)
    return;
  g_ptr_array_unref (self->asks);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->row_origins, g_ptr_array_unref);
  g_clear_pointer (&self->peers, g_hash_table_unref);
  g_clear_pointer (&self->unsigned_files, g_ptr_array_unref);
  g_strfreev (self->guests);
  g_clear_error (&self->error);
  redes_notice_unref (self->failure);
  g_strfreev (self->link_trackers);
  g_free (self->words);
  g_free (self->address);
  g_free (self);
}

RedesLookupKind
redes_lookup_query_get_kind (const RedesLookupQuery *self)
{
  return self->kind;
}

const char *
redes_lookup_query_get_words (const RedesLookupQuery *self)
{
  return self->words;
}

guint
redes_lookup_query_get_first (const RedesLookupQuery *self)
{
  return self->first;
}

const RedesContentId *
redes_lookup_query_get_content (const RedesLookupQuery *self)
{
  return &self->content;
}

const char *const *
redes_lookup_query_get_link_trackers (const RedesLookupQuery *self)
{
  static const char *const none[] = { NULL };

  return self->link_trackers != NULL ? (const char *const *)self->link_trackers : none;
}

gboolean
redes_lookup_query_wants (const RedesLookupQuery *self, const RedesPeerId *peer)
{
  return !self->is_over && (self->wanted == NULL || self->wanted (peer, self->user_data));
}

gint64
redes_lookup_query_now_us (const RedesLookupQuery *self)
{
  return redes_clock_now_us (self->clock);
}

const RedesPeerId *
redes_lookup_query_get_peer (const RedesLookupQuery *self)
{
  return &self->peer;
}

const char *
redes_lookup_query_get_address (const RedesLookupQuery *self)
{
  return self->address;
}

gboolean
redes_lookup_query_is_over (const RedesLookupQuery *self)
{
  return self->is_over;
}

/* Its end. */

/* One row for one content, however many know it; the better ones first. */
static void
merge (RedesLookupQuery *self)
{
  g_auto (RedesRanking) ranking = { 0 };

  redes_ranking_init (&ranking, self->words);
  self->rows = redes_ranking_merge (&ranking, g_steal_pointer (&self->rows), self->row_origins);
}

/* Which tracker named which content: before the rows are merged. */
static void
list_origins (RedesLookupQuery *self, GPtrArray *contents, GPtrArray *origins)
{
  for (guint i = 0; self->row_origins != NULL && i < self->rows->len; i++)
    {
      const RedesResultEntry *row = g_ptr_array_index (self->rows, i);
      char *origin = g_ptr_array_index (self->row_origins, i);

      if (*origin == '\0')
        continue;
      g_ptr_array_add (contents, redes_content_id_copy (&row->content));
      g_ptr_array_add (origins, g_ref_string_acquire (origin));
    }
}

static void
drop_rows (RedesLookupQuery *self)
{
  g_ptr_array_set_size (self->rows, 0);
  if (self->row_origins != NULL)
    g_ptr_array_set_size (self->row_origins, 0);
}

static void
end (RedesLookupQuery *query)
{
  RedesLookupQuery *self = redes_lookup_query_ref (query);
  RedesLookupResult result = {
    .contents = g_ptr_array_new_with_free_func (g_free),
    .origins = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ref_string_release),
    .tally = &self->tally,
    .error = self->error,
  };

  self->is_over = TRUE;
  redes_debug ("query of kind %d ends: %u of %u trackers and %u of %u peers answered, %u rows",
               self->kind, self->tally.trackers_answered, self->tally.trackers_asked,
               self->tally.peers_answered, self->tally.peers_asked, self->rows->len);
  if (self->error != NULL)
    drop_rows (self);
  list_origins (self, result.contents, result.origins);
  if (self->kind == REDES_LOOKUP_SEARCH)
    merge (self);
  self->tally.unsigned_files = self->unsigned_files;
  self->tally.reason = self->failure;
  result.rows = g_steal_pointer (&self->rows);
  result.guests = g_steal_pointer (&self->guests);
  self->func (&result, self->user_data);
  g_clear_pointer (&result.rows, g_ptr_array_unref);
  g_clear_pointer (&result.contents, g_ptr_array_unref);
  g_clear_pointer (&result.origins, g_ptr_array_unref);
  g_strfreev (result.guests);
  if (self->ended != NULL)
    self->ended (self, self->owner);
  redes_lookup_query_unref (self);
}

static void
end_if_done (RedesLookupQuery *self)
{
  if (!self->is_over && !self->is_held && self->asks->len == 0)
    end (self);
}

void
redes_lookup_query_release (RedesLookupQuery *self)
{
  self->is_held = FALSE;
  end_if_done (self);
}

void
redes_lookup_query_end (RedesLookupQuery *self, const GError *error)
{
  if (self->is_over)
    return;
  for (guint i = 0; i < self->asks->len; i++)
    ((RedesLookupAsk *)g_ptr_array_index (self->asks, i))->query = NULL;
  g_ptr_array_set_size (self->asks, 0);
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  end (self);
}

/* Those who are asked. */

RedesLookupAsk *
redes_lookup_query_ask (RedesLookupQuery *self, RedesLookupProvider *provider, const char *origin)
{
  RedesLookupAsk *ask = g_new0 (RedesLookupAsk, 1);

  ask->provider = provider;
  ask->origin = g_ref_string_new (origin);
  ask->heard_us = redes_clock_now_us (self->clock);
  if (self->is_over)
    return ask;
  ask->query = self;
  self->tally.trackers_asked += provider->class->counts_as == REDES_LOOKUP_COUNTS_AS_TRACKER;
  self->tally.peers_asked += provider->class->counts_as == REDES_LOOKUP_COUNTS_AS_PEER;
  g_ptr_array_add (self->asks, ask);
  return ask;
}

RedesLookupQuery *
redes_lookup_ask_get_query (const RedesLookupAsk *self)
{
  return self->query;
}

guint
redes_lookup_ask_get_next_row (const RedesLookupAsk *self)
{
  return self->query != NULL ? self->query->first + self->n_taken : 0;
}

guint
redes_lookup_ask_get_page_rows (const RedesLookupAsk *self)
{
  if (self->query == NULL || self->query->n_rows <= self->n_taken)
    return 0;
  return MIN (self->query->n_rows - self->n_taken, PAGE_ROWS);
}

static void
note_answer (RedesLookupAsk *self)
{
  RedesLookupTally *tally = &self->query->tally;

  self->heard_us = redes_clock_now_us (self->query->clock);
  if (self->has_answered)
    return;
  self->has_answered = TRUE;
  tally->trackers_answered += self->provider->class->counts_as == REDES_LOOKUP_COUNTS_AS_TRACKER;
  tally->peers_answered += self->provider->class->counts_as == REDES_LOOKUP_COUNTS_AS_PEER;
}

static void
note_failure (RedesLookupAsk *self, const GError *error)
{
  RedesLookupQuery *query = self->query;

  if (query->kind == REDES_LOOKUP_BROWSE)
    {
      g_clear_error (&query->error);
      query->error = g_error_copy (error);
    }
  /* It does not go on: what came before is an answer, too, and all can be asked on from there. */
  else if (self->has_answered && query->kind == REDES_LOOKUP_SEARCH)
    query->tally.n_rows = MIN (query->tally.n_rows, self->n_taken);
  else if (!self->has_answered
           && self->provider->class->counts_as == REDES_LOOKUP_COUNTS_AS_TRACKER)
    {
      RedesNotice *failure = query->failure == NULL
                                 ? redes_notice_new_of_error (error)
                                 : redes_notice_new (REDES_NOTICE_ALSO, query->failure, error);

      redes_notice_unref (query->failure);
      query->failure = failure;
    }
}

static void
ask_free (RedesLookupAsk *self)
{
  g_ref_string_release (self->origin);
  g_free (self);
}

void
redes_lookup_ask_end (RedesLookupAsk *self, const GError *error)
{
  RedesLookupQuery *query = self->query;

  if (query != NULL)
    {
      if (error != NULL)
        note_failure (self, error);
      else
        note_answer (self);
      g_ptr_array_remove_fast (query->asks, self);
    }
  ask_free (self);
  if (query != NULL)
    end_if_done (query);
}

static void
add_known_peer (RedesLookupQuery *self, RedesKnownPeer *peer)
{
  RedesKnownPeer *known = g_hash_table_lookup (self->peers, &peer->endpoint.id);

  if (known == NULL)
    {
      g_hash_table_insert (self->peers, &peer->endpoint.id, peer);
      g_ptr_array_add (self->rows, peer);
      return;
    }
  known->how |= peer->how;
  known->seen_us = MAX (known->seen_us, peer->seen_us);
  redes_known_peer_free (peer);
}

/* Nobody gives more than was asked for. */
static guint
get_room (const RedesLookupAsk *self)
{
  return self->query->kind == REDES_LOOKUP_LIST ? MAX_LIST_ROWS - self->n_taken
                                                : redes_lookup_ask_get_page_rows (self);
}

/* A page that is not full is the last of a search, whatever is said of the total; so is one that
 * holds more than was asked for. */
static gboolean
is_last_page (const RedesLookupAsk *self, guint n, guint asked, guint total)
{
  switch (self->query->kind)
    {
    case REDES_LOOKUP_SEARCH:
      return n != asked || redes_lookup_ask_get_next_row (self) >= total;
    case REDES_LOOKUP_BROWSE:
      return n == 0 || n > asked || self->n_taken >= total;
    default:
      return TRUE;
    }
}

gboolean
redes_lookup_ask_take_rows (RedesLookupAsk *self, GPtrArray *rows, guint total)
{
  RedesLookupQuery *query = self->query;
  guint n = rows->len;
  guint asked, n_taken;

  if (query == NULL)
    {
      g_ptr_array_unref (rows);
      redes_lookup_ask_end (self, NULL);
      return FALSE;
    }
  note_answer (self);
  asked = get_room (self);
  n_taken = MIN (n, asked);
  g_ptr_array_set_size (rows, n_taken);
  g_ptr_array_set_free_func (rows, NULL);
  for (guint i = 0; i < n_taken; i++)
    {
      gpointer row = g_ptr_array_index (rows, i);

      if (query->kind == REDES_LOOKUP_LIST)
        {
          add_known_peer (query, row);
          continue;
        }
      g_ptr_array_add (query->rows, row);
      if (query->row_origins != NULL)
        g_ptr_array_add (query->row_origins, g_ref_string_acquire (self->origin));
    }
  g_ptr_array_unref (rows);
  self->n_taken += n_taken;
  query->tally.total = MAX (query->tally.total, total);
  if (!is_last_page (self, n, asked, total) && redes_lookup_ask_get_page_rows (self) > 0)
    return TRUE;
  redes_lookup_ask_end (self, NULL);
  return FALSE;
}

void
redes_lookup_ask_take_source (RedesLookupAsk *self, const RedesEndpoint *source)
{
  if (self->query == NULL || self->query->found == NULL || self->n_taken >= MAX_SOURCES_EACH)
    return;
  self->n_taken++;
  self->query->found (source, self->query->user_data);
}

/* (nullable) */
static RedesClassicFile *
find_unsigned (RedesLookupQuery *self, const char *name)
{
  for (guint i = 0; i < self->unsigned_files->len; i++)
    {
      RedesClassicFile *file = g_ptr_array_index (self->unsigned_files, i);

      if (g_str_equal (file->name, name))
        return file;
    }
  return NULL;
}

/* Adds those of @peers that are not there yet. */
static void
add_unsigned_peers (RedesClassicFile *file, char **peers)
{
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();

  g_strv_builder_addv (all, (const char **)file->peers);
  for (guint i = 0; peers[i] != NULL; i++)
    if (!g_strv_contains ((const char *const *)file->peers, peers[i]))
      g_strv_builder_add (all, peers[i]);
  g_strfreev (file->peers);
  file->peers = g_strv_builder_end (all);
}

void
redes_lookup_ask_take_unsigned (RedesLookupAsk *self, RedesClassicFile *file)
{
  RedesLookupQuery *query = self->query;
  RedesClassicFile *known;

  if (query == NULL || file == NULL)
    {
      redes_classic_file_free (file);
      return;
    }
  if (query->unsigned_files == NULL)
    query->unsigned_files
        = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_classic_file_free);
  known = find_unsigned (query, file->name);
  if (known == NULL && query->unsigned_files->len < REDES_LOOKUP_MAX_UNSIGNED)
    {
      g_ptr_array_add (query->unsigned_files, file);
      return;
    }
  /* Another size is another file, of which nobody can tell which one is meant. */
  if (known != NULL && known->size == file->size)
    add_unsigned_peers (known, file->peers);
  redes_classic_file_free (file);
}

void
redes_lookup_ask_offer (RedesLookupAsk *self, const char *name, const char *const *addresses)
{
  if (self->query != NULL && self->query->offered != NULL)
    self->query->offered (self->query, name, addresses, self->query->owner);
}

void
redes_lookup_ask_take_guests (RedesLookupAsk *self, char **guests)
{
  if (self->query == NULL)
    {
      g_strfreev (guests);
      return;
    }
  g_strfreev (self->query->guests);
  self->query->guests = guests;
}

static gboolean
is_late (const RedesLookupAsk *self, gint64 now_us)
{
  guint timeout_ms = self->provider->class->timeout_ms;

  if (now_us == G_MAXINT64)
    return TRUE;
  return timeout_ms != 0 && now_us - self->heard_us >= (gint64)timeout_ms * 1000;
}

gboolean
redes_lookup_query_give_up (RedesLookupQuery *self,
                            const RedesLookupProvider *provider,
                            gint64 now_us)
{
  g_autoptr (GError) error = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE,
                                              REDES_NOTICE_TRACKER_SILENT);
  gboolean any = FALSE;

  for (guint i = self->asks->len; i > 0; i--)
    {
      RedesLookupAsk *ask = g_ptr_array_index (self->asks, i - 1);

      if ((provider != NULL && ask->provider != provider) || !is_late (ask, now_us))
        continue;
      any = TRUE;
      note_failure (ask, error);
      /* It is its provider's, who ends it some day. */
      ask->query = NULL;
      g_ptr_array_remove_index_fast (self->asks, i - 1);
    }
  if (any)
    {
      redes_lookup_query_ref (self);
      end_if_done (self);
      redes_lookup_query_unref (self);
    }
  return any;
}
