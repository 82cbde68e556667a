/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-watch.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* What one iteration of the main loop tells at most; the rest is told by the next. */
#define MAX_EVENTS 256

/* What epoll_wait() has said and nobody has been told yet. */
typedef struct _Round Round;
struct _Round
{
  Round *outer; /* nullable: a callback may run the main loop, which begins a round inside */
  int n_events;
  struct epoll_event events[MAX_EVENTS];
};

/* The one source of a context, for all watches that there are in it. */
typedef struct
{
  GSource source;
  GMainContext *context;
  guint n_watches;
  int fd;
  Round *round; /* nullable */
} Poller;

struct _RedesSocketWatch
{
  Poller *poller;
  GSocket *socket;
  GIOCondition condition;
  RedesSocketWatchFunc func;
  gpointer user_data;
};

/* GMainContext -> Poller */
static GHashTable *pollers;
static GMutex pollers_lock;

static GIOCondition
condition_of_events (guint32 events)
{
  return ((events & EPOLLIN) != 0 ? G_IO_IN : 0) | ((events & EPOLLOUT) != 0 ? G_IO_OUT : 0)
         | ((events & EPOLLHUP) != 0 ? G_IO_HUP : 0) | ((events & EPOLLERR) != 0 ? G_IO_ERR : 0);
}

static gboolean
poller_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Poller *self = (Poller *)source;
  Round round = { .outer = self->round };

  round.n_events = epoll_wait (self->fd, round.events, MAX_EVENTS, 0);
  /* The last watch may go in a callback. */
  g_source_ref (source);
  self->round = &round;
  for (int i = 0; i < round.n_events; i++)
    {
      RedesSocketWatch *watch = round.events[i].data.ptr;
      GIOCondition condition = condition_of_events (round.events[i].events);

      /* An earlier callback may have freed it, or changed what it waits for. */
      if (watch == NULL)
        continue;
      condition &= watch->condition | G_IO_HUP | G_IO_ERR;
      if (condition != 0 && watch->condition != 0)
        watch->func (condition, watch->user_data);
    }
  self->round = round.outer;
  g_source_unref (source);
  return G_SOURCE_CONTINUE;
}

static void
poller_finalize (GSource *source)
{
  close (((Poller *)source)->fd);
}

static GSourceFuncs poller_funcs = { .dispatch = poller_dispatch, .finalize = poller_finalize };

static Poller *
poller_new (GMainContext *context)
{
  GSource *source = g_source_new (&poller_funcs, sizeof (Poller));
  Poller *self = (Poller *)source;

  self->context = g_main_context_ref (context);
  self->n_watches = 0;
  self->round = NULL;
  self->fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->fd == -1)
    g_error ("no descriptor is left to watch sockets with: %s", g_strerror (errno));
  g_source_add_unix_fd (source, self->fd, G_IO_IN);
  g_source_set_can_recurse (source, TRUE);
  g_source_set_static_name (source, "redes-sockets");
  g_source_attach (source, context);
  return self;
}

static Poller *
poller_get (GMainContext *context)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pollers_lock);
  Poller *self;

  if (pollers == NULL)
    pollers = g_hash_table_new (NULL, NULL);
  self = g_hash_table_lookup (pollers, context);
  if (self == NULL)
    {
      self = poller_new (context);
      g_hash_table_insert (pollers, context, self);
    }
  self->n_watches++;
  return self;
}

static void
poller_release (Poller *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&pollers_lock);

  if (--self->n_watches > 0)
    return;
  g_hash_table_remove (pollers, self->context);
  if (g_hash_table_size (pollers) == 0)
    g_clear_pointer (&pollers, g_hash_table_unref);
  g_source_destroy (&self->source);
  g_main_context_unref (self->context);
  g_source_unref (&self->source);
}

RedesSocketWatch *
redes_socket_watch_new (GMainContext *context,
                        GSocket *socket,
                        RedesSocketWatchFunc func,
                        gpointer user_data)
{
  RedesSocketWatch *self = g_new0 (RedesSocketWatch, 1);

  self->poller = poller_get (context);
  self->socket = g_object_ref (socket);
  self->func = func;
  self->user_data = user_data;
  return self;
}

void
redes_socket_watch_set_condition (RedesSocketWatch *self, GIOCondition condition)
{
  struct epoll_event event = { .data.ptr = self };
  int operation = self->condition == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

  if (condition == self->condition)
    return;
  /* What waits for nothing is taken out, as epoll tells of the other end's leaving all the same. */
  if (condition == 0)
    operation = EPOLL_CTL_DEL;
  event.events
      = ((condition & G_IO_IN) != 0 ? EPOLLIN : 0) | ((condition & G_IO_OUT) != 0 ? EPOLLOUT : 0);
  if (epoll_ctl (self->poller->fd, operation, g_socket_get_fd (self->socket), &event) != 0)
    g_critical ("a socket cannot be watched: %s", g_strerror (errno));
  self->condition = condition;
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
  redes_socket_watch_set_condition (self, 0);
  for (Round *round = self->poller->round; round != NULL; round = round->outer)
    for (int i = 0; i < round->n_events; i++)
      if (round->events[i].data.ptr == self)
        round->events[i].data.ptr = NULL;
  poller_release (self->poller);
  g_object_unref (self->socket);
  g_free (self);
}
