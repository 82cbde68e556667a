/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/peer-rpc.h"

#include "engine/base/bitfield.h"
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/base/token-bucket.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/protocol-violation.h"
#include "engine/wire/frame.h"

/* What the answers to one peer may cost: at once, and then a second. Who downloads many files by
 * their names asks one short question for each; a page of rows is 5 times as dear. */
#define COST_BURST 200.0
#define COST_PER_S 50.0
/* Who said that it was too many is asked again then: it takes two or three more. */
#define BUSY_PAUSE_MS 250
#define MAX_ASKERS 1024u
/* Queries of ours that one session may leave without an answer. */
#define MAX_OWED 64u

struct _RedesPeerRpc
{
  const RedesPeerRpcMediator *mediator;
  const RedesClock *clock;
  gpointer user_data;
  guint32 last_serial;
  GHashTable *asks;   /* serial -> Ask */
  GHashTable *askers; /* RedesPeerId -> Asker */
};

/**
 * Ask:
 * @serial: its key, also when it only meets
 * @type: of the query; 0: only to meet
 * @frame: (nullable): the query, to be sent again
 * @n_wanted: rows, or contents, that it asks for
 * @session: (nullable): where it was sent
 * @pause: (nullable): until it is sent again
 * @refusal: why, while it pauses
 * @func: %NULL once it has been answered: a late answer is no violation
 */
typedef struct
{
  RedesPeerRpc *rpc;
  guint32 serial;
  RedesMessageType type;
  GBytes *frame;
  guint n_wanted;
  RedesPeerSession *session;
  GSource *timer;
  GSource *pause;
  GError *refusal;
  GError *verdict;
  RedesPeerRpcFunc func;
  gpointer user_data;
} Ask;

typedef struct
{
  RedesPeerId id;
  RedesTokenBucket costs;
} Asker;

/* Each query with its answer. */
static const RedesMessageType pairs[][2] = {
  { REDES_MESSAGE_PEER_SEARCH, REDES_MESSAGE_PEER_RESULTS },
  { REDES_MESSAGE_FIND, REDES_MESSAGE_FOUND },
  { REDES_MESSAGE_BROWSE, REDES_MESSAGE_SHARES },
  { REDES_MESSAGE_PEERS_GET, REDES_MESSAGE_PEERS_MET },
};

static void
clear_pause (Ask *ask)
{
  redes_timer_clear (&ask->pause);
  g_clear_error (&ask->refusal);
}

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  redes_timer_clear (&ask->timer);
  clear_pause (ask);
  g_clear_pointer (&ask->session, redes_peer_session_unref);
  g_clear_pointer (&ask->frame, g_bytes_unref);
  g_clear_error (&ask->verdict);
  g_free (ask);
}

/* Tells the asker; the ask itself stays while an answer may still come. */
static void
conclude (Ask *ask, RedesMessage *answer, const GError *error)
{
  RedesPeerRpcFunc func = ask->func;

  ask->func = NULL;
  redes_timer_clear (&ask->timer);
  if (func != NULL)
    func (answer, error, ask->user_data);
}

static void
end (Ask *ask, RedesMessage *answer, const GError *error)
{
  /* Taken out first: the asker may ask again, or end the talk. */
  g_hash_table_steal (ask->rpc->asks, GUINT_TO_POINTER (ask->serial));
  conclude (ask, answer, error);
  ask_free (ask);
}

/* A list of its own: an asker may ask again. */
static GPtrArray *
list_asks (RedesPeerRpc *self, RedesPeerSession *session)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->asks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (session == NULL || ((Ask *)value)->session == session)
      g_ptr_array_add (found, value);
  return found;
}

/* Its answer may still come; one that never answers is not asked for ever. */
static void
give_up (Ask *ask, const GError *late)
{
  g_autoptr (RedesPeerSession) session = redes_peer_session_ref (ask->session);
  g_autoptr (GPtrArray) owed = list_asks (ask->rpc, session);
  g_autoptr (GError) silent = redes_error_new (REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT,
                                               REDES_NOTICE_OWES_ANSWERS, owed->len);

  conclude (ask, NULL, late);
  if (owed->len > MAX_OWED)
    redes_peer_session_fail (session, silent);
}

/* Its end was only put off, or it has waited for too long. */
static gboolean
on_timer (gpointer user_data)
{
  Ask *ask = user_data;
  g_autoptr (GError) verdict = g_steal_pointer (&ask->verdict);
  g_autoptr (GError) late
      = redes_error_new (REDES_IO_ERROR, G_IO_ERROR_TIMED_OUT, REDES_NOTICE_NO_ANSWER_IN_TIME);

  if (verdict != NULL)
    end (ask, NULL, verdict);
  else if (ask->pause != NULL)
    end (ask, NULL, ask->refusal);
  else if (ask->session == NULL)
    end (ask, NULL, late);
  else if (ask->type == 0)
    end (ask, NULL, NULL);
  else
    give_up (ask, late);
  return G_SOURCE_REMOVE;
}

static void
set_timer (Ask *ask, guint timeout_ms)
{
  redes_timer_set (&ask->timer, NULL, timeout_ms, on_timer, ask);
}

/* From the main loop: nobody is answered inside his own query. */
static void
end_soon (Ask *ask, GError *verdict)
{
  g_clear_error (&ask->verdict);
  ask->verdict = verdict;
  set_timer (ask, 0);
}

static void
send (Ask *ask, RedesPeerSession *session)
{
  clear_pause (ask);
  g_clear_pointer (&ask->session, redes_peer_session_unref);
  ask->session = redes_peer_session_ref (session);
  if (ask->type == 0)
    end_soon (ask, NULL);
  else
    redes_channel_send_frame (redes_peer_session_get_channel (session), ask->frame);
}

void
redes_peer_rpc_met (RedesPeerRpc *self,
                    guint32 serial,
                    RedesPeerSession *session,
                    const RedesNotice *reason)
{
  Ask *ask = g_hash_table_lookup (self->asks, GUINT_TO_POINTER (serial));

  /* It has waited for long enough, and was told so. */
  if (ask == NULL)
    return;
  if (session != NULL)
    send (ask, session);
  else
    end_soon (ask, redes_error_new_take (REDES_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE,
                                         reason != NULL
                                             ? redes_notice_ref (reason)
                                             : redes_notice_new (REDES_NOTICE_CANNOT_BE_REACHED)));
}

RedesPeerRpc *
redes_peer_rpc_new (const RedesPeerRpcMediator *mediator,
                    const RedesClock *clock,
                    gpointer user_data)
{
  RedesPeerRpc *self = g_new0 (RedesPeerRpc, 1);

  self->mediator = mediator;
  self->clock = clock;
  self->user_data = user_data;
  self->asks = g_hash_table_new_full (NULL, NULL, NULL, ask_free);
  self->askers = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_free);
  return self;
}

void
redes_peer_rpc_free (RedesPeerRpc *self)
{
  g_autoptr (GPtrArray) asks = NULL;
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "this peer stops");

  if (self == NULL)
    return;
  asks = list_asks (self, NULL);
  for (guint i = 0; i < asks->len; i++)
    conclude (g_ptr_array_index (asks, i), NULL, error);
  g_hash_table_unref (self->asks);
  g_hash_table_unref (self->askers);
  g_free (self);
}

static guint32
next_serial (RedesPeerRpc *self)
{
  do
    self->last_serial++;
  while (self->last_serial == 0
         || g_hash_table_contains (self->asks, GUINT_TO_POINTER (self->last_serial)));
  return self->last_serial;
}

static guint
get_n_wanted (const RedesMessage *query)
{
  switch (query->type)
    {
    case REDES_MESSAGE_PEER_SEARCH:
      return query->search.n_rows;
    case REDES_MESSAGE_BROWSE:
      return query->list.n_rows;
    case REDES_MESSAGE_FIND:
      return query->find.contents->len;
    default:
      return 0;
    }
}

static void
set_query (Ask *ask, const RedesMessage *query)
{
  RedesMessage message = *query;

  message.serial = ask->serial;
  ask->type = query->type;
  ask->n_wanted = get_n_wanted (query);
  ask->frame = redes_message_encode (&message);
}

void
redes_peer_rpc_ask (RedesPeerRpc *self,
                    const RedesPeerId *id,
                    const char *host,
                    guint16 port,
                    const RedesMessage *query,
                    guint timeout_ms,
                    RedesPeerRpcFunc func,
                    gpointer user_data)
{
  RedesPeerSession *session = self->mediator->find (id, self->user_data);
  Ask *ask = g_new0 (Ask, 1);

  ask->rpc = self;
  ask->serial = next_serial (self);
  ask->func = func;
  ask->user_data = user_data;
  if (query != NULL)
    set_query (ask, query);
  g_hash_table_insert (self->asks, GUINT_TO_POINTER (ask->serial), ask);
  set_timer (ask, timeout_ms);
  if (session != NULL)
    send (ask, session);
  else if (port == 0 || !self->mediator->meet (id, host, port, ask->serial, self->user_data))
    end_soon (ask, redes_error_new (REDES_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE,
                                    REDES_NOTICE_CANNOT_BE_REACHED_NOW));
}

void
redes_peer_rpc_answer (RedesPeerSession *session, const RedesMessage *answer)
{
  redes_channel_send (redes_peer_session_get_channel (session), answer);
}

void
redes_peer_rpc_refuse (RedesPeerSession *session,
                       guint32 serial,
                       RedesPeerRefusal refusal,
                       const char *words)
{
  RedesMessage message
      = { .type = REDES_MESSAGE_REFUSE,
          .refusal = { .serial = serial, .refusal = (guint8)refusal, .words = words } };

  redes_peer_rpc_answer (session, &message);
}

/* Who has not asked for long need not be remembered. */
static gboolean
is_forgettable (gpointer key, gpointer value, gpointer user_data)
{
  Asker *asker = value;

  return redes_token_bucket_is_full (&asker->costs, *(gint64 *)user_data);
}

/* By peer and not by session, so that a new connection brings no new credit. Returns: (nullable):
 * %NULL: it may not ask now */
static Asker *
admit (RedesPeerRpc *self, const RedesPeerId *id, gint64 now_us)
{
  Asker *asker = g_hash_table_lookup (self->askers, id);

  if (asker == NULL)
    {
      if (g_hash_table_size (self->askers) >= MAX_ASKERS)
        g_hash_table_foreach_remove (self->askers, is_forgettable, &now_us);
      if (g_hash_table_size (self->askers) >= MAX_ASKERS)
        return NULL;
      asker = g_new0 (Asker, 1);
      asker->id = *id;
      redes_token_bucket_init (&asker->costs, COST_PER_S, COST_BURST, now_us);
      g_hash_table_insert (self->askers, &asker->id, asker);
    }
  return redes_token_bucket_try (&asker->costs, now_us) ? asker : NULL;
}

static void
take_query (RedesPeerRpc *self, RedesPeerSession *session, const RedesMessage *query)
{
  gint64 now_us = redes_clock_now_us (self->clock);
  Asker *asker = admit (self, redes_peer_session_get_id (session), now_us);
  guint cost;

  if (asker == NULL)
    {
      redes_peer_rpc_refuse (session, query->serial, REDES_PEER_REFUSAL_BUSY,
                             "too many queries at once");
      return;
    }
  cost = self->mediator->query (session, query, self->user_data);
  if (cost == 0)
    redes_peer_rpc_refuse (session, query->serial, REDES_PEER_REFUSAL_PRIVATE,
                           "nothing is told here");
  /* One was taken before. What an answer costs is known afterwards; the rest may become a debt. */
  else
    redes_token_bucket_take (&asker->costs, MIN (cost, REDES_PEER_RPC_MAX_COST) - 1, now_us);
}

/* In words of our own where we know the refusal, for they are in the language of who reads them. */
static GError *
translate_refusal (const RedesWireRefusal *refusal)
{
  g_autofree char *printable = NULL;

  switch (refusal->refusal)
    {
    case REDES_PEER_REFUSAL_BUSY:
      return redes_error_new (REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_REFUSE_BUSY);
    case REDES_PEER_REFUSAL_PRIVATE:
      return redes_error_new (REDES_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                              REDES_NOTICE_REFUSE_PRIVATE);
    case REDES_PEER_REFUSAL_QUERY:
      return redes_error_new (REDES_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                              REDES_NOTICE_REFUSE_QUERY);
    default:
      printable = redes_text_make_printable (refusal->words, 200);
      return redes_error_new (REDES_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, REDES_NOTICE_REFUSES,
                              printable);
    }
}

static gboolean
on_pause_over (gpointer user_data)
{
  Ask *ask = user_data;
  g_autoptr (RedesPeerSession) session = redes_peer_session_ref (ask->session);

  send (ask, session);
  return G_SOURCE_REMOVE;
}

/* As long as somebody waits for its answer. */
static void
ask_again_later (Ask *ask, const GError *refusal)
{
  clear_pause (ask);
  ask->refusal = g_error_copy (refusal);
  redes_timer_set (&ask->pause, NULL, BUSY_PAUSE_MS, on_pause_over, ask);
}

/* What the query says of its answer, beyond what holds for all of that type. */
static gboolean
fits (const Ask *ask, const RedesMessage *answer, GError **error)
{
  g_autoptr (RedesBitfield) found = NULL;

  if (ask->type != REDES_MESSAGE_FIND)
    return TRUE;
  found = redes_bitfield_new_from_bytes (ask->n_wanted, g_bytes_get_data (answer->found.bits, NULL),
                                         g_bytes_get_size (answer->found.bits));
  if (found == NULL)
    redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_FOUND_UNFIT,
                     ask->n_wanted);
  return found != NULL;
}

static void
take_answer (RedesPeerRpc *self, RedesPeerSession *session, RedesMessage *answer)
{
  Ask *ask = g_hash_table_lookup (self->asks, GUINT_TO_POINTER (answer->serial));

  if (ask != NULL && ask->session == session && ask->pause == NULL)
    for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
      {
        g_autoptr (GError) refusal = NULL;

        if (pairs[i][0] != ask->type)
          continue;
        if (answer->type == REDES_MESSAGE_REFUSE)
          refusal = translate_refusal (&answer->refusal);
        else if (answer->type != pairs[i][1])
          continue;
        else if (!fits (ask, answer, &refusal))
          {
            redes_peer_session_fail (session, refusal);
            return;
          }
        if (ask->func != NULL && g_error_matches (refusal, REDES_IO_ERROR, G_IO_ERROR_BUSY))
          ask_again_later (ask, refusal);
        else
          end (ask, refusal == NULL ? answer : NULL, refusal);
        return;
      }
  {
    g_autoptr (GError) error
        = redes_error_new (REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE, REDES_NOTICE_FRAME_NOT_ASKED,
                           redes_message_type_get_name (answer->type));

    redes_peer_session_fail (session, error);
  }
}

/* The longest answer to @ask that is not a refusal. */
static gsize
get_answer_limit (const Ask *ask)
{
  switch (ask->type)
    {
    case REDES_MESSAGE_PEER_SEARCH:
    case REDES_MESSAGE_BROWSE:
      return redes_message_get_max_results (ask->n_wanted);
    default:
      return REDES_MAX_CONTROL_BODY;
    }
}

gsize
redes_peer_rpc_get_limit (RedesPeerRpc *self, RedesPeerSession *session, guint8 type)
{
  gsize limit = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->asks);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Ask *ask = value;

      /* One that pauses has had its answer, or is only to meet. */
      if (ask->session != session || ask->pause != NULL || ask->type == 0)
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
        if (pairs[i][0] == ask->type && pairs[i][1] == type)
          limit = MAX (limit, get_answer_limit (ask));
      if (type == REDES_MESSAGE_REFUSE)
        limit = REDES_MAX_CONTROL_BODY;
    }
  return limit;
}

void
redes_peer_rpc_take (RedesPeerRpc *self, RedesPeerSession *session, RedesMessage *message)
{
  gboolean is_answer = message->type == REDES_MESSAGE_REFUSE;

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      if (pairs[i][0] == message->type)
        {
          take_query (self, session, message);
          return;
        }
      is_answer |= pairs[i][1] == message->type;
    }
  if (is_answer)
    take_answer (self, session, message);
}

void
redes_peer_rpc_move (RedesPeerRpc *self, RedesPeerSession *old, RedesPeerSession *session)
{
  g_autoptr (GPtrArray) asks = list_asks (self, old);

  for (guint i = 0; i < asks->len; i++)
    {
      Ask *ask = g_ptr_array_index (asks, i);

      if (ask->func != NULL && ask->verdict == NULL && ask->type != 0)
        send (ask, session);
    }
}

void
redes_peer_rpc_lose_session (RedesPeerRpc *self,
                             RedesPeerSession *session,
                             const RedesNotice *reason)
{
  g_autoptr (GPtrArray) asks = list_asks (self, session);
  g_autoptr (GPtrArray) serials = g_ptr_array_new ();

  for (guint i = 0; i < asks->len; i++)
    g_ptr_array_add (serials, GUINT_TO_POINTER (((Ask *)g_ptr_array_index (asks, i))->serial));
  for (guint i = 0; i < serials->len; i++)
    {
      Ask *ask = g_hash_table_lookup (self->asks, g_ptr_array_index (serials, i));
      g_autoptr (GError) error = redes_error_new_take (REDES_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                                                       redes_notice_ref (reason));

      if (ask != NULL)
        end (ask, NULL, ask->type == 0 && ask->verdict == NULL ? NULL : error);
    }
}
