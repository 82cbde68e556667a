/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/rpc-handler.h"

#include "engine/lookup/peer-exchange.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/peer-rpc.h"
#include "engine/tracker/result-rows.h"

static void
send_rows (
    RedesPeerSession *session, RedesMessageType type, guint32 serial, guint total, GPtrArray *rows)
{
  redes_peer_rpc_answer (
      session, type,
      g_variant_new ("(uu@" REDES_RESULT_ROWS ")", serial, total, redes_result_rows_pack (rows)));
}

static void
answer_search (const RedesRpcHandler *self, RedesPeerSession *session, GVariant *body)
{
  g_autoptr (GPtrArray) rows = NULL;
  const char *words;
  guint32 serial, first, n_rows;
  guint total;

  g_variant_get (body, "(u&suu)", &serial, &words, &first, &n_rows);
  rows = redes_local_index_search (self->local_index, words, first, n_rows, &total);
  if (rows == NULL)
    redes_peer_rpc_refuse (session, serial, REDES_PEER_REFUSAL_QUERY,
                           "there is no word in the search");
  else
    send_rows (session, REDES_MESSAGE_PEER_RESULTS, serial, total, rows);
}

static void
answer_find (const RedesRpcHandler *self, RedesPeerSession *session, GVariant *body)
{
  g_autoptr (GVariant) contents = NULL;
  g_autoptr (RedesBitfield) found = NULL;
  g_autoptr (GBytes) bits = NULL;
  guint32 serial;
  gsize n_contents;

  g_variant_get (body, "(u@a(ayt))", &serial, &contents);
  n_contents = g_variant_n_children (contents);
  found = redes_bitfield_new (n_contents);
  for (gsize i = 0; i < n_contents; i++)
    {
      g_autoptr (GVariant) tuple = g_variant_get_child_value (contents, i);
      RedesContentId content;

      redes_message_get_content (tuple, &content);
      if (redes_library_lookup (self->library, &content) != NULL)
        redes_bitfield_set (found, i);
    }
  bits = redes_bitfield_to_bytes (found);
  redes_peer_rpc_answer (session, REDES_MESSAGE_FOUND,
                         g_variant_new ("(u@ay)", serial, redes_message_new_bytes (bits)));
}

static void
answer_browse (const RedesRpcHandler *self, RedesPeerSession *session, GVariant *body)
{
  g_autoptr (GPtrArray) rows = NULL;
  guint32 serial, first, n_rows;
  guint total;

  g_variant_get (body, "(uuu)", &serial, &first, &n_rows);
  if (!self->browsable)
    {
      redes_peer_rpc_refuse (session, serial, REDES_PEER_REFUSAL_PRIVATE,
                             "it does not let others browse what it shares");
      return;
    }
  rows = redes_local_index_browse (self->local_index, first, n_rows, &total);
  send_rows (session, REDES_MESSAGE_SHARES, serial, total, rows);
}

static void
answer_peers (const RedesRpcHandler *self, RedesPeerSession *session, GVariant *body)
{
  g_autoptr (GPtrArray) met = redes_peer_finder_list (self->peer_finder, TRUE);
  guint32 serial;

  g_variant_get (body, "(u)", &serial);
  redes_peer_rpc_answer (session, REDES_MESSAGE_PEERS_MET,
                         redes_peer_exchange_make_answer (
                             serial, met, redes_peer_session_get_id (session),
                             redes_channel_get_host (redes_peer_session_get_channel (session))));
}

void
redes_rpc_handler_answer (const RedesRpcHandler *self,
                          RedesPeerSession *session,
                          RedesMessageType type,
                          GVariant *body)
{
  switch (type)
    {
    case REDES_MESSAGE_PEER_SEARCH:
      answer_search (self, session, body);
      break;
    case REDES_MESSAGE_FIND:
      answer_find (self, session, body);
      break;
    case REDES_MESSAGE_BROWSE:
      answer_browse (self, session, body);
      break;
    case REDES_MESSAGE_PEERS_GET:
      answer_peers (self, session, body);
      break;
    default:
      g_warn_if_reached ();
    }
}
