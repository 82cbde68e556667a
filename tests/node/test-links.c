/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node-fixture.h"

#include <string.h>

/* What a link may make a peer do: its trackers are asked for its content, and for nothing else. */

static RedesLink *
with_trackers (const RedesLink *link, const char *const *trackers)
{
  RedesLink *copy = redes_link_copy (link);

  g_strfreev (copy->trackers);
  copy->trackers = g_strdupv ((char **)trackers);
  return copy;
}

/* Lines of its log that have @words in them. */
static guint
count_log (RedesTrackerHost *host, const char *words)
{
  GListModel *log = redes_tracker_host_get_log (host);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (log); i++)
    {
      g_autoptr (RedesLogLine) line = g_list_model_get_item (log, i);

      n += strstr (redes_log_line_get_words (line), words) != NULL;
    }
  return n;
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

/* It hears of no name, of no file, and of no search. */
static void
test_for_that_content_only (void)
{
  RedesTrackerHost *own = test_tracker_host_new (0);
  RedesTrackerHost *named = test_tracker_host_new (0);
  TestNode *ana = test_node_new (
      &(TestNodeParams){ .nickname = "ana", .tracker = redes_tracker_host_get_address (named) });
  TestNode *bia = test_node_new (
      &(TestNodeParams){ .nickname = "bia", .tracker = redes_tracker_host_get_address (own) });
  const char *trackers[] = { redes_tracker_host_get_address (named), NULL };
  g_autoptr (GBytes) bytes = test_bytes (1, 700000);
  g_autoptr (GBytes) others = test_bytes (2, 100);
  g_autoptr (RedesLink) shared = test_node_share (ana, "wanted.bin", bytes);
  g_autoptr (RedesLink) kept = test_node_share (bia, "kept.bin", others);
  g_autoptr (RedesLink) link = with_trackers (shared, trackers);
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (GAsyncResult) answer = NULL;
  g_autoptr (GListModel) results = NULL;

  test_node_wait_for_sources (ana, "wanted.bin", 1);
  transfer = test_node_download (bia, link);
  test_transfer_check_done (transfer, bytes);
  g_assert_cmpuint (g_list_model_get_n_items (redes_node_get_trackers (bia->node)), ==, 1);
  redes_node_search_async (bia->node, "secret words", 10, NULL, result_cb, &answer);
  net_wait_for (answer != NULL);
  results = redes_node_search_finish (bia->node, answer, NULL, NULL, NULL);
  net_wait_for (count_log (own, "secret words") > 0);
  net_wait_for (count_log (named, "asked for sources") > 0);
  g_assert_cmpuint (count_log (named, "secret words"), ==, 0);
  g_assert_cmpuint (count_log (named, "bia"), ==, 0);
  g_assert_cmpuint (count_log (named, "registered with"), ==, 1);
  g_clear_object (&answer);
  test_node_free (bia);
  test_node_free (ana);
  test_tracker_host_free (named);
  test_tracker_host_free (own);
}

/* A listener that takes what comes and never answers. */

typedef struct
{
  GSocketService *service;
  char *address;
  guint n_accepted;
  guint n_closed;
  char buffer[1024];
} Silent;

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Silent *self = user_data;
  GInputStream *stream = G_INPUT_STREAM (object);
  gssize n = g_input_stream_read_finish (stream, result, NULL);

  if (n <= 0)
    {
      self->n_closed++;
      /* The two hold each other until here. */
      g_object_set_data (object, "connection", NULL);
    }
  else
    g_input_stream_read_async (stream, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT, NULL,
                               read_cb, self);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, Silent *self)
{
  GInputStream *stream = g_io_stream_get_input_stream (G_IO_STREAM (connection));

  self->n_accepted++;
  g_object_set_data_full (G_OBJECT (stream), "connection", g_object_ref (connection),
                          g_object_unref);
  g_input_stream_read_async (stream, self->buffer, sizeof self->buffer, G_PRIORITY_DEFAULT, NULL,
                             read_cb, self);
  return TRUE;
}

static void
silent_start (Silent *self, const char *name)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;

  self->service = g_socket_service_new ();
  g_assert_true (g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any_port,
                                                G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                                &bound, NULL));
  self->address = g_strdup_printf ("%s:%u", name,
                                   g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
}

static void
silent_stop (Silent *self)
{
  /* What is still read from it must have ended: the reader holds the connection. */
  net_wait_for (self->n_closed == self->n_accepted);
  g_socket_service_stop (self->service);
  g_clear_object (&self->service);
  g_clear_pointer (&self->address, g_free);
}

static void
on_removed (RedesNode *node, RedesTransfer *transfer, gboolean *removed)
{
  *removed = TRUE;
}

/* With the download its queries end, and their connections. */
static void
test_dropped_at_its_end (void)
{
  Silent silent = { 0 };
  TestNode *bia = test_node_new (&(TestNodeParams){ .patience_s = 600 });
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autofree char *text = NULL;
  gboolean removed = FALSE;

  silent_start (&silent, "127.0.0.1");
  text = g_strdup_printf ("redes:%s?n=a&s=7&t=%s",
                          "ny2axhh7wn5jrhffittlw6akfr4jahj7wm3tq5ufcgrqmf5puaoq", silent.address);
  link = redes_link_parse (text, NULL);
  g_assert_nonnull (link);
  g_signal_connect (bia->node, "transfer-removed", G_CALLBACK (on_removed), &removed);
  transfer = redes_node_download (bia->node, link, NULL);
  net_wait_for (silent.n_accepted == 1);
  g_assert_cmpuint (silent.n_closed, ==, 0);
  redes_node_remove (bia->node, transfer);
  net_wait_for (removed);
  net_wait_for (silent.n_closed == 1);
  net_run_for (700);
  g_assert_cmpuint (silent.n_accepted, ==, 1);
  g_signal_handlers_disconnect_by_data (bia->node, &removed);
  test_node_free (bia);
  silent_stop (&silent);
}

/* A resolver for which every name leads to this machine. */

#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GResolver)

struct _TestResolver
{
  GResolver parent_instance;
};

G_DEFINE_FINAL_TYPE (TestResolver, test_resolver, G_TYPE_RESOLVER)

static void
test_resolver_lookup (GResolver *resolver,
                      const char *name,
                      GResolverNameLookupFlags flags,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  GInetAddress *loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  g_task_return_pointer (task, g_list_prepend (NULL, loopback),
                         (GDestroyNotify)g_resolver_free_addresses);
}

static void
test_resolver_lookup_plain (GResolver *resolver,
                            const char *name,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  test_resolver_lookup (resolver, name, 0, cancellable, callback, user_data);
}

static GList *
test_resolver_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_by_name_async = test_resolver_lookup_plain;
  resolver_class->lookup_by_name_finish = test_resolver_finish;
  resolver_class->lookup_by_name_with_flags_async = test_resolver_lookup;
  resolver_class->lookup_by_name_with_flags_finish = test_resolver_finish;
}

static void
test_resolver_init (TestResolver *self)
{
}

/* Who can be seen to be here is asked; who only leads here is not. */
static void
test_names (void)
{
  g_autoptr (GResolver) before = g_resolver_get_default ();
  g_autoptr (GResolver) resolver = g_object_new (TEST_TYPE_RESOLVER, NULL);
  static const struct
  {
    const char *name;
    gboolean is_asked;
  } rows[] = { { "tracker.example.org", FALSE },
               { "2130706433", FALSE },
               { "127.1", FALSE },
               { "0x7f000001", FALSE },
               { "localhost", TRUE },
               { "tracker.local", TRUE },
               { "127.0.0.1", TRUE } };

  g_resolver_set_default (resolver);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Silent silent = { 0 };
      TestNode *bia = test_node_new (&(TestNodeParams){ .patience_s = 1 });
      g_autoptr (RedesLink) link = NULL;
      g_autoptr (RedesTransfer) transfer = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i].name);
      silent_start (&silent, rows[i].name);
      text = g_strdup_printf ("redes:%s?n=a&s=7&t=%s",
                              "ny2axhh7wn5jrhffittlw6akfr4jahj7wm3tq5ufcgrqmf5puaoq",
                              silent.address);
      link = redes_link_parse (text, NULL);
      /* What is a number to the resolver alone is no address in a link. */
      g_assert_true (link != NULL || !rows[i].is_asked);
      if (link != NULL)
        transfer = redes_node_download (bia->node, link, NULL);
      if (rows[i].is_asked)
        net_wait_for (silent.n_accepted > 0);
      else if (link != NULL)
        {
          test_transfer_check_failed (transfer, "The link's tracker at");
          g_assert_cmpuint (silent.n_accepted, ==, 0);
        }
      test_node_free (bia);
      silent_stop (&silent);
    }
  g_resolver_set_default (before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/for-that-content-only", test_for_that_content_only);
  g_test_add_func ("/links/dropped-at-its-end", test_dropped_at_its_end);
  g_test_add_func ("/links/names", test_names);
  return g_test_run ();
}
