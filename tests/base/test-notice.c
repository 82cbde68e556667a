/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/error.h"

#include <errno.h>
#include <string.h>

GQuark redes_test_error_quark (void);
REDES_DEFINE_ERROR (redes_test_error)

static RedesNotice *
round_trip (RedesNotice *notice)
{
  g_autofree char *text = redes_notice_serialize (notice);

  redes_notice_unref (notice);
  return redes_notice_parse (text);
}

static void
assert_english (RedesNotice *notice, const char *expected)
{
  g_autoptr (RedesNotice) owned = notice;

  g_assert_cmpstr (redes_notice_get_english (owned), ==, expected);
}

static void
test_words (void)
{
  assert_english (redes_notice_new (REDES_NOTICE_CLOSED), "the other side ended the connection");
  assert_english (redes_notice_new (REDES_NOTICE_PORT_IN_USE, (guint16)80, "0.0.0.0:80"),
                  "Port 80 is in use by another program (0.0.0.0:80). Stop that program, or "
                  "choose another port; port 0 picks a free one");
  /* What looks like a conversion is none in an argument. */
  assert_english (redes_notice_new (REDES_NOTICE_WITHIN, "%s%n100%", (const char *)NULL),
                  "%s%n100%: ");
}

static void
test_numbers (void)
{
  assert_english (redes_notice_new (REDES_NOTICE_WITHIN, G_MAXUINT64, G_MININT64),
                  "18446744073709551615: -9223372036854775808");
  assert_english (redes_notice_new (REDES_NOTICE_WITHIN, (guint8)255, -1), "255: -1");
}

static void
test_plural (void)
{
  assert_english (redes_notice_new (REDES_NOTICE_VALUE_LENGTH,
                                    redes_notice_arg_code (REDES_NOTICE_WHAT_NAME), 1, 2, 3),
                  "a name has 1 byte, but may have 2 to 3");
  assert_english (redes_notice_new (REDES_NOTICE_VALUE_LENGTH,
                                    redes_notice_arg_code (REDES_NOTICE_WHAT_NAME), 0, 2, 3),
                  "a name has 0 bytes, but may have 2 to 3");
}

static void
test_within (void)
{
  g_autoptr (RedesNotice) inner = redes_notice_new (REDES_NOTICE_CLOSED);
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "Oh");
  g_autoptr (GError) own
      = redes_error_new (redes_test_error_quark (), 1, REDES_NOTICE_WITHIN, "a", inner);

  assert_english (redes_notice_new (REDES_NOTICE_WITHIN, "h:1", inner),
                  "h:1: the other side ended the connection");
  assert_english (redes_notice_new (REDES_NOTICE_WITHIN, "h:1", foreign), "h:1: Oh");
  assert_english (redes_notice_new (REDES_NOTICE_WITHIN, "h:1", own),
                  "h:1: a: the other side ended the connection");
}

static void
test_errno (void)
{
  g_autofree char *expected = g_strconcat ("It cannot be read: ", g_strerror (EIO), NULL);

  assert_english (redes_notice_new (REDES_NOTICE_HASH_UNREADABLE, redes_notice_arg_errno (EIO)),
                  expected);
}

static void
test_error (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;
  g_autofree char *words = NULL;

  redes_set_error (&error, REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_WITHIN, "a", "b");
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpstr (error->message, ==, "a: b");
  g_assert_cmpint (redes_notice_get_code (redes_error_get_notice (error)), ==, REDES_NOTICE_WITHIN);

  copy = g_error_copy (error);
  g_clear_error (&error);
  words = redes_error_dup_words (copy, NULL);
  g_assert_cmpstr (words, ==, "a: b");

  /* Nobody asks for it: nothing may be leaked. */
  redes_set_error (NULL, REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_CLOSED);
}

static void
test_error_from (void)
{
  g_autoptr (GError) gio = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "late");
  g_autoptr (GError) cancelled = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "no");
  g_autoptr (GError) resolver
      = g_error_new_literal (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "who");
  g_autoptr (GError) own = redes_error_new (redes_test_error_quark (), 7, REDES_NOTICE_CLOSED);
  GError *reasons[] = { gio, cancelled, resolver, own };
  const struct
  {
    GQuark domain;
    int code;
    const char *words;
  } expected[] = {
    { REDES_IO_ERROR, G_IO_ERROR_TIMED_OUT, "h: late" },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, "no" },
    { REDES_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND, "h: who" },
    { redes_test_error_quark (), 7, "h: the other side ended the connection" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autoptr (GError) error
          = redes_error_new_from (reasons[i], REDES_NOTICE_WITHIN, "h", reasons[i]);

      g_assert_error (error, expected[i].domain, expected[i].code);
      g_assert_cmpstr (error->message, ==, expected[i].words);
    }
}

static void
test_kept (void)
{
  g_autoptr (GError) error = redes_error_new (REDES_IO_ERROR, 1, REDES_NOTICE_HASH_UNREADABLE,
                                              redes_notice_arg_errno (EACCES));
  RedesNotice *notice = redes_notice_new (REDES_NOTICE_VALUE_LENGTH, error, G_MAXUINT64,
                                          redes_notice_arg_size (5000), "it's \"“\n\t");
  g_autoptr (RedesNotice) before = redes_notice_ref (notice);
  g_autoptr (RedesNotice) after = round_trip (notice);

  g_assert_true (redes_notice_equal (before, after));
  g_assert_cmpint (redes_notice_get_code (after), ==, REDES_NOTICE_VALUE_LENGTH);
  g_assert_null (redes_notice_parse (NULL));
  g_assert_null (redes_notice_serialize (NULL));
}

/* What another version of Redes kept, or a damaged disk. */
static void
test_kept_otherwise (void)
{
  static const struct
  {
    const char *text;
    const char *words;
  } cases[] = {
    { "no room", "no room" },
    { "", "" },
    { "(half", "(half" },
    { "('SOMETHING_NEW', 'It is new', [<'a'>])", "It is new" },
    { "('WITHIN', 'a: b', [<'a'>])", "a: b" },
    { "('WITHIN', 'a: b', [<'a'>, <true>])", "a: b" },
    { "('WITHIN', 'a: b', [<('CLOSED', 'c', @av [])>, <true>])", "a: b" },
    { "('VALUE_LENGTH', 'many', [<'a'>, <'b'>, <'c'>, <'d'>])", "many" },
    { "('WITHIN', 'x', [<('CLOSED', 'c', @av [])>, <'b'>])",
      "the other side ended the connection: b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_english (redes_notice_parse (cases[i].text), cases[i].words);
}

static void
test_kept_too_deep (void)
{
  g_autoptr (RedesNotice) notice = redes_notice_new (REDES_NOTICE_WITHIN, "a", "b");

  for (guint i = 0; i < 12; i++)
    {
      RedesNotice *outer = redes_notice_new (REDES_NOTICE_WITHIN, "a", notice);

      redes_notice_unref (notice);
      notice = outer;
    }
  {
    g_autoptr (RedesNotice) same = round_trip (redes_notice_ref (notice));

    g_assert_cmpstr (redes_notice_get_english (same), ==, redes_notice_get_english (notice));
  }
}

static gpointer
word_it (gpointer data)
{
  return redes_notice_dup_words (data, NULL);
}

static void
test_thread (void)
{
  g_autoptr (RedesNotice) notice = redes_notice_new (REDES_NOTICE_WITHIN, "a", "b");
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, word_it, notice);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autofree char *words = g_thread_join (threads[i]);

      g_assert_cmpstr (words, ==, "a: b");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/notice/words", test_words);
  g_test_add_func ("/base/notice/numbers", test_numbers);
  g_test_add_func ("/base/notice/plural", test_plural);
  g_test_add_func ("/base/notice/within", test_within);
  g_test_add_func ("/base/notice/errno", test_errno);
  g_test_add_func ("/base/notice/error", test_error);
  g_test_add_func ("/base/notice/error-from", test_error_from);
  g_test_add_func ("/base/notice/kept", test_kept);
  g_test_add_func ("/base/notice/kept-otherwise", test_kept_otherwise);
  g_test_add_func ("/base/notice/kept-too-deep", test_kept_too_deep);
  g_test_add_func ("/base/notice/thread", test_thread);
  return g_test_run ();
}
