/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "samples.h"

#include "engine/wire/body.h"
#include "engine/wire/file-table-private.h"

#include <string.h>

/* An `ay` of 32 bytes in GVariant's text form: 31 messages and the NUL that b'…' adds. */
#define D "b'0123456789abcdefghijklmnopqrstu'"
#define TABLE REDES_FILE_TABLE

const RedesMessageType sample_types[] = {
  REDES_MESSAGE_HELLO,       REDES_MESSAGE_HELLO,        REDES_MESSAGE_PING,
  REDES_MESSAGE_PONG,        REDES_MESSAGE_HEARTBEAT,    REDES_MESSAGE_MANIFEST_GET,
  REDES_MESSAGE_MANIFEST,    REDES_MESSAGE_MANIFEST,     REDES_MESSAGE_INTEREST,
  REDES_MESSAGE_HAVE,        REDES_MESSAGE_NO_INTEREST,  REDES_MESSAGE_BITFIELD,
  REDES_MESSAGE_BITFIELD,    REDES_MESSAGE_REQUEST,      REDES_MESSAGE_CANCEL,
  REDES_MESSAGE_REJECT,      REDES_MESSAGE_REJECT,       REDES_MESSAGE_REGISTER,
  REDES_MESSAGE_REGISTER,    REDES_MESSAGE_UPDATE,       REDES_MESSAGE_UNREGISTER,
  REDES_MESSAGE_SEARCH,      REDES_MESSAGE_RESULTS,      REDES_MESSAGE_RESULTS,
  REDES_MESSAGE_SOURCES,     REDES_MESSAGE_LIST,         REDES_MESSAGE_PEERS,
  REDES_MESSAGE_PEERS,       REDES_MESSAGE_OK,           REDES_MESSAGE_ERROR,
  REDES_MESSAGE_PEER_SEARCH, REDES_MESSAGE_PEER_RESULTS, REDES_MESSAGE_FIND,
  REDES_MESSAGE_FOUND,       REDES_MESSAGE_BROWSE,       REDES_MESSAGE_SHARES,
  REDES_MESSAGE_PEERS_GET,   REDES_MESSAGE_PEERS_MET,    REDES_MESSAGE_REFUSE,
  REDES_MESSAGE_WRONG,       REDES_MESSAGE_REACH,        REDES_MESSAGE_HOLDERS,
  REDES_MESSAGE_HOLDERS,     REDES_MESSAGE_GUESTS,       REDES_MESSAGE_PACE,
};
const guint n_samples = G_N_ELEMENTS (sample_types);

static const struct
{
  const char *signature;
  const char *text;
} bodies[] = {
  { "(ussqas)", "(1, 'Redes 0.1.0', 'ana', 6001, [])" },
  { "(ussqas)", "(1, 'other', '', 0, ['one', 'two'])" },
  { "(t)", "(1,)" },
  { "(t)", "(18446744073709551615,)" },
  { "(t)", "(77,)" },
  { "((ayt))", "((" D ", 5),)" },
  { "(ayuuayayay)", "(b'manifest', 0, 1, @ay [], b'signature', b'key')" },
  { "(ayuuayayay)", "(b'manifest', 2, 3, " D ", b'signature', b'key')" },
  { "((ayt))", "((" D ", 5),)" },
  { "((ayt)u)", "((" D ", 5), 67108863)" },
  { "((ayt))", "((" D ", 5),)" },
  { "((ayt)ay)", "((" D ", 1000000), [0xf0])" },
  { "((ayt)ay)", "((" D ", 281474976710656), @ay [])" },
  { "((ayt)u)", "((" D ", 5), 0)" },
  { "((ayt)u)", "((" D ", 5), 9)" },
  { "((ayt)uys)", "((" D ", 5), 4294967295, 1, 'not here')" },
  { "((ayt)uys)", "((" D ", 5), 3, 4, '')" },
  { "(u" TABLE ")", "(1, ([], [], []))" },
  { "(u" TABLE ")", "(2, ([b'key', b'other'], [(1, 2, b'sig'), (0, 1, b'sig')],"
                    " [(0, b'one', 1, " D "), (0, b'two', 0, " D "), (1, b'three', 0, [])]))" },
  { "(u" TABLE "a((ayt)s))",
    "(3, ([b'key'], [(0, 1, b'sig')], [(0, b'one', 0, [])]), [((" D ", 5), 'gone.txt')])" },
  { "(u)", "(4,)" },
  { "(usuu)", "(5, 'agua viva', 0, 20)" },
  { "(uua((ayt)suaya(suay)a(tuuy)))", "(5, 0, [])" },
  { "(uua((ayt)suaya(suay)a(tuuy)))", "(5, 2, [((" D ", 10), 'a b.txt', 2, " D ", [], []), ((" D
                                      ", 281474976710656), 'c', 1, " D ", [], [])])" },
  { "(ua(ayt))", "(6, [(" D ", 5), (" D ", 6)])" },
  { "(uuu)", "(7, 0, 1000)" },
  { "(uua(aysqs))", "(7, 0, [])" },
  { "(uua(aysqs))", "(7, 2, [(" D ", '127.0.0.1', 6001, 'ana'), (" D ", '::1', 1, '')])" },
  { "(u)", "(8,)" },
  { "(uys)", "(9, 2, 'the signature is wrong')" },
  { "(usuu)", "(10, 'agua viva', 0, 20)" },
  { "(uua((ayt)suaya(suay)a(tuuy)))", "(10, 1, [((" D ", 10), 'a b.txt', 1, " D ", [], [])])" },
  { "(ua(ayt))", "(11, [(" D ", 5), (" D ", 6)])" },
  { "(uay)", "(11, [192])" },
  { "(uuu)", "(12, 0, 200)" },
  { "(uua((ayt)suaya(suay)a(tuuy)))",
    "(12, 1, [((" D ", 281474976710656), 'c', 1, " D ", [], [])])" },
  { "(u)", "(13,)" },
  { "(ua(aysqs))", "(13, [(" D ", '127.0.0.1', 6001, 'ana')])" },
  { "(uys)", "(14, 2, 'it does not let others browse')" },
  { "((ayt)u)", "((" D ", 7), 3)" },
  { "(bsq)", "(false, '192.0.2.1', 6001)" },
  { "(ua(aysqs)aaq)", "(6, [], [[], []])" },
  { "(ua(aysqs)aaq)", "(6, [(" D ", '127.0.0.1', 6001, 'ana'), (" D ", '::1', 1, '')],"
                      " [[0], [1, 0]])" },
  { "(ua(sa(sq)))", "(5, [('a.txt', [('127.0.0.1', 6001), ('::1', 1)]), ('b', [('::1', 2)])])" },
  { "(uu)", "(5000, 10000)" },
};

G_STATIC_ASSERT (G_N_ELEMENTS (bodies) == G_N_ELEMENTS (sample_types));

GBytes *
sample_dup_frame (guint index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = g_variant_parse (G_VARIANT_TYPE (bodies[index].signature),
                                               bodies[index].text, NULL, NULL, &error);

  g_assert_no_error (error);
  return redes_body_encode (sample_types[index], body);
}

GBytes *
sample_dup_block (guint32 index, guint8 n_proof, gsize len)
{
  RedesBlockHeader header = { .index = index, .n_proof = n_proof };
  g_autoptr (GBytes) head = redes_block_header_encode (&header, len);
  gsize head_len;
  gconstpointer head_data = g_bytes_get_data (head, &head_len);
  guint8 *frame = g_malloc0 (head_len + len);

  memcpy (frame, head_data, head_len);
  return g_bytes_new_take (frame, head_len + len);
}
