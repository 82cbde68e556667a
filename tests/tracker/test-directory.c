/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory.h"
#include "engine/base/error.h"
#include "engine/tracker/name-index.h"
#include "engine/tracker/top-k.h"
#include "engine/tracker/words.h"
#include "tracker-fixture.h"

#include <gio/gio.h>

static void
add (RedesDirectory *directory, const char *peer, const char *name, const char *content)
{
  RedesPeerId id = fixture_digest (peer);
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (manifests, fixture_manifest (0, name, content));
  g_assert_true (redes_directory_add (directory, &id, manifests, &error));
  g_assert_no_error (error);
}

/* The names found, joined by "|"; "-" if there was no word. */
static char *
search (RedesDirectory *directory, const char *words)
{
  guint total;
  g_autoptr (GPtrArray) rows = redes_directory_search (directory, words, 0, 200, &total);
  GString *names = g_string_new (NULL);

  if (rows == NULL)
    {
      g_assert_cmpuint (total, ==, 0);
      return g_string_free (g_string_append_c (names, '-'), FALSE);
    }
  g_assert_cmpuint (rows->len, ==, total);
  for (guint i = 0; i < rows->len; i++)
    {
      const RedesResultEntry *row = g_ptr_array_index (rows, i);

      g_string_append_printf (names, "%s%s", i > 0 ? "|" : "", row->name);
    }
  return g_string_free (names, FALSE);
}

static void
assert_found (RedesDirectory *directory, const char *words, const char *expected)
{
  g_autofree char *found = search (directory, words);

  if (g_strcmp0 (found, expected) != 0)
    g_error ("“%s” found “%s”, not “%s”", words, found, expected);
}

static guint
count (RedesDirectory *directory, const char *words)
{
  guint total;
  g_autoptr (GPtrArray) rows = redes_directory_search (directory, words, 0, 1, &total);

  return total;
}

static void
test_words (void)
{
  static const struct
  {
    const char *words;
    const char *expected;
  } cases[] = {
    /* case and accents, both ways; composed and decomposed; other scripts */
    { "acao", "Ação.pdf" },
    { "AÇÃO", "Ação.pdf" },
    { "ac\xcc\xa7"
      "a\xcc\x83"
      "o",
      "Ação.pdf" },
    { "strasse", "Straße 5.txt" },
    { "STRASSE", "Straße 5.txt" },
    { "москва", "МОСКВА_ночью.avi" },
    { "fi", "ﬁne.txt" },
    { "東京", "東京タワー.jpg" },
    /* dots, underscores and hyphens part words */
    { "ночью", "МОСКВА_ночью.avi" },
    { "gz", "linux-6.1.tar.gz" },
    { "linux-6.1.tar.gz", "linux-6.1.tar.gz" },
    { "tar linux", "linux-6.1.tar.gz" },
    /* all words; only the last one as a beginning */
    { "linux aca", "" },
    { "lin", "linux-6.1.tar.gz" },
    { "lin tar", "" },
    { "tar lin", "linux-6.1.tar.gz" },
    { "inux", "" },
    /* operators, quotes and the rest of FTS5's language are plain text */
    { "salt OR pepper", "salt or pepper.txt" },
    { "pepper NOT salt", "" },
    { "salt NEAR pepper", "" },
    { "salt AND pepper", "" },
    { "\"salt\" pep*", "salt or pepper.txt" },
    { "folded:salt", "" },
    { "rowid:salt", "" },
    { "^salt", "salt or pepper.txt" },
    { "(salt", "salt or pepper.txt" },
    { "salt') --", "salt or pepper.txt" },
    { "{salt} + pepper", "salt or pepper.txt" },
    { "salt%", "salt or pepper.txt" },
    { "s_lt", "" },
    /* no word at all */
    { "", "-" },
    { "   ", "-" },
    { "\xe2\x80\x8b", "-" },
    /* symbols are words, punctuation marks where there is nothing else */
    { "\"", "" },
    { "*", "" },
    { "\"\"*", "" },
    { "...", "" },
    { "🎉", "🎉|🎉party🎉.mp3" },
    { "!!!", "!!!.mp3" },
    { "!", "!!!.mp3" },
    { "???", "" },
    { "!!! mp3", "!!!.mp3|🎉party🎉.mp3" },
    { "salt 🎉", "salt or pepper.txt" },
    /* inside scripts without blanks */
    { "名前", "新しい名前一覧.txt" },
    { "前一", "新しい名前一覧.txt" },
    { "前", "新しい名前一覧.txt" },
    { "覧", "新しい名前一覧.txt" },
    { "名一", "" },
    { "新しい名前一覧", "新しい名前一覧.txt" },
    { "名前 txt", "新しい名前一覧.txt" },
    { "txt 名", "新しい名前一覧.txt" },
    { "名 txt", "新しい名前一覧.txt" },
    { "タワー", "東京タワー.jpg" },
    { "ﾀﾜｰ", "東京タワー.jpg" },
    { "민국", "대한민국 헌법.pdf" },
    { "대한민국", "대한민국 헌법.pdf" },
    { "\xe1\x84\x86\xe1\x85\xb5\xe1\x86\xab\xe1\x84\x80\xe1\x85\xae\xe1\x86\xa8",
      "대한민국 헌법.pdf" },
    { "대국", "" },
    { "ไทย", "ภาษาไทยง่าย.txt" },
    { "ง่าย", "ภาษาไทยง่าย.txt" },
    { "\xcc\x81", "-" },
    { "\xff\xfe", "-" },
    /* a word beside an emoji */
    { "🎉party", "🎉party🎉.mp3" },
    { "party", "🎉party🎉.mp3" },
  };
  g_autoptr (RedesDirectory) directory = redes_directory_new ();

  add (directory, "ana", "Ação.pdf", NULL);
  add (directory, "ana", "Straße 5.txt", NULL);
  add (directory, "ana", "МОСКВА_ночью.avi", NULL);
  add (directory, "ana", "ﬁne.txt", NULL);
  add (directory, "ana", "東京タワー.jpg", NULL);
  add (directory, "ana", "linux-6.1.tar.gz", NULL);
  add (directory, "ana", "salt or pepper.txt", NULL);
  add (directory, "ana", "🎉party🎉.mp3", NULL);
  add (directory, "ana", "🎉", NULL);
  add (directory, "ana", "!!!.mp3", NULL);
  add (directory, "ana", "新しい名前一覧.txt", NULL);
  add (directory, "ana", "대한민국 헌법.pdf", NULL);
  add (directory, "ana", "ภาษาไทยง่าย.txt", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_found (directory, cases[i].words, cases[i].expected);
}

static void
test_many_words (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GString) words = g_string_new (NULL);

  add (directory, "ana", "a b c", NULL);
  for (guint i = 0; i < 128; i++)
    g_string_append (words, i % 2 == 0 ? "a " : "b ");
  g_assert_cmpuint (count (directory, words->str), ==, 1);
  for (guint i = 0; i < 4000; i++)
    g_string_append (words, "a ");
  g_assert_cmpuint (count (directory, words->str), ==, 0);
}

static void
test_merge (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) peers = NULL;
  const RedesResultEntry *row;
  RedesContentId content = fixture_content ("the film");
  RedesContentId unknown = fixture_content ("unknown");
  guint total;

  add (directory, "ana", "film of the year.mkv", "the film");
  add (directory, "rui", "film of the year.mkv", "the film");
  add (directory, "rui", "film.mkv", "the film");
  add (directory, "eva", "a film that I like.mkv", "the film");

  rows = redes_directory_search (directory, "film", 0, 200, &total);
  g_assert_cmpuint (total, ==, 1);
  g_assert_cmpuint (rows->len, ==, 1);
  row = g_ptr_array_index (rows, 0);
  /* What most call it, though another name would fit better. */
  g_assert_cmpstr (row->name, ==, "film of the year.mkv");
  g_assert_cmpuint (row->names->len, ==, 3);
  g_assert_cmpuint (row->sources, ==, 3);
  g_assert_cmpuint (row->content.size_bytes, ==, FIXTURE_SIZE_BYTES);
  g_assert_true (redes_content_id_equal (&row->content, &content));
  g_assert_true (
      redes_digest_equal (&row->publisher, redes_identity_get_peer_id (fixture_get_identity (0))));
  /* The other names still lead to it. */
  assert_found (directory, "year", "film of the year.mkv");
  assert_found (directory, "like", "a film that I like.mkv");

  peers = redes_directory_sources (directory, &content);
  g_assert_cmpuint (peers->len, ==, 3);
  g_clear_pointer (&peers, g_ptr_array_unref);
  peers = redes_directory_sources (directory, &unknown);
  g_assert_cmpuint (peers->len, ==, 0);
}

/* The number of its sources, and so its place, stays as it is. */
static void
test_second_name (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();

  add (directory, "ana", "one song.mp3", "the song");
  add (directory, "ana", "another song.mp3", "the song");
  g_assert_cmpuint (count (directory, "song"), ==, 1);
  g_assert_cmpuint (count (directory, "one"), ==, 1);
  g_assert_cmpuint (count (directory, "another"), ==, 1);
}

static void
test_replace (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  RedesPeerId ana = fixture_digest ("ana");

  add (directory, "ana", "one.txt", NULL);
  add (directory, "ana", "one.txt", NULL);
  g_assert_cmpuint (redes_directory_count_files (directory, &ana), ==, 1);
  g_assert_cmpuint (count (directory, "one"), ==, 1);
  /* Once is enough to remove it. */
  redes_directory_remove_peer (directory, &ana);
  g_assert_cmpuint (redes_directory_count_files (directory, &ana), ==, 0);
  g_assert_cmpuint (count (directory, "one"), ==, 0);
}

static guint
count_sources (RedesDirectory *directory, const char *words)
{
  guint total;
  g_autoptr (GPtrArray) rows = redes_directory_search (directory, words, 0, 1, &total);

  return rows->len > 0 ? ((RedesResultEntry *)g_ptr_array_index (rows, 0))->sources : 0;
}

static void
test_remove (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  RedesPeerId ana = fixture_digest ("ana");
  RedesPeerId rui = fixture_digest ("rui");
  RedesContentId content = fixture_content ("song");
  RedesContentId other = fixture_content ("other");

  add (directory, "ana", "song.ogg", "song");
  add (directory, "ana", "copy of song.ogg", "song");
  add (directory, "ana", "song sheet.pdf", "other");
  add (directory, "rui", "song.ogg", "song");
  g_assert_cmpuint (count_sources (directory, "song.ogg"), ==, 2);

  /* One name of two: still a source. */
  redes_directory_remove (directory, &ana, &content, "song.ogg");
  g_assert_cmpuint (count_sources (directory, "song.ogg"), ==, 2);
  g_assert_cmpuint (redes_directory_count_files (directory, &ana), ==, 2);
  assert_found (directory, "copy", "copy of song.ogg");

  /* What is not there. */
  redes_directory_remove (directory, &ana, &content, "song.ogg");
  redes_directory_remove (directory, &rui, &other, NULL);
  redes_directory_remove (directory, &rui, &content, "no such name");
  g_assert_cmpuint (count_sources (directory, "song.ogg"), ==, 2);

  /* Every name of a content. */
  add (directory, "ana", "song.ogg", "song");
  redes_directory_remove (directory, &ana, &content, NULL);
  g_assert_cmpuint (count_sources (directory, "song.ogg"), ==, 1);
  assert_found (directory, "copy", "");
  assert_found (directory, "song sheet", "song sheet.pdf");

  /* The last source. */
  redes_directory_remove (directory, &rui, &content, NULL);
  assert_found (directory, "song", "song sheet.pdf");
  redes_directory_remove_peer (directory, &ana);
  assert_found (directory, "song", "");
  redes_directory_remove_peer (directory, &ana);

  /* All over again: nothing was left behind that is in the way. */
  add (directory, "ana", "song.ogg", "song");
  g_assert_cmpuint (count_sources (directory, "song.ogg"), ==, 1);
}

static void
test_ranking (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();

  add (directory, "ana", "cats and dogs and birds.txt", NULL);
  add (directory, "ana", "catsuit.txt", NULL);
  add (directory, "ana", "b cats.txt", "many sources");
  add (directory, "rui", "b cats.txt", "many sources");
  add (directory, "ana", "a cats.txt", NULL);
  add (directory, "ana", "c cats.txt", NULL);
  add (directory, "ana", "Cats", NULL);
  /* Few other words first, then sources, then name; only the beginning of a word comes last. */
  assert_found (directory, "cats",
                "Cats|b cats.txt|a cats.txt|c cats.txt|cats and dogs and birds.txt|catsuit.txt");
  /* The beginning of a word may be one that was asked for already. */
  assert_found (directory, "cats c",
                "c cats.txt|Cats|b cats.txt|a cats.txt|cats and dogs and birds.txt");
  assert_found (directory, "TXT.cats",
                "b cats.txt|a cats.txt|c cats.txt|cats and dogs and birds.txt|catsuit.txt");
}

static void
test_paging (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) manifests = fixture_manifests (0, 1000, 1000);
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  RedesPeerId ana = fixture_digest ("ana");
  guint total = 0;

  g_assert_true (redes_directory_add (directory, &ana, manifests, NULL));
  for (guint first = 0; first < 1000; first += 70)
    {
      g_autoptr (GPtrArray) rows = redes_directory_search (directory, "file", first, 70, &total);
      g_autoptr (GPtrArray) again = redes_directory_search (directory, "file", first, 70, &total);

      g_assert_cmpuint (total, ==, 1000);
      g_assert_cmpuint (rows->len, ==, MIN (70, 1000 - first));
      for (guint i = 0; i < rows->len; i++)
        {
          const RedesResultEntry *row = g_ptr_array_index (rows, i);
          const RedesResultEntry *same = g_ptr_array_index (again, i);

          g_assert_true (redes_content_id_equal (&row->content, &same->content));
          g_assert_true (g_hash_table_add (seen, redes_content_id_copy (&row->content)));
        }
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 1000);

  for (guint n = 0; n < 3; n++)
    {
      static const guint firsts[] = { 1000, 1001, G_MAXUINT };
      g_autoptr (GPtrArray) rows
          = redes_directory_search (directory, "file", firsts[n], 70, &total);

      g_assert_cmpuint (rows->len, ==, 0);
      g_assert_cmpuint (total, ==, 1000);
    }
}

/* What is kept for those who turn pages is never older than the last change. */
static void
test_paging_while_all_changes (void)
{
  static const char *const words[] = { "file", "txt", "file 1", "file 2", "1", "data" };
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) manifests = fixture_manifests (0, 300, 1000);
  g_autoptr (GPtrArray) others = fixture_manifests (1, 100, 1000);
  RedesPeerId ana = fixture_digest ("ana");
  RedesPeerId bia = fixture_digest ("bia");

  for (guint round = 0; round < 20; round++)
    {
      g_assert_true (redes_directory_add (directory, &ana, manifests, NULL));
      for (guint i = 0; i < 40; i++)
        {
          const char *asked = words[i % 5 == 0 ? 3 + (i + round) % 3 : (i + round) % 3];
          g_autoptr (GPtrArray) page = NULL;
          g_autoptr (GPtrArray) rows = NULL;
          guint total, n_all;

          /* The same contents: they come first now. */
          if (i == 10)
            g_assert_true (redes_directory_add (directory, &bia, others, NULL));
          if (i == 20)
            redes_directory_remove_peer (directory, &ana);
          page = redes_directory_search (directory, asked, 50, 200, &total);
          rows = redes_directory_search (directory, asked, 0, 200, &n_all);
          g_assert_cmpuint (total, ==, n_all);
          if (g_str_equal (asked, "file"))
            g_assert_cmpuint (total, ==, i < 20 ? 300 : 100);
          for (guint n = 50; n < rows->len; n++)
            {
              const RedesResultEntry *row = g_ptr_array_index (rows, n);
              const RedesResultEntry *same = g_ptr_array_index (page, n - 50);

              g_assert_cmpstr (row->name, ==, same->name);
              g_assert_true (redes_content_id_equal (&row->content, &same->content));
            }
        }
      redes_directory_remove_peer (directory, &bia);
    }
}

static gint
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint one = GPOINTER_TO_UINT (*(gpointer const *)a);
  guint other = GPOINTER_TO_UINT (*(gpointer const *)b);

  return one < other ? -1 : one > other;
}

/* Values wider than a pointer, compared by their first part. */
typedef struct
{
  gpointer number;
  gpointer same;
} Pair;

/* Against a plain sort, for every length of the front. */
static void
test_top_k (void)
{
  for (guint len = 0; len <= 40; len++)
    {
      for (guint n = 0; n <= len + 2; n++)
        {
          g_autoptr (GPtrArray) kept = g_ptr_array_new ();
          g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (Pair));
          g_autoptr (GPtrArray) sorted = NULL;

          for (guint i = 0; i < len; i++)
            g_ptr_array_add (kept, GUINT_TO_POINTER (g_test_rand_int_range (0, 30)));
          sorted = g_ptr_array_copy (kept, NULL, NULL);
          g_ptr_array_sort (sorted, compare_numbers);
          for (guint i = 0; i < len; i++)
            {
              Pair pair = { kept->pdata[i], kept->pdata[i] };

              g_array_append_val (values, pair);
            }
          redes_top_k (kept, n, compare_numbers);
          redes_top_k_values (values, n, compare_numbers);
          g_assert_cmpuint (kept->len, ==, MIN (n, len));
          g_assert_cmpuint (values->len, ==, kept->len);
          for (guint i = 0; i < kept->len; i++)
            {
              g_assert_true (kept->pdata[i] == sorted->pdata[i]);
              g_assert_true (g_array_index (values, Pair, i).number == sorted->pdata[i]);
              g_assert_true (g_array_index (values, Pair, i).same == sorted->pdata[i]);
            }
        }
    }
}

static void
test_many_files (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) manifests = fixture_manifests (0, 10000, 1000);
  RedesPeerId ana = fixture_digest ("ana");
  RedesPeerId rui = fixture_digest ("rui");

  g_assert_true (redes_directory_add (directory, &ana, manifests, NULL));
  g_assert_true (redes_directory_add (directory, &rui, manifests, NULL));
  g_assert_cmpuint (redes_directory_count_files (directory, &ana), ==, 10000);
  g_assert_cmpuint (count (directory, "file"), ==, 10000);
  g_assert_cmpuint (count_sources (directory, "file 77.txt"), ==, 2);
  /* 777, 7770 to 7779 */
  g_assert_cmpuint (count (directory, "777"), ==, 11);
  redes_directory_remove_peer (directory, &ana);
  g_assert_cmpuint (count (directory, "file"), ==, 10000);
  g_assert_cmpuint (count_sources (directory, "file 77.txt"), ==, 1);
  redes_directory_remove_peer (directory, &rui);
  g_assert_cmpuint (count (directory, "file"), ==, 0);
  while (redes_directory_tidy (directory, 1000))
    g_assert_cmpuint (count (directory, "file"), ==, 0);
  g_assert_true (redes_directory_add (directory, &rui, manifests, NULL));
  g_assert_cmpuint (count (directory, "777"), ==, 11);
}

/* Two searches that go on by turns each choose the name that they show by their own words. */
static void
test_names_by_turns (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  RedesDirectorySearch *one;
  RedesDirectorySearch *other;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) other_rows = NULL;
  guint n_running = 2;
  guint total, other_total;

  add (directory, "ana", "red river.mkv", "film");
  add (directory, "rui", "river.mkv", "film");
  add (directory, "eva", "river.mkv", "film");
  add (directory, "ana", "red house.mkv", "home");
  one = redes_directory_search_begin (directory, "red", 0, 20);
  other = redes_directory_search_begin (directory, "riv", 0, 20);
  while (n_running > 0)
    n_running = !redes_directory_search_step (one) + !redes_directory_search_step (other);
  rows = redes_directory_search_finish (one, &total);
  other_rows = redes_directory_search_finish (other, &other_total);
  g_assert_cmpuint (total, ==, 2);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (rows, 0))->name, ==, "red river.mkv");
  g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (rows, 1))->name, ==, "red house.mkv");
  g_assert_cmpuint (other_total, ==, 1);
  g_assert_cmpuint (other_rows->len, ==, 1);
  g_assert_cmpstr (((RedesResultEntry *)g_ptr_array_index (other_rows, 0))->name, ==, "river.mkv");
}

/* A look into the index is work in steps, too, though much matches; names that come and go between
 * the steps do it no harm. */
static void
test_match_in_steps (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  const guint n = 10000;
  RedesDirectorySearch *search;
  g_autoptr (GPtrArray) rows = NULL;
  guint n_steps = 1;
  guint total;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("file %u.txt", i);

      add (directory, "ana", name, name);
    }
  search = redes_directory_search_begin (directory, "file", 0, 20);
  while (!redes_directory_search_step (search))
    {
      g_autofree char *name = g_strdup_printf ("file of step %u.txt", n_steps++);

      add (directory, "rui", name, name);
    }
  rows = redes_directory_search_finish (search, &total);
  g_assert_cmpuint (n_steps, >=, n / 4096);
  g_assert_cmpuint (total, >=, n);
  g_assert_cmpuint (total, <, n + n_steps);
  g_assert_cmpuint (rows->len, ==, 20);
}

/* Two searches that go on by turns, while what they have found leaves, is tidied away, and comes
 * back: what they answer was there at some moment, and each content once. */
static void
test_searches_by_turns (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) manifests = fixture_manifests (0, 20000, 1000);
  RedesPeerId ana = fixture_digest ("ana");
  RedesDirectorySearch *one;
  RedesDirectorySearch *other;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) other_rows = NULL;
  g_autoptr (GHashTable) distinct
      = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);
  guint total, other_total;

  g_assert_true (redes_directory_add (directory, &ana, manifests, NULL));
  one = redes_directory_search_begin (directory, "file", 0, 200);
  other = redes_directory_search_begin (directory, "txt", 0, 200);
  g_assert_false (redes_directory_search_step (one));
  g_assert_false (redes_directory_search_step (other));
  redes_directory_remove_peer (directory, &ana);
  /* What a search may still look at stays until it has ended. */
  g_assert_false (redes_directory_tidy (directory, 100));
  g_assert_true (redes_directory_add (directory, &ana, manifests, NULL));
  redes_directory_remove_peer (directory, &ana);
  g_assert_false (redes_directory_tidy (directory, 100));
  while (!redes_directory_search_step (one))
    {
    }
  rows = redes_directory_search_finish (one, &total);
  g_assert_cmpuint (rows->len, ==, 0);
  g_assert_true (redes_directory_add (directory, &ana, manifests, NULL));
  while (!redes_directory_search_step (other))
    {
    }
  other_rows = redes_directory_search_finish (other, &other_total);
  g_assert_cmpuint (other_rows->len, ==, 200);
  g_assert_cmpuint (other_total, >, REDES_DIRECTORY_MAX_COUNTED);
  for (guint i = 0; i < other_rows->len; i++)
    g_assert_true (g_hash_table_add (
        distinct, &((RedesResultEntry *)g_ptr_array_index (other_rows, i))->content));
}

static void
test_many_sources (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  RedesContentId content = fixture_content ("popular");
  g_autoptr (GPtrArray) manifests = g_ptr_array_new ();
  g_autoptr (RedesManifest) manifest = fixture_manifest (0, "popular", "popular");
  g_autoptr (GPtrArray) peers = NULL;
  g_autoptr (GHashTable) distinct
      = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);

  g_ptr_array_add (manifests, manifest);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *text = g_strdup_printf ("peer %u", i);
      RedesPeerId peer = fixture_digest (text);

      g_assert_true (redes_directory_add (directory, &peer, manifests, NULL));
    }
  g_assert_cmpuint (count_sources (directory, "popular"), ==, 300);
  peers = redes_directory_sources (directory, &content);
  g_assert_cmpuint (peers->len, ==, 200);
  for (guint i = 0; i < peers->len; i++)
    g_assert_true (g_hash_table_add (distinct, g_ptr_array_index (peers, i)));
}

static void
test_limit (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) too_many = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  RedesPeerId ana = fixture_digest ("ana");

  /* Refused before a single one is looked at. */
  g_ptr_array_set_size (too_many, REDES_DIRECTORY_MAX_FILES + 1);
  g_assert_false (redes_directory_add (directory, &ana, too_many, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpuint (redes_directory_count_files (directory, &ana), ==, 0);
}

static void
add_named (RedesDirectory *directory, guint peer, const char *name, const char *content)
{
  g_autofree char *id_text = g_strdup_printf ("peer %u", peer);
  RedesPeerId id = fixture_digest (id_text);
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  g_ptr_array_add (manifests, fixture_manifest (peer % 2, name, content));
  g_assert_true (redes_directory_add (directory, &id, manifests, NULL));
}

/* One who calls a content something else does not decide what others are shown; what he calls it is
 * to be seen. */
static void
test_names_by_majority (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) rows = NULL;
  const RedesResultEntry *row;
  const RedesResultName *name;
  guint total;

  add_named (directory, 0, "song", "song");
  add_named (directory, 1, "song of the sea.mp3", "song");
  add_named (directory, 2, "song of the sea.mp3", "song");
  add_named (directory, 3, "another thing.mp3", "song");
  rows = redes_directory_search (directory, "song", 0, 10, &total);
  g_assert_cmpuint (total, ==, 1);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->name, ==, "song of the sea.mp3");
  g_assert_cmpuint (row->sources, ==, 4);
  g_assert_cmpuint (row->names->len, ==, 3);
  name = g_ptr_array_index (row->names, 0);
  g_assert_cmpstr (name->name, ==, "song of the sea.mp3");
  g_assert_cmpuint (name->sources, ==, 2);
  name = g_ptr_array_index (row->names, 1);
  g_assert_cmpstr (name->name, ==, "another thing.mp3");
  g_assert_cmpuint (name->sources, ==, 1);
  name = g_ptr_array_index (row->names, 2);
  g_assert_cmpstr (name->name, ==, "song");
}

/* However many names it has been given, so many are told. */
static void
test_many_names (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) rows = NULL;
  const RedesResultEntry *row;
  guint total;

  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *text = g_strdup_printf ("song %03u.mp3", i);

      add_named (directory, i, text, "song");
    }
  rows = redes_directory_search (directory, "song", 0, 10, &total);
  g_assert_cmpuint (total, ==, 1);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpuint (row->sources, ==, 300);
  g_assert_cmpuint (row->names->len, ==, REDES_RESULT_MAX_NAMES);
}

/* Random names and searches, against a look at every name: the same contents in the same order. */

#define N_WORDS 12u
#define N_NAMES 400u
#define N_QUERIES 1000u

typedef struct
{
  char *text;
  char *folded;
  guint n_words;
  guint n_sources;
  guint number;
  RedesWordsMatch match;
} Known;

static void
known_free (gpointer data)
{
  Known *known = data;

  g_free (known->text);
  g_free (known->folded);
  g_free (known);
}

static const char *const random_words[N_WORDS]
    = { "a",    "an",     "ana",   "anab", "anabe",    "anabel",
        "água", "東京都", "cat-2", "2",    "anabelle", "catsuit" };

static char *
make_random (guint n_most, gboolean cuts)
{
  GString *text = g_string_new (NULL);
  guint n = (guint)g_test_rand_int_range (1, (gint)n_most + 1);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            random_words[g_test_rand_int_range (0, N_WORDS)]);
  if (cuts && g_utf8_strlen (text->str, -1) > 1 && g_test_rand_int_range (0, 2) == 0)
    g_string_truncate (text, (gsize)(g_utf8_prev_char (text->str + text->len) - text->str));
  return g_string_free (text, FALSE);
}

/* As the directory counts many sources. */
static guint
get_level (guint n_sources)
{
  return n_sources <= 3 ? n_sources : 2 + g_bit_storage (n_sources) - 1;
}

static gint
compare_known (gconstpointer a, gconstpointer b)
{
  const Known *one = *(Known *const *)a;
  const Known *other = *(Known *const *)b;

  if (one->match != other->match)
    return one->match > other->match ? -1 : 1;
  if (one->n_words != other->n_words)
    return one->n_words < other->n_words ? -1 : 1;
  if (get_level (one->n_sources) != get_level (other->n_sources))
    return get_level (one->n_sources) > get_level (other->n_sources) ? -1 : 1;
  return strcmp (one->text, other->text);
}

static void
check_order (GPtrArray *rows, GPtrArray *expected)
{
  g_assert_cmpuint (rows->len, ==, MIN (expected->len, 200));
  g_ptr_array_sort (expected, compare_known);
  for (guint i = 0; i < rows->len; i++)
    {
      const RedesResultEntry *row = g_ptr_array_index (rows, i);
      const Known *wanted = g_ptr_array_index (expected, i);

      g_assert_cmpstr (row->name, ==, wanted->text);
      g_assert_cmpuint (row->sources, ==, wanted->n_sources);
    }
}

static void
check_random_query (RedesDirectory *directory, GPtrArray *all)
{
  g_autofree char *asked = make_random (3, TRUE);
  g_auto (GStrv) words = redes_words_split_query (asked);
  g_autoptr (GPtrArray) expected = g_ptr_array_new ();
  g_autoptr (GPtrArray) rows = NULL;
  guint total;

  for (guint i = 0; i < all->len; i++)
    {
      Known *known = g_ptr_array_index (all, i);

      if (known->n_sources == 0)
        continue;
      known->match = redes_words_match (known->folded, (const char *const *)words);
      if (known->match != REDES_WORDS_NO_MATCH)
        g_ptr_array_add (expected, known);
    }
  rows = redes_directory_search (directory, asked, 0, 200, &total);
  g_assert_nonnull (rows);
  g_assert_cmpuint (total, ==, expected->len);
  check_order (rows, expected);
}

static void
change_sources (RedesDirectory *directory, Known *known)
{
  g_autofree char *content = g_strdup_printf ("content %u", known->number);
  g_autofree char *peer = NULL;

  if (known->n_sources > 0 && g_test_rand_int_range (0, 3) == 0)
    {
      RedesContentId id = fixture_content (content);
      RedesPeerId peer_id;

      peer = g_strdup_printf ("peer %u", --known->n_sources);
      peer_id = fixture_digest (peer);
      redes_directory_remove (directory, &peer_id, &id, known->text);
      return;
    }
  peer = g_strdup_printf ("peer %u", known->n_sources++);
  add (directory, peer, known->text, content);
}

static void
test_against_all (void)
{
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (known_free);
  g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);

  while (all->len < N_NAMES)
    {
      Known *known = g_new0 (Known, 1);

      known->text = make_random (5, FALSE);
      if (g_hash_table_contains (texts, known->text))
        {
          known_free (known);
          continue;
        }
      g_hash_table_add (texts, known->text);
      known->folded = g_string_free (redes_words_fold (known->text, &known->n_words), FALSE);
      known->number = all->len;
      g_ptr_array_add (all, known);
    }
  for (guint i = 0; i < N_QUERIES; i++)
    {
      for (guint j = 0; j < 5; j++)
        change_sources (directory,
                        g_ptr_array_index (all, g_test_rand_int_range (0, (gint)all->len)));
      if (i % 50 == 0)
        redes_directory_tidy (directory, 1000);
      check_random_query (directory, all);
    }
}

/* The index by itself: rows are numbered anew when there are no more. */

static void
on_moved (gpointer item, guint32 row)
{
  *(guint32 *)item = row;
}

static gboolean
count_found (gpointer item, guint rank, gboolean is_marked, gpointer user_data)
{
  ++*(guint *)user_data;
  return TRUE;
}

static gboolean
count_marked (gpointer item, guint rank, gboolean is_marked, gpointer user_data)
{
  *(guint *)user_data += is_marked ? 1 : 0;
  return TRUE;
}

static guint
count_marked_in_index (RedesNameIndex *index, const char *word)
{
  RedesNameLook *look = redes_name_look_new (index, (const char *const[]){ word, NULL });
  guint n = 0;

  while (!redes_name_look_step (look, 3, count_marked, &n))
    {
    }
  redes_name_look_free (look);
  return n;
}

static guint
count_in_index (RedesNameIndex *index, const char *word)
{
  RedesNameLook *look = redes_name_look_new (index, (const char *const[]){ word, NULL });
  guint n = 0;

  while (!redes_name_look_step (look, 3, count_found, &n))
    {
    }
  redes_name_look_free (look);
  return n;
}

static void
test_renumber (void)
{
  RedesNameIndex *index = redes_name_index_new (100, on_moved);
  guint32 rows[50] = { 0 };
  RedesNameLook *look;
  guint n = 0;

  for (guint i = 0; i < 1000; i++)
    {
      guint place = i % G_N_ELEMENTS (rows);
      g_autofree char *words = g_strdup_printf (" same word%u", place);

      if (rows[place] != 0)
        redes_name_index_remove (index, rows[place], words, 2, 1);
      rows[place] = redes_name_index_add (index, words, 2, 1, &rows[place]);
      g_assert_cmpuint (rows[place], <=, 100);
    }
  g_assert_cmpuint (count_in_index (index, "same"), ==, 50);
  g_assert_cmpuint (count_in_index (index, "sa"), ==, 50);
  g_assert_cmpuint (count_in_index (index, "word7"), ==, 1);
  g_assert_cmpuint (count_in_index (index, "word"), ==, 50);
  g_assert_cmpuint (count_in_index (index, "word4"), ==, 11);

  /* A mark goes with its row. */
  g_assert_cmpuint (count_marked_in_index (index, "same"), ==, 0);
  redes_name_index_mark (index, rows[7]);
  redes_name_index_mark (index, rows[31]);
  g_assert_cmpuint (count_marked_in_index (index, "same"), ==, 2);
  g_assert_cmpuint (count_marked_in_index (index, "word7"), ==, 1);
  g_assert_cmpuint (count_marked_in_index (index, "word8"), ==, 0);

  /* A look that was under way then ends with what it has met. */
  look = redes_name_look_new (index, (const char *const[]){ "same", NULL });
  g_assert_false (redes_name_look_step (look, 3, count_found, &n));
  for (guint i = 0; i < 100; i++)
    {
      redes_name_index_remove (index, rows[0], " same word0", 2, 1);
      rows[0] = redes_name_index_add (index, " same word0", 2, 1, &rows[0]);
    }
  g_assert_true (redes_name_look_step (look, 3, count_found, &n));
  g_assert_cmpuint (n, <, 50);
  redes_name_look_free (look);
  g_assert_cmpuint (count_marked_in_index (index, "same"), ==, 2);
  g_assert_cmpuint (count_marked_in_index (index, "word31"), ==, 1);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = g_strdup_printf (" same word%u", i);

      redes_name_index_remove (index, rows[i], words, 2, 1);
    }
  g_assert_cmpuint (count_in_index (index, "same"), ==, 0);
  g_assert_cmpuint (count_in_index (index, "w"), ==, 0);
  redes_name_index_free (index);
}

/* A folder is a row with what its manifest says of it; a file of the same name is none. */
static void
test_folders (void)
{
  static const RedesFolderTotals totals = { 5000, 7, 2, 1 };
  RedesManifestDraft draft = { .name = "Day 1 Lisbon",
                               .geometry = { 200, REDES_MIN_BLOCK_SIZE },
                               .root = fixture_digest ("list"),
                               .folder = &totals };
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  RedesPeerId ana = fixture_digest ("ana");
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) file_rows = NULL;
  g_autoptr (GError) error = NULL;
  const RedesResultEntry *row;
  guint total;

  manifests = redes_manifest_sign_batch (fixture_get_identity (0), &draft, 1, 1, &error);
  g_assert_no_error (error);
  g_assert_true (redes_directory_add (directory, &ana, manifests, &error));
  add (directory, "bob", "Day 1 Porto", NULL);

  rows = redes_directory_search (directory, "lisbon", 0, 10, &total);
  g_assert_cmpuint (rows->len, ==, 1);
  row = rows->pdata[0];
  g_assert_true (row->is_folder);
  g_assert_true (redes_folder_totals_equal (&row->totals, &totals));
  file_rows = redes_directory_search (directory, "porto", 0, 10, &total);
  row = file_rows->pdata[0];
  g_assert_false (row->is_folder);
  g_assert_cmpuint (row->totals.n_files, ==, 0);

  redes_directory_remove_peer (directory, &ana);
  assert_found (directory, "lisbon", "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/directory/words", test_words);
  g_test_add_func ("/tracker/directory/many-words", test_many_words);
  g_test_add_func ("/tracker/directory/merge", test_merge);
  g_test_add_func ("/tracker/directory/second-name", test_second_name);
  g_test_add_func ("/tracker/directory/replace", test_replace);
  g_test_add_func ("/tracker/directory/remove", test_remove);
  g_test_add_func ("/tracker/directory/ranking", test_ranking);
  g_test_add_func ("/tracker/directory/paging", test_paging);
  g_test_add_func ("/tracker/directory/paging-while-all-changes", test_paging_while_all_changes);
  g_test_add_func ("/tracker/directory/keep-first", test_top_k);
  g_test_add_func ("/tracker/directory/many-files", test_many_files);
  g_test_add_func ("/tracker/directory/names-by-turns", test_names_by_turns);
  g_test_add_func ("/tracker/directory/match-in-steps", test_match_in_steps);
  g_test_add_func ("/tracker/directory/searches-by-turns", test_searches_by_turns);
  g_test_add_func ("/tracker/directory/many-sources", test_many_sources);
  g_test_add_func ("/tracker/directory/limit", test_limit);
  g_test_add_func ("/tracker/directory/names-by-majority", test_names_by_majority);
  g_test_add_func ("/tracker/directory/many-names", test_many_names);
  g_test_add_func ("/tracker/directory/folders", test_folders);
  g_test_add_func ("/tracker/directory/against-all", test_against_all);
  g_test_add_func ("/tracker/directory/renumber", test_renumber);
  return g_test_run ();
}
