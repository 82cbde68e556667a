/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-watch.h"

/* By a GSource for each socket, which GLib has for every system. */

struct _RedesSocketWatch
{
  GMainContext *context;
  GSocket *socket;
  GSource *source; /* nullable: while it waits for nothing */
  GIOCondition condition;
  RedesSocketWatchFunc func;
  gpointer user_data;
};

RedesSocketWatch *
redes_socket_watch_new (GMainContext *context,
                        GSocket *socket,
                        RedesSocketWatchFunc func,
                        gpointer user_data)
{
  RedesSocketWatch *self = g_new0 (RedesSocketWatch, 1);

  self->context = g_main_context_ref (context);
  self->socket = g_object_ref (socket);
  self->func = func;
  self->user_data = user_data;
  return self;
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  RedesSocketWatch *self = user_data;

  self->func (condition, self->user_data);
  return G_SOURCE_CONTINUE;
}

static void
clear_source (RedesSocketWatch *self)
{
  if (self->source == NULL)
    return;
  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

void
redes_socket_watch_set_condition (RedesSocketWatch *self, GIOCondition condition)
{
  if (condition == self->condition)
    return;
  clear_source (self);
  self->condition = condition;
  if (condition == 0)
    return;
  self->source = g_socket_create_source (self->socket, condition, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, self->context);
}

GIOCondition
redes_socket_watch_get_condition (const RedesSocketWatch *self)
{
  return self->condition;
}

void
redes_socket_watch_free (RedesSocketWatch *self)
{
  if (self == NULL)
    return;
  clear_source (self);
  g_object_unref (self->socket);
  g_main_context_unref (self->context);
  g_free (self);
}
