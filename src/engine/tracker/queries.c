/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/queries.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/base/text.h"
#include "engine/base/address-scope.h"
#include "engine/wire/frame.h"

#define LIST_PAGE_ROWS REDES_WIRE_MAX_PEERS
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
 * @guests: (nullable): for SEARCH; %NULL too once it has been called
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
  RedesTrackerGuestsFunc guests;
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

static void
send_query (Query *query)
{
  RedesQueries *self = query->owner;
  RedesMessage message = { .type = query->type };

  query->serial = redes_queries_next_serial (self);
  self->n_owed++;
  switch (query->type)
    {
    case REDES_MESSAGE_SEARCH:
      message.search = (RedesWireSearch){ .serial = query->serial,
                                          .words = query->words,
                                          .first = query->first,
                                          .n_rows = query->n_rows };
      break;
    case REDES_MESSAGE_SOURCES:
      message.find = (RedesWireFind){ .serial = query->serial, .contents = query->contents };
      break;
    default:
      message.list = (RedesWireList){ .serial = query->serial,
                                      .first = query->first,
                                      .n_rows = LIST_PAGE_ROWS };
      break;
    }
  self->send (&message, self->user_data);
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
set_mismatch (Query *query, const RedesMessage *message, GError **error)
{
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE, REDES_NOTICE_ANSWER_TO_ANOTHER,
                   redes_message_type_get_name (message->type),
                   redes_message_type_get_name (query->type));
  return FALSE;
}

static gboolean
is_believed (RedesQueries *self, const RedesEndpoint *peer)
{
  return self->origin == NULL || redes_address_may_tell (self->origin, peer->host);
}

/* Takes those of @peers that are believed. */
static void
take_believed (Query *query, GPtrArray *peers)
{
  query->n_received += peers->len;
  for (guint i = 0; i < peers->len; i++)
    {
      RedesEndpoint **peer = (RedesEndpoint **)&g_ptr_array_index (peers, i);

      if (is_believed (query->owner, *peer))
        g_ptr_array_add (query->rows, g_steal_pointer (peer));
      else
        g_clear_pointer (peer, redes_endpoint_free);
    }
  g_ptr_array_set_free_func (peers, NULL);
}

/* @places: (element-type guint16): in @peers. Returns: (transfer full) (element-type RedesEndpoint)
 */
static GPtrArray *
dup_holders (RedesQueries *self, GPtrArray *peers, GArray *places)
{
  GPtrArray *row = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_endpoint_free);

  for (guint i = 0; i < places->len; i++)
    {
      const RedesEndpoint *peer = g_ptr_array_index (peers, g_array_index (places, guint16, i));

      if (is_believed (self, peer))
        g_ptr_array_add (row, redes_endpoint_copy (peer));
    }
  return row;
}

static gboolean
take_results (Query *query, RedesMessage *message, GError **error)
{
  RedesWireResults *results = &message->results;

  if (query->type != REDES_MESSAGE_SEARCH)
    return set_mismatch (query, message, error);
  if (results->rows->len > query->n_rows)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                       REDES_NOTICE_RESULTS_TOO_MANY, query->n_rows);
      return FALSE;
    }
  g_ptr_array_extend_and_steal (query->rows, g_steal_pointer (&results->rows));
  end_query (query, results->total, NULL);
  return TRUE;
}

static gboolean
take_peers (Query *query, RedesMessage *message, GError **error)
{
  guint32 total = message->peers.total;
  guint n_rows = message->peers.peers->len;

  if (query->type != REDES_MESSAGE_LIST)
    return set_mismatch (query, message, error);
  take_believed (query, message->peers.peers);
  if (n_rows > 0 && query->n_received < total && query->n_received < MAX_LIST_ROWS)
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
take_holders (Query *query, RedesMessage *message, GError **error)
{
  const RedesWireHolders *holders = &message->holders;
  guint n_believed = 0;

  if (query->type != REDES_MESSAGE_SOURCES || holders->places->len != query->contents->len)
    return set_mismatch (query, message, error);
  for (guint i = 0; i < holders->peers->len; i++)
    n_believed += is_believed (query->owner, g_ptr_array_index (holders->peers, i));
  for (guint i = 0; i < holders->places->len; i++)
    g_ptr_array_add (query->rows, dup_holders (query->owner, holders->peers,
                                               g_ptr_array_index (holders->places, i)));
  end_query (query, n_believed, NULL);
  return TRUE;
}

RedesNotice *
redes_queries_make_refusal (const RedesWireRefusal *refusal)
{
  g_autofree char *printable = redes_text_make_printable (refusal->words, 200);

  switch (refusal->refusal)
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

/* Leaves out the addresses that are not believed. Returns: (nullable) (transfer full): %NULL when
 * none is left */
static RedesWireGuestFile *
dup_believed_guests (RedesQueries *self, const RedesWireGuestFile *file)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new ();

  for (guint i = 0; file->addresses[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port;

      if (redes_text_parse_address (file->addresses[i], 0, &host, &port, NULL)
          && (self->origin == NULL || redes_address_may_tell (self->origin, host)))
        g_ptr_array_add (addresses, file->addresses[i]);
    }
  if (addresses->len == 0)
    return NULL;
  g_ptr_array_add (addresses, NULL);
  return redes_wire_guest_file_new (file->name, (const char *const *)addresses->pdata);
}

/* It is no answer, and one comes at most for each search. */
static void
take_guests (RedesQueries *self, const RedesWireGuests *guests)
{
  Query *query = find_query (self, guests->serial);
  RedesTrackerGuestsFunc func = query != NULL ? g_steal_pointer (&query->guests) : NULL;
  g_autoptr (GPtrArray) files
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_wire_guest_file_free);

  if (func == NULL)
    return;
  for (guint i = 0; i < guests->files->len; i++)
    {
      RedesWireGuestFile *file = dup_believed_guests (self, g_ptr_array_index (guests->files, i));

      if (file != NULL)
        g_ptr_array_add (files, file);
    }
  if (files->len > 0)
    func (files, query->user_data);
}

static void
take_refusal (Query *query, const RedesWireRefusal *refusal)
{
  g_autoptr (GError) error = redes_error_new_take (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_REFUSED,
                                                   redes_queries_make_refusal (refusal));

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
                      RedesTrackerGuestsFunc guests,
                      RedesTrackerAnswerFunc func,
                      gpointer user_data)
{
  Query *query = query_new (self, REDES_MESSAGE_SEARCH, (GDestroyNotify)redes_result_entry_free,
                            func, user_data);

  query->guests = guests;
  query->words = g_strdup (words);
  query->first = first;
  query->n_rows = CLAMP (n_rows, 1, REDES_WIRE_MAX_RESULTS);
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
  Query *query
      = query_new (self, REDES_MESSAGE_SOURCES, (GDestroyNotify)g_ptr_array_unref, func, user_data);

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
  ask (query_new (self, REDES_MESSAGE_LIST, (GDestroyNotify)redes_endpoint_free, func, user_data),
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
  /* The number is fixed first, because a caller that asks again after a failure would make this
   * loop endless. */
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
      return redes_message_get_max_results (REDES_WIRE_MAX_RESULTS);
    case REDES_MESSAGE_HOLDERS:
      return redes_message_get_max_holders (REDES_WIRE_MAX_FIND);
    case REDES_MESSAGE_PEERS:
      return redes_message_get_max_peers (LIST_PAGE_ROWS);
    default:
      return REDES_MAX_CONTROL_BODY;
    }
}

gboolean
redes_queries_take (RedesQueries *self, RedesMessage *message, GError **error)
{
  Query *query;

  if (message->type == REDES_MESSAGE_GUESTS)
    {
      take_guests (self, &message->guests);
      return TRUE;
    }
  query = find_query (self, message->serial);
  if (self->n_owed > 0)
    self->n_owed--;
  if (query == NULL)
    return TRUE;
  switch (message->type)
    {
    case REDES_MESSAGE_RESULTS:
      return take_results (query, message, error);
    case REDES_MESSAGE_PEERS:
      return take_peers (query, message, error);
    case REDES_MESSAGE_HOLDERS:
      return take_holders (query, message, error);
    default:
      take_refusal (query, &message->refusal);
      return TRUE;
    }
}
