/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/endpoint.h"
#include "engine/wire/body.h"

#include "node-fixture.h"

#include <string.h>

/* A tracker that answers every question for sources with peers that it has invented, all at one
 * machine, so that whoever asks it connects there for it: to one port, or to one after the other.
 */

/* As many as one answer can have, for five contents. */
#define N_INVENTED 1000u
#define N_DOWNLOADS 5u
#define N_PORTS 40u
/* For so long it is watched what the peer dials. */
#define WATCH_MS 8000u
/* Ten failures at a machine in a row, two at once, then one a second; and time for a busy machine.
 */
#define MAX_DIALS 30u

/* Counts who connects, and hangs up. */
typedef struct
{
  RedesListener *listeners[N_PORTS];
  guint16 ports[N_PORTS];
  guint n_ports;
  guint n_dials;
} Target;

typedef struct
{
  RedesListener *listener;
  GPtrArray *channels;
  Target *target;
  char *address;
  guint n_answers;
  guint n_invented;
} AimingTracker;

static void
on_dialled (GSocketConnection *connection, gpointer user_data)
{
  ((Target *)user_data)->n_dials++;
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

static void
target_start (Target *self, guint n_ports)
{
  g_autoptr (GError) error = NULL;

  *self = (Target){ .n_ports = n_ports };
  for (guint i = 0; i < n_ports; i++)
    {
      self->listeners[i] = redes_listener_new ("127.0.0.1", 0, on_dialled, self, &error);
      g_assert_no_error (error);
      self->ports[i] = redes_listener_get_port (self->listeners[i]);
    }
}

static void
target_stop (Target *self)
{
  for (guint i = 0; i < self->n_ports; i++)
    redes_listener_free (self->listeners[i]);
}

static void
send_body (RedesChannel *channel, RedesMessageType type, GVariant *body)
{
  g_autoptr (GBytes) frame = redes_body_encode (type, body);

  redes_channel_send_frame (channel, frame);
}

/* So many peers that nobody has heard of yet, each a source of all contents it may be one of. */
static void
send_invented (AimingTracker *self, RedesChannel *channel, guint32 serial, guint n_contents)
{
  GVariantBuilder peers;
  GVariantBuilder places;

  g_variant_builder_init (&peers, G_VARIANT_TYPE ("a(aysqs)"));
  for (guint i = 0; i < N_INVENTED; i++)
    {
      RedesPeerId id;

      self->n_invented++;
      redes_digest_of (&self->n_invented, sizeof self->n_invented, &id);
      g_variant_builder_add (&peers, "(@aysqs)", redes_body_new_digest (&id), "127.0.0.1",
                             self->target->ports[i % self->target->n_ports], "");
    }
  g_variant_builder_init (&places, G_VARIANT_TYPE ("aaq"));
  for (guint i = 0; i < n_contents; i++)
    {
      g_variant_builder_open (&places, G_VARIANT_TYPE ("aq"));
      for (guint j = 0; j < 200; j++)
        g_variant_builder_add (&places, "q", (guint16)((200 * i + j) % N_INVENTED));
      g_variant_builder_close (&places);
    }
  send_body (channel, REDES_MESSAGE_HOLDERS,
             g_variant_new ("(u@a(aysqs)@aaq)", serial, g_variant_builder_end (&peers),
                            g_variant_builder_end (&places)));
  self->n_answers++;
}

static void
on_message (RedesChannel *channel, RedesMessage *message, gpointer user_data)
{
  AimingTracker *self = user_data;

  switch (message->type)
    {
    case REDES_MESSAGE_REGISTER:
    case REDES_MESSAGE_UPDATE:
    case REDES_MESSAGE_UNREGISTER:
      send_body (channel, REDES_MESSAGE_OK, g_variant_new ("(u)", message->serial));
      break;
    case REDES_MESSAGE_HEARTBEAT:
      send_body (channel, REDES_MESSAGE_PONG, g_variant_new ("(t)", message->number));
      break;
    case REDES_MESSAGE_SOURCES:
      send_invented (self, channel, message->find.serial, message->find.contents->len);
      break;
    default:
      break;
    }
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
}

static void
on_accept (GSocketConnection *connection, gpointer user_data)
{
  static const RedesChannelEvents events = { .message = on_message, .closed = on_closed };
  AimingTracker *self = user_data;
  g_autoptr (RedesHello) hello = redes_hello_new ("aims", 0);
  RedesChannelParams params = {
    .identity = net_get_identity (0), .hello = hello, .link = REDES_LINK_TRACKER, .server = TRUE
  };

  g_ptr_array_add (self->channels, redes_channel_new (connection, &params, &events, self));
}

static void
tracker_start (AimingTracker *self, Target *target)
{
  g_autoptr (GError) error = NULL;

  *self = (AimingTracker){ .target = target };
  self->channels = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_channel_unref);
  self->listener = redes_listener_new ("127.0.0.1", 0, on_accept, self, &error);
  g_assert_no_error (error);
  self->address = g_strdup_printf ("127.0.0.1:%u", redes_listener_get_port (self->listener));
}

static void
tracker_stop (AimingTracker *self)
{
  redes_listener_free (self->listener);
  g_ptr_array_unref (self->channels);
  g_free (self->address);
}

/* @data: how many ports of that machine are named */
static void
test_aimed (gconstpointer data)
{
  char *no_tracker = NULL;
  RedesTransfer *transfers[N_DOWNLOADS];
  AimingTracker tracker;
  TestNode *victim;
  Target target;

  target_start (&target, GPOINTER_TO_UINT (data));
  tracker_start (&tracker, &target);
  victim = test_node_new (
      &(TestNodeParams){ .tracker = tracker.address, .nickname = "victim", .patience_s = 600 });
  for (guint i = 0; i < N_DOWNLOADS; i++)
    {
      RedesLink link = { .content = { .size_bytes = 1000 }, .trackers = &no_tracker };

      redes_digest_of (&i, sizeof i, &link.content.root);
      transfers[i] = redes_node_download (victim->node, &link, NULL);
    }
  net_wait_for (tracker.n_answers > 0 && target.n_dials > 0);
  net_run_for (WATCH_MS);
  g_test_message ("%u peers were invented, %u connections were made in %u s", tracker.n_invented,
                  target.n_dials, WATCH_MS / 1000);
  g_assert_cmpuint (tracker.n_invented, >=, N_INVENTED);
  g_assert_cmpuint (target.n_dials, <=, MAX_DIALS);

  for (guint i = 0; i < N_DOWNLOADS; i++)
    g_object_unref (transfers[i]);
  test_node_free (victim);
  tracker_stop (&tracker);
  target_stop (&target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/node/aimed-dials/one-port", GUINT_TO_POINTER (1), test_aimed);
  g_test_add_data_func ("/node/aimed-dials/many-ports", GUINT_TO_POINTER (N_PORTS), test_aimed);
  return g_test_run ();
}
