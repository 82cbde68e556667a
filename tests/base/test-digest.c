/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/digest.h"

#include <string.h>

#define EMPTY_HEX "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define EMPTY_BASE32 "4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq"
#define ABC_HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static void
test_known_digests (void)
{
  RedesDigest digest;
  char hex[REDES_DIGEST_HEX_SIZE];
  g_autofree char *copy = NULL;
  g_autofree char *base32 = NULL;

  redes_digest_of ("", 0, &digest);
  redes_digest_to_hex (&digest, hex);
  g_assert_cmpstr (hex, ==, EMPTY_HEX);
  copy = redes_digest_dup_hex (&digest);
  g_assert_cmpstr (copy, ==, EMPTY_HEX);
  base32 = redes_digest_dup_base32 (&digest);
  g_assert_cmpstr (base32, ==, EMPTY_BASE32);

  redes_digest_of ("abc", 3, &digest);
  redes_digest_to_hex (&digest, hex);
  g_assert_cmpstr (hex, ==, ABC_HEX);
}

static void
test_round_trip (void)
{
  for (guint i = 0; i < 300; i++)
    {
      RedesDigest digest;
      RedesDigest back;
      g_autofree char *hex = NULL;
      g_autofree char *base32 = NULL;
      g_autofree char *upper = NULL;

      redes_digest_of (&i, sizeof i, &digest);
      hex = redes_digest_dup_hex (&digest);
      base32 = redes_digest_dup_base32 (&digest);
      g_assert_cmpuint (strlen (base32), ==, 52);

      g_assert_true (redes_digest_from_text (hex, -1, &back));
      g_assert_true (redes_digest_equal (&digest, &back));
      memset (&back, 0, sizeof back);
      g_assert_true (redes_digest_from_text (base32, 52, &back));
      g_assert_true (redes_digest_equal (&digest, &back));

      upper = g_ascii_strup (base32, -1);
      memset (&back, 0, sizeof back);
      g_assert_true (redes_digest_from_text (upper, -1, &back));
      g_assert_true (redes_digest_equal (&digest, &back));
    }
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    "e3",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
    EMPTY_HEX "0",
    "g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g",
    " 3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbk",
    EMPTY_BASE32 "a",
    "1oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkq",
    "4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbk=",
    /* The spare bits at the end are not zero. */
    "4oymiquy7qobjgx36tejs35zeqt24qpemsnzgtfeswmrw6csxbkr",
  };
  RedesDigest untouched;

  memset (&untouched, 0x5a, sizeof untouched);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      RedesDigest out = untouched;

      g_test_message ("%s", texts[i]);
      g_assert_false (redes_digest_from_text (texts[i], -1, &out));
      g_assert_true (redes_digest_equal (&out, &untouched));
    }

  /* The length rules, not the NUL. */
  {
    RedesDigest out;

    g_assert_true (redes_digest_from_text (EMPTY_HEX "tail", 64, &out));
    g_assert_false (redes_digest_from_text (EMPTY_HEX, 63, &out));
  }
}

static void
test_as_key (void)
{
  g_autoptr (GHashTable) table
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  RedesDigest low = { { 0 } };
  RedesDigest high = { { 0 } };

  for (guint i = 0; i < 1000; i++)
    {
      RedesDigest digest;

      redes_digest_of (&i, sizeof i, &digest);
      g_hash_table_insert (table, redes_digest_copy (&digest), GUINT_TO_POINTER (i));
    }
  g_assert_cmpuint (g_hash_table_size (table), ==, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      RedesDigest digest;

      redes_digest_of (&i, sizeof i, &digest);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (table, &digest)), ==, i);
    }

  high.bytes[31] = 1;
  g_assert_cmpint (redes_digest_compare (&low, &high), <, 0);
  g_assert_cmpint (redes_digest_compare (&high, &low), >, 0);
  g_assert_cmpint (redes_digest_compare (&low, &low), ==, 0);
  g_assert_false (redes_digest_equal (&low, &high));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/digest/known", test_known_digests);
  g_test_add_func ("/digest/round-trip", test_round_trip);
  g_test_add_func ("/digest/refused", test_refused);
  g_test_add_func ("/digest/as-key", test_as_key);
  return g_test_run ();
}
