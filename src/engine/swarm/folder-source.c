/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-source.h"

#include "engine/base/rate-meter.h"

/* An uploader takes 1,024 that wait, of all that one peer asks it for. */
#define MAX_ASKED 512u
#define FIRST_BYTES (1024u * 1024)
#define MIN_BYTES (512u * 1024)
#define MAX_BYTES (8u * 1024 * 1024)
#define BUSY_REST_US G_USEC_PER_SEC
/* A source may be fetching what it lacks, so it is asked for that again after LACK_S. A source that
 * has lacked LACKS_IN_ROW things in succession is asked for nothing for a while, at first for
 * FIRST_LACK_REST_US, and each time for twice as long. */
#define LACK_S 4
#define LACKS_IN_ROW 32u
#define FIRST_LACK_REST_US (G_USEC_PER_SEC / 2)
#define MAX_LACK_REST_US (16 * G_USEC_PER_SEC)
/* Small answers come in crowds: it is asked for more when a quarter of them is there. */
#define REFILL_PART 4u

struct _RedesFolderSource
{
  RedesBlockAsker asker;
  guint refs; /* its owner's, and that of each call that tells of something */
  gboolean is_over;
  RedesRemote *remote;
  const RedesClock *clock;
  const RedesFolderSourceEvents *events;
  gpointer user_data;
  GHashTable *asked; /* RedesBlockKey -> RedesFolderWish: those not given back */
  guint64 asked_bytes;
  GHashTable *lacking; /* item -> when it said so, in seconds of the clock */
  guint lacks_in_row;
  gint64 lack_rest_us;
  RedesRateMeter meter;
  gint64 answered_us; /* when it answered last, or began to owe an answer */
  gint64 busy_until_us;
  gboolean owes_manifest;
  gboolean was_asked_manifest;
  gboolean snubbed;
};

static RedesFolderSource *
from_asker (RedesBlockAsker *asker)
{
  return (RedesFolderSource *)asker;
}

static guint
key_hash (gconstpointer key)
{
  const RedesFolderWish *wish = key;

  return redes_content_id_hash (&wish->content) ^ wish->index * 2654435761u;
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const RedesFolderWish *one = a;
  const RedesFolderWish *other = b;

  return one->index == other->index && redes_content_id_equal (&one->content, &other->content);
}

static guint64
get_max_bytes (RedesFolderSource *self)
{
  gdouble rate = redes_rate_meter_get (&self->meter, redes_clock_now_us (self->clock));

  if (self->meter.total_bytes < FIRST_BYTES)
    return FIRST_BYTES;
  return (guint64)CLAMP (rate, MIN_BYTES, MAX_BYTES);
}

gboolean
redes_folder_source_has_room (RedesFolderSource *self)
{
  return !self->snubbed && g_hash_table_size (self->asked) < MAX_ASKED
         && self->asked_bytes < get_max_bytes (self)
         && redes_clock_now_us (self->clock) >= self->busy_until_us
         && !self->remote->interface->is_closed (self->remote);
}

/* The wish that was answered; %FALSE: it was given back before. */
static gboolean
take_wish (RedesFolderSource *self,
           const RedesContentId *content,
           guint32 index,
           RedesFolderWish *out)
{
  const RedesFolderWish key = { .content = *content, .index = index };
  const RedesFolderWish *wish = g_hash_table_lookup (self->asked, &key);

  self->answered_us = redes_clock_now_us (self->clock);
  self->snubbed = FALSE;
  if (wish == NULL)
    return FALSE;
  *out = *wish;
  self->asked_bytes -= wish->length;
  g_hash_table_remove (self->asked, &key);
  return TRUE;
}

static void
want_more (RedesFolderSource *self)
{
  if (!self->is_over && g_hash_table_size (self->asked) <= MAX_ASKED - MAX_ASKED / REFILL_PART)
    self->events->fill (self, self->user_data);
}

static void
source_unref (RedesFolderSource *self)
{
  if (--self->refs > 0)
    return;
  g_hash_table_unref (self->asked);
  g_hash_table_unref (self->lacking);
  redes_remote_unref (self->remote);
  g_free (self);
}

static void
on_manifest (RedesBlockAsker *asker, RedesManifest *manifest)
{
  RedesFolderSource *self = from_asker (asker);

  self->owes_manifest = FALSE;
  self->answered_us = redes_clock_now_us (self->clock);
  self->events->manifest (self, manifest, self->user_data);
}

static void
on_block (RedesBlockAsker *asker, const RedesBlockHeader *header, GBytes *data)
{
  RedesFolderSource *self = from_asker (asker);
  RedesFolderWish wish;

  redes_rate_meter_add (&self->meter, g_bytes_get_size (data), redes_clock_now_us (self->clock));
  self->lacks_in_row = 0;
  self->lack_rest_us = FIRST_LACK_REST_US;
  self->refs++;
  if (take_wish (self, &header->content, header->index, &wish))
    self->events->block (self, &wish, header, data, self->user_data);
  want_more (self);
  source_unref (self);
}

static gint
get_now_s (RedesFolderSource *self)
{
  return (gint)(redes_clock_now_us (self->clock) / G_USEC_PER_SEC);
}

static void
note_lack (RedesFolderSource *self, guint item)
{
  g_hash_table_insert (self->lacking, GUINT_TO_POINTER (item), GINT_TO_POINTER (get_now_s (self)));
  if (++self->lacks_in_row < LACKS_IN_ROW)
    return;
  self->lacks_in_row = 0;
  self->busy_until_us = redes_clock_now_us (self->clock) + self->lack_rest_us;
  self->lack_rest_us = MIN (2 * self->lack_rest_us, MAX_LACK_REST_US);
}

static void
on_rejected (RedesBlockAsker *asker,
             const RedesContentId *content,
             guint32 index,
             RedesRejectReason code,
             const RedesNotice *reason)
{
  RedesFolderSource *self = from_asker (asker);
  RedesFolderWish wish;

  if (index == REDES_NO_BLOCK)
    {
      self->owes_manifest = FALSE;
      return;
    }
  if (code == REDES_REJECT_BUSY)
    self->busy_until_us = redes_clock_now_us (self->clock) + BUSY_REST_US;
  if (!take_wish (self, content, index, &wish))
    return;
  if (code != REDES_REJECT_BUSY && code != REDES_REJECT_CANCELLED)
    note_lack (self, wish.item);
  self->refs++;
  self->events->given_back (self, &wish, self->user_data);
  if (code != REDES_REJECT_BUSY && code != REDES_REJECT_CANCELLED)
    self->events->lacks (self, &wish, self->user_data);
  want_more (self);
  source_unref (self);
}

RedesFolderSource *
redes_folder_source_new (RedesRemote *remote,
                         const RedesClock *clock,
                         const RedesFolderSourceEvents *events,
                         gpointer user_data)
{
  RedesFolderSource *self = g_new0 (RedesFolderSource, 1);

  self->asker = (RedesBlockAsker){ on_manifest, on_block, on_rejected };
  self->refs = 1;
  self->remote = redes_remote_ref (remote);
  self->clock = clock;
  self->events = events;
  self->user_data = user_data;
  self->asked = g_hash_table_new_full (key_hash, key_equal, g_free, NULL);
  self->lacking = g_hash_table_new (NULL, NULL);
  self->lack_rest_us = FIRST_LACK_REST_US;
  self->answered_us = redes_clock_now_us (clock);
  return self;
}

static void
give_all_back (RedesFolderSource *self, gboolean is_cancelled)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->asked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const RedesFolderWish *wish = key;

      if (is_cancelled && !self->remote->interface->is_closed (self->remote))
        self->remote->interface->cancel (self->remote, &wish->content, wish->index);
      self->events->given_back (self, wish, self->user_data);
    }
  g_hash_table_remove_all (self->asked);
  self->asked_bytes = 0;
}

void
redes_folder_source_free (RedesFolderSource *self)
{
  self->remote->interface->forget (self->remote, &self->asker);
  give_all_back (self, TRUE);
  self->is_over = TRUE;
  source_unref (self);
}

RedesRemote *
redes_folder_source_get_remote (RedesFolderSource *self)
{
  return self->remote;
}

/* The clock for answers begins with the first that is owed. */
static void
begin_to_owe (RedesFolderSource *self)
{
  if (!self->owes_manifest && g_hash_table_size (self->asked) == 0)
    self->answered_us = redes_clock_now_us (self->clock);
}

void
redes_folder_source_ask_manifest (RedesFolderSource *self, const RedesContentId *content)
{
  if (self->was_asked_manifest)
    return;
  begin_to_owe (self);
  self->owes_manifest
      = self->remote->interface->ask (self->remote, &self->asker, content, REDES_NO_BLOCK, 0);
  /* While somebody else here waits for the same of it nobody was asked. */
  self->was_asked_manifest = self->owes_manifest;
}

gboolean
redes_folder_source_ask (RedesFolderSource *self, const RedesFolderWish *wish)
{
  begin_to_owe (self);
  if (!self->remote->interface->ask (self->remote, &self->asker, &wish->content, wish->index,
                                     wish->length))
    return FALSE;
  g_hash_table_add (self->asked, g_memdup2 (wish, sizeof *wish));
  self->asked_bytes += wish->length;
  return TRUE;
}

gboolean
redes_folder_source_lacks (RedesFolderSource *self, guint item)
{
  gpointer since_s;

  if (!g_hash_table_lookup_extended (self->lacking, GUINT_TO_POINTER (item), NULL, &since_s))
    return FALSE;
  if (get_now_s (self) - GPOINTER_TO_INT (since_s) < LACK_S)
    return TRUE;
  g_hash_table_remove (self->lacking, GUINT_TO_POINTER (item));
  return FALSE;
}

gdouble
redes_folder_source_get_rate (RedesFolderSource *self, gint64 now_us)
{
  return redes_rate_meter_get (&self->meter, now_us);
}

guint
redes_folder_source_get_n_asked (RedesFolderSource *self)
{
  return g_hash_table_size (self->asked);
}

gint64
redes_folder_source_get_silence (RedesFolderSource *self, gint64 now_us)
{
  if (self->remote->interface->is_held_back (self->remote))
    redes_folder_source_forgive (self, now_us);
  if (!self->owes_manifest && g_hash_table_size (self->asked) == 0 && !self->snubbed)
    return 0;
  /* A part of a long block is an answer, too. */
  return MAX (MIN (now_us - self->answered_us,
                   self->remote->interface->get_silence_us (self->remote, now_us)),
              1);
}

void
redes_folder_source_snub (RedesFolderSource *self)
{
  if (self->snubbed)
    return;
  self->snubbed = TRUE;
  give_all_back (self, FALSE);
}

void
redes_folder_source_forgive (RedesFolderSource *self, gint64 now_us)
{
  self->answered_us = now_us;
  self->remote->interface->forgive_silence (self->remote, now_us);
}
