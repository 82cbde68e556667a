/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-watch.h"

#include <string.h>

#define N_PAIRS 300u

/* Two ends of a connection, of which one is watched. @frees: (nullable): freed by its callback.
 * @keeps: it does not read what comes. */
typedef struct _Pair Pair;
struct _Pair
{
  GSocket *near;
  GSocket *far;
  RedesSocketWatch *watch;
  Pair *frees;
  gboolean keeps;
  guint n_calls;
  GIOCondition told;
};

static GMainContext *context;

static void
on_ready (GIOCondition condition, gpointer user_data)
{
  Pair *self = user_data;
  char byte;

  self->n_calls++;
  self->told |= condition;
  if ((condition & G_IO_IN) != 0 && !self->keeps)
    g_socket_receive (self->near, &byte, 1, NULL, NULL);
  if (self->frees != NULL)
    g_clear_pointer (&self->frees->watch, redes_socket_watch_free);
}

static void
pair_init (Pair *self, GSocket *listener)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (listener, &error);

  g_assert_no_error (error);
  memset (self, 0, sizeof *self);
  self->far
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_connect (self->far, address, NULL, &error);
  g_assert_no_error (error);
  self->near = g_socket_accept (listener, NULL, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (self->near, FALSE);
  self->watch = redes_socket_watch_new (context, self->near, on_ready, self);
}

static void
pair_clear (Pair *self)
{
  g_clear_pointer (&self->watch, redes_socket_watch_free);
  g_clear_object (&self->near);
  g_clear_object (&self->far);
}

static GSocket *
listen_somewhere (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  GSocket *listener
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_bind (listener, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (listener, &error);
  g_assert_no_error (error);
  return listener;
}

static void
say (Pair *self)
{
  g_autoptr (GError) error = NULL;

  g_socket_send (self->far, "x", 1, NULL, &error);
  g_assert_no_error (error);
}

/* All that is due now. Bytes on loopback are there as soon as they are sent. */
static void
run (void)
{
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (context, FALSE);
}

static void
test_conditions (void)
{
  g_autoptr (GSocket) listener = listen_somewhere ();
  Pair pair;

  pair_init (&pair, listener);
  say (&pair);
  run ();
  /* It waits for nothing yet. */
  g_assert_cmpuint (pair.n_calls, ==, 0);
  redes_socket_watch_set_condition (pair.watch, G_IO_IN);
  run ();
  g_assert_cmpuint (pair.n_calls, ==, 1);
  g_assert_cmpuint (pair.told, ==, G_IO_IN);
  redes_socket_watch_set_condition (pair.watch, G_IO_IN | G_IO_OUT);
  g_assert_cmpuint (redes_socket_watch_get_condition (pair.watch), ==, G_IO_IN | G_IO_OUT);
  g_assert_true (g_main_context_iteration (context, FALSE));
  g_assert_cmpuint (pair.told, ==, G_IO_IN | G_IO_OUT);
  redes_socket_watch_set_condition (pair.watch, G_IO_IN);
  run ();
  pair.n_calls = 0;
  say (&pair);
  run ();
  g_assert_cmpuint (pair.n_calls, ==, 1);
  pair_clear (&pair);
}

/* As long as it lasts: what is not read is told again. */
static void
test_level (void)
{
  g_autoptr (GSocket) listener = listen_somewhere ();
  Pair pair;

  pair_init (&pair, listener);
  pair.keeps = TRUE;
  redes_socket_watch_set_condition (pair.watch, G_IO_IN);
  say (&pair);
  run ();
  g_assert_cmpuint (pair.n_calls, >=, 5);
  pair_clear (&pair);
}

/* Who waits for nothing is not called again and again because the other end has gone. */
static void
test_hang_up (void)
{
  g_autoptr (GSocket) listener = listen_somewhere ();
  g_autoptr (GError) error = NULL;
  Pair pair;

  pair_init (&pair, listener);
  redes_socket_watch_set_condition (pair.watch, G_IO_IN);
  redes_socket_watch_set_condition (pair.watch, 0);
  g_socket_close (pair.far, &error);
  g_assert_no_error (error);
  run ();
  g_assert_cmpuint (pair.n_calls, ==, 0);
  g_assert_false (g_main_context_pending (context));
  redes_socket_watch_set_condition (pair.watch, G_IO_IN);
  run ();
  g_assert_cmpuint (pair.told & G_IO_IN, ==, G_IO_IN);
  pair_clear (&pair);
}

/* Each frees the next, which is ready, too: every second one is called. */
static void
test_freed_while_ready (void)
{
  g_autoptr (GSocket) listener = listen_somewhere ();
  g_autofree Pair *pairs = g_new (Pair, N_PAIRS);
  guint n_called = 0;
  guint n_freed = 0;

  for (guint i = 0; i < N_PAIRS; i++)
    {
      pair_init (&pairs[i], listener);
      pairs[i].frees = i + 1 < N_PAIRS ? &pairs[i + 1] : NULL;
      redes_socket_watch_set_condition (pairs[i].watch, G_IO_IN);
    }
  for (guint i = 0; i < N_PAIRS; i++)
    say (&pairs[i]);
  run ();
  for (guint i = 0; i < N_PAIRS; i++)
    {
      n_called += pairs[i].n_calls > 0 ? 1 : 0;
      n_freed += pairs[i].watch == NULL ? 1 : 0;
      /* Nobody was called who was freed before. */
      g_assert_cmpuint (pairs[i].n_calls, <=, 1);
    }
  g_assert_cmpuint (n_called, >, 0);
  g_assert_cmpuint (n_freed, >, 0);
  for (guint i = 0; i < N_PAIRS; i++)
    g_assert_true (pairs[i].n_calls > 0 || pairs[i].watch == NULL);
  for (guint i = 0; i < N_PAIRS; i++)
    pair_clear (&pairs[i]);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  context = g_main_context_new ();
  g_test_add_func ("/platform/socket-watch/conditions", test_conditions);
  g_test_add_func ("/platform/socket-watch/level", test_level);
  g_test_add_func ("/platform/socket-watch/hang-up", test_hang_up);
  g_test_add_func ("/platform/socket-watch/freed-while-ready", test_freed_while_ready);
  status = g_test_run ();
  g_main_context_unref (context);
  return status;
}
