/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/link.h"
#include "engine/content/manifest.h"

#include <string.h>

#define HEX "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
#define BASE32 "ny2axhh7wn5jrhffittlw6akfr4jahj7wm3tq5ufcgrqmf5puaoq"
#define OTHER_HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static RedesLink *
parse (const char *text, GError **error)
{
  /* Exactly as long as the text: the sanitizer sees the first byte read beyond. */
  g_autofree char *exact = g_strdup (text);

  return redes_link_parse (exact, error);
}

static void
test_all_parts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesLink) link = NULL;
  g_autofree char *again = NULL;
  const char *text = "redes:" BASE32 "?s=2600&n=A%C3%A7%C3%A3o%20%26%20100%25.txt&p=" OTHER_HEX
                     "&t=tracker.example:5001&t=[::1]:40001";
  RedesDigest content;
  RedesDigest publisher;

  link = parse (text, &error);
  g_assert_no_error (error);

  g_assert_true (redes_digest_from_text (HEX, -1, &content));
  g_assert_true (redes_digest_from_text (OTHER_HEX, -1, &publisher));
  g_assert_true (redes_digest_equal (&link->content.root, &content));
  g_assert_cmpstr (link->name, ==, "Ação & 100%.txt");
  g_assert_cmpuint (link->content.size_bytes, ==, 2600);
  g_assert_true (link->has_publisher);
  g_assert_true (redes_digest_equal (&link->publisher, &publisher));
  g_assert_cmpuint (g_strv_length (link->trackers), ==, 2);
  g_assert_cmpstr (link->trackers[0], ==, "tracker.example:5001");
  g_assert_cmpstr (link->trackers[1], ==, "[::1]:40001");

  again = redes_link_format (link);
  g_assert_cmpstr (again, ==, text);
}

static void
test_accepted (void)
{
  static const struct
  {
    const char *text;
    const char *canonical;
  } rows[] = {
    { "redes:" BASE32 "?s=1", "redes:" BASE32 "?s=1" },
    { "REDES:" BASE32 "?s=1", "redes:" BASE32 "?s=1" },
    { " \t\nredes:" BASE32 "?s=1\r\n ", "redes:" BASE32 "?s=1" },
    { "redes:" HEX "?s=1", "redes:" BASE32 "?s=1" },
    { "redes:" BASE32 "?&&s=1&", "redes:" BASE32 "?s=1" },
    { "redes:" BASE32 "?x=1&later&n=a&s=1", "redes:" BASE32 "?s=1&n=a" },
    { "redes:" BASE32 "?s=0", "redes:" BASE32 "?s=0" },
    { "redes:" BASE32 "?s=281474976710656", "redes:" BASE32 "?s=281474976710656" },
    { "redes:" BASE32 "?n=a&s=7", "redes:" BASE32 "?s=7&n=a" },
    { "redes:" BASE32 "?s=1&n=a+b", "redes:" BASE32 "?s=1&n=a%2Bb" },
    { "redes:" BASE32 "?s=1&n=%F0%9F%90%9f", "redes:" BASE32 "?s=1&n=%F0%9F%90%9F" },
    { "redes:" BASE32 "?s=1&n=\xc3\xa7", "redes:" BASE32 "?s=1&n=%C3%A7" },
    { "redes:" BASE32 "?s=1&n=a=b?c", "redes:" BASE32 "?s=1&n=a%3Db%3Fc" },
    { "redes:" BASE32 "?s=1&n=../../etc/passwd", "redes:" BASE32 "?s=1&n=..%2F..%2Fetc%2Fpasswd" },
    { "redes:" BASE32 "?s=1&p=" BASE32, "redes:" BASE32 "?s=1&p=" HEX },
    { "redes:" BASE32 "?s=1&t=h%3A1", "redes:" BASE32 "?s=1&t=h:1" },
    { "redes:" BASE32 "?s=20&k=folder", "redes:" BASE32 "?s=20&k=folder" },
    { "redes:" BASE32 "?k=folder&n=a&s=20", "redes:" BASE32 "?s=20&k=folder&n=a" },
    { "redes:" BASE32 "?s=67108864&k=folder&i=Day%201%20Lisbon/%C3%A9.jpg&n=a",
      "redes:" BASE32 "?s=67108864&k=folder&i=Day%201%20Lisbon/%C3%A9.jpg&n=a" },
    { "redes:" BASE32 "?i=a&s=20&k=folder", "redes:" BASE32 "?s=20&k=folder&i=a" },
    { "redes:" BASE32 "?s=1&t=127.0.0.1:65535", "redes:" BASE32 "?s=1&t=127.0.0.1:65535" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesLink) link = NULL;
      g_autofree char *formatted = NULL;
      g_autofree char *shown = g_strescape (rows[i].text, NULL);

      g_test_message ("%s", shown);
      link = parse (rows[i].text, &error);
      g_assert_no_error (error);
      g_assert_nonnull (link->trackers);
      formatted = redes_link_format (link);
      g_assert_cmpstr (formatted, ==, rows[i].canonical);
    }
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    const char *says;
  } rows[] = {
    { "", "redes:" },
    { "redes", "begin" },
    { "http://example.org/" BASE32, "begin" },
    { BASE32, "begin" },
    { "xredes:" BASE32, "begin" },
    { "redes:", "its root" },
    { "redes:?n=a", "its root" },
    { "redes:abc", "its root" },
    { "redes:" BASE32 "a", "its root" },
    { "redes:" HEX "0", "its root" },
    { "redes://" BASE32, "its root" },
    { "redes:" BASE32 "#n=a", "its root" },
    /* A root without a size could mean another file. */
    { "redes:" BASE32, "(s=)" },
    { "redes:" BASE32 "?", "(s=)" },
    { "redes:" BASE32 "?n=a.txt&p=" HEX "&t=h:1", "ask whoever gave you the link" },
    { "redes:" BASE32 "?n=a b", "spaces" },
    { "redes:" BASE32 "?n=a\nb", "line breaks" },
    { "redes:" BASE32 "?n=%", "(n=)" },
    { "redes:" BASE32 "?n=%4", "(n=)" },
    { "redes:" BASE32 "?n=%zz", "(n=)" },
    { "redes:" BASE32 "?n=a%00b", "(n=)" },
    { "redes:" BASE32 "?n=%ff%fe", "(n=)" },
    { "redes:" BASE32 "?n=\xff", "(n=)" },
    { "redes:" BASE32 "?n=a&n=a", "two names" },
    { "redes:" BASE32 "?s=", "(s=)" },
    { "redes:" BASE32 "?s=-1", "(s=)" },
    { "redes:" BASE32 "?s=+1", "(s=)" },
    { "redes:" BASE32 "?s=1k", "(s=)" },
    { "redes:" BASE32 "?s=0x10", "(s=)" },
    { "redes:" BASE32 "?s=281474976710657", "(s=)" },
    { "redes:" BASE32 "?s=99999999999999999999999", "(s=)" },
    { "redes:" BASE32 "?s=1&s=1", "two sizes" },
    { "redes:" BASE32 "?p=", "(p=)" },
    { "redes:" BASE32 "?p=abc", "(p=)" },
    { "redes:" BASE32 "?p=" HEX "&p=" HEX, "two publishers" },
    { "redes:" BASE32 "?s=1&t=", "(t=)" },
    { "redes:" BASE32 "?s=1&t=host", "(t=)" },
    { "redes:" BASE32 "?s=1&t=:5000", "(t=)" },
    { "redes:" BASE32 "?s=1&t=host:0", "(t=)" },
    { "redes:" BASE32 "?s=1&t=host:65536", "(t=)" },
    { "redes:" BASE32 "?s=1&t=host:x", "(t=)" },
    { "redes:" BASE32 "?s=20&k=", "kind (k=)" },
    { "redes:" BASE32 "?s=20&k=Folder", "kind (k=)" },
    { "redes:" BASE32 "?s=20&k=disc", "kind (k=)" },
    { "redes:" BASE32 "?s=20&k=folder&k=folder", "twice" },
    { "redes:" BASE32 "?s=19&k=folder", "(s=)" },
    { "redes:" BASE32 "?s=67108865&k=folder", "(s=)" },
    { "redes:" BASE32 "?s=20&i=a", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=/a", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=a//b", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=a/", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=a/../b", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=a/%2e%2e/b", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=a%2Fb", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=%00", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=%ff", "(i=)" },
    { "redes:" BASE32 "?s=20&k=folder&i=a&i=a", "two paths" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (rows[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_null (parse (rows[i].text, &error));
      g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_LINK);
      g_assert_nonnull (strstr (error->message, rows[i].says));
      g_assert_nonnull (strstr (error->message, "looks like redes:"));
    }
}

/* A link of @n times @repeat. */
static RedesLink *
parse_repeated (const char *begin, const char *repeat, guint n, GError **error)
{
  GString *text = g_string_new (begin);
  g_autofree char *owned = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append (text, repeat);
  owned = g_string_free (text, FALSE);

  return parse (owned, error);
}

static void
test_limits (void)
{
  static const struct
  {
    const char *begin;
    const char *repeat;
    guint most;
  } rows[] = {
    { "redes:" BASE32 "?s=1&n=", "a", 1024 },
    { "redes:" BASE32 "?s=1&n=", "%C3%A7", 512 },
    { "redes:" BASE32 "?s=1&x=", "a", 16384 - 6 - 52 - 7 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesLink) link = NULL;

      link = parse_repeated (rows[i].begin, rows[i].repeat, rows[i].most, &error);
      g_assert_no_error (error);
      g_assert_nonnull (link);

      g_assert_null (parse_repeated (rows[i].begin, rows[i].repeat, rows[i].most + 1, &error));
      g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_LINK);
    }
}

/* Whoever wrote it may name as many as he likes: a few are asked. */
static void
test_trackers (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesLink) many = NULL;
  g_autoptr (RedesLink) twice = NULL;
  g_autofree char *text = NULL;
  const char *five[] = { "a:1", "b:2", "c:3", "d:4", "e:5", NULL };
  RedesLink link = { .trackers = (char **)five };

  text = redes_link_format (&link);
  g_assert_nonnull (strstr (text, "t=d:4"));
  g_assert_null (strstr (text, "t=e:5"));
  many = parse ("redes:" BASE32 "?s=1&t=a:1&t=b:2&t=c:3&t=d:4&t=e:5&n=a", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (many->trackers), ==, 4);
  g_assert_cmpstr (many->trackers[3], ==, "d:4");
  g_assert_cmpstr (many->name, ==, "a");
  twice = parse ("redes:" BASE32 "?s=1&t=a:1&t=a:1&t=a:2", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (twice->trackers), ==, 2);
  g_assert_null (parse ("redes:" BASE32 "?s=1&t=a:1&t=b:2&t=c:3&t=d:4&t=nonsense", &error));
  g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_LINK);
}

static void
test_looks_like (void)
{
  g_assert_true (redes_link_looks_like ("redes:"));
  g_assert_true (redes_link_looks_like ("  Redes:whatever"));
  g_assert_false (redes_link_looks_like (""));
  g_assert_false (redes_link_looks_like ("rede"));
  g_assert_false (redes_link_looks_like ("redes.pdf"));
  g_assert_false (redes_link_looks_like ("my redes:"));
}

static void
test_copy (void)
{
  g_autoptr (RedesLink) link = parse ("redes:" BASE32 "?n=a&s=1&p=" HEX "&t=h:1", NULL);
  g_autoptr (RedesLink) copy = redes_link_copy (link);
  g_autofree char *first = redes_link_format (link);
  g_autofree char *second = redes_link_format (copy);

  g_assert_cmpstr (first, ==, second);
  g_assert_true (link->name != copy->name);
  g_assert_true (link->trackers != copy->trackers);
}

static void
test_manifest (void)
{
  static const char *const trackers[] = { "127.0.0.1:5001", "[::1]:5001", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, &error);
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (RedesLink) link = NULL;
  g_autofree char *text = NULL;
  g_autofree char *without = NULL;
  RedesManifestDraft draft = { "Olá mundo.txt", { 77, REDES_MIN_BLOCK_SIZE }, { { 5 } } };

  g_assert_no_error (error);
  manifests = redes_manifest_sign_batch (identity, &draft, 1, 1, &error);
  g_assert_no_error (error);

  text = redes_manifest_format_link (g_ptr_array_index (manifests, 0), trackers);
  link = parse (text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (link->name, ==, draft.name);
  g_assert_true (redes_digest_equal (&link->content.root, &draft.root));
  g_assert_cmpuint (link->content.size_bytes, ==, 77);
  g_assert_true (link->has_publisher);
  g_assert_true (redes_digest_equal (&link->publisher, redes_identity_get_peer_id (identity)));
  g_assert_cmpstrv (link->trackers, trackers);

  without = redes_manifest_format_link (g_ptr_array_index (manifests, 0), NULL);
  g_assert_null (strstr (without, "t="));
  g_assert_true (g_str_has_prefix (text, without));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/link/trackers", test_trackers);
  g_test_add_func ("/content/link/all-parts", test_all_parts);
  g_test_add_func ("/content/link/accepted", test_accepted);
  g_test_add_func ("/content/link/refused", test_refused);
  g_test_add_func ("/content/link/limits", test_limits);
  g_test_add_func ("/content/link/looks-like", test_looks_like);
  g_test_add_func ("/content/link/copy", test_copy);
  g_test_add_func ("/content/link/manifest", test_manifest);

  return g_test_run ();
}
