/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/rpc-handler.h"

#include "engine/lookup/peer-exchange.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/peer-rpc.h"

/* What counts as one more question, see PROTOCOL.md. */
#define ROWS_OF_ONE 40u
#define CONTENTS_OF_ONE 250u
#define NAMES_OF_ONE 10000u

static guint
weigh (guint more)
{
  return MIN (1 + more, REDES_PEER_RPC_MAX_COST);
}

static void
send_rows (
    RedesPeerSession *session, RedesMessageType type, guint32 serial, guint total, GPtrArray *rows)
{
  RedesMessage message
      = { .type = type, .results = { .serial = serial, .total = total, .rows = rows } };

  redes_peer_rpc_answer (session, &message);
}

static guint
answer_search (const RedesRpcHandler *self, RedesPeerSession *session, const RedesWireSearch *query)
{
  guint total;
  g_autoptr (GPtrArray) rows = redes_local_index_search (self->local_index, query->words,
                                                         query->first, query->n_rows, &total);

  if (rows == NULL)
    redes_peer_rpc_refuse (session, query->serial, REDES_PEER_REFUSAL_QUERY,
                           "there is no word in the search");
  else
    send_rows (session, REDES_MESSAGE_PEER_RESULTS, query->serial, total, rows);
  return weigh ((rows != NULL ? rows->len / ROWS_OF_ONE : 0)
                + redes_local_index_get_size (self->local_index) / NAMES_OF_ONE);
}

static guint
answer_find (const RedesRpcHandler *self, RedesPeerSession *session, const RedesWireFind *query)
{
  g_autoptr (RedesBitfield) found = redes_bitfield_new (query->contents->len);
  g_autoptr (GBytes) bits = NULL;
  RedesMessage message = { .type = REDES_MESSAGE_FOUND, .found = { .serial = query->serial } };

  for (guint i = 0; i < query->contents->len; i++)
    if (redes_library_lookup (self->library, &g_array_index (query->contents, RedesContentId, i))
        != NULL)
      redes_bitfield_set (found, i);
  bits = redes_bitfield_to_bytes (found);
  message.found.bits = bits;
  redes_peer_rpc_answer (session, &message);
  return weigh (query->contents->len / CONTENTS_OF_ONE);
}

static guint
answer_browse (const RedesRpcHandler *self, RedesPeerSession *session, const RedesWireList *query)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint total;

  if (!self->browsable)
    {
      redes_peer_rpc_refuse (session, query->serial, REDES_PEER_REFUSAL_PRIVATE,
                             "it does not let others browse what it shares");
      return weigh (0);
    }
  rows = redes_local_index_browse (self->local_index, query->first, query->n_rows, &total);
  send_rows (session, REDES_MESSAGE_SHARES, query->serial, total, rows);
  return weigh (rows->len / ROWS_OF_ONE + total / NAMES_OF_ONE);
}

static guint
answer_peers (const RedesRpcHandler *self, RedesPeerSession *session, guint32 serial)
{
  g_autoptr (GPtrArray) met = redes_peer_finder_list (self->peer_finder, TRUE);
  g_autoptr (GPtrArray) told = redes_peer_exchange_choose (
      met, redes_peer_session_get_id (session),
      redes_channel_get_host (redes_peer_session_get_channel (session)));
  RedesMessage message
      = { .type = REDES_MESSAGE_PEERS_MET, .peers_met = { .serial = serial, .peers = told } };

  redes_peer_rpc_answer (session, &message);
  /* Nobody needs it more than now and then. */
  return REDES_PEER_RPC_MAX_COST;
}

guint
redes_rpc_handler_answer (const RedesRpcHandler *self,
                          RedesPeerSession *session,
                          const RedesMessage *query)
{
  switch (query->type)
    {
    case REDES_MESSAGE_PEER_SEARCH:
      return answer_search (self, session, &query->search);
    case REDES_MESSAGE_FIND:
      return answer_find (self, session, &query->find);
    case REDES_MESSAGE_BROWSE:
      return answer_browse (self, session, &query->list);
    case REDES_MESSAGE_PEERS_GET:
      return answer_peers (self, session, query->serial);
    default:
      g_return_val_if_reached (1);
    }
}
