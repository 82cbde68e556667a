/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/dialer.h"

#include "engine/base/debug.h"
#include "engine/swarm/dial-book.h"

#define MAX_DIALS 64u
/* Those that wait because others are being made to the same address, or because of MAX_DIALS. */
#define MAX_WAITING 256u
#define MAX_WAITING_AT_ONE_HOST 32u

/**
 * RedesDialer:
 * @book: which addresses failed
 * @dials: RedesPeerId to Dial
 * @waiting: of Dial, not begun, the oldest first
 */
struct _RedesDialer
{
  const RedesDialerMediator *mediator;
  const RedesClock *clock;
  gpointer user_data;
  RedesDialBook *book;
  GHashTable *dials;
  GQueue waiting;
};

typedef struct
{
  RedesDialer *dialer;
  RedesPeerId id;
  char *host;
  guint16 port;
  gboolean is_hint; /* nobody asks for it but because somebody told of it */
  gboolean is_begun;
  GList link; /* among those that wait */
  GCancellable *cancellable;
  RedesRemote *remote; /* once TCP stands */
  GArray *waiters;     /* Waiter */
} Dial;

typedef struct
{
  RedesDialerFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Waiter;

static void
waiter_clear (gpointer data)
{
  Waiter *waiter = data;

  if (waiter->destroy != NULL)
    waiter->destroy (waiter->user_data);
}

static void
dial_free (gpointer data)
{
  Dial *dial = data;

  if (dial->is_begun)
    redes_dial_book_end (dial->dialer->book, dial->host);
  else
    g_queue_unlink (&dial->dialer->waiting, &dial->link);
  g_free (dial->host);
  g_cancellable_cancel (dial->cancellable);
  g_object_unref (dial->cancellable);
  g_clear_pointer (&dial->remote, redes_remote_unref);
  g_array_unref (dial->waiters);
  g_free (dial);
}

RedesDialer *
redes_dialer_new (const RedesDialerMediator *mediator, const RedesClock *clock, gpointer user_data)
{
  RedesDialer *self = g_new0 (RedesDialer, 1);

  self->mediator = mediator;
  self->clock = clock;
  self->user_data = user_data;
  self->book = redes_dial_book_new ();
  self->dials = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, dial_free);
  return self;
}

void
redes_dialer_free (RedesDialer *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->dials);
  redes_dial_book_free (self->book);
  g_free (self);
}

static guint
count_begun (RedesDialer *self)
{
  return g_hash_table_size (self->dials) - self->waiting.length;
}

static gboolean
may_begin (RedesDialer *self, const Dial *dial)
{
  return !dial->is_hint
         || redes_dial_book_may_try (self->book, &dial->id, dial->host, dial->port,
                                     redes_clock_now_us (self->clock));
}

/* Begins those of the waiting that may. @left_alone: (nullable) (element-type RedesPeerId): gets
 * those whose turn it would be, if their address, or others of that host, had not failed while they
 * waited: who tells of many peers at one host must not have them all dialled one after the other */
static void
begin_waiting (RedesDialer *self, GArray *left_alone)
{
  GList *next;

  for (GList *l = self->waiting.head; l != NULL && count_begun (self) < MAX_DIALS; l = next)
    {
      Dial *dial = l->data;

      next = l->next;
      if (!redes_dial_book_has_room (self->book, dial->host))
        continue;
      if (!may_begin (self, dial))
        {
          if (left_alone != NULL)
            g_array_append_val (left_alone, dial->id);
          continue;
        }
      g_queue_unlink (&self->waiting, l);
      dial->is_begun = TRUE;
      redes_debug ("dialling %s port %u", dial->host, dial->port);
      redes_dial_book_begin (self->book, dial->host);
      self->mediator->connect (&dial->id, dial->host, dial->port, dial->cancellable,
                               self->user_data);
    }
}

static guint
count_waiting_at (RedesDialer *self, const char *host)
{
  guint n = 0;

  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    n += g_str_equal (((Dial *)l->data)->host, host);
  return n;
}

/* (nullable): the one under way, or a new one, unless there are too many. @is_hint: see Dial */
static Dial *
ensure_dial (
    RedesDialer *self, const RedesPeerId *id, const char *host, guint16 port, gboolean is_hint)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);

  if (dial != NULL)
    {
      dial->is_hint = dial->is_hint && is_hint;
      return dial;
    }
  if (self->waiting.length >= MAX_WAITING
      || count_waiting_at (self, host) >= MAX_WAITING_AT_ONE_HOST)
    return NULL;
  dial = g_new0 (Dial, 1);
  dial->dialer = self;
  dial->id = *id;
  dial->host = g_strdup (host);
  dial->port = port;
  dial->is_hint = is_hint;
  dial->link.data = dial;
  dial->cancellable = g_cancellable_new ();
  dial->waiters = g_array_new (FALSE, FALSE, sizeof (Waiter));
  g_array_set_clear_func (dial->waiters, waiter_clear);
  g_hash_table_insert (self->dials, &dial->id, dial);
  g_queue_push_tail_link (&self->waiting, &dial->link);
  begin_waiting (self, NULL);
  return dial;
}

/* Takes @waiter. Returns: %FALSE: it is not to wait (for this one a second time) */
static gboolean
add_waiter (Dial *dial, Waiter *waiter)
{
  for (guint i = 0; dial != NULL && i < dial->waiters->len; i++)
    {
      const Waiter *other = &g_array_index (dial->waiters, Waiter, i);

      if (other->func == waiter->func && other->user_data == waiter->user_data)
        dial = NULL;
    }
  if (dial == NULL)
    {
      waiter_clear (waiter);
      return FALSE;
    }
  g_array_append_val (dial->waiters, *waiter);
  return TRUE;
}

gboolean
redes_dialer_want (RedesDialer *self,
                   const RedesPeerId *id,
                   const char *host,
                   guint16 port,
                   RedesDialerFunc func,
                   gpointer user_data,
                   GDestroyNotify destroy)
{
  Waiter waiter = { .func = func, .user_data = user_data, .destroy = destroy };
  Dial *dial = NULL;

  /* What a tracker says is a hint: an address that failed is left alone for a while. */
  if (g_hash_table_contains (self->dials, id)
      || redes_dial_book_may_try (self->book, id, host, port, redes_clock_now_us (self->clock)))
    dial = ensure_dial (self, id, host, port, TRUE);
  return add_waiter (dial, &waiter);
}

gboolean
redes_dialer_meet (RedesDialer *self,
                   const RedesPeerId *id,
                   const char *host,
                   guint16 port,
                   RedesDialerFunc func,
                   gpointer user_data,
                   GDestroyNotify destroy)
{
  Waiter waiter = { .func = func, .user_data = user_data, .destroy = destroy };

  return add_waiter (ensure_dial (self, id, host, port, FALSE), &waiter);
}

void
redes_dialer_note_connected (RedesDialer *self, const RedesPeerId *id, RedesRemote *remote)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);

  if (dial == NULL)
    return;
  g_clear_pointer (&dial->remote, redes_remote_unref);
  dial->remote = redes_remote_ref (remote);
}

static void
call_waiters (GArray *waiters, RedesRemote *remote, const RedesNotice *reason)
{
  for (guint i = 0; i < waiters->len; i++)
    {
      Waiter *waiter = &g_array_index (waiters, Waiter, i);

      waiter->func (remote, reason, waiter->user_data);
    }
}

/* Nobody waits for it any more, though it was not tried. */
static void
leave_alone (RedesDialer *self, const RedesPeerId *id)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);
  g_autoptr (RedesNotice) reason = NULL;
  g_autoptr (GArray) waiters = NULL;

  if (dial == NULL || dial->is_begun)
    return;
  waiters = g_array_ref (dial->waiters);
  g_hash_table_remove (self->dials, id);
  reason = redes_notice_new (REDES_NOTICE_LEFT_ALONE);
  call_waiters (waiters, NULL, reason);
}

void
redes_dialer_settle (RedesDialer *self,
                     const RedesPeerId *id,
                     RedesRemote *remote,
                     const RedesNotice *reason)
{
  Dial *dial = g_hash_table_lookup (self->dials, id);
  g_autoptr (GArray) left_alone = NULL;
  g_autoptr (GArray) waiters = NULL;

  if (dial == NULL)
    return;
  left_alone = g_array_new (FALSE, FALSE, sizeof (RedesPeerId));
  waiters = g_array_ref (dial->waiters);
  if (remote != NULL)
    redes_dial_book_note_met (self->book, id, dial->host, dial->port);
  else
    redes_dial_book_note_failed (self->book, id, dial->host, dial->port, dial->remote != NULL,
                                 redes_clock_now_us (self->clock));
  /* @id may be the dial's own. */
  g_hash_table_remove (self->dials, id);
  begin_waiting (self, left_alone);
  call_waiters (waiters, remote, reason);
  for (guint i = 0; i < left_alone->len; i++)
    leave_alone (self, &g_array_index (left_alone, RedesPeerId, i));
}

void
redes_dialer_lose (RedesDialer *self, RedesRemote *remote, const RedesNotice *reason)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->dials);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Dial *dial = value;

      if (dial->remote == remote)
        {
          redes_dialer_settle (self, &dial->id, NULL, reason);
          return;
        }
    }
}

guint
redes_dialer_count (RedesDialer *self)
{
  return g_hash_table_size (self->dials);
}
