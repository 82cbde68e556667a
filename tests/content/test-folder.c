/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/folder.h"

#include <string.h>

static RedesDigest
digest_of (const char *text)
{
  RedesDigest digest;

  redes_digest_of (text, strlen (text), &digest);
  return digest;
}

static RedesFolderChild
file_child (const char *name, guint64 size)
{
  return (RedesFolderChild){ .kind = REDES_FOLDER_KIND_FILE,
                             .name = name,
                             .content = { digest_of (size == 0 ? "" : name), size },
                             .time_s = 1700000000 };
}

static RedesFolderChild
folder_child (const char *name, guint64 bytes, guint32 n_files, guint32 n_folders, guint8 height)
{
  return (RedesFolderChild){ .kind = REDES_FOLDER_KIND_FOLDER,
                             .name = name,
                             .content = { digest_of (name), 777 },
                             .totals = { bytes, n_files, n_folders, height } };
}

/* What bytes a list has is in its hands alone, so that also those can be made that no writer makes.
 */
typedef struct
{
  GByteArray *bytes;
} List;

static void
list_number (List *list, guint64 number, guint n_bytes)
{
  for (guint i = n_bytes; i > 0; i--)
    {
      guint8 byte = (guint8)(number >> (8 * (i - 1)));

      g_byte_array_append (list->bytes, &byte, 1);
    }
}

static List
list_begin (guint32 n_children)
{
  List list = { g_byte_array_new () };

  g_byte_array_append (list.bytes, (const guint8 *)"redes folder v1", 16);
  list_number (&list, n_children, 4);
  return list;
}

static void
list_add_raw (List *list,
              guint8 kind,
              const char *name,
              gsize name_len,
              guint64 size,
              const RedesDigest *root)
{
  list_number (list, kind, 1);
  list_number (list, name_len, 1);
  g_byte_array_append (list->bytes, (const guint8 *)name, (guint)name_len);
  list_number (list, size, 8);
  g_byte_array_append (list->bytes, root->bytes, sizeof root->bytes);
}

static void
list_add_file (List *list, const char *name, gsize name_len, guint64 size, guint64 time)
{
  RedesDigest root = digest_of (size == 0 ? "" : "x");

  list_add_raw (list, 1, name, name_len, size, &root);
  list_number (list, time, 8);
}

static void
list_add_folder (List *list,
                 const char *name,
                 guint64 list_bytes,
                 guint64 bytes,
                 guint32 n_files,
                 guint32 n_folders,
                 guint8 height)
{
  RedesDigest root = digest_of (name);

  list_add_raw (list, 3, name, strlen (name), list_bytes, &root);
  list_number (list, bytes, 8);
  list_number (list, n_files, 4);
  list_number (list, n_folders, 4);
  list_number (list, height, 1);
}

static GBytes *
list_end (List *list)
{
  return g_byte_array_free_to_bytes (list->bytes);
}

/* The same whole, and byte by byte. */
static void
assert_refused (GBytes *list, RedesFolderError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) error_bytewise = NULL;
  g_autoptr (RedesFolder) folder = redes_folder_parse (list, &error);
  g_autoptr (RedesFolderParser) parser = NULL;
  g_autoptr (RedesFolder) folder_bytewise = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (list, &len);
  gboolean is_ok = TRUE;

  g_assert_null (folder);
  g_assert_error (error, REDES_FOLDER_ERROR, (gint)code);

  parser = redes_folder_parser_new (len, &error_bytewise);
  if (parser != NULL)
    {
      for (gsize i = 0; i < len && is_ok; i++)
        is_ok = redes_folder_parser_feed (parser, data + i, 1, &error_bytewise);
      if (is_ok)
        folder_bytewise = redes_folder_parser_finish (parser, &error_bytewise);
    }
  g_assert_null (folder_bytewise);
  g_assert_error (error_bytewise, REDES_FOLDER_ERROR, (gint)code);
}

static void
assert_list_refused (List *list, RedesFolderError code)
{
  g_autoptr (GBytes) bytes = list_end (list);

  assert_refused (bytes, code);
}

/* ---- What is written is read ---- */

static void
test_round_trip (void)
{
  RedesFolderChild children[] = {
    folder_child ("Day 1 Lisbon", 123456789, 24, 2, 1),
    file_child ("IMG_10.jpg", 4096),
    file_child ("IMG_2.jpg", 0),
    file_child ("a\\b:c ", REDES_MAX_FILE_SIZE),
    file_child ("\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", 1),
    folder_child ("\xe6\x97\xa5\xe6\x9c\xac", 0, 0, 0, 0),
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = NULL;
  g_autoptr (RedesFolder) again = NULL;
  g_autoptr (RedesHashTree) tree = NULL;
  const RedesFolderTotals *totals;
  RedesContentId content;
  RedesFolderChild found;

  children[1].kind = REDES_FOLDER_KIND_EXECUTABLE;
  children[3].time_s = REDES_MAX_TIME_S;
  folder = redes_folder_new (children, G_N_ELEMENTS (children), &error);
  g_assert_no_error (error);
  totals = redes_folder_get_totals (folder);
  g_assert_cmpuint (totals->bytes, ==, 123456789 + 4096 + REDES_MAX_FILE_SIZE + 1);
  g_assert_cmpuint (totals->n_files, ==, 24 + 4);
  g_assert_cmpuint (totals->n_folders, ==, 2 + 2);
  g_assert_cmpuint (totals->height, ==, 2);

  g_assert_cmpuint (redes_folder_get_n_children (folder), ==, G_N_ELEMENTS (children));
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      redes_folder_get_child (folder, i, &found);
      g_assert_cmpint (found.kind, ==, children[i].kind);
      g_assert_cmpstr (found.name, ==, children[i].name);
      g_assert_true (redes_content_id_equal (&found.content, &children[i].content));
      g_assert_cmpint (found.time_s, ==, children[i].time_s);
      g_assert_true (redes_folder_totals_equal (&found.totals, &children[i].totals));
      memset (&found, 0, sizeof found);
      g_assert_true (redes_folder_find_child (folder, children[i].name, &found));
      g_assert_cmpstr (found.name, ==, children[i].name);
    }
  g_assert_false (redes_folder_find_child (folder, "IMG_1", &found));
  g_assert_false (redes_folder_find_child (folder, "", &found));
  g_assert_false (redes_folder_find_child (folder, "\xf0\x9f\x90\x9f", &found));

  tree = redes_folder_make_tree (folder);
  content.root = *redes_hash_tree_get_root (tree);
  content.size_bytes = g_bytes_get_size (redes_folder_get_list (folder));
  again = redes_folder_parse_proven (redes_folder_get_list (folder), &content, totals, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (redes_folder_get_list (again), redes_folder_get_list (folder)));
}

/* The bytes as PROTOCOL.md has them, written out. */
static void
test_known_bytes (void)
{
  static const char expected[] = "7265646573"
                                 "20666f6c646572207631"
                                 "00"
                                 "00000002"
                                 "02"
                                 "01"
                                 "61"
                                 "0000000000000000"
                                 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                                 "000000006553f100"
                                 "03"
                                 "02"
                                 "6262"
                                 "0000000000000309"
                                 "3b64db95cb55c763391c707108489ae18b4112d783300de38e033b4c98c3deaf"
                                 "0000000000000005"
                                 "00000001"
                                 "00000000"
                                 "00";
  RedesFolderChild children[] = { file_child ("a", 0), folder_child ("bb", 5, 1, 0, 0) };
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = NULL;
  g_autoptr (GString) hex = g_string_new (NULL);
  gsize len;
  const guint8 *data;

  children[0].kind = REDES_FOLDER_KIND_EXECUTABLE;
  folder = redes_folder_new (children, 2, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (redes_folder_get_list (folder), &len);
  for (gsize i = 0; i < len; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  g_assert_cmpstr (hex->str, ==, expected);
}

static void
test_empty (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = redes_folder_new (NULL, 0, &error);
  g_autofree guint32 *order = NULL;
  RedesFolderChild child;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (redes_folder_get_list (folder)), ==,
                    REDES_FOLDER_MIN_LIST_BYTES);
  g_assert_cmpuint (redes_folder_get_n_children (folder), ==, 0);
  g_assert_cmpuint (redes_folder_get_totals (folder)->n_files, ==, 0);
  g_assert_false (redes_folder_find_child (folder, "a", &child));
  order = redes_folder_dup_natural_order (folder);
  g_assert_null (order);
}

/* ---- What is refused ---- */

static void
test_refused_beginnings (void)
{
  g_autoptr (GBytes) nothing = g_bytes_new (NULL, 0);
  g_autoptr (GBytes) short_list = g_bytes_new_static ("redes folder v1\0\0\0\0", 19);
  g_autoptr (GBytes) other = g_bytes_new_static ("redes folder v2\0\0\0\0\0", 20);
  g_autoptr (GBytes) text = g_bytes_new_static ("This is the text of a file.", 27);
  g_autoptr (GError) error = NULL;
  List list;

  assert_refused (nothing, REDES_FOLDER_ERROR_CUT_OFF);
  assert_refused (short_list, REDES_FOLDER_ERROR_CUT_OFF);
  assert_refused (other, REDES_FOLDER_ERROR_MAGIC);
  assert_refused (text, REDES_FOLDER_ERROR_MAGIC);

  /* By what it says of itself, before a child has come. */
  list = list_begin (REDES_FOLDER_MAX_CHILDREN + 1);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TOO_MANY_CHILDREN);
  list = list_begin (G_MAXUINT32);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TOO_MANY_CHILDREN);
  list = list_begin (REDES_FOLDER_MAX_CHILDREN);
  assert_list_refused (&list, REDES_FOLDER_ERROR_CUT_OFF);

  g_assert_null (redes_folder_parser_new ((guint64)REDES_FOLDER_MAX_LIST_BYTES + 1, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (redes_folder_parser_new (G_MAXUINT64, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_TOO_LARGE);
}

static void
test_refused_lengths (void)
{
  List list = list_begin (2);
  g_autoptr (GBytes) whole = NULL;

  list_add_file (&list, "a", 1, 1, 0);
  list_add_folder (&list, "b", 20, 0, 0, 0, 0);
  whole = list_end (&list);

  for (gsize len = 0; len < g_bytes_get_size (whole); len++)
    {
      g_autoptr (GBytes) part = g_bytes_new (g_bytes_get_data (whole, NULL), len);

      assert_refused (part, REDES_FOLDER_ERROR_CUT_OFF);
    }

  list = list_begin (1);
  list_add_file (&list, "a", 1, 1, 0);
  list_number (&list, 0, 1);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TRAILING);
  list = list_begin (0);
  list_number (&list, 0, 1);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TRAILING);
}

static void
test_refused_names (void)
{
  static const struct
  {
    const char *name;
    gsize len;
    RedesFolderError code;
  } rows[] = {
    { "", 0, REDES_FOLDER_ERROR_NAME_EMPTY },
    { ".", 1, REDES_FOLDER_ERROR_NAME_DOTS },
    { "..", 2, REDES_FOLDER_ERROR_NAME_DOTS },
    { "/", 1, REDES_FOLDER_ERROR_NAME_SEPARATOR },
    { "../x", 4, REDES_FOLDER_ERROR_NAME_SEPARATOR },
    { "a/b", 3, REDES_FOLDER_ERROR_NAME_SEPARATOR },
    { "a/", 2, REDES_FOLDER_ERROR_NAME_SEPARATOR },
    { "\0", 1, REDES_FOLDER_ERROR_NAME_NUL },
    { "a\0b", 3, REDES_FOLDER_ERROR_NAME_NUL },
    { "..\0", 3, REDES_FOLDER_ERROR_NAME_NUL },
    { "\xff", 1, REDES_FOLDER_ERROR_NAME_ENCODING },
    { "a\xc3", 2, REDES_FOLDER_ERROR_NAME_ENCODING },
    { "\xc0\xaf", 2, REDES_FOLDER_ERROR_NAME_ENCODING },
    { "\xed\xa0\x80", 3, REDES_FOLDER_ERROR_NAME_ENCODING },
  };
  static const char *const allowed[]
      = { "...", "..a", ".hidden", "a\\b", "C:", "con", " ", "\n", "a b.txt", "\xe2\x80\xae" };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      List list = list_begin (1);

      list_add_file (&list, rows[i].name, rows[i].len, 1, 0);
      assert_list_refused (&list, rows[i].code);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (allowed); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (RedesFolder) folder = NULL;
      List list = list_begin (1);

      list_add_file (&list, allowed[i], strlen (allowed[i]), 1, 0);
      bytes = list_end (&list);
      folder = redes_folder_parse (bytes, &error);
      g_assert_no_error (error);
    }
}

static void
test_refused_order (void)
{
  static const struct
  {
    const char *first;
    const char *second;
    RedesFolderError code;
  } rows[] = {
    { "b", "a", REDES_FOLDER_ERROR_NAME_ORDER },
    { "ab", "a", REDES_FOLDER_ERROR_NAME_ORDER },
    { "\xc3\xa9", "z", REDES_FOLDER_ERROR_NAME_ORDER },
    { "a", "a", REDES_FOLDER_ERROR_NAME_TWICE },
    { "A", "a", REDES_FOLDER_ERROR_NAME_ALIKE },
    { "README", "readme", REDES_FOLDER_ERROR_NAME_ALIKE },
    { "README", "Readme", REDES_FOLDER_ERROR_NAME_ALIKE },
    /* é in two codings, and its capital; ß and ss; K and the Kelvin sign */
    { "e\xcc\x81", "\xc3\xa9", REDES_FOLDER_ERROR_NAME_ALIKE },
    { "E\xcc\x81", "\xc3\xa9", REDES_FOLDER_ERROR_NAME_ALIKE },
    { "\xc3\x89", "\xc3\xa9", REDES_FOLDER_ERROR_NAME_ALIKE },
    { "STRASSE", "stra\xc3\x9f\x65", REDES_FOLDER_ERROR_NAME_ALIKE },
    { "k", "\xe2\x84\xaa", REDES_FOLDER_ERROR_NAME_ALIKE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      List list = list_begin (2);

      list_add_file (&list, rows[i].first, strlen (rows[i].first), 1, 0);
      list_add_file (&list, rows[i].second, strlen (rows[i].second), 1, 0);
      assert_list_refused (&list, rows[i].code);
    }
}

static void
test_refused_values (void)
{
  const guint64 max = REDES_MAX_FILE_SIZE;
  RedesDigest other = digest_of ("other");
  List list;

  for (guint kind = 0; kind < 256; kind += kind == 0 ? 4 : 1)
    {
      list = list_begin (1);
      list_add_raw (&list, (guint8)kind, "a", 1, 1, &other);
      list_number (&list, 0, 8);
      assert_list_refused (&list, REDES_FOLDER_ERROR_KIND);
    }

  list = list_begin (1);
  list_add_file (&list, "a", 1, max + 1, 0);
  assert_list_refused (&list, REDES_FOLDER_ERROR_CHILD_SIZE);
  list = list_begin (1);
  list_add_file (&list, "a", 1, G_MAXUINT64, 0);
  assert_list_refused (&list, REDES_FOLDER_ERROR_CHILD_SIZE);
  list = list_begin (1);
  list_add_folder (&list, "a", 19, 0, 0, 0, 0);
  assert_list_refused (&list, REDES_FOLDER_ERROR_CHILD_SIZE);
  list = list_begin (1);
  list_add_folder (&list, "a", REDES_FOLDER_MAX_LIST_BYTES + 1, 0, 0, 0, 0);
  assert_list_refused (&list, REDES_FOLDER_ERROR_CHILD_SIZE);

  list = list_begin (1);
  list_add_raw (&list, 1, "a", 1, 0, &other);
  list_number (&list, 0, 8);
  assert_list_refused (&list, REDES_FOLDER_ERROR_CHILD_ROOT);

  list = list_begin (1);
  list_add_file (&list, "a", 1, 1, (guint64)REDES_MAX_TIME_S + 1);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TIME);
  list = list_begin (1);
  list_add_file (&list, "a", 1, 1, G_MAXUINT64);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TIME);
}

static void
test_refused_totals (void)
{
  static const struct
  {
    RedesFolderTotals totals;
    RedesFolderError code;
  } rows[] = {
    { { 1, 0, 0, 0 }, REDES_FOLDER_ERROR_CHILD_TOTALS },
    { { 0, 0, 0, 1 }, REDES_FOLDER_ERROR_CHILD_TOTALS },
    { { 0, 0, 1, 0 }, REDES_FOLDER_ERROR_CHILD_TOTALS },
    { { 0, 0, 1, 2 }, REDES_FOLDER_ERROR_CHILD_TOTALS },
    { { (G_GUINT64_CONSTANT (1) << 48) * 3, 2, 0, 0 }, REDES_FOLDER_ERROR_CHILD_TOTALS },
    { { 0, 0, 200, 101 }, REDES_FOLDER_ERROR_TOO_DEEP },
    { { 0, 0, 200, 255 }, REDES_FOLDER_ERROR_TOO_DEEP },
    /* Alone it may be so deep, but what it is in may not. */
    { { 0, 0, 200, 100 }, REDES_FOLDER_ERROR_TOO_DEEP },
    { { 0, 1000000000, 0, 0 }, REDES_FOLDER_ERROR_TOO_MANY_BELOW },
    { { 0, G_MAXUINT32, G_MAXUINT32, 1 }, REDES_FOLDER_ERROR_TOO_MANY_BELOW },
    { { 0, REDES_FOLDER_MAX_BELOW, 0, 0 }, REDES_FOLDER_ERROR_TOO_MANY_BELOW },
    { { REDES_FOLDER_MAX_BYTES + 1, 1000, 0, 0 }, REDES_FOLDER_ERROR_TOO_MANY_BYTES },
    { { G_MAXUINT64, 1000000, 0, 0 }, REDES_FOLDER_ERROR_TOO_MANY_BYTES },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      List list = list_begin (1);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      list_add_folder (&list, "a", 777, rows[i].totals.bytes, rows[i].totals.n_files,
                       rows[i].totals.n_folders, rows[i].totals.height);
      assert_list_refused (&list, rows[i].code);
    }
}

/* Each subfolder is possible, but not all of them together. */
static void
test_refused_sums (void)
{
  List list = list_begin (2);

  list_add_folder (&list, "a", 777, 0, REDES_FOLDER_MAX_BELOW / 2, 0, 0);
  list_add_folder (&list, "b", 777, 0, REDES_FOLDER_MAX_BELOW / 2, 0, 0);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TOO_MANY_BELOW);

  list = list_begin (2);
  list_add_folder (&list, "a", 777, REDES_FOLDER_MAX_BYTES, 256, 0, 0);
  list_add_file (&list, "b", 1, 1, 0);
  assert_list_refused (&list, REDES_FOLDER_ERROR_TOO_MANY_BYTES);
}

static void
test_refused_proofs (void)
{
  RedesFolderChild children[] = { file_child ("a", 10), folder_child ("b", 5, 1, 0, 0) };
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = redes_folder_new (children, 2, &error);
  g_autoptr (RedesHashTree) tree = NULL;
  GBytes *list = redes_folder_get_list (folder);
  RedesContentId content;
  RedesContentId wrong;

  g_assert_no_error (error);
  tree = redes_folder_make_tree (folder);
  content = (RedesContentId){ *redes_hash_tree_get_root (tree), g_bytes_get_size (list) };

  wrong = content;
  wrong.size_bytes++;
  g_assert_null (redes_folder_parse_proven (list, &wrong, NULL, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_CONTENT);
  g_clear_error (&error);
  wrong = content;
  wrong.root.bytes[31] ^= 1;
  g_assert_null (redes_folder_parse_proven (list, &wrong, NULL, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_CONTENT);
  g_clear_error (&error);

  /* Each of the totals is a lie of its own. */
  for (guint i = 0; i < 4; i++)
    {
      RedesFolderTotals said = *redes_folder_get_totals (folder);

      said.bytes += i == 0;
      said.n_files += i == 1;
      said.n_folders += i == 2;
      said.height += i == 3;
      g_assert_null (redes_folder_parse_proven (list, &content, &said, &error));
      g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_TOTALS);
      g_clear_error (&error);
    }
}

/* ---- Making one ---- */

static void
on_alike (const RedesFolderChild *child, const RedesFolderChild *kept, gpointer user_data)
{
  g_string_append_printf (user_data, "%s<%s;", kept->name, child->name);
}

static void
test_put_in_order (void)
{
  static const char *const names[] = {
    "z",        "readme", "README",    "a",         "Readme",    "a",
    "\xc3\xa9", "B",      "e\xcc\x81", "IMG_1.JPG", "img_1.jpg", "\xc3\x89",
  };
  g_autoptr (GArray) children = g_array_new (FALSE, FALSE, sizeof (RedesFolderChild));
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GString) kept = g_string_new (NULL);
  g_autoptr (RedesFolder) folder = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      RedesFolderChild child = file_child (names[i], 1);

      child.data = (gpointer)names[i];
      g_array_append_val (children, child);
    }
  redes_folder_put_in_order (children, on_alike, told);
  for (guint i = 0; i < children->len; i++)
    {
      const RedesFolderChild *child = &g_array_index (children, RedesFolderChild, i);

      g_assert_true (child->data == child->name);
      g_string_append_printf (kept, "%s;", child->name);
    }
  g_assert_cmpstr (kept->str, ==, "B;IMG_1.JPG;README;a;e\xcc\x81;z;");
  g_assert_cmpstr (told->str, ==,
                   "a<a;README<Readme;IMG_1.JPG<img_1.jpg;README<readme;e\xcc\x81<\xc3\x89;"
                   "e\xcc\x81<\xc3\xa9;");
  folder = redes_folder_new ((const RedesFolderChild *)(gpointer)children->data, children->len,
                             &error);
  g_assert_no_error (error);
}

static void
test_refused_making (void)
{
  g_autofree char *long_name = g_strnfill (256, 'a');
  g_autofree char *longest_name = g_strnfill (255, 'a');
  g_autofree RedesFolderChild *many = g_new0 (RedesFolderChild, REDES_FOLDER_MAX_CHILDREN + 1);
  RedesFolderChild child = file_child (long_name, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) longest = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_assert_null (redes_folder_new (&child, 1, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_NAME_LONG);
  g_clear_error (&error);
  child.name = longest_name;
  longest = redes_folder_new (&child, 1, &error);
  g_assert_no_error (error);
  child.name = "..";
  g_assert_null (redes_folder_new (&child, 1, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_NAME_DOTS);
  g_clear_error (&error);

  g_assert_null (redes_folder_new (many, REDES_FOLDER_MAX_CHILDREN + 1, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_TOO_MANY_CHILDREN);
  g_clear_error (&error);
  for (guint i = 0; i < 250000; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("%s%06u", longest_name + 6, i));
      many[i] = file_child (names->pdata[i], 1);
    }
  g_assert_null (redes_folder_new (many, 250000, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_TOO_LARGE);
}

/* In what pieces the bytes come makes no difference. */
static void
test_pieces (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree RedesFolderChild *children = g_new0 (RedesFolderChild, 3000);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = NULL;
  const guint8 *data;
  gsize len;

  for (guint i = 0; i < 3000; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("file %04u", i));
      children[i] = i % 7 == 0 ? folder_child (names->pdata[i], 3, 2, 1, 1)
                               : file_child (names->pdata[i], i);
    }
  folder = redes_folder_new (children, 3000, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (redes_folder_get_list (folder), &len);

  for (gsize piece = 1; piece < len; piece = piece * 3 + 1)
    {
      g_autoptr (RedesFolderParser) parser = redes_folder_parser_new (len, &error);
      g_autoptr (RedesFolder) again = NULL;
      guint n_before = 0;

      for (gsize at = 0; at < len; at += piece)
        {
          g_assert_true (
              redes_folder_parser_feed (parser, data + at, MIN (piece, len - at), &error));
          g_assert_cmpuint (redes_folder_parser_get_n_children (parser), >=, n_before);
          n_before = redes_folder_parser_get_n_children (parser);
        }
      g_assert_cmpuint (n_before, ==, 3000);
      again = redes_folder_parser_finish (parser, &error);
      g_assert_no_error (error);
      g_assert_true (redes_folder_totals_equal (redes_folder_get_totals (again),
                                                redes_folder_get_totals (folder)));
    }
}

/* A list of several blocks is a content of several blocks. */
static void
test_large (void)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autofree RedesFolderChild *children = g_new0 (RedesFolderChild, 100000);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = NULL;
  g_autoptr (RedesFolder) again = NULL;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autofree guint32 *order = NULL;
  RedesContentId content;
  RedesFolderChild child;

  for (guint i = 0; i < 100000; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("IMG_%06u.JPG", i));
      children[i] = file_child (names->pdata[i], i);
    }
  folder = redes_folder_new (children, 100000, &error);
  g_assert_no_error (error);
  tree = redes_folder_make_tree (folder);
  g_assert_cmpuint (redes_geometry_get_n_blocks (redes_hash_tree_get_geometry (tree)), ==, 25);
  content = (RedesContentId){ *redes_hash_tree_get_root (tree),
                              g_bytes_get_size (redes_folder_get_list (folder)) };
  again = redes_folder_parse_proven (redes_folder_get_list (folder), &content, NULL, &error);
  g_assert_no_error (error);
  order = redes_folder_dup_natural_order (again);
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpuint (order[i], ==, i);
  g_assert_true (redes_folder_find_child (again, "IMG_054321.JPG", &child));
  g_assert_cmpuint (child.content.size_bytes, ==, 54321);
}

static void
test_natural_order (void)
{
  RedesFolderChild children[] = {
    folder_child ("Disc 10", 0, 0, 0, 0), folder_child ("Disc 2", 0, 0, 0, 0),
    file_child ("IMG_10.jpg", 1),         file_child ("IMG_2.jpg", 1),
    folder_child ("a", 0, 0, 0, 0),
  };
  static const guint32 expected[] = { 4, 1, 0, 3, 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = redes_folder_new (children, G_N_ELEMENTS (children), &error);
  g_autofree guint32 *order = NULL;

  g_assert_no_error (error);
  order = redes_folder_dup_natural_order (folder);
  g_assert_cmpmem (order, sizeof expected, expected, sizeof expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/content/folder/round-trip", test_round_trip);
  g_test_add_func ("/content/folder/known-bytes", test_known_bytes);
  g_test_add_func ("/content/folder/empty", test_empty);
  g_test_add_func ("/content/folder/refused/beginnings", test_refused_beginnings);
  g_test_add_func ("/content/folder/refused/lengths", test_refused_lengths);
  g_test_add_func ("/content/folder/refused/names", test_refused_names);
  g_test_add_func ("/content/folder/refused/order", test_refused_order);
  g_test_add_func ("/content/folder/refused/values", test_refused_values);
  g_test_add_func ("/content/folder/refused/totals", test_refused_totals);
  g_test_add_func ("/content/folder/refused/sums", test_refused_sums);
  g_test_add_func ("/content/folder/refused/proofs", test_refused_proofs);
  g_test_add_func ("/content/folder/put-in-order", test_put_in_order);
  g_test_add_func ("/content/folder/refused/making", test_refused_making);
  g_test_add_func ("/content/folder/pieces", test_pieces);
  g_test_add_func ("/content/folder/large", test_large);
  g_test_add_func ("/content/folder/natural-order", test_natural_order);

  return g_test_run ();
}
