/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/content/folder.h"

#include <string.h>

/*
 * Lists of folders. The input is a byte that says in what pieces it comes, then the list. Accepted:
 * a list; that it is the only one with these children, and within all limits, is checked as well.
 */

static RedesFolder *
parse_in_pieces (const guint8 *data, gsize size, gsize piece, GError **error)
{
  g_autoptr (RedesFolderParser) parser = redes_folder_parser_new (size, error);

  if (parser == NULL)
    return NULL;
  for (gsize at = 0; at < size; at += piece)
    if (!redes_folder_parser_feed (parser, data + at, MIN (piece, size - at), error))
      return NULL;
  return redes_folder_parser_finish (parser, error);
}

static void
check_folder (RedesFolder *folder)
{
  guint n = redes_folder_get_n_children (folder);
  g_autofree RedesFolderChild *children = g_new0 (RedesFolderChild, n + 1);
  g_autofree guint32 *order = redes_folder_dup_natural_order (folder);
  g_autoptr (RedesFolder) again = NULL;
  g_autoptr (GError) error = NULL;
  guint64 bytes = 0;

  for (guint i = 0; i < n; i++)
    {
      RedesFolderChild found;

      redes_folder_get_child (folder, i, &children[i]);
      g_assert_true (redes_folder_check_name (children[i].name, strlen (children[i].name), &error));
      g_assert_null (strchr (children[i].name, '/'));
      g_assert_cmpstr (children[i].name, !=, "..");
      g_assert_true (redes_folder_find_child (folder, children[i].name, &found));
      g_assert_true (found.name == children[i].name);
      g_assert_cmpuint (order[i], <, n);
      bytes += children[i].kind == REDES_FOLDER_KIND_FOLDER ? children[i].totals.bytes
                                                            : children[i].content.size_bytes;
    }
  g_assert_cmpuint (redes_folder_get_totals (folder)->bytes, ==, bytes);
  g_assert_true (redes_folder_totals_check (redes_folder_get_totals (folder), &error));
  again = redes_folder_new (children, n, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (redes_folder_get_list (again), redes_folder_get_list (folder)));
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  gsize piece = fuzz_input_number (&input, 1) + 1;
  g_autoptr (GBytes) list = g_bytes_new (input.data, input.left);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) error_in_pieces = NULL;
  g_autoptr (RedesFolder) folder = redes_folder_parse (list, &error);
  g_autoptr (RedesFolder) in_pieces
      = parse_in_pieces (input.data, input.left, piece, &error_in_pieces);

  g_assert_cmpint (folder == NULL, ==, in_pieces == NULL);
  if (folder == NULL)
    {
      g_assert_nonnull (error);
      g_assert_error (error_in_pieces, REDES_FOLDER_ERROR, error->code);
      return FALSE;
    }
  g_assert_no_error (error);
  check_folder (folder);
  return TRUE;
}

static void
add_seed (GPtrArray *seeds, const RedesFolderChild *children, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesFolder) folder = redes_folder_new (children, n, &error);
  GByteArray *seed = g_byte_array_new ();
  gsize len;
  const guint8 *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (redes_folder_get_list (folder), &len);
  fuzz_output_number (seed, n * 7, 1);
  g_byte_array_append (seed, data, (guint)len);
  g_ptr_array_add (seeds, g_byte_array_free_to_bytes (seed));
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const char *const names[]
      = { "Day 1", "Day 10", "IMG_2.jpg", "README", "e\xcc\x81t\xc3\xa9", "\xe6\x97\xa5" };
  RedesFolderChild children[G_N_ELEMENTS (names)] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      children[i].name = names[i];
      children[i].kind = i < 2 ? REDES_FOLDER_KIND_FOLDER : REDES_FOLDER_KIND_FILE;
      children[i].content.size_bytes = 20 + 40 * i;
      redes_digest_of (&i, sizeof i, &children[i].content.root);
      if (i < 2)
        children[i].totals = (RedesFolderTotals){ .bytes = i, .n_files = 1 + i };
      else
        children[i].time_s = 1700000000 + i;
    }
  children[0].totals.n_folders = 3;
  children[0].totals.height = 2;
  children[4].kind = REDES_FOLDER_KIND_EXECUTABLE;
  children[5].content.size_bytes = 0;
  redes_digest_of (NULL, 0, &children[5].content.root);

  add_seed (seeds, children, 0);
  add_seed (seeds, children, 1);
  add_seed (seeds, children + 2, 2);
  add_seed (seeds, children, G_N_ELEMENTS (children));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
