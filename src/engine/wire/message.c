/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/message-private.h"

#include "engine/base/error.h"
#include "engine/wire/file-table-private.h"

#include <string.h>

#define MAX_BITS_BYTES (8u * 1024 * 1024) /* 2^26 blocks */
#define MAX_BITFIELD_BODY (MAX_BITS_BYTES + 64)
#define MAX_BLOCK_BODY                                                                             \
  (REDES_BLOCK_HEADER_SIZE + REDES_WIRE_MAX_PROOF * REDES_DIGEST_SIZE + REDES_WIRE_MAX_BLOCK)

#define MAX_CAPABILITIES 32
#define MAX_FOUND_BYTES ((REDES_WIRE_MAX_FIND + 7) / 8)

#define ON_PEER (1u << REDES_LINK_PEER)
#define ON_TRACKER (1u << REDES_LINK_TRACKER)
#define ON_CLIENT (1u << REDES_LINK_CLIENT)
#define ON_ALL (ON_PEER | ON_TRACKER | ON_CLIENT)

static gboolean relate_manifest (GVariant *body, GError **error);
static gboolean relate_register (GVariant *body, GError **error);
static gboolean relate_holders (GVariant *body, GError **error);

#define ANY                                                                                        \
  {                                                                                                \
    REDES_RULE_ANY, REDES_NOTICE_NONE, 0, 0, NULL                                                  \
  }
#define DIGEST(what)                                                                               \
  {                                                                                                \
    REDES_RULE_DIGEST, what, 0, 0, NULL                                                            \
  }
#define BYTES(what, min, max)                                                                      \
  {                                                                                                \
    REDES_RULE_BYTES, what, min, max, NULL                                                         \
  }
#define PATH(what, max)                                                                            \
  {                                                                                                \
    REDES_RULE_PATH, what, 0, max, NULL                                                            \
  }
#define TEXT(what, min, max)                                                                       \
  {                                                                                                \
    REDES_RULE_TEXT, what, min, max, NULL                                                          \
  }
#define HOST(what, max)                                                                            \
  {                                                                                                \
    REDES_RULE_HOST, what, 0, max, NULL                                                            \
  }
#define NUMBER(what, min, max)                                                                     \
  {                                                                                                \
    REDES_RULE_NUMBER, what, min, max, NULL                                                        \
  }
#define BLOCK(what)                                                                                \
  {                                                                                                \
    REDES_RULE_NUMBER, what, 0, REDES_WIRE_MAX_BLOCKS - 1, NULL                                    \
  }
#define BLOCK_OR_NONE(what)                                                                        \
  {                                                                                                \
    REDES_RULE_BLOCK, what, 0, REDES_WIRE_MAX_BLOCKS - 1, NULL                                     \
  }
#define LIST(what, max, item)                                                                      \
  {                                                                                                \
    REDES_RULE_LIST, what, 0, max, item                                                            \
  }
#define LIST_NOT_EMPTY(what, max, item)                                                            \
  {                                                                                                \
    REDES_RULE_LIST, what, 1, max, item                                                            \
  }
#define TUPLE(items)                                                                               \
  {                                                                                                \
    REDES_RULE_TUPLE, REDES_NOTICE_NONE, 0, 0, items                                               \
  }

static const RedesRule any_rules[] = { ANY, ANY, ANY };
static const RedesRule content_id_rules[] = {
  DIGEST (REDES_NOTICE_WHAT_CONTENT_ROOT),
  NUMBER (REDES_NOTICE_WHAT_CONTENT_SIZE, 0, REDES_WIRE_MAX_FILE_SIZE),
};
#define CONTENT TUPLE (content_id_rules)

static const RedesRule content_rules[] = { CONTENT };
static const RedesRule block_rules[] = { CONTENT, BLOCK (REDES_NOTICE_WHAT_BLOCK) };

static const RedesRule capability_rule[]
    = { TEXT (REDES_NOTICE_WHAT_CAPABILITY, 1, REDES_WIRE_MAX_LABEL) };
static const RedesRule hello_rules[] = {
  ANY,
  TEXT (REDES_NOTICE_WHAT_CLIENT_NAME, 0, REDES_WIRE_MAX_LABEL),
  TEXT (REDES_NOTICE_WHAT_NICKNAME, 0, REDES_WIRE_MAX_LABEL),
  ANY,
  LIST (REDES_NOTICE_WHAT_LIST_CAPABILITIES, MAX_CAPABILITIES, capability_rule),
};

static const RedesRule manifest_rules[] = {
  BYTES (REDES_NOTICE_WHAT_MANIFEST, 1, REDES_WIRE_MAX_MANIFEST),
  ANY,
  NUMBER (REDES_NOTICE_WHAT_BATCH_SIZE, 1, REDES_WIRE_MAX_BATCH),
  PATH (REDES_NOTICE_WHAT_PATH, REDES_WIRE_MAX_PATH),
  BYTES (REDES_NOTICE_WHAT_SIGNATURE, 1, REDES_WIRE_MAX_SIGNATURE),
  BYTES (REDES_NOTICE_WHAT_KEY, 1, REDES_WIRE_MAX_KEY),
};

static const RedesRule bitfield_rules[] = {
  CONTENT,
  BYTES (REDES_NOTICE_WHAT_BIT_FIELD, 0, MAX_BITS_BYTES),
};

static const RedesRule reject_rules[] = {
  CONTENT,
  BLOCK_OR_NONE (REDES_NOTICE_WHAT_BLOCK),
  NUMBER (REDES_NOTICE_WHAT_REASON, 1, 255),
  TEXT (REDES_NOTICE_WHAT_EXPLANATION, 0, REDES_WIRE_MAX_REASON),
};

static const RedesRule table_key_rule[]
    = { BYTES (REDES_NOTICE_WHAT_A_KEY, 1, REDES_WIRE_MAX_KEY) };
static const RedesRule table_batch_rules[] = {
  ANY,
  NUMBER (REDES_NOTICE_WHAT_A_BATCH_SIZE, 1, REDES_WIRE_MAX_BATCH),
  BYTES (REDES_NOTICE_WHAT_A_SIGNATURE, 1, REDES_WIRE_MAX_SIGNATURE),
};
static const RedesRule table_batch_rule[] = { TUPLE (table_batch_rules) };
static const RedesRule table_file_rules[] = {
  ANY,
  BYTES (REDES_NOTICE_WHAT_A_MANIFEST, 1, REDES_WIRE_MAX_MANIFEST),
  ANY,
  PATH (REDES_NOTICE_WHAT_PATH, REDES_WIRE_MAX_PATH),
};
static const RedesRule table_file_rule[] = { TUPLE (table_file_rules) };
static const RedesRule table_rules[] = {
  LIST (REDES_NOTICE_WHAT_LIST_KEYS, REDES_WIRE_MAX_FILES, table_key_rule),
  LIST (REDES_NOTICE_WHAT_LIST_BATCHES, REDES_WIRE_MAX_FILES, table_batch_rule),
  LIST (REDES_NOTICE_WHAT_LIST_FILES, REDES_WIRE_MAX_FILES, table_file_rule),
};
static const RedesRule gone_rules[] = {
  CONTENT,
  TEXT (REDES_NOTICE_WHAT_NAME, 1, REDES_WIRE_MAX_NAME),
};
static const RedesRule gone_rule[] = { TUPLE (gone_rules) };
static const RedesRule register_rules[] = { ANY, TUPLE (table_rules) };
static const RedesRule update_rules[] = {
  ANY,
  TUPLE (table_rules),
  LIST (REDES_NOTICE_WHAT_LIST_FILES_GONE, REDES_WIRE_MAX_FILES, gone_rule),
};

static const RedesRule search_rules[] = {
  ANY,
  TEXT (REDES_NOTICE_WHAT_QUERY, 0, REDES_WIRE_MAX_WORDS),
  ANY,
  NUMBER (REDES_NOTICE_WHAT_ROWS, 1, REDES_WIRE_MAX_RESULTS),
};

static const RedesRule result_name_rules[] = {
  TEXT (REDES_NOTICE_WHAT_NAME, 1, REDES_WIRE_MAX_NAME),
  ANY,
  DIGEST (REDES_NOTICE_WHAT_PUBLISHER),
};
static const RedesRule result_name_rule[] = { TUPLE (result_name_rules) };
static const RedesRule result_totals_rules[] = {
  NUMBER (REDES_NOTICE_WHAT_FOLDER_BYTES, 0, REDES_FOLDER_MAX_BYTES),
  NUMBER (REDES_NOTICE_WHAT_FOLDER_FILES, 0, REDES_FOLDER_MAX_BELOW),
  NUMBER (REDES_NOTICE_WHAT_FOLDER_FOLDERS, 0, REDES_FOLDER_MAX_BELOW),
  NUMBER (REDES_NOTICE_WHAT_FOLDER_HEIGHT, 0, REDES_FOLDER_MAX_HEIGHT),
};
static const RedesRule result_totals_rule[] = { TUPLE (result_totals_rules) };
static const RedesRule result_rules[] = {
  CONTENT,
  TEXT (REDES_NOTICE_WHAT_NAME, 1, REDES_WIRE_MAX_NAME),
  ANY,
  DIGEST (REDES_NOTICE_WHAT_PUBLISHER),
  LIST (REDES_NOTICE_WHAT_LIST_NAMES, REDES_RESULT_MAX_NAMES, result_name_rule),
  LIST (REDES_NOTICE_WHAT_LIST_TOTALS, 1, result_totals_rule),
};
static const RedesRule result_rule[] = { TUPLE (result_rules) };
static const RedesRule results_rules[] = {
  ANY,
  ANY,
  LIST (REDES_NOTICE_WHAT_LIST_RESULTS, REDES_WIRE_MAX_RESULTS, result_rule),
};

static const RedesRule find_content_rule[] = { CONTENT };
static const RedesRule find_rules[] = {
  ANY,
  LIST_NOT_EMPTY (REDES_NOTICE_WHAT_LIST_CONTENTS, REDES_WIRE_MAX_FIND, find_content_rule),
};
static const RedesRule found_rules[]
    = { ANY, BYTES (REDES_NOTICE_WHAT_BIT_FIELD, 1, MAX_FOUND_BYTES) };

static const RedesRule list_rules[] = {
  ANY,
  ANY,
  NUMBER (REDES_NOTICE_WHAT_ROWS, 1, REDES_WIRE_MAX_PEERS),
};

static const RedesRule peer_rules[] = {
  DIGEST (REDES_NOTICE_WHAT_PEER_ID),
  HOST (REDES_NOTICE_WHAT_HOST, REDES_WIRE_MAX_LABEL),
  NUMBER (REDES_NOTICE_WHAT_A_PORT, 1, G_MAXUINT16),
  TEXT (REDES_NOTICE_WHAT_A_NICKNAME, 0, REDES_WIRE_MAX_LABEL),
};
static const RedesRule peer_rule[] = { TUPLE (peer_rules) };
static const RedesRule peers_rules[] = {
  ANY,
  ANY,
  LIST (REDES_NOTICE_WHAT_LIST_PEERS, REDES_WIRE_MAX_PEERS, peer_rule),
};

static const RedesRule any_rule[] = { ANY };
static const RedesRule holder_rule[]
    = { LIST (REDES_NOTICE_WHAT_LIST_HOLDERS, REDES_WIRE_MAX_HOLDERS, any_rule) };
static const RedesRule holders_rules[] = {
  ANY,
  LIST (REDES_NOTICE_WHAT_LIST_PEERS, REDES_WIRE_MAX_PEERS, peer_rule),
  LIST_NOT_EMPTY (REDES_NOTICE_WHAT_LIST_CONTENTS, REDES_WIRE_MAX_FIND, holder_rule),
};

static const RedesRule browse_rules[] = {
  ANY,
  ANY,
  NUMBER (REDES_NOTICE_WHAT_ROWS, 1, REDES_WIRE_MAX_RESULTS),
};
static const RedesRule reach_rules[] = {
  ANY,
  HOST (REDES_NOTICE_WHAT_HOST, REDES_WIRE_MAX_LABEL),
  NUMBER (REDES_NOTICE_WHAT_PORT, 1, G_MAXUINT16),
};
static const RedesRule guest_rules[] = {
  HOST (REDES_NOTICE_WHAT_HOST, REDES_WIRE_MAX_LABEL),
  NUMBER (REDES_NOTICE_WHAT_A_PORT, 1, G_MAXUINT16),
};
static const RedesRule guest_rule[] = { TUPLE (guest_rules) };
static const RedesRule guest_file_rules[] = {
  TEXT (REDES_NOTICE_WHAT_NAME, 1, REDES_WIRE_MAX_NAME),
  LIST_NOT_EMPTY (REDES_NOTICE_WHAT_LIST_PEERS, REDES_WIRE_MAX_GUESTS, guest_rule),
};
static const RedesRule guest_file_rule[] = { TUPLE (guest_file_rules) };
static const RedesRule guests_rules[] = {
  ANY,
  LIST_NOT_EMPTY (REDES_NOTICE_WHAT_LIST_FILES, REDES_WIRE_MAX_GUEST_FILES, guest_file_rule),
};
static const RedesRule met_rules[]
    = { ANY, LIST (REDES_NOTICE_WHAT_LIST_PEERS, REDES_WIRE_MAX_PEERS_MET, peer_rule) };

static const RedesRule error_rules[] = {
  ANY,
  NUMBER (REDES_NOTICE_WHAT_REFUSAL, 1, 255),
  TEXT (REDES_NOTICE_WHAT_EXPLANATION, 0, REDES_WIRE_MAX_REASON),
};

static const RedesMessageTypeInfo types[] = {
  [REDES_MESSAGE_HELLO]
  = { "HELLO", "(ussqas)", hello_rules, NULL, REDES_MAX_CONTROL_BODY, ON_ALL },
  [REDES_MESSAGE_PING] = { "PING", "(t)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_ALL },
  [REDES_MESSAGE_PONG] = { "PONG", "(t)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_ALL },

  [REDES_MESSAGE_MANIFEST_GET]
  = { "MANIFEST_GET", "((ayt))", content_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_MANIFEST] = { "MANIFEST", "(ayuuayayay)", manifest_rules, relate_manifest,
                               REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_INTEREST]
  = { "INTEREST", "((ayt))", content_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_NO_INTEREST]
  = { "NO_INTEREST", "((ayt))", content_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_BITFIELD]
  = { "BITFIELD", "((ayt)ay)", bitfield_rules, NULL, MAX_BITFIELD_BODY, ON_PEER },
  [REDES_MESSAGE_HAVE] = { "HAVE", "((ayt)u)", block_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_REQUEST]
  = { "REQUEST", "((ayt)u)", block_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_BLOCK] = { "BLOCK", NULL, NULL, NULL, MAX_BLOCK_BODY, ON_PEER },
  [REDES_MESSAGE_CANCEL]
  = { "CANCEL", "((ayt)u)", block_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_REJECT]
  = { "REJECT", "((ayt)uys)", reject_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },

  [REDES_MESSAGE_REGISTER] = { "REGISTER", "(u" REDES_FILE_TABLE ")", register_rules,
                               relate_register, REDES_MAX_LIST_BODY, ON_TRACKER },
  [REDES_MESSAGE_UPDATE] = { "UPDATE", "(u" REDES_FILE_TABLE "a((ayt)s))", update_rules,
                             relate_register, REDES_MAX_LIST_BODY, ON_TRACKER },
  [REDES_MESSAGE_HEARTBEAT]
  = { "HEARTBEAT", "(t)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_TRACKER },
  [REDES_MESSAGE_UNREGISTER]
  = { "UNREGISTER", "(u)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_TRACKER },
  [REDES_MESSAGE_SEARCH]
  = { "SEARCH", "(usuu)", search_rules, NULL, REDES_MAX_CONTROL_BODY, ON_TRACKER },
  [REDES_MESSAGE_RESULTS] = { "RESULTS", "(uua((ayt)suaya(suay)a(tuuy)))", results_rules, NULL,
                              REDES_MAX_LIST_BODY, ON_CLIENT },
  [REDES_MESSAGE_SOURCES]
  = { "SOURCES", "(ua(ayt))", find_rules, NULL, REDES_MAX_CONTROL_BODY, ON_TRACKER },
  [REDES_MESSAGE_HOLDERS]
  = { "HOLDERS", "(ua(aysqs)aaq)", holders_rules, relate_holders, REDES_MAX_LIST_BODY, ON_CLIENT },
  [REDES_MESSAGE_LIST] = { "LIST", "(uuu)", list_rules, NULL, REDES_MAX_CONTROL_BODY, ON_TRACKER },
  [REDES_MESSAGE_PEERS]
  = { "PEERS", "(uua(aysqs))", peers_rules, NULL, REDES_MAX_LIST_BODY, ON_CLIENT },
  [REDES_MESSAGE_OK] = { "OK", "(u)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_CLIENT },
  [REDES_MESSAGE_ERROR]
  = { "ERROR", "(uys)", error_rules, NULL, REDES_MAX_CONTROL_BODY, ON_CLIENT },

  [REDES_MESSAGE_PEER_SEARCH]
  = { "PEER_SEARCH", "(usuu)", search_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_PEER_RESULTS] = { "PEER_RESULTS", "(uua((ayt)suaya(suay)a(tuuy)))", results_rules,
                                   NULL, REDES_MAX_LIST_BODY, ON_PEER },
  [REDES_MESSAGE_FIND] = { "FIND", "(ua(ayt))", find_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_FOUND] = { "FOUND", "(uay)", found_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_BROWSE]
  = { "BROWSE", "(uuu)", browse_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_SHARES] = { "SHARES", "(uua((ayt)suaya(suay)a(tuuy)))", results_rules, NULL,
                             REDES_MAX_LIST_BODY, ON_PEER },
  [REDES_MESSAGE_PEERS_GET]
  = { "PEERS_GET", "(u)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_PEERS_MET]
  = { "PEERS_MET", "(ua(aysqs))", met_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
  [REDES_MESSAGE_REACH]
  = { "REACH", "(bsq)", reach_rules, NULL, REDES_MAX_CONTROL_BODY, ON_CLIENT },
  [REDES_MESSAGE_GUESTS]
  = { "GUESTS", "(ua(sa(sq)))", guests_rules, NULL, REDES_MAX_CONTROL_BODY, ON_CLIENT },
  [REDES_MESSAGE_PACE] = { "PACE", "(uu)", any_rules, NULL, REDES_MAX_CONTROL_BODY, ON_CLIENT },
  [REDES_MESSAGE_REFUSE]
  = { "REFUSE", "(uys)", error_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },

  [REDES_MESSAGE_WRONG]
  = { "WRONG", "((ayt)u)", block_rules, NULL, REDES_MAX_CONTROL_BODY, ON_PEER },
};

const RedesMessageTypeInfo *
redes_message_type_find (guint8 type)
{
  if (type >= G_N_ELEMENTS (types) || types[type].name == NULL)
    return NULL;
  return &types[type];
}

static gboolean
check_below (guint32 value, gsize limit, RedesNoticeCode what, GError **error)
{
  if (value < limit)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_BELOW,
                   redes_notice_arg_code (what), value, limit);
  return FALSE;
}

static gboolean
relate_manifest (GVariant *body, GError **error)
{
  guint32 place, batch_size;

  g_variant_get_child (body, 1, "u", &place);
  g_variant_get_child (body, 2, "u", &batch_size);
  return check_below (place, batch_size, REDES_NOTICE_WHAT_PLACE_IN_BATCH, error);
}

/* The file table stands at the same place in REGISTER and UPDATE. */
static gboolean
relate_register (GVariant *body, GError **error)
{
  g_autoptr (GVariant) table = g_variant_get_child_value (body, 1);
  g_autoptr (GVariant) keys = g_variant_get_child_value (table, 0);
  g_autoptr (GVariant) batches = g_variant_get_child_value (table, 1);
  g_autoptr (GVariant) files = g_variant_get_child_value (table, 2);
  gsize n_keys = g_variant_n_children (keys);
  gsize n_batches = g_variant_n_children (batches);
  gsize n_files = g_variant_n_children (files);

  for (gsize i = 0; i < n_batches; i++)
    {
      guint32 key;

      g_variant_get_child (batches, i, "(uu@ay)", &key, NULL, NULL);
      if (!check_below (key, n_keys, REDES_NOTICE_WHAT_BATCH_KEY_INDEX, error))
        return FALSE;
    }
  for (gsize i = 0; i < n_files; i++)
    {
      guint32 batch, place, batch_size;

      g_variant_get_child (files, i, "(u@ayu@ay)", &batch, NULL, &place, NULL);
      if (!check_below (batch, n_batches, REDES_NOTICE_WHAT_FILE_BATCH_INDEX, error))
        return FALSE;
      g_variant_get_child (batches, batch, "(uu@ay)", NULL, &batch_size, NULL);
      if (!check_below (place, batch_size, REDES_NOTICE_WHAT_FILE_PLACE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
relate_holders (GVariant *body, GError **error)
{
  g_autoptr (GVariant) peers = g_variant_get_child_value (body, 1);
  g_autoptr (GVariant) contents = g_variant_get_child_value (body, 2);
  gsize n_peers = g_variant_n_children (peers);

  for (gsize i = 0; i < g_variant_n_children (contents); i++)
    {
      g_autoptr (GVariant) holders = g_variant_get_child_value (contents, i);
      gsize n_holders;
      const guint16 *places = g_variant_get_fixed_array (holders, &n_holders, sizeof *places);

      for (gsize j = 0; j < n_holders; j++)
        if (!check_below (places[j], n_peers, REDES_NOTICE_WHAT_HOLDER_INDEX, error))
          return FALSE;
    }
  return TRUE;
}

const char *
redes_message_type_get_name (guint8 type)
{
  const RedesMessageTypeInfo *info = redes_message_type_find (type);
  char name[16];

  if (info != NULL)
    return info->name;
  g_snprintf (name, sizeof name, "type %u", type);
  return g_intern_string (name);
}

gsize
redes_message_type_get_max_body (guint8 type)
{
  const RedesMessageTypeInfo *info = redes_message_type_find (type);

  return info != NULL ? info->max_body : REDES_MAX_CONTROL_BODY;
}

gboolean
redes_message_type_is_known (guint8 type)
{
  return redes_message_type_find (type) != NULL;
}

gboolean
redes_message_type_may_come (guint8 type, RedesLinkKind link)
{
  const RedesMessageTypeInfo *info = redes_message_type_find (type);

  return info != NULL && (info->links & (1u << link)) != 0;
}
