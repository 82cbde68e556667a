/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/protocol-sniffer.h"

#include "engine/base/timer.h"
#include "engine/net/admission.h"
#include "engine/net/endpoint.h"

#define MAX_WAITING 512u
/* The original program opens hundreds of connections at once. */
#define MAX_WAITING_PER_ADDRESS 256u
#define MAX_WAITING_PER_LOOPBACK_ADDRESS 384u
#define DESCRIPTOR_PART 4u
#define PATIENCE_MS 10000

struct _RedesProtocolSniffer
{
  const RedesClock *clock;
  GMainContext *context;
  RedesProtocolSnifferFunc func;
  gpointer user_data;
  GQueue waiting; /* Waiter: the oldest first */
  RedesAdmission *places;
};

typedef struct
{
  RedesProtocolSniffer *sniffer;
  GSocketConnection *connection;
  GSource *readable;
  GSource *timer;
  GList link;
} Waiter;

static void
waiter_free (Waiter *waiter)
{
  redes_admission_leave (waiter->sniffer->places, waiter);
  g_queue_unlink (&waiter->sniffer->waiting, &waiter->link);
  redes_timer_clear (&waiter->readable);
  redes_timer_clear (&waiter->timer);
  g_object_unref (waiter->connection);
  g_free (waiter);
}

static void
close_waiter (Waiter *waiter)
{
  g_io_stream_close (G_IO_STREAM (waiter->connection), NULL, NULL);
  waiter_free (waiter);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Waiter *waiter = user_data;
  RedesProtocolSniffer *self = waiter->sniffer;
  g_autoptr (GSocketConnection) connection = g_object_ref (waiter->connection);
  g_autoptr (GError) error = NULL;
  guint8 byte = 0;
  GInputVector vector = { &byte, 1 };
  gint flags = G_SOCKET_MSG_PEEK;
  gssize n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n < 1)
    {
      close_waiter (waiter);
      return G_SOURCE_REMOVE;
    }
  waiter_free (waiter);
  self->func (connection, byte, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_timer (gpointer user_data)
{
  close_waiter (user_data);
  return G_SOURCE_REMOVE;
}

RedesProtocolSniffer *
redes_protocol_sniffer_new (const RedesClock *clock,
                            RedesProtocolSnifferFunc func,
                            gpointer user_data)
{
  RedesAdmissionLimits limits = { .max = redes_admission_scale (MAX_WAITING, DESCRIPTOR_PART),
                                  .max_per_address = MAX_WAITING_PER_ADDRESS,
                                  .max_per_loopback_address = MAX_WAITING_PER_LOOPBACK_ADDRESS };
  RedesProtocolSniffer *self = g_new0 (RedesProtocolSniffer, 1);

  self->places = redes_admission_new (&limits);
  self->context = g_main_context_ref_thread_default ();
  self->clock = clock;
  self->func = func;
  self->user_data = user_data;
  g_queue_init (&self->waiting);
  return self;
}

void
redes_protocol_sniffer_free (RedesProtocolSniffer *self)
{
  if (self == NULL)
    return;
  while (!g_queue_is_empty (&self->waiting))
    close_waiter (g_queue_peek_head (&self->waiting));
  redes_admission_free (self->places);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_protocol_sniffer_add (RedesProtocolSniffer *self, GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autofree char *host = redes_socket_dup_remote_host (socket, NULL);
  Waiter *waiter, *leaving;

  g_socket_set_blocking (socket, FALSE);
  waiter = g_new0 (Waiter, 1);
  waiter->sniffer = self;
  waiter->connection = g_object_ref (connection);
  waiter->readable = g_socket_create_source (socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (waiter->readable, G_SOURCE_FUNC (on_readable), waiter, NULL);
  g_source_attach (waiter->readable, self->context);
  redes_timer_set (&waiter->timer, self->context, PATIENCE_MS, on_timer, waiter);
  waiter->link.data = waiter;
  g_queue_push_tail_link (&self->waiting, &waiter->link);
  /* The byte is mostly there already: hundreds of short connections at once pass without taking
   * places, while the others are held in the socket's own line. */
  if (on_readable (socket, G_IO_IN, waiter) == G_SOURCE_REMOVE)
    return;
  /* Whoever means well has sent its first byte by the time somebody has to leave. */
  leaving = redes_admission_enter (self->places, waiter, host, redes_clock_now_us (self->clock));
  if (leaving != NULL)
    close_waiter (leaving);
}
