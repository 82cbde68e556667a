/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/text.h"

#include "engine/base/error.h"

#include <string.h>

static char *
repeat (const char *unit, guint n, const char *tail)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, unit);
  g_string_append (text, tail);
  return g_string_free (text, FALSE);
}

static void
test_safe_names (void)
{
  static const struct
  {
    const char *name;
    const char *safe;
  } cases[] = {
    /* As they are. */
    { "report.pdf", "report.pdf" },
    { "with spaces and (brackets) [1].txt", "with spaces and (brackets) [1].txt" },
    { "Ação é útil – ñandú.txt", "Ação é útil – ñandú.txt" },
    { "👩‍👩‍👧 🎉.jpg", "👩‍👩‍👧 🎉.jpg" },
    { "名前.tar.gz", "名前.tar.gz" },
    { "a..b", "a..b" },
    { "consul.txt", "consul.txt" },
    { "com0", "com0" },
    { "com10", "com10" },
    { "lpt", "lpt" },
    { "~", "~" },
    { "-rf", "-rf" },
    /* Nothing. */
    { NULL, "unnamed" },
    { "", "unnamed" },
    { ".", "unnamed" },
    { "..", "unnamed" },
    { "...", "unnamed" },
    { " . . ", "unnamed" },
    /* Out of the folder. */
    { "../x", "_x" },
    { "../../etc/passwd", "_.._etc_passwd" },
    { "/etc/x", "_etc_x" },
    { "/", "_" },
    { "C:\\x", "C__x" },
    { "c:x", "c_x" },
    { "..\\..\\x", "_.._x" },
    { "a/../b", "a_.._b" },
    { "file.txt:stream", "file.txt_stream" },
    /* Hidden. */
    { ".bashrc", "bashrc" },
    { ". hidden", "hidden" },
    { " .x", "x" },
    { ".redes-00.part", "redes-00.part" },
    /* What Windows drops in silence. */
    { "x.", "x" },
    { "x. . .", "x" },
    { "x.txt ", "x.txt" },
    /* Devices. */
    { "CON", "_CON" },
    { "con.txt", "_con.txt" },
    { "nul.tar.gz", "_nul.tar.gz" },
    { "Aux", "_Aux" },
    { "PRN .txt", "_PRN .txt" },
    { "COM1", "_COM1" },
    { "lpt9.log", "_lpt9.log" },
    { "COM\302\271", "_COM\302\271" },
    { ".con", "_con" },
    { "CONOUT$", "_CONOUT$" },
    /* Control characters. */
    { "a\nb", "a_b" },
    { "a\033[31mb", "a_[31mb" },
    { "\t", "_" },
    { "a\177b", "a_b" },
    { "a\302\200b\302\237", "a_b_" },
    { "a\342\200\250b\342\200\251c", "a_b_c" },
    /* Right-to-left tricks: "exe.gpj" that reads "jpg.exe". */
    { "photo\342\200\256gpj.exe", "photo_gpj.exe" },
    { "a\342\201\246b\342\201\251c", "a_b_c" },
    { "a\342\200\216b\342\200\217c", "a_b_c" },
    /* Not UTF-8. */
    { "a\377b", "a\357\277\275b" },
    { "\300\256\300\256/x", "\357\277\275\357\277\275\357\277\275\357\277\275_x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *safe = redes_text_make_safe_file_name (cases[i].name, 255);

      g_assert_cmpstr (safe, ==, cases[i].safe);
    }
}

static void
test_long_names (void)
{
  g_autofree char *exact = repeat ("x", 251, ".txt");
  g_autofree char *longer = repeat ("x", 1000, ".txt");
  g_autofree char *accents = repeat ("é", 200, ".flac");
  g_autofree char *emoji = repeat ("🎉", 100, "");
  g_autofree char *dots = repeat (".", 1000, "x");
  g_autofree char *long_extension
      = repeat ("x", 10, ".aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
  g_autofree char *space_at_cut = repeat ("ab ", 100, "");
  g_autofree char *safe = NULL;

  safe = redes_text_make_safe_file_name (exact, 255);
  g_assert_cmpstr (safe, ==, exact);
  g_free (safe);

  safe = redes_text_make_safe_file_name (longer, 255);
  g_assert_cmpstr (safe, ==, exact);
  g_free (safe);

  /* No character is cut in two. */
  safe = redes_text_make_safe_file_name (accents, 255);
  g_assert_cmpuint (strlen (safe), ==, 255);
  g_assert_true (g_utf8_validate (safe, -1, NULL));
  g_assert_true (g_str_has_suffix (safe, "é.flac"));
  g_free (safe);

  safe = redes_text_make_safe_file_name (emoji, 255);
  g_assert_cmpuint (strlen (safe), ==, 252);
  g_assert_true (g_utf8_validate (safe, -1, NULL));
  g_free (safe);

  safe = redes_text_make_safe_file_name (dots, 255);
  g_assert_cmpstr (safe, ==, "x");
  g_free (safe);

  safe = redes_text_make_safe_file_name (long_extension, 16);
  g_assert_cmpstr (safe, ==, "xxxxxxxxxx.aaaaa");
  g_free (safe);

  safe = redes_text_make_safe_file_name (space_at_cut, 18);
  g_assert_cmpstr (safe, ==, "ab ab ab ab ab ab");
  g_free (safe);

  safe = redes_text_make_safe_file_name ("con.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 16);
  g_assert_cmpstr (safe, ==, "_con.aaaaaaaaaaa");
}

static gboolean
may_be_in_a_name (gunichar c)
{
  return c >= 0x20 && c != 0x7f && !(c >= 0x80 && c <= 0x9f) && c != '/' && c != '\\' && c != ':'
         && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069) && c != 0x200e
         && c != 0x200f;
}

/* Whatever comes in, what comes out is one entry of a folder. */
static void
test_any_name_is_safe (void)
{
  static const char *const pieces[] = {
    ".",
    "..",
    "/",
    "\\",
    ":",
    " ",
    "a",
    "CON",
    "nul",
    ".txt",
    "\n",
    "é",
    "🎉",
    "\377",
    "\300",
    "\t",
    "COM1",
    "x.y",
    "\342\200\256",
    "\342\200\250",
    "_",
    "lpt9",
    "\1",
    "~",
    "$",
    "(2)",
    "-",
    "ação",
    "\177",
    "\302\205",
    "\355\240\200",
    "%s",
  };
  g_autoptr (GRand) rand = g_rand_new_with_seed (300);

  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      g_autofree char *safe = NULL;
      g_autofree char *again = NULL;
      gint n_pieces = g_rand_int_range (rand, 0, i % 10 == 0 ? 300 : 8);
      gsize max_bytes = (gsize)g_rand_int_range (rand, 16, 256);

      for (gint j = 0; j < n_pieces; j++)
        g_string_append (name, pieces[g_rand_int_range (rand, 0, G_N_ELEMENTS (pieces))]);

      safe = redes_text_make_safe_file_name (name->str, max_bytes);
      g_assert_cmpuint (strlen (safe), >, 0);
      g_assert_cmpuint (strlen (safe), <=, max_bytes);
      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_false (safe[0] == '.' || safe[0] == ' ');
      g_assert_false (g_str_has_suffix (safe, ".") || g_str_has_suffix (safe, " "));
      for (const char *p = safe; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_true (may_be_in_a_name (g_utf8_get_char (p)));

      /* A safe name is left alone. */
      again = redes_text_make_safe_file_name (safe, max_bytes);
      g_assert_cmpstr (again, ==, safe);
    }
}

static void
test_numbered (void)
{
  static const struct
  {
    const char *name;
    guint number;
    const char *numbered;
  } cases[] = {
    { "name.ext", 2, "name (2).ext" },
    { "name", 3, "name (3)" },
    { "a.b.c", 10, "a.b (10).c" },
    { "x.", 2, "x. (2)" },
    { ".x", 2, ".x (2)" },
    { "Mr. Smith goes home", 2, "Mr. Smith goes home (2)" },
    { "x.aaaaaaaaaaaaaaaaa", 2, "x.aaaaaaaaaaaaaaaaa (2)" },
  };
  g_autofree char *full = repeat ("é", 125, ".jpeg");
  g_autofree char *full_numbered = redes_text_numbered_file_name (full, 12);
  g_autofree char *plain = repeat ("🎉", 63, "xyz");
  g_autofree char *plain_numbered = redes_text_numbered_file_name (plain, G_MAXUINT);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *numbered = redes_text_numbered_file_name (cases[i].name, cases[i].number);

      g_assert_cmpstr (numbered, ==, cases[i].numbered);
    }

  g_assert_cmpuint (strlen (full), ==, 255);
  g_assert_cmpuint (strlen (full_numbered), <=, 255);
  g_assert_cmpuint (strlen (full_numbered), >=, 254);
  g_assert_true (g_utf8_validate (full_numbered, -1, NULL));
  g_assert_true (g_str_has_suffix (full_numbered, "é (12).jpeg"));

  g_assert_cmpuint (strlen (plain), ==, 255);
  g_assert_cmpuint (strlen (plain_numbered), <=, 255);
  g_assert_true (g_utf8_validate (plain_numbered, -1, NULL));
  g_assert_true (g_str_has_suffix (plain_numbered, "🎉 (4294967295)"));
}

static void
test_names_on_a_terminal (void)
{
  static const char *const names[][2] = {
    { "plain.txt", "plain.txt" },
    { "a\033[2Jb\nc\302\233d\342\200\256e", "a�[2Jb�c�d�e" },
    { "\342\200\213\343\205\244", "<U+200B><U+3164>" },
    { " ", "<U+0020>" },
    { "a\342\200\213", "a\342\200\213" },
    { "", "" },
  };
  g_autofree char *path = redes_text_display_path ("/tmp/\342\200\213");
  g_autofree char *safe = redes_text_make_terminal_safe ("one\n  two\033[2J\302\233\377");
  g_autofree char *escaped = redes_text_escape_controls ("a\302\233b\342\200\256c\033é");

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *shown = redes_text_display_name (names[i][0]);

      g_assert_cmpstr (shown, ==, names[i][1]);
    }
  g_assert_cmpstr (path, ==, "/tmp/<U+200B>");
  g_assert_cmpstr (safe, ==, "one\n  two�[2J��");
  g_assert_cmpstr (escaped, ==, "a\\u009bb\\u202ec\\u001bé");
}

static void
test_printable (void)
{
  static const struct
  {
    const char *text;
    gsize max_chars;
    const char *printable;
  } cases[] = {
    { NULL, 10, "" },
    { "", 10, "" },
    { "", 0, "" },
    { "abc", 0, "" },
    { "plain", 10, "plain" },
    { "exact", 5, "exact" },
    { "longer", 5, "long…" },
    { "ação", 4, "ação" },
    { "açãos", 4, "açã…" },
    { "ab", 1, "…" },
    { "a\nb\033[2J", 20, "a\357\277\275b\357\277\275[2J" },
    { "a\342\200\256b\342\200\251", 20, "a\357\277\275b\357\277\275" },
    { "\377\376", 20, "\357\277\275\357\277\275" },
    { "\377\376\375", 2, "\357\277\275…" },
    { "👩‍👧", 20, "👩‍👧" },
    { "anything", G_MAXSIZE, "anything" },
  };
  g_autofree char *huge = repeat ("🎉\377", 100000, "");
  g_autofree char *cut = redes_text_make_printable (huge, 50);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *printable = redes_text_make_printable (cases[i].text, cases[i].max_chars);

      g_assert_cmpstr (printable, ==, cases[i].printable);
    }

  g_assert_true (g_utf8_validate (cut, -1, NULL));
  g_assert_cmpint (g_utf8_strlen (cut, -1), ==, 50);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *text;
    guint16 default_port;
    const char *host;
    guint16 port;
  } cases[] = {
    { "127.0.0.1:5000", 0, "127.0.0.1", 5000 },
    { "localhost:1", 0, "localhost", 1 },
    { "tracker.example.org:65535", 0, "tracker.example.org", 65535 },
    { "my_host-2:80", 0, "my_host-2", 80 },
    { "exämple.org:80", 0, "exämple.org", 80 },
    { "0.0.0.0:0", 0, "0.0.0.0", 0 },
    { "[::1]:5000", 0, "::1", 5000 },
    { "[fe80::1%eth0]:5000", 0, "fe80::1%eth0", 5000 },
    { "[::]:0", 7, "::", 0 },
    { ":5000", 0, "", 5000 },
    { "host", 5000, "host", 5000 },
    { "host:6", 5000, "host", 6 },
    { "[::1]", 5000, "::1", 5000 },
    { "::1", 5000, "::1", 5000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *host = NULL;
      guint16 port = 0;

      redes_text_parse_address (cases[i].text, cases[i].default_port, &host, &port, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (host, ==, cases[i].host);
      g_assert_cmpuint (port, ==, cases[i].port);
    }
}

static void
test_bad_addresses (void)
{
  static const struct
  {
    const char *text;
    guint16 default_port;
  } cases[] = {
    { "", 0 },
    { "", 5000 },
    { ":", 5000 },
    { "host", 0 },
    { "host:", 0 },
    { "host:", 5000 },
    { "host:65536", 0 },
    { "host:-1", 0 },
    { "host:+1", 0 },
    { "host: 1", 0 },
    { "host:80x", 0 },
    { "host:99999999999999999999", 0 },
    { "host:1:2", 0 },
    { "::1", 0 },
    { "::1:5000x", 0 },
    { "[::1", 5000 },
    { "[::1]", 0 },
    { "[::1]5000", 0 },
    { "[::1]:", 0 },
    { "[]:5000", 0 },
    { "[127.0.0.1]:5000", 0 },
    { "[host]:5000", 0 },
    { "256.1.1.1:80", 0 },
    { "1.2.3:80", 0 },
    { "http://host:80", 0 },
    { "ho st:80", 0 },
    { "user@host:80", 0 },
    { "host/x:80", 0 },
    { "-host:80", 0 },
    { "a..b:80", 0 },
    { "h\377st:80", 0 },
    { "host\n:80", 0 },
  };
  g_autofree char *long_host = repeat ("a", 300, ":80");
  g_autofree char *untouched = g_strdup ("untouched");
  guint16 port = 77;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *shown = g_strescape (cases[i].text, NULL);

      g_test_message ("“%s”", shown);
      g_assert_false (redes_text_parse_address (cases[i].text, cases[i].default_port, &untouched,
                                                &port, &error));
      g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_cmpstr (untouched, ==, "untouched");
      g_assert_cmpuint (port, ==, 77);
    }

  g_assert_false (redes_text_parse_address (long_host, 0, &untouched, &port, NULL));
}

static void
test_format_address (void)
{
  static const struct
  {
    const char *host;
    guint16 port;
    const char *text;
  } cases[] = {
    { "127.0.0.1", 80, "127.0.0.1:80" },
    { "::1", 80, "[::1]:80" },
    { "host", 65535, "host:65535" },
    { "fe80::1%eth0", 1, "[fe80::1%eth0]:1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = redes_text_format_address (cases[i].host, cases[i].port);
      g_autofree char *host = NULL;
      guint16 port;

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (redes_text_parse_address (text, 0, &host, &port, NULL));
      g_assert_cmpstr (host, ==, cases[i].host);
      g_assert_cmpuint (port, ==, cases[i].port);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/text/names-on-a-terminal", test_names_on_a_terminal);
  g_test_add_func ("/text/safe-names", test_safe_names);
  g_test_add_func ("/text/long-names", test_long_names);
  g_test_add_func ("/text/any-name-is-safe", test_any_name_is_safe);
  g_test_add_func ("/text/numbered", test_numbered);
  g_test_add_func ("/text/printable", test_printable);
  g_test_add_func ("/text/addresses", test_addresses);
  g_test_add_func ("/text/bad-addresses", test_bad_addresses);
  g_test_add_func ("/text/format-address", test_format_address);
  return g_test_run ();
}
