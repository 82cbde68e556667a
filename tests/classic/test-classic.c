/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/registry.h"
#include "engine/base/error.h"
#include "engine/classic/protocol.h"

#include <string.h>

#define SECOND_US ((gint64)G_USEC_PER_SEC)

static const struct
{
  const char *text;
  const char *again; /* NULL: no command */
} commands[] = {
  { "REGISTER 127.0.0.1 6001 a.txt,b.txt", "REGISTER 127.0.0.1 6001 a.txt,b.txt" },
  { "REGISTER 127.0.0.1 6001", "REGISTER 127.0.0.1 6001 " },
  { "REGISTER 127.0.0.1 6001 ,a,,\x01,b", "REGISTER 127.0.0.1 6001 a,b" },
  { "REGISTER ::1 6001 a", "REGISTER ::1 6001 a" },
  { "REGISTER localhost 6001 a", NULL },
  { "REGISTER 127.0.0.1 65536 a", NULL },
  { "REGISTER 127.0.0.1 -1 a", NULL },
  { "REGISTER 127.0.0.1", NULL },
  { "UPDATE 10.0.0.1 1 a", "UPDATE 10.0.0.1 1 a" },
  { "UPDATE 10.0.0.1 1", NULL },
  { "UPDATE 10.0.0.1 1 a,b", NULL },
  { "HEARTBEAT 10.0.0.1 1", "HEARTBEAT 10.0.0.1 1" },
  { "  HEARTBEAT   10.0.0.1  1 \r\n", "HEARTBEAT 10.0.0.1 1" },
  { "UNREGISTER 10.0.0.1 1", "UNREGISTER 10.0.0.1 1" },
  { "SEARCH m\xc3\xbasica.mp3", "SEARCH m\xc3\xbasica.mp3" },
  { "SEARCH a\xff", NULL },
  { "LIST", "LIST" },
  { "list", NULL },
  { "GET a.txt 0 0", "GET a.txt 0 0" },
  { "GET a.txt 281474976710656 50", "GET a.txt 281474976710656 50" },
  { "GET a.txt 281474976710657 50", NULL },
  { "GET a.txt -5 50", NULL },
  { "GET a.txt 1", NULL },
  { "", NULL },
  { "DISCOVER_TRACKER", NULL },
};

static void
test_commands (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_auto (RedesClassicCommand) command = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      gboolean read = redes_classic_command_parse (commands[i].text, strlen (commands[i].text),
                                                   &command, &error);

      g_test_message ("command %u", i);
      g_assert_true (read == (commands[i].again != NULL));
      if (!read)
        {
          g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_DATA);
          continue;
        }
      text = redes_classic_command_format (&command);
      g_assert_cmpstr (text, ==, commands[i].again);
    }
}

static void
test_long_command (void)
{
  g_autofree char *text = g_strnfill (REDES_CLASSIC_MAX_COMMAND + 1, 'a');
  g_auto (RedesClassicCommand) command = { 0 };

  memcpy (text, "SEARCH ", 7);
  g_assert_false (redes_classic_command_parse (text, strlen (text), &command, NULL));
  text[7 + 255] = '\0';
  g_assert_true (redes_classic_command_parse (text, strlen (text), &command, NULL));
}

static void
test_addresses (void)
{
  const char *text = "127.0.0.1:6001,x:1,10.0.0.1:0,::1,10.0.0.2:65535,[::1]:7";
  g_auto (GStrv) all = redes_classic_parse_addresses (text, strlen (text), 10);
  g_auto (GStrv) one = redes_classic_parse_addresses (text, strlen (text), 1);
  g_auto (GStrv) none = redes_classic_parse_addresses ("NAO ENCONTRADO", 14, 10);

  g_assert_cmpstrv (all,
                    ((const char *const[]){ "127.0.0.1:6001", "10.0.0.2:65535", "[::1]:7", NULL }));
  g_assert_cmpuint (g_strv_length (one), ==, 1);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

static void
test_tracker_here (void)
{
  g_autofree char *host = NULL;
  g_autofree char *text = redes_classic_format_tracker_here ("10.0.0.1", 5000);
  guint16 port;

  g_assert_cmpstr (text, ==, "TRACKER_HERE 10.0.0.1 5000");
  g_assert_true (redes_classic_parse_tracker_here (text, strlen (text), &host, &port));
  g_assert_cmpstr (host, ==, "10.0.0.1");
  g_assert_cmpuint (port, ==, 5000);
  g_assert_false (redes_classic_parse_tracker_here ("TRACKER_HERE x 5000", 19, &host, &port));
  g_assert_false (redes_classic_parse_tracker_here ("TRACKER_HERE", 12, &host, &port));
}

/* The answer to the command @text from @from at @now_us. */
static char *
say (RedesClassicRegistry *registry, const char *from, gint64 now_us, const char *text)
{
  g_auto (RedesClassicCommand) command = { 0 };
  g_autoptr (RedesNotice) log = NULL;

  g_assert_true (redes_classic_command_parse (text, strlen (text), &command, NULL));
  return redes_classic_registry_answer (registry, &command, from, now_us, &log);
}

static void
expect (RedesClassicRegistry *registry,
        const char *from,
        gint64 now_us,
        const char *text,
        const char *wanted)
{
  g_autofree char *answer = say (registry, from, now_us, text);

  g_assert_cmpstr (answer, ==, wanted);
}

static void
test_silence (void)
{
  g_autoptr (RedesClassicRegistry) registry = redes_classic_registry_new (20 * SECOND_US, g_strdup);
  g_auto (GStrv) gone = NULL;
  g_auto (GStrv) rest = NULL;

  expect (registry, "10.0.0.1", 0, "REGISTER 10.0.0.1 6001 a", "");
  expect (registry, "10.0.0.2", 0, "REGISTER 10.0.0.2 6001 a", "");
  expect (registry, "10.0.0.2", 15 * SECOND_US, "HEARTBEAT 10.0.0.2 6001", "");
  gone = redes_classic_registry_expire (registry, 20 * SECOND_US);
  g_assert_cmpstrv (gone, ((const char *const[]){ "10.0.0.1:6001", NULL }));
  expect (registry, "10.0.0.9", 20 * SECOND_US, "SEARCH a", "10.0.0.2:6001");
  rest = redes_classic_registry_expire (registry, 35 * SECOND_US);
  g_assert_cmpuint (g_strv_length (rest), ==, 1);
  expect (registry, "10.0.0.9", 35 * SECOND_US, "SEARCH a", REDES_CLASSIC_NOT_FOUND);
}

/* An original peer registers only the address that it comes from. */
static void
test_in_anothers_name (void)
{
  g_autoptr (RedesClassicRegistry) registry = redes_classic_registry_new (20 * SECOND_US, g_strdup);

  expect (registry, "10.0.0.1", 0, "REGISTER 10.0.0.1 6001 a", "");
  expect (registry, "10.0.0.66", 0, "UNREGISTER 10.0.0.1 6001", "");
  expect (registry, "10.0.0.66", 0, "REGISTER 10.0.0.1 6001 b", "");
  expect (registry, "10.0.0.1", 0, "SEARCH a", "10.0.0.1:6001");
  expect (registry, "10.0.0.1", 0, "SEARCH b", "10.0.0.66:6001");
  /* Those on this machine may mean its other address. */
  expect (registry, "127.0.0.1", 0, "REGISTER 10.0.0.5 6002 c", "");
  expect (registry, "127.0.0.1", 0, "SEARCH c", "10.0.0.5:6002");
}

static void
test_limits (void)
{
  g_autoptr (RedesClassicRegistry) registry = redes_classic_registry_new (20 * SECOND_US, g_strdup);
  g_autofree char *list = NULL;

  for (guint host = 0; host < 8; host++)
    for (guint port = 1; port <= 100; port++)
      {
        g_autofree char *from = g_strdup_printf ("10.0.0.%u", host + 1);
        g_autofree char *text = g_strdup_printf ("REGISTER %s %u a", from, port);

        g_free (say (registry, from, 0, text));
        if (host == 0)
          g_assert_cmpuint (redes_classic_registry_get_size (registry), <=, 64);
      }
  g_assert_cmpuint (redes_classic_registry_get_size (registry), ==, 256);
  list = say (registry, "10.0.0.1", 0, "LIST");
  g_assert_cmpuint (strlen (list), <=, 4096);

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *text = g_strdup_printf ("UPDATE 10.0.0.1 1 file-%u", i);

      g_free (say (registry, "10.0.0.1", 0, text));
    }
  expect (registry, "10.0.0.1", 0, "SEARCH file-998", "10.0.0.1:1");
  expect (registry, "10.0.0.1", 0, "SEARCH file-1999", REDES_CLASSIC_NOT_FOUND);
}

/* Behind a proxy for address translation all original peers seem to come from this machine. */
static void
test_limits_of_this_machine (void)
{
  g_autoptr (RedesClassicRegistry) registry = redes_classic_registry_new (20 * SECOND_US, g_strdup);

  for (guint host = 0; host < 8; host++)
    for (guint port = 1; port <= 100; port++)
      {
        g_autofree char *text = g_strdup_printf ("REGISTER 10.0.0.%u %u a", host + 1, port);

        g_free (say (registry, "127.0.0.1", 0, text));
        if (host == 0)
          g_assert_cmpuint (redes_classic_registry_get_size (registry), <=, 64);
      }
  g_assert_cmpuint (redes_classic_registry_get_size (registry), ==, 192);
  /* There is room for others. */
  expect (registry, "10.0.0.99", 0, "REGISTER 10.0.0.99 6001 other", "");
  expect (registry, "10.0.0.99", 0, "SEARCH other", "10.0.0.99:6001");
}

static gboolean
contains (const char *words, gpointer user_data)
{
  return strstr (words, user_data) != NULL;
}

static gboolean
is_not_second (const char *address, gpointer user_data)
{
  return !g_str_has_prefix (address, "10.0.0.2:");
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* @found: freed here. Each file as NAME at PEERS, in the order of their names */
static void
expect_found (GPtrArray *found, const char *wanted)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *all = NULL;

  for (guint i = 0; i < found->len; i++)
    {
      const RedesClassicFile *file = g_ptr_array_index (found, i);
      g_autofree char *peers = g_strjoinv (",", file->peers);

      g_ptr_array_add (rows, g_strdup_printf ("%s at %s", file->name, peers));
    }
  g_ptr_array_unref (found);
  g_ptr_array_sort (rows, compare);
  g_ptr_array_add (rows, NULL);
  all = g_strjoinv ("; ", (char **)rows->pdata);
  g_assert_cmpstr (all, ==, wanted);
}

static void
test_find (void)
{
  g_autoptr (RedesClassicRegistry) registry = redes_classic_registry_new (20 * SECOND_US, g_strdup);
  g_auto (GStrv) gone = NULL;
  GPtrArray *many;

  expect (registry, "10.0.0.1", 0, "REGISTER 10.0.0.1 6001 song.mp3,text.txt", "");
  expect (registry, "10.0.0.2", 5, "REGISTER 10.0.0.2 6001 song.mp3,song-2.mp3", "");
  expect_found (redes_classic_registry_find (registry, contains, NULL, (char *)"song", 9),
                "song-2.mp3 at 10.0.0.2:6001; song.mp3 at 10.0.0.1:6001,10.0.0.2:6001");
  /* Whom the asker may not be told of is left out, and with the last of its peers the name. */
  expect_found (redes_classic_registry_find (registry, contains, is_not_second, (char *)"song", 9),
                "song.mp3 at 10.0.0.1:6001");
  expect_found (redes_classic_registry_find (registry, contains, NULL, (char *)"nothing", 9), "");

  /* A name goes with the last one who has it. */
  expect (registry, "10.0.0.2", 6, "REGISTER 10.0.0.2 6001 other.bin", "");
  expect_found (redes_classic_registry_find (registry, contains, NULL, (char *)"song", 9),
                "song.mp3 at 10.0.0.1:6001");
  gone = redes_classic_registry_expire (registry, 20 * SECOND_US);
  expect_found (redes_classic_registry_find (registry, contains, NULL, (char *)"song", 9), "");
  expect (registry, "10.0.0.2", 7, "UNREGISTER 10.0.0.2 6001", "");
  expect_found (redes_classic_registry_find (registry, contains, NULL, (char *)"", 9), "");

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *text = g_strdup_printf ("REGISTER 10.0.0.3 %u same,file-%u", i + 1, i);

      expect (registry, "10.0.0.3", 0, text, "");
    }
  many = redes_classic_registry_find (registry, contains, NULL, (char *)"file", 9);
  g_assert_cmpuint (many->len, ==, 9);
  g_ptr_array_unref (many);
  many = redes_classic_registry_find (registry, contains, NULL, (char *)"same", 9);
  g_assert_cmpuint (many->len, ==, 1);
  g_assert_cmpuint (g_strv_length (((RedesClassicFile *)g_ptr_array_index (many, 0))->peers), ==,
                    REDES_CLASSIC_MAX_FOUND_PEERS);
  g_ptr_array_unref (many);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/classic/commands", test_commands);
  g_test_add_func ("/tracker/classic/long-command", test_long_command);
  g_test_add_func ("/tracker/classic/addresses", test_addresses);
  g_test_add_func ("/tracker/classic/tracker-here", test_tracker_here);
  g_test_add_func ("/tracker/classic/silence", test_silence);
  g_test_add_func ("/tracker/classic/in-anothers-name", test_in_anothers_name);
  g_test_add_func ("/tracker/classic/find", test_find);
  g_test_add_func ("/tracker/classic/limits", test_limits);
  g_test_add_func ("/tracker/classic/limits-of-this-machine", test_limits_of_this_machine);
  return g_test_run ();
}
