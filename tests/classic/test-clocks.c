/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/host.h"
#include "engine/classic/reader.h"
#include "net-fixture.h"

#include <string.h>

/* What depends on time here is handed a clock, so that no test waits for it. */

#define TIMEOUT_S 90
#define COMMANDS_PER_S 2u

static gint64
get_test_time (gpointer user_data)
{
  return *(gint64 *)user_data;
}

/* Sends @text, as one who connects. Returns: (transfer full): the end at which the answer comes */
static GSocketConnection *
send_command (const char *text, GSocketConnection **server)
{
  GSocketConnection *client;
  GError *error = NULL;

  net_connect (&client, server);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (client)), text,
                             strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
  return client;
}

static char *
ask (RedesClassicHost *host, const char *text)
{
  g_autoptr (GSocketConnection) server = NULL;
  g_autoptr (GSocketConnection) client = send_command (text, &server);
  GSocket *socket = g_socket_connection_get_socket (client);
  GString *answer = g_string_new (NULL);
  gssize n = -1;

  redes_classic_host_accept (host, server);
  g_clear_object (&server);
  while (n != 0)
    {
      char buffer[256];

      net_wait_for (g_socket_condition_check (socket, G_IO_IN | G_IO_HUP) != 0);
      n = g_socket_receive (socket, buffer, sizeof buffer, NULL, NULL);
      g_assert_cmpint (n, >=, 0);
      g_string_append_len (answer, buffer, n);
    }
  return g_string_free (answer, FALSE);
}

static void
assert_answer (RedesClassicHost *host, const char *text, const char *expected)
{
  g_autofree char *answer = ask (host, text);

  g_assert_cmpstr (answer, ==, expected);
}

static void
count_timed_out (RedesNotice *notice, gpointer user_data)
{
  if (redes_notice_get_code (notice) == REDES_NOTICE_LOG_CLASSIC_TIMED_OUT)
    ++*(guint *)user_data;
}

static char *
fold (const char *name)
{
  return g_strdup (name);
}

/* An original peer that is silent for longer than the timeout is gone, and one that is not stays.
 */
static void
test_silence (void)
{
  gint64 now_us = G_USEC_PER_SEC;
  RedesClock clock = { .now_us = get_test_time, .user_data = &now_us };
  guint n_gone = 0;
  RedesEventLog *log = redes_event_log_new (count_timed_out, &n_gone);
  RedesClassicHost *host
      = redes_classic_host_new ("127.0.0.1", 5000, 0, TIMEOUT_S, fold, &clock, log);

  assert_answer (host, "REGISTER 127.0.0.1 6001 a.txt", "");
  assert_answer (host, "REGISTER 127.0.0.1 6002 b.txt", "");
  now_us += (TIMEOUT_S - 1) * G_USEC_PER_SEC;
  assert_answer (host, "HEARTBEAT 127.0.0.1 6002", "");
  assert_answer (host, "LIST", "127.0.0.1:6001,127.0.0.1:6002");
  now_us += 2 * G_USEC_PER_SEC;
  net_wait_for (n_gone > 0);
  g_assert_cmpuint (n_gone, ==, 1);
  assert_answer (host, "LIST", "127.0.0.1:6002");

  redes_classic_host_free (host);
  redes_event_log_free (log);
}

static void
count_command (const RedesClassicCommand *command,
               GSocketConnection *connection,
               const char *from,
               gpointer user_data)
{
  ++*(guint *)user_data;
}

/* Commands beyond the limit of one address wait for as long as the limit requires, by the clock. */
static void
test_limit (void)
{
  gint64 now_us = G_USEC_PER_SEC;
  RedesClock clock = { .now_us = get_test_time, .user_data = &now_us };
  g_autoptr (GPtrArray) ends = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_commands = 0;
  RedesClassicReader *reader
      = redes_classic_reader_new (&clock, COMMANDS_PER_S, count_command, &n_commands);

  for (guint i = 0; i < 3 * COMMANDS_PER_S; i++)
    {
      g_autoptr (GSocketConnection) server = NULL;

      g_ptr_array_add (ends, send_command ("LIST", &server));
      redes_classic_reader_add (reader, server);
    }
  net_wait_for (n_commands == 2 * COMMANDS_PER_S);
  net_run_for (100);
  g_assert_cmpuint (n_commands, ==, 2 * COMMANDS_PER_S);
  now_us += G_USEC_PER_SEC / COMMANDS_PER_S;
  net_wait_for (n_commands == 2 * COMMANDS_PER_S + 1);
  net_run_for (100);
  g_assert_cmpuint (n_commands, ==, 2 * COMMANDS_PER_S + 1);
  now_us += G_USEC_PER_SEC;
  net_wait_for (n_commands == 3 * COMMANDS_PER_S);

  redes_classic_reader_free (reader);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/classic/clocks/silence", test_silence);
  g_test_add_func ("/classic/clocks/limit", test_limit);
  return g_test_run ();
}
