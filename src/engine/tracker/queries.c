/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/queries.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/tracker/result-rows.h"

#include "engine/base/text.h"
#include "engine/base/address-scope.h"
#include "engine/wire/frame.h"

#define LIST_PAGE_ROWS 1000u
#define MAX_SEARCH_ROWS 200u
#define MAX_WORDS_BYTES 512
/* Most bytes of a row of RESULTS (two digests, a name, numbers, and what GVariant adds), of one of
 * PEERS, and of what stands before and after the rows. */
#define MAX_RESULT_BYTES 384u
#define MAX_PEER_BYTES 192u
#define MAX_FRAME_BYTES 64u
/* Most bytes of what HOLDERS says of one content: places, and where they end. */
#define MAX_HOLDERS_BYTES (REDES_WIRE_MAX_HOLDERS * 2 + 4)
/* More peers than any tracker of this protocol holds: one that goes on sending pages lies. */
#define MAX_LIST_ROWS 100000u

/**
 * Query:
 * @serial: 0 until it is sent
 * @type: SEARCH, SOURCES or LIST
 * @contents: (nullable) (element-type RedesContentId): for SOURCES
 * @first: for SEARCH, the first row; for LIST, the first of the page asked for
 * @rows: so far; for SOURCES a GPtrArray for each content
 * @n_received: rows that came, those that are not believed among them
 * @verdict: (nullable): the answer when @timer comes
 */
typedef struct
{
  RedesQueries *owner;
  guint32 serial;
  RedesMessageType type;
  char *words;
  GArray *contents;
  guint first;
  guint n_rows;

  GPtrArray *rows;
  guint n_received;
  GError *verdict;
  GSource *timer;
  GList link;
  RedesTrackerAnswerFunc func;
  gpointer user_data;
} Query;

struct _RedesQueries
{
  GMainContext *context;
  RedesQueriesSendFunc send;
  gpointer user_data;
  char *origin;
  GQueue pending;
  gboolean is_open;
  GError *failure;
  guint32 last_serial;
  guint n_owed; /* answers that this connection's tracker has not given yet, wanted or not */
};

void
redes_tracker_peer_free (RedesTrackerPeer *peer)
{
  g_free (peer->host);
  g_free (peer->nickname);
  g_free (peer);
}

static void
set_timer (Query *query, guint timeout_ms, GSourceFunc func)
{
  redes_timer_set (&query->timer, query->owner->context, timeout_ms, func, query);
}

/* Takes the query out of the line, answers it and frees it. @owner may be gone afterwards. */
static void
end_query (Query *query, guint total, const GError *error)
{
  g_queue_unlink (&query->owner->pending, &query->link);
  redes_timer_clear (&query->timer);
  query->func (error == NULL ? query->rows : NULL, total, error, query->user_data);
  g_ptr_array_unref (query->rows);
  g_clear_error (&query->verdict);
  g_clear_pointer (&query->contents, g_array_unref);
  g_free (query->words);
  g_free (query);
}

static gboolean
on_verdict (gpointer user_data)
{
  Query *query = user_data;

  end_query (query, 0, query->verdict);
  return G_SOURCE_REMOVE;
}

/* (transfer floating) */
static GVariant *
pack_contents (GArray *contents)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayt)"));
  for (guint i = 0; i < contents->len; i++)
    g_variant_builder_add_value (
        &builder, redes_message_new_content (&g_array_index (contents, RedesContentId, i)));
  return g_variant_builder_end (&builder);
}

static void
send_query (Query *query)
{
  RedesQueries *self = query->owner;
  GVariant *body;

  query->serial = redes_queries_next_serial (self);
  self->n_owed++;
  switch (query->type)
    {
    case REDES_MESSAGE_SEARCH:
      body = g_variant_new ("(usuu)", query->serial, query->words, query->first, query->n_rows);
      break;
    case REDES_MESSAGE_SOURCES:
      body = g_variant_new ("(u@a(ayt))", query->serial, pack_contents (query->contents));
      break;
    default:
      body = g_variant_new ("(uuu)", query->serial, query->first, LIST_PAGE_ROWS);
      break;
    }
  self->send (query->type, body, self->user_data);
}

static Query *
query_new (RedesQueries *self,
           RedesMessageType type,
           GDestroyNotify free_row,
           RedesTrackerAnswerFunc func,
           gpointer user_data)
{
  Query *query = g_new0 (Query, 1);

  query->owner = self;
  query->type = type;
  query->rows = g_ptr_array_new_with_free_func (free_row);
  query->func = func;
  query->user_data = user_data;
  query->link.data = query;
  return query;
}

static void
ask (Query *query, guint timeout_ms)
{
  RedesQueries *self = query->owner;

  g_queue_push_tail_link (&self->pending, &query->link);
  if (self->failure != NULL)
    {
      query->verdict = g_error_copy (self->failure);
      set_timer (query, 0, on_verdict);
      return;
    }
  query->verdict = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE,
                                    REDES_NOTICE_TRACKER_SILENT);
  set_timer (query, timeout_ms, on_verdict);
  if (self->is_open)
    send_query (query);
}

static Query *
find_query (RedesQueries *self, guint32 serial)
{
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      Query *query = l->data;

      if (query->serial != 0 && query->serial == serial)
        return query;
    }
  return NULL;
}

static gboolean
set_mismatch (Query *query, const RedesFrame *frame, GError **error)
{
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE, REDES_NOTICE_ANSWER_TO_ANOTHER,
                   redes_message_type_get_name (frame->type),
                   redes_message_type_get_name (query->type));
  return FALSE;
}

static RedesTrackerPeer *
read_peer (GVariant *rows, gsize i)
{
  RedesTrackerPeer *peer = g_new0 (RedesTrackerPeer, 1);
  g_autoptr (GVariant) id = NULL;

  g_variant_get_child (rows, i, "(@aysqs)", &id, &peer->host, &peer->port, &peer->nickname);
  redes_message_get_digest (id, &peer->id);
  return peer;
}

static gboolean
is_believed (RedesQueries *self, const RedesTrackerPeer *peer)
{
  return self->origin == NULL || redes_address_may_tell (self->origin, peer->host);
}

static void
read_peers (Query *query, GVariant *rows)
{
  for (gsize i = 0; i < g_variant_n_children (rows); i++)
    {
      RedesTrackerPeer *peer = read_peer (rows, i);

      query->n_received++;
      if (is_believed (query->owner, peer))
        g_ptr_array_add (query->rows, peer);
      else
        redes_tracker_peer_free (peer);
    }
}

static RedesTrackerPeer *
copy_peer (const RedesTrackerPeer *peer)
{
  RedesTrackerPeer *copy = g_memdup2 (peer, sizeof *copy);

  copy->host = g_strdup (peer->host);
  copy->nickname = g_strdup (peer->nickname);
  return copy;
}

/* @peers: (element-type RedesTrackerPeer): those that are not believed, too, as places count them.
 */
static void
read_holders (Query *query, GVariant *contents, GPtrArray *peers)
{
  for (gsize i = 0; i < g_variant_n_children (contents); i++)
    {
      g_autoptr (GVariant) list = g_variant_get_child_value (contents, i);
      GPtrArray *row = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_tracker_peer_free);
      gsize n_places;
      const guint16 *places = g_variant_get_fixed_array (list, &n_places, sizeof *places);

      for (gsize j = 0; j < n_places; j++)
        if (is_believed (query->owner, g_ptr_array_index (peers, places[j])))
          g_ptr_array_add (row, copy_peer (g_ptr_array_index (peers, places[j])));
      g_ptr_array_add (query->rows, row);
    }
}

static gboolean
take_results (Query *query, const RedesFrame *frame, GError **error)
{
  g_autoptr (GVariant) rows = g_variant_get_child_value (frame->body, 2);
  guint32 total;

  if (query->type != REDES_MESSAGE_SEARCH)
    return set_mismatch (query, frame, error);
  if (g_variant_n_children (rows) > query->n_rows)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                       REDES_NOTICE_RESULTS_TOO_MANY, query->n_rows);
      return FALSE;
    }
  g_variant_get_child (frame->body, 1, "u", &total);
  redes_result_rows_unpack (rows, query->rows);
  end_query (query, total, NULL);
  return TRUE;
}

static gboolean
take_peers (Query *query, const RedesFrame *frame, GError **error)
{
  g_autoptr (GVariant) rows = g_variant_get_child_value (frame->body, 2);
  gsize n_rows = g_variant_n_children (rows);
  guint32 total;

  if (query->type != REDES_MESSAGE_LIST)
    return set_mismatch (query, frame, error);
  g_variant_get_child (frame->body, 1, "u", &total);
  read_peers (query, rows);
  if (n_rows > 0 && query->n_received < total
      && query->n_received < MAX_LIST_ROWS)
    {
      query->first = query->n_received;
      send_query (query);
      return TRUE;
    }
  total = MAX (total, query->n_received);
  end_query (query, total - (query->n_received - query->rows->len), NULL);
  return TRUE;
}

static gboolean
take_holders (Query *query, const RedesFrame *frame, GError **error)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (frame->body, 1);
  g_autoptr (GVariant) contents = g_variant_get_child_value (frame->body, 2);
  g_autoptr (GPtrArray) peers
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_tracker_peer_free);
  guint n_believed = 0;

  if (query->type != REDES_MESSAGE_SOURCES
      || g_variant_n_children (contents) != query->contents->len)
    return set_mismatch (query, frame, error);
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_ptr_array_add (peers, read_peer (list, i));
      n_believed += is_believed (query->owner, g_ptr_array_index (peers, i));
    }
  read_holders (query, contents, peers);
  end_query (query, n_believed, NULL);
  return TRUE;
}

RedesNotice *
redes_queries_read_refusal (GVariant *body)
{
  g_autofree char *printable = NULL;
  const char *words;
  guint8 refusal;

  g_variant_get (body, "(uy&s)", NULL, &refusal, &words);
  printable = redes_text_make_printable (words, 200);
  switch (refusal)
    {
    case REDES_REFUSAL_NOT_REGISTERED:
      return redes_notice_new (REDES_NOTICE_TRACKER_NOT_REGISTERED);
    case REDES_REFUSAL_MANIFEST:
      return redes_notice_new (REDES_NOTICE_TRACKER_BAD_MANIFEST, printable);
    case REDES_REFUSAL_FULL:
      return redes_notice_new (REDES_NOTICE_TRACKER_FULL, printable);
    case REDES_REFUSAL_QUERY:
      return redes_notice_new (REDES_NOTICE_TRACKER_QUERY);
    default:
      return redes_notice_new (REDES_NOTICE_TRACKER_WORDS, printable);
    }
}

static void
take_refusal (Query *query, const RedesFrame *frame)
{
  g_autoptr (GError) error = redes_error_new_take (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED,
                                                   redes_queries_read_refusal (frame->body));

  end_query (query, 0, error);
}

RedesQueries *
redes_queries_new (RedesQueriesSendFunc send, gpointer user_data)
{
  RedesQueries *self = g_new0 (RedesQueries, 1);

  self->context = g_main_context_ref_thread_default ();
  self->send = send;
  self->user_data = user_data;
  return self;
}

void
redes_queries_free (RedesQueries *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The tracker is not used any more");

  redes_queries_fail (self, error);
  g_clear_error (&self->failure);
  g_main_context_unref (self->context);
  g_free (self->origin);
  g_free (self);
}

void
redes_queries_set_origin (RedesQueries *self, const char *host)
{
  g_free (self->origin);
  self->origin = g_strdup (host);
}

guint32
redes_queries_next_serial (RedesQueries *self)
{
  if (++self->last_serial == 0)
    self->last_serial = 1;
  return self->last_serial;
}

void
redes_queries_search (RedesQueries *self,
                      const char *words,
                      guint first,
                      guint n_rows,
                      guint timeout_ms,
                      RedesTrackerAnswerFunc func,
                      gpointer user_data)
{
  Query *query = query_new (self, REDES_MESSAGE_SEARCH, (GDestroyNotify)redes_directory_row_free,
                            func, user_data);

  query->words = g_utf8_make_valid (words, -1);
  if (strlen (query->words) > MAX_WORDS_BYTES)
    *g_utf8_find_prev_char (query->words, query->words + MAX_WORDS_BYTES + 1) = '\0';
  query->first = first;
  query->n_rows = CLAMP (n_rows, 1, MAX_SEARCH_ROWS);
  ask (query, timeout_ms);
}

void
redes_queries_sources (RedesQueries *self,
                       const RedesContentId *contents,
                       guint n_contents,
                       guint timeout_ms,
                       RedesTrackerAnswerFunc func,
                       gpointer user_data)
{
  Query *query = query_new (self, REDES_MESSAGE_SOURCES, (GDestroyNotify)g_ptr_array_unref, func,
                            user_data);

  query->contents = g_array_sized_new (FALSE, FALSE, sizeof (RedesContentId), n_contents);
  g_array_append_vals (query->contents, contents, n_contents);
  ask (query, timeout_ms);
}

void
redes_queries_list (RedesQueries *self,
                    guint timeout_ms,
                    RedesTrackerAnswerFunc func,
                    gpointer user_data)
{
  ask (query_new (self, REDES_MESSAGE_LIST, (GDestroyNotify)redes_tracker_peer_free, func,
                  user_data),
       timeout_ms);
}

void
redes_queries_open (RedesQueries *self)
{
  self->is_open = TRUE;
  self->n_owed = 0;
  g_clear_error (&self->failure);
  for (GList *l = self->pending.head; l != NULL; l = l->next)
    {
      Query *query = l->data;

      if (query->serial == 0)
        send_query (query);
    }
}

void
redes_queries_wait (RedesQueries *self)
{
  self->is_open = FALSE;
  g_clear_error (&self->failure);
}

void
redes_queries_fail (RedesQueries *self, const GError *error)
{
  Query *query;

  self->is_open = FALSE;
  g_clear_error (&self->failure);
  self->failure = g_error_copy (error);
  /* Only as many as there are now: one who asks again in answer to a failure would keep us here. */
  for (guint n = self->pending.length; n > 0; n--)
    {
      query = g_queue_peek_head (&self->pending);
      if (query != NULL)
        end_query (query, 0, error);
    }
}

gsize
redes_queries_get_limit (RedesQueries *self, guint8 type)
{
  if (self->n_owed == 0)
    return 0;
  switch (type)
    {
    case REDES_MESSAGE_RESULTS:
      return MAX_FRAME_BYTES + MAX_SEARCH_ROWS * MAX_RESULT_BYTES;
    case REDES_MESSAGE_HOLDERS:
      return MAX_FRAME_BYTES + LIST_PAGE_ROWS * MAX_PEER_BYTES
             + REDES_WIRE_MAX_FIND * MAX_HOLDERS_BYTES;
    case REDES_MESSAGE_PEERS:
      return MAX_FRAME_BYTES + LIST_PAGE_ROWS * MAX_PEER_BYTES;
    default:
      return REDES_MAX_CONTROL_BODY;
    }
}

gboolean
redes_queries_take (RedesQueries *self, const RedesFrame *frame, GError **error)
{
  Query *query;
  guint32 serial;

  if (self->n_owed > 0)
    self->n_owed--;
  g_variant_get_child (frame->body, 0, "u", &serial);
  query = find_query (self, serial);
  if (query == NULL)
    return TRUE;
  switch (frame->type)
    {
    case REDES_MESSAGE_RESULTS:
      return take_results (query, frame, error);
    case REDES_MESSAGE_PEERS:
      return take_peers (query, frame, error);
    case REDES_MESSAGE_HOLDERS:
      return take_holders (query, frame, error);
    default:
      take_refusal (query, frame);
      return TRUE;
    }
}
