/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/find-batches.h"

#include "engine/base/timer.h"
#include "engine/base/token-bucket.h"
#include "engine/lookup/rows.h"
#include "engine/swarm/peer-rpc.h"
#include "engine/wire/frame.h"

/* A peer that was there a moment ago. */
#define ANSWER_TIMEOUT_MS 3000
/* Well below what a peer takes from one other (PROTOCOL.md), as there are other queries, too. */
#define BURST 20.0
#define BATCHES_PER_S 8.0

struct _RedesFindBatches
{
  RedesSwarm *swarm;
  const RedesClock *clock;
  GHashTable *lines; /* RedesPeerId -> Line */
};

typedef struct
{
  RedesContentId content;
  RedesFindWantedFunc wanted;
  RedesFindFunc func;
  gpointer user_data;
} Entry;

/**
 * Line:
 * @waiting: (element-type Entry): not sent yet
 * @asked: (nullable) (element-type Entry): what the FIND under way asks for
 * @timer: (nullable): sends the next one
 *
 * What one peer is to be asked. It exists as long as somebody waits for an answer, and a little
 * longer, for what it may still be asked at once.
 */
typedef struct
{
  RedesFindBatches *owner;
  RedesEndpoint *peer;
  GPtrArray *waiting;
  GPtrArray *asked;
  GSource *timer;
  RedesTokenBucket batches;
} Line;

static void
line_free (gpointer data)
{
  Line *line = data;

  redes_timer_clear (&line->timer);
  redes_endpoint_free (line->peer);
  g_ptr_array_unref (line->waiting);
  g_clear_pointer (&line->asked, g_ptr_array_unref);
  g_free (line);
}

RedesFindBatches *
redes_find_batches_new (RedesSwarm *swarm, const RedesClock *clock)
{
  RedesFindBatches *self = g_new0 (RedesFindBatches, 1);

  self->swarm = swarm;
  self->clock = clock;
  self->lines = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, line_free);
  return self;
}

/* Takes @entries. @bits: (nullable): what the peer says of each; else @error says why it said
 * nothing */
static void
conclude (const RedesEndpoint *peer,
          GPtrArray *entries,
          const RedesBitfield *bits,
          const GError *error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = g_ptr_array_index (entries, i);

      entry->func (peer, bits != NULL && redes_bitfield_get (bits, i), error, entry->user_data);
    }
  g_ptr_array_unref (entries);
}

static GPtrArray *
steal_waiting (Line *line)
{
  GPtrArray *entries = line->waiting;

  line->waiting = g_ptr_array_new_with_free_func (g_free);
  return entries;
}

void
redes_find_batches_free (RedesFindBatches *self)
{
  g_autoptr (GHashTable) lines = NULL;
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer value;

  if (self == NULL)
    return;
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "This peer stops");
  lines = g_steal_pointer (&self->lines);
  g_hash_table_iter_init (&iter, lines);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Line *line = value;

      line->owner = NULL;
      redes_timer_clear (&line->timer);
      conclude (line->peer, steal_waiting (line), NULL, error);
      /* The answer, or its failure, is still to come; it frees the line. */
      if (line->asked != NULL)
        g_hash_table_iter_steal (&iter);
    }
  g_free (self);
}

static void plan (Line *line);

static void
found_cb (RedesMessage *answer, const GError *error, gpointer user_data)
{
  Line *line = user_data;
  GPtrArray *asked = g_steal_pointer (&line->asked);
  g_autoptr (RedesBitfield) bits = NULL;
  GPtrArray *given_up = NULL;
  RedesEndpoint *peer;

  if (answer != NULL)
    bits = redes_bitfield_new_from_bytes (asked->len, g_bytes_get_data (answer->found.bits, NULL),
                                          g_bytes_get_size (answer->found.bits));
  if (line->owner == NULL)
    {
      conclude (line->peer, asked, bits, error);
      line_free (line);
      return;
    }
  /* Who does not answer one query is not waited for with the next. */
  if (bits == NULL)
    given_up = steal_waiting (line);
  /* The line itself may go with its peer while they are told. */
  peer = redes_endpoint_copy (line->peer);
  plan (line);
  conclude (peer, asked, bits, error);
  if (given_up != NULL)
    conclude (peer, given_up, NULL, error);
  redes_endpoint_free (peer);
}

/* What nobody wants to know any more is not asked. */
static GPtrArray *
take_batch (Line *line)
{
  g_autoptr (GPtrArray) unwanted = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) entries = steal_waiting (line);
  GPtrArray *batch = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);

      if (!entry->wanted (&line->peer->id, entry->user_data))
        g_ptr_array_add (unwanted, entry);
      else if (batch->len < REDES_WIRE_MAX_FIND)
        g_ptr_array_add (batch, entry);
      else
        g_ptr_array_add (line->waiting, entry);
    }
  for (guint i = 0; i < unwanted->len; i++)
    {
      const Entry *entry = g_ptr_array_index (unwanted, i);

      entry->func (line->peer, FALSE, NULL, entry->user_data);
    }
  return batch;
}

static gboolean
on_timer (gpointer user_data)
{
  Line *line = user_data;
  RedesPeerRpc *rpc = redes_swarm_get_rpc (line->owner->swarm);
  g_autoptr (GArray) contents = NULL;
  RedesMessage query = { .type = REDES_MESSAGE_FIND };

  redes_timer_clear (&line->timer);
  line->asked = take_batch (line);
  /* Who is answered there may have asked again. */
  redes_timer_clear (&line->timer);
  if (line->asked->len == 0)
    {
      g_clear_pointer (&line->asked, g_ptr_array_unref);
      plan (line);
      return G_SOURCE_REMOVE;
    }
  redes_token_bucket_take (&line->batches, 1, redes_clock_now_us (line->owner->clock));
  contents = g_array_sized_new (FALSE, FALSE, sizeof (RedesContentId), line->asked->len);
  for (guint i = 0; i < line->asked->len; i++)
    {
      const Entry *entry = g_ptr_array_index (line->asked, i);

      g_array_append_val (contents, entry->content);
    }
  query.find.contents = contents;
  redes_peer_rpc_ask (rpc, &line->peer->id, line->peer->host, line->peer->port, &query,
                      ANSWER_TIMEOUT_MS, found_cb, line);
  return G_SOURCE_REMOVE;
}

/* When the next batch goes out; a line that has nothing to ask goes once it may be asked as much at
 * once as a new one. */
static void
plan (Line *line)
{
  gint64 wait_us
      = redes_token_bucket_wait_us (&line->batches, line->waiting->len > 0 ? 1 : (gsize)BURST,
                                    redes_clock_now_us (line->owner->clock));

  if (line->asked != NULL)
    return;
  redes_timer_clear (&line->timer);
  if (wait_us == 0 && line->waiting->len == 0)
    {
      g_hash_table_remove (line->owner->lines, &line->peer->id);
      return;
    }
  redes_timer_set (&line->timer, NULL, (guint)((wait_us + 999) / 1000), on_timer, line);
}

void
redes_find_batches_ask (RedesFindBatches *self,
                        const RedesEndpoint *peer,
                        const RedesContentId *content,
                        RedesFindWantedFunc wanted,
                        RedesFindFunc func,
                        gpointer user_data)
{
  Line *line = g_hash_table_lookup (self->lines, &peer->id);
  Entry *entry = g_new (Entry, 1);

  *entry = (Entry){ *content, wanted, func, user_data };
  if (line == NULL)
    {
      line = g_new0 (Line, 1);
      line->owner = self;
      line->peer = redes_endpoint_copy (peer);
      line->waiting = g_ptr_array_new_with_free_func (g_free);
      redes_token_bucket_init (&line->batches, BATCHES_PER_S, BURST,
                               redes_clock_now_us (self->clock));
      g_hash_table_insert (self->lines, &line->peer->id, line);
    }
  else
    {
      /* Where it was heard of last. */
      redes_endpoint_set_address (line->peer, peer->host, peer->port);
    }
  g_ptr_array_add (line->waiting, entry);
  if (line->waiting->len == 1)
    plan (line);
}
