/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/body.h"
#include "engine/wire/file-table-private.h"

#include <string.h>

/*
 * Bodies are written in GVariant's text form, in which a byte string of n bytes is too long to
 * spell: "$32" stands for an `ay` of 32 bytes, '$32s' inside quotes for a string of 32 characters.
 */
typedef struct
{
  RedesMessageType type;
  const char *signature;
  const char *text;
  int code; /* -1: good, else the RedesWireError */
} Case;

#define GOOD -1
#define VALUE REDES_WIRE_ERROR_VALUE
#define TABLE REDES_FILE_TABLE
#define ROWS "(uua((ayt)suaya(suay)a(tuuy)))"

static const Case cases[] = {
  { REDES_MESSAGE_HELLO, "(ussqas)", "(1, 'Redes 0.1', 'ana', 6001, [])", GOOD },
  { REDES_MESSAGE_HELLO, "(ussqas)", "(1, '', '', 0, ['x'])", GOOD },
  { REDES_MESSAGE_HELLO, "(ussqas)", "(9, '$64s', '$64s', 65535, ['$64s'])", GOOD },
  { REDES_MESSAGE_HELLO, "(ussqas)", "(1, '$65s', '', 0, [])", VALUE },
  { REDES_MESSAGE_HELLO, "(ussqas)", "(1, '', '$65s', 0, [])", VALUE },
  { REDES_MESSAGE_HELLO, "(ussqas)", "(1, '', '', 0, [''])", VALUE },
  { REDES_MESSAGE_HELLO, "(ussqas)", "(1, '', '', 0, ['$65s'])", VALUE },
  { REDES_MESSAGE_HELLO, "(ussqas)",
    "(1, '', '', 0, ['a','b','c','d','e','f','g','h','i','j','k','l','m','n','o','p','q','r','s',"
    "'t','u','v','w','x','y','z','0','1','2','3','4','5','6'])",
    VALUE },

  { REDES_MESSAGE_PING, "(t)", "(18446744073709551615,)", GOOD },
  { REDES_MESSAGE_PONG, "(t)", "(0,)", GOOD },
  { REDES_MESSAGE_HEARTBEAT, "(t)", "(1,)", GOOD },

  { REDES_MESSAGE_MANIFEST_GET, "((ayt))", "(($32, 7),)", GOOD },
  { REDES_MESSAGE_MANIFEST_GET, "((ayt))", "(($31, 7),)", VALUE },
  { REDES_MESSAGE_MANIFEST_GET, "((ayt))", "(($33, 7),)", VALUE },
  { REDES_MESSAGE_MANIFEST_GET, "((ayt))", "(($0, 7),)", VALUE },
  { REDES_MESSAGE_INTEREST, "((ayt))", "(($32, 7),)", GOOD },
  { REDES_MESSAGE_INTEREST, "((ayt))", "(($16, 7),)", VALUE },
  { REDES_MESSAGE_NO_INTEREST, "((ayt))", "(($32, 7),)", GOOD },
  { REDES_MESSAGE_NO_INTEREST, "((ayt))", "(($64, 7),)", VALUE },

  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 1, $0, $384, $422)", GOOD },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($1024, 1023, 1024, $320, $1024, $2048)", GOOD },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($0, 0, 1, $0, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($1025, 0, 1, $0, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 1, 1, $0, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 4294967295, 8, $0, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 0, $0, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 1025, $0, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 2, $31, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 2, $33, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 2, $352, $384, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 1, $0, $0, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 1, $0, $1025, $422)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 1, $0, $384, $0)", VALUE },
  { REDES_MESSAGE_MANIFEST, "(ayuuayayay)", "($100, 0, 1, $0, $384, $2049)", VALUE },

  { REDES_MESSAGE_BITFIELD, "((ayt)ay)", "(($32, 0), $0)", GOOD },
  { REDES_MESSAGE_BITFIELD, "((ayt)ay)", "(($32, 281474976710656), $8388608)", GOOD },
  { REDES_MESSAGE_BITFIELD, "((ayt)ay)", "(($32, 281474976710657), $1)", VALUE },
  { REDES_MESSAGE_BITFIELD, "((ayt)ay)", "(($32, 1), $8388609)", VALUE },
  { REDES_MESSAGE_BITFIELD, "((ayt)ay)", "(($31, 1), $1)", VALUE },

  { REDES_MESSAGE_HAVE, "((ayt)u)", "(($32, 7), 67108863)", GOOD },
  { REDES_MESSAGE_HAVE, "((ayt)u)", "(($32, 7), 67108864)", VALUE },
  { REDES_MESSAGE_HAVE, "((ayt)u)", "(($31, 7), 0)", VALUE },
  { REDES_MESSAGE_REQUEST, "((ayt)u)", "(($32, 7), 0)", GOOD },
  { REDES_MESSAGE_REQUEST, "((ayt)u)", "(($32, 7), 4294967295)", VALUE },
  { REDES_MESSAGE_REQUEST, "((ayt)u)", "(($0, 7), 0)", VALUE },
  { REDES_MESSAGE_REQUEST, "((ayt)u)", "(($32, 281474976710656), 0)", GOOD },
  { REDES_MESSAGE_REQUEST, "((ayt)u)", "(($32, 281474976710657), 0)", VALUE },
  { REDES_MESSAGE_CANCEL, "((ayt)u)", "(($32, 7), 7)", GOOD },
  { REDES_MESSAGE_CANCEL, "((ayt)u)", "(($32, 7), 67108864)", VALUE },

  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($32, 7), 4, 1, 'gone')", GOOD },
  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($32, 7), 4294967295, 255, '$256s')", GOOD },
  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($32, 7), 4294967294, 1, '')", VALUE },
  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($32, 7), 67108864, 1, '')", VALUE },
  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($32, 7), 4, 0, '')", VALUE },
  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($32, 7), 4, 1, '$257s')", VALUE },
  { REDES_MESSAGE_REJECT, "((ayt)uys)", "(($2, 7), 4, 1, '')", VALUE },

  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([], [], []))", GOOD },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")",
    "(1, ([$422, $2048], [(1, 2, $384)], [(0, $90, 1, $32), (0, $1024, 0, $320)]))", GOOD },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$0], [], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$2049], [], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(1, 1, $384)], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([], [(0, 1, $384)], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 0, $384)], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1025, $384)], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $0)], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $1025)], []))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $9)], [(1, $9, 0, $0)]))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([], [], [(0, $9, 0, $0)]))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $9)], [(0, $0, 0, $0)]))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $9)], [(0, $1025, 0, $0)]))",
    VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $9)], [(0, $9, 1, $0)]))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $9)], [(0, $9, 0, $30)]))", VALUE },
  { REDES_MESSAGE_REGISTER, "(u" TABLE ")", "(1, ([$9], [(0, 1, $9)], [(0, $9, 0, $352)]))",
    VALUE },

  { REDES_MESSAGE_UPDATE, "(u" TABLE "a((ayt)s))", "(1, ([], [], []), [(($32, 7), 'a.txt')])",
    GOOD },
  { REDES_MESSAGE_UPDATE, "(u" TABLE "a((ayt)s))", "(1, ([], [], []), [(($32, 7), '$255s')])",
    GOOD },
  { REDES_MESSAGE_UPDATE, "(u" TABLE "a((ayt)s))", "(1, ([], [], []), [(($32, 7), '$256s')])",
    VALUE },
  { REDES_MESSAGE_UPDATE, "(u" TABLE "a((ayt)s))", "(1, ([], [], []), [(($32, 7), '')])", VALUE },
  { REDES_MESSAGE_UPDATE, "(u" TABLE "a((ayt)s))", "(1, ([], [], []), [(($31, 7), 'a')])", VALUE },
  { REDES_MESSAGE_UPDATE, "(u" TABLE "a((ayt)s))", "(1, ([], [(0, 1, $9)], []), [])", VALUE },

  { REDES_MESSAGE_UNREGISTER, "(u)", "(4294967295,)", GOOD },
  { REDES_MESSAGE_OK, "(u)", "(7,)", GOOD },

  { REDES_MESSAGE_SEARCH, "(usuu)", "(1, 'water', 0, 1)", GOOD },
  { REDES_MESSAGE_SEARCH, "(usuu)", "(1, '$512s', 4294967295, 200)", GOOD },
  { REDES_MESSAGE_SEARCH, "(usuu)", "(1, '', 0, 10)", GOOD },
  { REDES_MESSAGE_SEARCH, "(usuu)", "(1, '$513s', 0, 1)", VALUE },
  { REDES_MESSAGE_SEARCH, "(usuu)", "(1, 'x', 0, 0)", VALUE },
  { REDES_MESSAGE_SEARCH, "(usuu)", "(1, 'x', 0, 201)", VALUE },

  { REDES_MESSAGE_RESULTS, ROWS, "(1, 0, [])", GOOD },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 0), 'a b', 2, $32, [], [])])", GOOD },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($30, 0), 'a b', 2, $32, [], [])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 0), '', 2, $32, [], [])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 0), '$256s', 2, $32, [], [])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 281474976710657), 'a', 2, $32, [], [])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 1), 'a', 2, $1, [], [])])", VALUE },

  { REDES_MESSAGE_RESULTS, ROWS,
    "(1, 9, [(($32, 1), 'a', 3, $32, [('a', 2, $32), ('b', 1, $32)], [])])", GOOD },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 1), 'a', 3, $32, [('', 2, $32)], [])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 1), 'a', 3, $32, [('a', 2, $31)], [])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS,
    "(1, 9, [(($32, 1), 'a', 3, $32, [('a', 2, $32), ('a', 2, $32), ('a', 2, $32), ('a', 2, $32),"
    " ('a', 2, $32), ('a', 2, $32), ('a', 2, $32), ('a', 2, $32), ('a', 2, $32)], [])])",
    VALUE },

  { REDES_MESSAGE_RESULTS, ROWS,
    "(1, 9, [(($32, 20), 'a', 3, $32, [], [(72057594037927936, 16777216, 16777216, 100)])])",
    GOOD },
  { REDES_MESSAGE_RESULTS, ROWS,
    "(1, 9, [(($32, 20), 'a', 3, $32, [], [(72057594037927937, 1, 1, 1)])])", VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 20), 'a', 3, $32, [], [(1, 16777217, 1, 1)])])",
    VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 20), 'a', 3, $32, [], [(1, 1, 16777217, 1)])])",
    VALUE },
  { REDES_MESSAGE_RESULTS, ROWS, "(1, 9, [(($32, 20), 'a', 3, $32, [], [(1, 1, 1, 101)])])",
    VALUE },
  { REDES_MESSAGE_RESULTS, ROWS,
    "(1, 9, [(($32, 20), 'a', 3, $32, [], [(1, 1, 1, 1), (1, 1, 1, 1)])])", VALUE },

  { REDES_MESSAGE_SOURCES, "(ua(ayt))", "(1, [($32, 7), ($32, 8)])", GOOD },
  { REDES_MESSAGE_SOURCES, "(ua(ayt))", "(1, [($32, 7), ($31, 8)])", VALUE },
  { REDES_MESSAGE_SOURCES, "(ua(ayt))", "(1, [])", VALUE },

  { REDES_MESSAGE_HOLDERS, "(ua(aysqs)aaq)", "(1, [], [[]])", GOOD },
  { REDES_MESSAGE_HOLDERS, "(ua(aysqs)aaq)", "(1, [($32, '::1', 1, '')], [[0], [], [0]])", GOOD },
  { REDES_MESSAGE_HOLDERS, "(ua(aysqs)aaq)", "(1, [($32, '::1', 1, '')], [])", VALUE },
  { REDES_MESSAGE_HOLDERS, "(ua(aysqs)aaq)", "(1, [($32, '::1', 1, '')], [[0], [1]])", VALUE },
  { REDES_MESSAGE_HOLDERS, "(ua(aysqs)aaq)", "(1, [], [[0]])", VALUE },
  { REDES_MESSAGE_HOLDERS, "(ua(aysqs)aaq)", "(1, [($32, '::1', 0, '')], [[0]])", VALUE },

  { REDES_MESSAGE_LIST, "(uuu)", "(1, 0, 1000)", GOOD },
  { REDES_MESSAGE_LIST, "(uuu)", "(1, 0, 0)", VALUE },
  { REDES_MESSAGE_LIST, "(uuu)", "(1, 0, 1001)", VALUE },

  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 0, [])", GOOD },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, '127.0.0.1', 6001, 'ana')])", GOOD },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, 'fe80::1', 65535, '$64s')])", GOOD },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, 'fe80::1%lo', 1, '')])", VALUE },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, 'example.org', 1, '')])", VALUE },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, '', 1, '')])", VALUE },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, '$65s', 1, '')])", VALUE },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, '::1', 0, '')])", VALUE },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($32, '::1', 1, '$65s')])", VALUE },
  { REDES_MESSAGE_PEERS, "(uua(aysqs))", "(1, 1, [($1, '::1', 1, '')])", VALUE },

  { REDES_MESSAGE_ERROR, "(uys)", "(1, 1, 'no')", GOOD },
  { REDES_MESSAGE_ERROR, "(uys)", "(1, 0, 'no')", VALUE },
  { REDES_MESSAGE_ERROR, "(uys)", "(1, 200, '$257s')", VALUE },

  { REDES_MESSAGE_BROWSE, "(uuu)", "(1, 0, 200)", GOOD },
  { REDES_MESSAGE_BROWSE, "(uuu)", "(1, 0, 201)", VALUE },
  { REDES_MESSAGE_FIND, "(ua(ayt))", "(1, [($32, 1), ($32, 2)])", GOOD },
  { REDES_MESSAGE_FIND, "(ua(ayt))", "(1, [($32, 1), ($31, 2)])", VALUE },
  { REDES_MESSAGE_FIND, "(ua(ayt))", "(1, [])", VALUE },
  { REDES_MESSAGE_FOUND, "(uay)", "(1, $125)", GOOD },
  { REDES_MESSAGE_FOUND, "(uay)", "(1, $126)", VALUE },
  { REDES_MESSAGE_FOUND, "(uay)", "(1, [])", VALUE },
  { REDES_MESSAGE_PEERS_MET, "(ua(aysqs))", "(1, [($32, '::1', 1, '')])", GOOD },
  { REDES_MESSAGE_PEERS_MET, "(ua(aysqs))", "(1, [($32, '::1', 0, '')])", VALUE },
  { REDES_MESSAGE_REFUSE, "(uys)", "(1, 0, 'no')", VALUE },
  { REDES_MESSAGE_WRONG, "((ayt)u)", "(($32, 1), 0)", GOOD },
  { REDES_MESSAGE_WRONG, "((ayt)u)", "(($32, 1), 67108864)", VALUE },
  { REDES_MESSAGE_WRONG, "((ayt)u)", "(($31, 1), 0)", VALUE },

  { REDES_MESSAGE_REACH, "(bsq)", "(false, '192.0.2.1', 6001)", GOOD },
  { REDES_MESSAGE_REACH, "(bsq)", "(true, '192.0.2.1', 0)", VALUE },
  { REDES_MESSAGE_REACH, "(bsq)", "(true, 'host.example', 6001)", VALUE },

  { REDES_MESSAGE_PACE, "(uu)", "(0, 25000)", GOOD },
  { REDES_MESSAGE_PACE, "(uu)", "(4294967295, 4294967295)", GOOD },

  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('a.txt', [('192.0.2.1', 6001)])])", GOOD },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('$255s', [('::1', 1)]), ('b', [('::1', 1)])])",
    GOOD },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [])", VALUE },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('a.txt', [])])", VALUE },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('', [('::1', 1)])])", VALUE },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('$256s', [('::1', 1)])])", VALUE },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('a', [('::1', 0)])])", VALUE },
  { REDES_MESSAGE_GUESTS, "(ua(sa(sq)))", "(1, [('a', [('host.example', 1)])])", VALUE },
};

static char *
expand (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  while (*text != '\0')
    {
      char *end;
      guint64 n;

      if (*text != '$')
        {
          g_string_append_c (out, *text++);
          continue;
        }
      n = g_ascii_strtoull (text + 1, &end, 10);
      if (*end == 's')
        {
          for (guint64 i = 0; i < n; i++)
            g_string_append_c (out, 'a');
          text = end + 1;
          continue;
        }
      /* b'…' adds a NUL of its own, which counts as the last byte. */
      g_string_append (out, n == 0 ? "@ay []" : "b'");
      for (guint64 i = 1; i < n; i++)
        g_string_append_c (out, 'k');
      if (n != 0)
        g_string_append_c (out, '\'');
      text = end;
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static GVariant *
parse (const char *signature, const char *text)
{
  g_autofree char *full = expand (text);
  g_autoptr (GError) error = NULL;
  GVariant *body = g_variant_parse (G_VARIANT_TYPE (signature), full, NULL, NULL, &error);

  g_assert_no_error (error);
  return body;
}

/* A heap block of exactly that many bytes, so that a sanitizer sees a read past its end. */
static GBytes *
exact (gconstpointer data, gsize len)
{
  return g_bytes_new_take (g_memdup2 (data, len), len);
}

static GBytes *
body_of (GBytes *frame)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (frame, &len);
  guint32 length;

  g_assert_cmpuint (len, >=, REDES_FRAME_HEADER_SIZE);
  memcpy (&length, data, 4);
  g_assert_cmpuint (GUINT32_FROM_BE (length), ==, len - 4);
  return exact (data + REDES_FRAME_HEADER_SIZE, len - REDES_FRAME_HEADER_SIZE);
}

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr (GVariant) body = parse (c->signature, c->text);
      g_autoptr (GVariant) decoded = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      /* Too long for any frame: the decoder alone must stand that too. */
      if (g_variant_get_size (body) > redes_message_type_get_max_body (c->type))
        {
          bytes = exact (g_variant_get_data (body), g_variant_get_size (body));
        }
      else
        {
          g_autoptr (GBytes) frame = redes_body_encode (c->type, body);

          g_assert_cmpuint (((const guint8 *)g_bytes_get_data (frame, NULL))[4], ==, c->type);
          bytes = body_of (frame);
        }
      decoded = redes_body_decode (c->type, bytes, &error);
      if (c->code == GOOD)
        {
          g_assert_no_error (error);
          g_assert_true (g_variant_equal (decoded, body));
        }
      else
        {
          g_test_message ("%s %s", redes_message_type_get_name (c->type), c->text);
          g_assert_error (error, REDES_WIRE_ERROR, c->code);
          g_assert_null (decoded);
          g_assert_true (g_str_has_prefix (error->message, redes_message_type_get_name (c->type)));
        }
    }
}

/* Every good body, cut at every length and grown by a byte, is not taken for something else. */
static void
test_cut (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      g_autoptr (GVariant) body = NULL;
      g_autofree guint8 *longer = NULL;
      gsize size;

      if (c->code != GOOD)
        continue;
      body = parse (c->signature, c->text);
      size = g_variant_get_size (body);
      if (size > 4096)
        continue;
      for (gsize len = 0; len < size; len++)
        {
          g_autoptr (GBytes) bytes = exact (g_variant_get_data (body), len);
          g_autoptr (GError) error = NULL;
          g_autoptr (GVariant) decoded = redes_body_decode (c->type, bytes, &error);

          if (decoded == NULL)
            g_assert_cmpint (error->domain, ==, REDES_WIRE_ERROR);
          else
            g_assert_false (g_variant_equal (decoded, body));
        }
      longer = g_malloc0 (size + 1);
      memcpy (longer, g_variant_get_data (body), size);
      {
        g_autoptr (GBytes) bytes = exact (longer, size + 1);
        g_autoptr (GError) error = NULL;
        g_autoptr (GVariant) decoded = redes_body_decode (c->type, bytes, &error);

        g_assert_true (decoded == NULL || !g_variant_equal (decoded, body));
      }
    }
}

static void
test_shape (void)
{
  static const struct
  {
    RedesMessageType type;
    const char *bytes;
    gsize len;
  } bad[] = {
    { REDES_MESSAGE_PING, "", 0 },
    { REDES_MESSAGE_PING, "1234567", 7 },
    { REDES_MESSAGE_PING, "123456789", 9 },
    { REDES_MESSAGE_OK, "123", 3 },
    { REDES_MESSAGE_LIST, "12345678901", 11 },
    /* a string that is not UTF-8, without its NUL, with padding that is not zero */
    { REDES_MESSAGE_ERROR, "\1\0\0\0\1\377\0", 7 },
    { REDES_MESSAGE_ERROR, "\1\0\0\0\1no", 7 },
    { REDES_MESSAGE_HELLO, "\1\0\0\0a\0b\0\7\1\0\6", 12 },
    /* offsets that point past the end, or backwards */
    { REDES_MESSAGE_SEARCH, "\1\0\0\0a\0\0\0\0\0\0\0\1\0\0\0\377", 17 },
    { REDES_MESSAGE_MANIFEST, "aaaa\1\0\0\0\1\0\0\0bbbb\14\20\4", 19 },
    { REDES_MESSAGE_REGISTER, "\1\0\0\0\377\376\375", 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = exact (bad[i].bytes, bad[i].len);
      g_autoptr (GError) error = NULL;

      g_assert_null (redes_body_decode (bad[i].type, bytes, &error));
      g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE);
    }
}

static GVariant *
new_register (guint n_files)
{
  g_auto (GVariantBuilder) files = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(uayuay)"));
  g_autoptr (GVariant) file = parse ("(uayuay)", "(0, $9, 0, $0)");
  g_autoptr (GVariant) keys = parse ("aay", "[$9]");
  g_autoptr (GVariant) batches = parse ("a(uuay)", "[(0, 1, $9)]");

  for (guint i = 0; i < n_files; i++)
    g_variant_builder_add_value (&files, file);
  return g_variant_ref_sink (g_variant_new ("(u(@aay@a(uuay)@a(uayuay)))", 1, keys, batches,
                                            g_variant_builder_end (&files)));
}

static void
test_counts (void)
{
  for (guint n = 4095; n <= 4097; n++)
    {
      g_autoptr (GVariant) body = new_register (n);
      g_autoptr (GBytes) bytes = g_variant_get_data_as_bytes (body);
      g_autoptr (GError) error = NULL;
      g_autoptr (GVariant) decoded = redes_body_decode (REDES_MESSAGE_REGISTER, bytes, &error);

      if (n <= 4096)
        g_assert_no_error (error);
      else
        g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE);
      g_assert_true ((decoded != NULL) == (n <= 4096));
    }
}

static void
check_rows (RedesMessageType type, const char *signature, const char *row, guint max)
{
  for (guint n = max; n <= max + 1; n++)
    {
      g_autoptr (GString) text = g_string_new ("(1, 1, [");
      g_autoptr (GVariant) body = NULL;
      g_autoptr (GVariant) decoded = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", row);
      g_string_append (text, "])");
      body = parse (signature, text->str);
      bytes = g_variant_get_data_as_bytes (body);
      decoded = redes_body_decode (type, bytes, &error);
      if (n == max)
        g_assert_no_error (error);
      else
        g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE);
    }
}

static void
test_rows (void)
{
  check_rows (REDES_MESSAGE_RESULTS, ROWS, "(($32, 1), 'a', 1, $32, [], [])", 200);
  check_rows (REDES_MESSAGE_PEERS, "(uua(aysqs))", "($32, '::1', 1, '')", 1000);
  check_rows (REDES_MESSAGE_SHARES, ROWS, "(($32, 1), 'a', 1, $32, [], [])", 200);
}

static RedesResultEntry *
new_row (guint n_names, gsize name_len)
{
  RedesResultEntry *row = g_new0 (RedesResultEntry, 1);
  g_autofree char *name = g_strnfill (name_len, 'n');

  row->name = g_strdup (name);
  row->sources = 1;
  for (guint i = 0; i < n_names; i++)
    redes_result_entry_add_name (row, name, n_names - i, &row->publisher);
  return row;
}

/* However many and long the names are, the rows fit in what who asked takes; what does not fit are
 * names of which there are several. */
static void
test_long_rows (void)
{
  static const gsize lengths[] = { 1, 60, 127, 128, 254, 255 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint n_names = 0; n_names <= REDES_RESULT_MAX_NAMES; n_names++)
      {
        g_autoptr (GPtrArray) rows
            = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);
        RedesMessage message = { .type = REDES_MESSAGE_RESULTS };
        g_auto (RedesMessage) back = { 0 };
        g_autoptr (GError) error = NULL;
        g_autoptr (GBytes) frame = NULL;
        g_autoptr (GBytes) body = NULL;
        guint fewest = G_MAXUINT;
        guint most = 0;

        for (guint j = 0; j < REDES_WIRE_MAX_RESULTS; j++)
          g_ptr_array_add (rows, new_row (n_names, lengths[i]));
        message.results.packed = redes_wire_rows_new (rows);
        frame = redes_message_encode (&message);
        redes_wire_rows_unref (message.results.packed);
        body = g_bytes_new_from_bytes (frame, REDES_FRAME_HEADER_SIZE,
                                       g_bytes_get_size (frame) - REDES_FRAME_HEADER_SIZE);
        g_assert_cmpuint (g_bytes_get_size (body), <=,
                          redes_message_get_max_results (REDES_WIRE_MAX_RESULTS));
        redes_message_decode (REDES_MESSAGE_RESULTS, body, &back, &error);
        g_assert_no_error (error);
        g_assert_cmpuint (back.results.rows->len, ==, REDES_WIRE_MAX_RESULTS);
        for (guint j = 0; j < REDES_WIRE_MAX_RESULTS; j++)
          {
            const RedesResultEntry *row = g_ptr_array_index (back.results.rows, j);
            guint n = row->names != NULL ? row->names->len : 0;

            g_assert_cmpuint (strlen (row->name), ==, lengths[i]);
            if (n > 0)
              g_assert_cmpuint (((RedesResultName *)g_ptr_array_index (row->names, 0))->sources, ==,
                                n_names);
            fewest = MIN (fewest, n);
            most = MAX (most, n);
          }
        g_assert_cmpuint (most - fewest, <=, 1);
        if (n_names == 1 && lengths[i] <= 60)
          g_assert_cmpuint (fewest, ==, 1);
      }
}

/* Few rows have all their names, however long. */
static void
test_all_names (void)
{
  g_autoptr (GPtrArray) rows
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_result_entry_free);
  RedesMessage message = { .type = REDES_MESSAGE_RESULTS, .results = { .rows = rows } };
  g_auto (RedesMessage) back = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) frame = NULL;
  g_autoptr (GBytes) body = NULL;
  const RedesResultEntry *row;

  g_ptr_array_add (rows, new_row (REDES_RESULT_MAX_NAMES, REDES_WIRE_MAX_NAME));
  frame = redes_message_encode (&message);
  body = g_bytes_new_from_bytes (frame, REDES_FRAME_HEADER_SIZE,
                                 g_bytes_get_size (frame) - REDES_FRAME_HEADER_SIZE);
  redes_message_decode (REDES_MESSAGE_RESULTS, body, &back, &error);
  g_assert_no_error (error);
  row = g_ptr_array_index (back.results.rows, 0);
  g_assert_cmpuint (row->names->len, ==, REDES_RESULT_MAX_NAMES);
}

static void
test_links (void)
{
  static const struct
  {
    guint first, last;
    gboolean peer, tracker, client;
  } rows[] = {
    { 0, 0, FALSE, FALSE, FALSE },    { 1, 3, TRUE, TRUE, TRUE },
    { 4, 15, FALSE, FALSE, FALSE },   { 16, 25, TRUE, FALSE, FALSE },
    { 26, 47, FALSE, FALSE, FALSE },  { 48, 52, FALSE, TRUE, FALSE },
    { 53, 53, FALSE, FALSE, TRUE },   { 54, 55, FALSE, TRUE, FALSE },
    { 56, 59, FALSE, FALSE, TRUE },   { 60, 143, FALSE, FALSE, FALSE },
    { 144, 153, TRUE, FALSE, FALSE }, { 154, 159, FALSE, FALSE, FALSE },
    { 160, 162, FALSE, FALSE, TRUE }, { 163, 255, FALSE, FALSE, FALSE },
  };
  guint next = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint type = rows[i].first; type <= rows[i].last; type++)
      {
        gboolean known = rows[i].peer || rows[i].tracker || rows[i].client;

        g_assert_cmpuint (type, ==, next++);
        g_assert_true (redes_message_type_may_come (type, REDES_LINK_PEER) == rows[i].peer);
        g_assert_true (redes_message_type_may_come (type, REDES_LINK_TRACKER) == rows[i].tracker);
        g_assert_true (redes_message_type_may_come (type, REDES_LINK_CLIENT) == rows[i].client);
        g_assert_true (redes_message_type_is_known (type) == known);
      }
  g_assert_cmpuint (next, ==, 256);
}

static void
test_names (void)
{
  g_autoptr (GError) other = g_error_new_literal (g_quark_from_string ("x"), 0, "x");

  g_assert_cmpstr (redes_message_type_get_name (REDES_MESSAGE_REQUEST), ==, "REQUEST");
  g_assert_cmpstr (redes_message_type_get_name (77), ==, "type 77");
  g_assert_cmpstr (redes_message_type_get_name (255), ==, "type 255");

  for (int code = REDES_WIRE_ERROR_SIZE; code <= REDES_WIRE_ERROR_VERSION; code++)
    {
      static const char *const names[]
          = { "frame-too-large",   "unknown-message", "out-of-order",
              "malformed-message", "bad-value",       "unsupported-version" };
      g_autoptr (GError) error = g_error_new_literal (REDES_WIRE_ERROR, code, "x");

      g_assert_cmpstr (redes_wire_error_get_violation (error), ==, names[code]);
    }
  g_assert_null (redes_wire_error_get_violation (other));
  g_assert_null (redes_wire_error_get_violation (NULL));
}

/* The bytes themselves, so that a change of the format does not go unseen. */
static void
test_vectors (void)
{
  static const guint8 ping[] = { 0, 0, 0, 9, 2, 8, 7, 6, 5, 4, 3, 2, 1 };
  static const guint8 search[]
      = { 0, 0, 0, 18, 52, 1, 0, 0, 0, 'a', 'b', 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 7 };
  g_autoptr (GVariant) number = parse ("(t)", "(0x0102030405060708,)");
  g_autoptr (GVariant) query = parse ("(usuu)", "(1, 'ab', 5, 9)");
  g_autoptr (GBytes) a = redes_body_encode (REDES_MESSAGE_PING, number);
  g_autoptr (GBytes) b = redes_body_encode (REDES_MESSAGE_SEARCH, query);
  gsize len;
  gconstpointer data = g_bytes_get_data (a, &len);

  g_assert_cmpmem (data, len, ping, sizeof ping);
  data = g_bytes_get_data (b, &len);
  g_assert_cmpmem (data, len, search, sizeof search);
}

/* What is written and read by hand is what GVariant would write and read. */
static void
test_ping_by_hand (void)
{
  static const RedesMessageType types[] = { REDES_MESSAGE_PING, REDES_MESSAGE_PONG };
  static const guint64 numbers[] = { 0, 1, 0x0102030405060708, G_MAXUINT64 };

  for (guint i = 0; i < G_N_ELEMENTS (types) * G_N_ELEMENTS (numbers); i++)
    {
      guint64 number = numbers[i / G_N_ELEMENTS (types)];
      RedesMessageType type = types[i % G_N_ELEMENTS (types)];
      g_autoptr (GBytes) made = redes_body_encode (type, g_variant_new ("(t)", number));
      g_autoptr (GBytes) frame
          = redes_message_encode (&(RedesMessage){ .type = type, .number = number });
      g_autoptr (GBytes) body = body_of (made);
      g_auto (RedesMessage) message = { 0 };

      g_assert_true (g_bytes_equal (frame, made));
      g_assert_true (redes_message_decode (type, body, &message, NULL));
      g_assert_cmpint (message.type, ==, type);
      g_assert_true (message.number == number);
    }
}

/* Decodes a HELLO with @body (transfer full). */
static void
read_hello (GVariant *body, RedesMessage *out)
{
  g_autoptr (GVariant) owned = g_variant_take_ref (body);
  g_autoptr (GBytes) frame = redes_body_encode (REDES_MESSAGE_HELLO, owned);
  g_autoptr (GBytes) bytes = body_of (frame);
  g_autoptr (GError) error = NULL;

  g_assert_true (redes_message_decode (REDES_MESSAGE_HELLO, bytes, out, &error));
  g_assert_no_error (error);
}

static void
check_hello (const RedesHello *hello, RedesMessage *out)
{
  g_autoptr (GBytes) frame
      = redes_message_encode (&(RedesMessage){ .type = REDES_MESSAGE_HELLO, .hello = *hello });
  g_autoptr (GBytes) bytes = body_of (frame);
  g_autoptr (GError) error = NULL;

  g_assert_true (redes_message_decode (REDES_MESSAGE_HELLO, bytes, out, &error));
  g_assert_no_error (error);
}

static void
test_hello (void)
{
  g_autoptr (RedesHello) hello = redes_hello_new ("Ação 🙂", 6001);
  g_autoptr (RedesHello) copy = redes_hello_copy (hello);
  g_autoptr (GError) error = NULL;
  g_auto (RedesMessage) back = { 0 };
  g_auto (RedesMessage) later = { 0 };

  check_hello (copy, &back);
  g_assert_true (redes_hello_check_version (&back.hello, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (back.hello.nickname, ==, "Ação 🙂");
  g_assert_cmpstr (back.hello.client, ==, "Redes " REDES_VERSION);
  g_assert_cmpuint (back.hello.port, ==, 6001);
  g_assert_cmpuint (back.hello.timeout_s, ==, 0);

  read_hello (parse ("(ussqas)", "(2, 'x', 'y', 1, [])"), &later);
  g_assert_false (redes_hello_check_version (&later.hello, &error));
  g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VERSION);
}

/* What a tracker's HELLO says about silence. */
static void
test_hello_timeout (void)
{
  static const struct
  {
    const char *capabilities;
    guint timeout_s;
  } said[] = {
    { "['timeout=3']", 3 },         { "['later', 'timeout=60', 'x']", 60 },
    { "['timeout=86400']", 86400 }, { "['timeout=86401']", 0 },
    { "['timeout=0']", 0 },         { "['timeout=']", 0 },
    { "['timeout=-3']", 0 },        { "['timeout=3s']", 0 },
    { "['Timeout=3']", 0 },         { "['timeout=99999999999999999999']", 0 },
  };
  g_autoptr (RedesHello) hello = redes_hello_new ("tracker", 5000);
  g_autoptr (RedesHello) copy = NULL;
  g_auto (RedesMessage) back = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (said); i++)
    {
      g_autofree char *text = g_strdup_printf ("(1, 'x', 'y', 1, %s)", said[i].capabilities);
      g_auto (RedesMessage) taken = { 0 };

      read_hello (parse ("(ussqas)", text), &taken);
      g_assert_cmpuint (taken.hello.timeout_s, ==, said[i].timeout_s);
    }

  hello->timeout_s = 7;
  copy = redes_hello_copy (hello);
  check_hello (copy, &back);
  g_assert_cmpuint (back.hello.timeout_s, ==, 7);
}

static void
test_nickname (void)
{
  g_autofree char *letters = g_strnfill (200, 'a');
  g_autoptr (GString) odd = g_string_new ("x");
  g_autoptr (RedesHello) cut = redes_hello_new (letters, 0);
  g_autoptr (RedesHello) cut_odd = NULL;
  g_autoptr (RedesHello) broken = redes_hello_new ("a\377b", 0);
  g_autoptr (RedesHello) none = redes_hello_new (NULL, 0);

  for (int i = 0; i < 40; i++)
    g_string_append (odd, "é");
  cut_odd = redes_hello_new (odd->str, 0);

  g_assert_cmpuint (strlen (cut->nickname), ==, 64);
  g_assert_cmpuint (strlen (cut_odd->nickname), ==, 63);
  g_assert_true (g_utf8_validate (cut_odd->nickname, -1, NULL));
  g_assert_true (g_utf8_validate (broken->nickname, -1, NULL));
  g_assert_cmpstr (none->nickname, ==, "");
}

static void
test_digest (void)
{
  RedesDigest digest, back;
  g_autoptr (GVariant) value = NULL;

  for (guint i = 0; i < REDES_DIGEST_SIZE; i++)
    digest.bytes[i] = i * 7;
  value = g_variant_ref_sink (redes_body_new_digest (&digest));
  g_assert_true (g_variant_is_of_type (value, G_VARIANT_TYPE ("ay")));
  redes_body_get_digest (value, &back);
  g_assert_cmpmem (&back, sizeof back, &digest, sizeof digest);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/message/values", test_values);
  g_test_add_func ("/wire/message/cut", test_cut);
  g_test_add_func ("/wire/message/shape", test_shape);
  g_test_add_func ("/wire/message/counts", test_counts);
  g_test_add_func ("/wire/message/rows", test_rows);
  g_test_add_func ("/wire/message/long-rows", test_long_rows);
  g_test_add_func ("/wire/message/all-names", test_all_names);
  g_test_add_func ("/wire/message/links", test_links);
  g_test_add_func ("/wire/message/names", test_names);
  g_test_add_func ("/wire/message/vectors", test_vectors);
  g_test_add_func ("/wire/message/ping-by-hand", test_ping_by_hand);
  g_test_add_func ("/wire/message/hello", test_hello);
  g_test_add_func ("/wire/message/hello-timeout", test_hello_timeout);
  g_test_add_func ("/wire/message/nickname", test_nickname);
  g_test_add_func ("/wire/message/digest", test_digest);
  return g_test_run ();
}
