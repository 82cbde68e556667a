/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include "engine/node/node.h"

#include <gio/gio.h>
#include <string.h>

#define MIB ((gsize)1024 * 1024)
#define SIZE (24 * MIB + 777)

/* Files that are read by other programs while they are being downloaded. */

static RedesTrackerHost *tracker_host;
static const char *tracker;

typedef struct
{
  TestNode *sharer;
  TestNode *taker;
  GBytes *bytes;
  RedesTransfer *transfer;
  char *address;
  char *host;
  char *path;
} Fixture;

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static char *
open_stream (TestNode *node, RedesTransfer *transfer, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  redes_node_open_stream_async (node->node, transfer, NULL, result_cb, &result);
  net_wait_for (result != NULL);
  return redes_node_open_stream_finish (node->node, result, error);
}

/* A download that is slow, and can be read. */
static void
fixture_init (Fixture *fixture, const char *name, guint32 seed)
{
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (GError) error = NULL;
  const char *slash;

  fixture->sharer
      = test_node_new (&(TestNodeParams){ .tracker = tracker, .max_up_bytes_per_s = 2 * MIB });
  fixture->taker = test_node_new (&(TestNodeParams){ .tracker = tracker });
  fixture->bytes = test_bytes (seed, SIZE);
  link = test_node_share (fixture->sharer, name, fixture->bytes);
  test_node_wait_for_sources (fixture->taker, name, 1);
  fixture->transfer = redes_node_download (fixture->taker->node, link, NULL);
  fixture->address = open_stream (fixture->taker, fixture->transfer, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (fixture->address, "http://127.0.0.1:"));
  slash = strchr (fixture->address + strlen ("http://"), '/');
  fixture->host = g_strndup (fixture->address + strlen ("http://"),
                             (gsize)(slash - fixture->address) - strlen ("http://"));
  fixture->path = g_strdup (slash);
}

static void
fixture_clear (Fixture *fixture)
{
  g_clear_object (&fixture->transfer);
  test_node_free (fixture->taker);
  test_node_free (fixture->sharer);
  g_bytes_unref (fixture->bytes);
  g_free (fixture->address);
  g_free (fixture->host);
  g_free (fixture->path);
}

/* (transfer full): a connection on which @request was sent: its first line, and more fields, each
 * with its end of line. */
static GSocketConnection *
send_request (Fixture *fixture, const char *request, const char *host)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                             G_SOCKET_PROTOCOL_DEFAULT, &error);
  guint64 port = g_ascii_strtoull (strchr (fixture->host, ':') + 1, NULL, 10);
  g_autoptr (GSocketAddress) address
      = g_inet_socket_address_new_from_string ("127.0.0.1", (guint)port);
  g_autoptr (GSocketConnection) connection = g_socket_connection_factory_create_connection (socket);
  g_autofree char *text
      = g_strdup_printf ("%sHost: %s\r\nConnection: close\r\n\r\n", request, host);

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text,
                                 strlen (text), NULL, NULL, &error));
  g_assert_no_error (error);
  return g_steal_pointer (&connection);
}

/**
 * Answer:
 * @head: status line and fields
 * @body: until the other side closed
 */
typedef struct
{
  char *head;
  GBytes *body;
} Answer;

static Answer
read_answer (GSocketConnection *connection)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  guint8 buffer[65536];
  const char *end;
  gssize n;
  Answer answer;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL)) > 0)
    g_byte_array_append (all, buffer, (guint)n);
  end = g_strstr_len ((const char *)all->data, (gssize)all->len, "\r\n\r\n");
  g_assert_nonnull (end);
  end += 4;
  answer.head = g_strndup ((const char *)all->data, (gsize)(end - (const char *)all->data));
  answer.body = g_bytes_new (end, all->len - (gsize)(end - (const char *)all->data));
  return answer;
}

static void
answer_clear (Answer *answer)
{
  g_free (answer->head);
  g_bytes_unref (answer->body);
}

static Answer
get (Fixture *fixture, const char *method, const char *path, const char *fields)
{
  g_autofree char *request = g_strdup_printf ("%s %s HTTP/1.1\r\n%s", method, path, fields);
  g_autoptr (GSocketConnection) connection = send_request (fixture, request, fixture->host);

  return read_answer (connection);
}

static void
assert_part (Fixture *fixture, const char *range, gsize first, gsize end)
{
  g_autofree char *fields = g_strdup_printf ("Range: bytes=%s\r\n", range);
  g_autofree char *content_range
      = g_strdup_printf ("bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, first,
                         end - 1, (gsize)SIZE);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (fixture->bytes, first, end - first);
  Answer answer = get (fixture, "GET", fixture->path, fields);

  g_assert_nonnull (strstr (answer.head, " 206 "));
  g_assert_nonnull (strstr (answer.head, content_range));
  g_assert_true (g_bytes_equal (answer.body, part));
  answer_clear (&answer);
}

static void
assert_status (
    Fixture *fixture, const char *method, const char *path, const char *fields, const char *status)
{
  Answer answer = get (fixture, method, path, fields);

  g_assert_nonnull (strstr (answer.head, status));
  answer_clear (&answer);
}

/* Parts in any order, before they are there; then all of it. What is read last comes while the
 * download is far from its end. */
static void
test_ranges (void)
{
  Fixture fixture;
  Answer answer;

  fixture_init (&fixture, "film.mkv", 1);
  assert_part (&fixture, "25165000-", 25165000, SIZE);
  assert_part (&fixture, "12582912-12582912", 12582912, 12582913);
  assert_part (&fixture, "-5", SIZE - 5, SIZE);
  assert_part (&fixture, "262143-262144", 262143, 262145);
  g_main_context_iteration (NULL, FALSE);
  g_assert_false (redes_transfer_is_over (fixture.transfer));
  g_assert_cmpuint (redes_transfer_get_blocks_done (fixture.transfer), <,
                    redes_transfer_get_blocks (fixture.transfer));
  answer = get (&fixture, "HEAD", fixture.path, "");
  g_assert_nonnull (strstr (answer.head, " 200 "));
  g_assert_nonnull (strstr (answer.head, "Content-Length: 25166601\r\n"));
  g_assert_nonnull (strstr (answer.head, "Accept-Ranges: bytes\r\n"));
  g_assert_nonnull (strstr (answer.head, "Content-Type: video/"));
  g_assert_cmpuint (g_bytes_get_size (answer.body), ==, 0);
  answer_clear (&answer);
  test_node_set_limits (fixture.sharer->node, 0, 0);
  answer = get (&fixture, "GET", fixture.path, "");
  g_assert_nonnull (strstr (answer.head, " 200 "));
  g_assert_true (g_bytes_equal (answer.body, fixture.bytes));
  answer_clear (&answer);
  test_transfer_wait (fixture.transfer);
  test_transfer_check_done (fixture.transfer, fixture.bytes);
  /* Who has opened it reads on after its end. */
  assert_part (&fixture, "5-9", 5, 10);
  fixture_clear (&fixture);
}

/* Nobody learns anything without the address, nor by a name that leads here, nor changes anything.
 */
static void
test_refusals (void)
{
  Fixture fixture;
  g_autofree char *wrong = NULL;
  g_autofree char *request = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  Answer answer;

  fixture_init (&fixture, "page.html", 2);
  wrong = g_strdup (fixture.path);
  wrong[5] = wrong[5] == '0' ? '1' : '0';
  assert_status (&fixture, "GET", "/", "", " 404 ");
  assert_status (&fixture, "GET", wrong, "", " 404 ");
  assert_status (&fixture, "GET", "/../../../../etc/passwd", "", " 404 ");
  assert_status (&fixture, "POST", fixture.path, "Content-Length: 0\r\n", " 405 ");
  assert_status (&fixture, "DELETE", fixture.path, "", " 405 ");
  assert_status (&fixture, "GET", fixture.path, "Range: bytes=99999999-\r\n", " 416 ");
  request = g_strdup_printf ("GET %s HTTP/1.1\r\n", fixture.path);
  connection = send_request (&fixture, request, "evil.example:80");
  answer = read_answer (connection);
  g_assert_nonnull (strstr (answer.head, " 404 "));
  answer_clear (&answer);
  /* A page that a stranger has published is no page of this machine. */
  answer = get (&fixture, "HEAD", fixture.path, "");
  g_assert_nonnull (strstr (answer.head, "Content-Type: application/octet-stream\r\n"));
  g_assert_nonnull (strstr (answer.head, "sandbox"));
  answer_clear (&answer);
  fixture_clear (&fixture);
}

/* Who waits for a block of a transfer that is removed, or at the end of the node, is told by the
 * connection's end; the address is nobody's then. */
static void
test_removed (void)
{
  Fixture fixture;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *request = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;
  Answer answer;

  fixture_init (&fixture, "gone.mkv", 3);
  redes_node_pause (fixture.taker->node, fixture.transfer);
  net_wait_for (redes_transfer_get_state (fixture.transfer) == REDES_TRANSFER_PAUSED);
  request = g_strdup_printf ("GET %s HTTP/1.1\r\nRange: bytes=20000000-\r\n", fixture.path);
  connection = send_request (&fixture, request, fixture.host);
  redes_node_remove (fixture.taker->node, fixture.transfer);
  answer = read_answer (connection);
  g_assert_cmpuint (g_bytes_get_size (answer.body), ==, 0);
  answer_clear (&answer);
  test_transfer_check_failed (fixture.transfer, "removed");
  net_wait_for (test_count_files (fixture.taker->downloads) == 0);
  assert_status (&fixture, "GET", fixture.path, "", " 404 ");
  again = open_stream (fixture.taker, fixture.transfer, &error);
  g_assert_null (again);
  g_assert_nonnull (error);
  fixture_clear (&fixture);
}

/* Programs that go away while they wait leave their places: more than there are places for. */
static void
test_gone_readers (void)
{
  Fixture fixture;
  g_autofree char *request = NULL;

  fixture_init (&fixture, "seeks.mkv", 4);
  redes_node_pause (fixture.taker->node, fixture.transfer);
  net_wait_for (redes_transfer_get_state (fixture.transfer) == REDES_TRANSFER_PAUSED);
  request = g_strdup_printf ("GET %s HTTP/1.1\r\nRange: bytes=20000000-\r\n", fixture.path);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GSocketConnection) connection = send_request (&fixture, request, fixture.host);
      guint8 byte;

      /* Its head is there: it has a place. */
      g_assert_cmpint (g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                            &byte, 1, NULL, NULL),
                       ==, 1);
    }
  redes_node_resume (fixture.taker->node, fixture.transfer);
  assert_part (&fixture, "1000000-1000009", 1000000, 1000010);
  fixture_clear (&fixture);
}

/* The terminal's way: in order, held back by who reads, and nothing on the disk. */
static void
test_stream_in_order (void)
{
  TestNode *sharer = test_node_new (&(TestNodeParams){ .tracker = tracker });
  TestNode *taker = test_node_new (&(TestNodeParams){ .tracker = tracker });
  g_autoptr (GBytes) bytes = test_bytes (5, 40 * MIB + 1);
  g_autoptr (RedesLink) link = test_node_share (sharer, "stream.bin", bytes);
  g_autoptr (RedesTransfer) transfer = NULL;
  gsize offset = 0;

  test_node_wait_for_sources (taker, "stream.bin", 1);
  transfer = redes_node_stream (taker->node, link);
  while (offset < g_bytes_get_size (bytes))
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) part = NULL;
      g_autoptr (GBytes) expected = NULL;

      redes_node_read_async (taker->node, transfer, offset, result_cb, &result);
      net_wait_for (result != NULL);
      part = redes_node_read_finish (taker->node, result, &error);
      g_assert_no_error (error);
      expected = g_bytes_new_from_bytes (bytes, offset, g_bytes_get_size (part));
      g_assert_true (g_bytes_equal (part, expected));
      offset += g_bytes_get_size (part);
      /* Never more than a window ahead. */
      g_assert_cmpuint (redes_transfer_get_bytes_done (transfer), <=, offset + 16 * MIB);
      g_assert_cmpuint (test_count_files (taker->downloads), ==, 0);
    }
  test_transfer_wait (transfer);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_DONE);
  g_assert_null (redes_transfer_get_path (transfer));
  test_node_free (taker);
  test_node_free (sharer);
}

int
main (int argc, char **argv)
{
  g_autofree char *address = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  address = g_strdup_printf ("127.0.0.1:%u", test_tracker_host_get_port (tracker_host));
  tracker = address;
  g_test_add_func ("/node/streams/in-order", test_stream_in_order);
  if (REDES_HAS_MEDIA_SERVER)
    {
      g_test_add_func ("/node/streams/ranges", test_ranges);
      g_test_add_func ("/node/streams/refusals", test_refusals);
      g_test_add_func ("/node/streams/removed", test_removed);
      g_test_add_func ("/node/streams/gone-readers", test_gone_readers);
    }
  status = g_test_run ();
  test_tracker_host_free (tracker_host);
  return status;
}
