/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/endpoint.h"
#include "engine/base/error.h"
#include "net-fixture.h"

#include <string.h>

typedef struct
{
  GSocketConnection *connection;
  GError *error;
} Dialled;

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Dialled *dialled = user_data;

  dialled->connection = redes_dial_finish (result, &dialled->error);
  g_assert_true ((dialled->connection == NULL) != (dialled->error == NULL));
}

static void
dial (Dialled *dialled, const char *host, guint16 port)
{
  *dialled = (Dialled){ 0 };
  redes_dial_async (host, port, 10, NULL, dial_cb, dialled);
  net_wait_for (dialled->connection != NULL || dialled->error != NULL);
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (connection));
}

static gboolean
has_ipv6 (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV6);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) socket
      = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);

  return socket != NULL && g_socket_bind (socket, address, TRUE, NULL);
}

/* Listens on @listen_host; each of @dial_hosts must get through. */
static void
check_reachable (const char *listen_host, const char *shown_host, const char *const *dial_hosts)
{
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  RedesListener *listener = redes_listener_new (listen_host, 0, on_accept, accepted, &error);
  g_autofree char *shown = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (redes_listener_get_port (listener), !=, 0);
  shown = g_strdup_printf ("%s:%u", shown_host, redes_listener_get_port (listener));
  g_assert_cmpstr (redes_listener_get_address (listener), ==, shown);
  for (guint i = 0; dial_hosts[i] != NULL; i++)
    {
      Dialled dialled;

      dial (&dialled, dial_hosts[i], redes_listener_get_port (listener));
      g_assert_no_error (dialled.error);
      net_wait_for (accepted->len == i + 1);
      g_object_unref (dialled.connection);
    }
  redes_listener_free (listener);
}

static void
test_ipv4 (void)
{
  check_reachable ("127.0.0.1", "127.0.0.1", (const char *const[]){ "127.0.0.1", NULL });
}

static void
test_ipv6 (void)
{
  if (!has_ipv6 ())
    {
      g_test_skip ("this machine has no IPv6");
      return;
    }
  check_reachable ("::1", "[::1]", (const char *const[]){ "::1", NULL });
}

static void
test_every_address (void)
{
  static const char *const both[] = { "127.0.0.1", "::1", NULL };
  static const char *const ipv4[] = { "127.0.0.1", NULL };

  check_reachable ("", "0.0.0.0", has_ipv6 () ? both : ipv4);
}

static void
test_names (void)
{
  check_reachable ("127.0.0.1", "127.0.0.1", (const char *const[]){ "localhost", NULL });
}

static void
check_in_use (const char *first_host, const char *second_host)
{
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  RedesListener *first = redes_listener_new (first_host, 0, on_accept, accepted, &error);
  guint16 port = redes_listener_get_port (first);
  g_autofree char *number = g_strdup_printf ("%u", port);
  RedesListener *second;

  g_assert_no_error (error);
  second = redes_listener_new (second_host, port, on_accept, accepted, &error);
  g_assert_null (second);
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (strstr (error->message, number));
  g_assert_nonnull (strstr (error->message, "in use"));
  g_clear_error (&error);

  redes_listener_free (first);
  second = redes_listener_new (second_host, port, on_accept, accepted, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (redes_listener_get_port (second), ==, port);
  redes_listener_free (second);
}

static void
test_port_in_use (void)
{
  check_in_use ("127.0.0.1", "127.0.0.1");
  check_in_use ("", "");
  check_in_use ("127.0.0.1", "");
  check_in_use ("", "127.0.0.1");
}

/* A connection that stands keeps the port's number busy for a while, but not for a new listener. */
static void
test_listens_again_at_once (void)
{
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  RedesListener *listener = redes_listener_new ("127.0.0.1", 0, on_accept, accepted, &error);
  guint16 port = redes_listener_get_port (listener);
  Dialled dialled;

  g_assert_no_error (error);
  dial (&dialled, "127.0.0.1", port);
  net_wait_for (accepted->len == 1);
  redes_listener_free (listener);
  g_ptr_array_set_size (accepted, 0);
  listener = redes_listener_new ("127.0.0.1", port, on_accept, accepted, &error);
  g_assert_no_error (error);
  g_object_unref (dialled.connection);
  redes_listener_free (listener);
}

static void
test_bad_hosts (void)
{
  static const char *const hosts[]
      = { "localhost", "300.1.1.1", "not an address", "[::1]", "198.51.100.7" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      g_autoptr (GError) error = NULL;
      RedesListener *listener = redes_listener_new (hosts[i], 0, on_accept, NULL, &error);

      g_assert_null (listener);
      g_assert_nonnull (error);
      g_assert_true (error->domain == REDES_IO_ERROR);
      g_assert_nonnull (strstr (error->message, hosts[i]));
    }
}

static void
test_dial_refused (void)
{
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  RedesListener *listener = redes_listener_new ("127.0.0.1", 0, on_accept, accepted, &error);
  g_autofree char *address = g_strdup (redes_listener_get_address (listener));
  guint16 port = redes_listener_get_port (listener);
  Dialled dialled;

  redes_listener_free (listener);
  dial (&dialled, "127.0.0.1", port);
  g_assert_error (dialled.error, REDES_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
  g_assert_true (g_str_has_prefix (dialled.error->message, address));
  g_clear_error (&dialled.error);

  dial (&dialled, "no-such-host.invalid", 1);
  g_assert_nonnull (dialled.error);
  g_assert_true (g_str_has_prefix (dialled.error->message, "no-such-host.invalid:1: "));
  g_clear_error (&dialled.error);
}

static void
test_dial_cancelled (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  RedesListener *listener = redes_listener_new ("127.0.0.1", 0, on_accept, accepted, NULL);
  Dialled dialled = { 0 };

  redes_dial_async ("127.0.0.1", redes_listener_get_port (listener), 10, cancellable, dial_cb,
                    &dialled);
  g_cancellable_cancel (cancellable);
  net_wait_for (dialled.error != NULL);
  g_assert_error (dialled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&dialled.error);
  redes_listener_free (listener);
}

static char *
dup_remote_host (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  return g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));
}

/* A call is made from the address where its program listens, as far as that can be. */
static void
test_calls_from (void)
{
  static const struct
  {
    const char *local_host;
    const char *dialled;
    const char *seen;
  } cases[] = {
    { "127.0.0.2", "127.0.0.1", "127.0.0.2" },
    { "", "127.0.0.1", "127.0.0.1" },
    { NULL, "127.0.0.1", "127.0.0.1" },
    { "0.0.0.0", "127.0.0.1", "127.0.0.1" },
    /* The other family, and a name that may stand for it. */
    { "::1", "127.0.0.1", "127.0.0.1" },
    { "127.0.0.2", "localhost", "127.0.0.1" },
  };
  g_autoptr (GPtrArray) accepted = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  RedesListener *listener = redes_listener_new ("127.0.0.1", 0, on_accept, accepted, &error);
  Dialled dialled = { 0 };

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *seen = NULL;

      dialled = (Dialled){ 0 };
      redes_dial_from_async (cases[i].local_host, cases[i].dialled,
                             redes_listener_get_port (listener), 10, NULL, dial_cb, &dialled);
      net_wait_for (dialled.connection != NULL || dialled.error != NULL);
      g_assert_no_error (dialled.error);
      net_wait_for (accepted->len == i + 1);
      seen = dup_remote_host (g_ptr_array_index (accepted, i));
      g_assert_cmpstr (seen, ==, cases[i].seen);
      g_object_unref (dialled.connection);
    }
  /* An address that is gone is not replaced by another one in silence, but for a name. */
  dialled = (Dialled){ 0 };
  redes_dial_from_async ("192.0.2.1", "127.0.0.1", redes_listener_get_port (listener), 10, NULL,
                         dial_cb, &dialled);
  net_wait_for (dialled.connection != NULL || dialled.error != NULL);
  g_assert_nonnull (dialled.error);
  g_clear_error (&dialled.error);
  dialled = (Dialled){ 0 };
  redes_dial_from_async ("192.0.2.1", "localhost", redes_listener_get_port (listener), 10, NULL,
                         dial_cb, &dialled);
  net_wait_for (dialled.connection != NULL || dialled.error != NULL);
  g_assert_no_error (dialled.error);
  g_object_unref (dialled.connection);
  redes_listener_free (listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/net/endpoint/ipv4", test_ipv4);
  g_test_add_func ("/net/endpoint/ipv6", test_ipv6);
  g_test_add_func ("/net/endpoint/every-address", test_every_address);
  g_test_add_func ("/net/endpoint/names", test_names);
  g_test_add_func ("/net/endpoint/port-in-use", test_port_in_use);
  g_test_add_func ("/net/endpoint/listens-again-at-once", test_listens_again_at_once);
  g_test_add_func ("/net/endpoint/bad-hosts", test_bad_hosts);
  g_test_add_func ("/net/endpoint/dial-refused", test_dial_refused);
  g_test_add_func ("/net/endpoint/calls-from", test_calls_from);
  g_test_add_func ("/net/endpoint/dial-cancelled", test_dial_cancelled);
  return g_test_run ();
}
