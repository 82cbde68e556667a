/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/format.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <locale.h>

static void
assert_words (RedesNotice *notice, const char *expected)
{
  g_autoptr (RedesNotice) owned = notice;
  g_autofree char *words = redes_format_notice (owned);

  g_assert_cmpstr (words, ==, expected);
}

/* A reason within a reason is in the person's language, too. */
static void
test_within (void)
{
  g_autoptr (GError) error
      = redes_error_new (REDES_IO_ERROR, G_IO_ERROR_FAILED, REDES_NOTICE_UNREADABLE, "a.txt",
                         redes_notice_arg_code (REDES_NOTICE_UNREADABLE_GONE));
  g_autofree char *words = redes_format_error (error);

  g_assert_cmpstr (error->message, ==, "“a.txt” cannot be read: it is not there any more");
  g_assert_cmpstr (words, ==, "“a.txt” não pode ser lido: não existe mais");
  assert_words (redes_notice_new (REDES_NOTICE_GONE_UNTIL_READABLE, error),
                "“a.txt” não pode ser lido: não existe mais; será compartilhado de novo quando "
                "puder");
}

static void
test_log (void)
{
  g_autoptr (RedesNotice) who
      = redes_notice_new (REDES_NOTICE_LOG_WHO, "ana", "k3xw-7aqd", "127.0.0.1:6001");
  g_autoptr (RedesNotice) somebody
      = redes_notice_new (REDES_NOTICE_LOG_SOMEONE, "k3xw-7aqd", "127.0.0.1:6001");

  assert_words (redes_notice_new (REDES_NOTICE_LOG_REGISTERED, who, 1),
                "ana (k3xw-7aqd) em 127.0.0.1:6001 registrou-se com 1 arquivo");
  assert_words (redes_notice_new (REDES_NOTICE_LOG_REGISTERED, somebody, 2),
                "alguém (k3xw-7aqd) em 127.0.0.1:6001 registrou-se com 2 arquivos");
  /* The language's own plural: none is one in Portuguese. */
  assert_words (redes_notice_new (REDES_NOTICE_LOG_STOPPED, 0), "parado com 0 par registrado");
  g_assert_cmpstr (redes_notice_get_english (who), ==, "ana (k3xw-7aqd) at 127.0.0.1:6001");
}

/* Words from elsewhere are as they came. */
static void
test_foreign (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "Oh %s");
  g_autofree char *words = redes_format_error (error);

  g_assert_cmpstr (words, ==, "Oh %s");
  g_assert_null (redes_format_notice (NULL));
}

/* What was kept in one language is told in the other. */
static void
test_kept (void)
{
  g_autoptr (RedesNotice) before = redes_notice_new (
      REDES_NOTICE_NO_SOURCE_RETURNED, 60, redes_notice_arg_code (REDES_NOTICE_NONE_WAS_THERE));
  g_autofree char *kept = redes_notice_serialize (before);

  assert_words (redes_notice_parse (kept), "nenhuma fonte voltou em 60 s (não havia nenhuma)");
}

/* The environment says which language. */
int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("REDES_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_test_add_func ("/app/words/within", test_within);
  g_test_add_func ("/app/words/log", test_log);
  g_test_add_func ("/app/words/foreign", test_foreign);
  g_test_add_func ("/app/words/kept", test_kept);
  return g_test_run ();
}
