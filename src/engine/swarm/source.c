/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/source.h"

#include "engine/base/error.h"
#include "engine/base/rate-meter.h"

#define FIRST_REQUESTS 4u
#define MIN_REQUESTS 2u
#define MAX_REQUESTS 64u
#define MAX_REQUESTED_BYTES (32u * 1024 * 1024)
/* How much more than what is on its way is asked for, so that a source is never without work. */
#define SLACK_US 50000
/* Requests refused in a row before it is left in peace for a while. */
#define MAX_REFUSALS 16u
#define REST_US G_USEC_PER_SEC
/* A source counts as sending when this number of bytes of a block was received. */
#define SIGN_BYTES 4096u

typedef struct
{
  guint32 index;
  gint64 asked_us;
  /* Its block was offered to others meanwhile. */
  gboolean given_back;
} Request;

struct _RedesSource
{
  RedesRemote *remote;
  RedesDownloadProgress *progress;
  const RedesClock *clock;
  const RedesSourceEvents *events;
  gpointer user_data;
  RedesBitfield *has; /* NULL until both bits and geometry are known */
  GBytes *bits;       /* as they came, before the geometry is known */
  gboolean counted;   /* the picker counts it */
  gboolean snubbed;
  gboolean manifest_refused;
  GHashTable *requests;   /* index -> Request */
  GHashTable *taken_back; /* indices of requests whose last answer is still to come */
  RedesRateMeter meter;
  gint64 least_delay_us; /* from a request to its block, at best; 0 = not known yet */
  gboolean owes_bits;
  gboolean owes_manifest;
  gint64 answered_us; /* when it gave an answer last, or began to owe one */
  gint64 gave_us;     /* when it gave a part of a block last, or became a source */
  guint32 coming_index;
  gsize coming_bytes; /* of the block on its way, at @gave_us */
  guint32 counted_index;
  gsize counted_bytes; /* of the block on its way, in the rates already */
  guint blocks;
  guint refusals; /* since the last block */
  gint64 busy_until_us;
};

static const RedesContentId *
get_content (RedesSource *self)
{
  return redes_download_progress_get_content (self->progress);
}

/* (nullable): while blocks are wanted */
static RedesPicker *
get_picker (RedesSource *self)
{
  return redes_download_progress_get_picker (self->progress);
}

static gint64
get_now_us (RedesSource *self)
{
  return redes_clock_now_us (self->clock);
}

RedesSource *
redes_source_new (RedesRemote *remote,
                  RedesDownloadProgress *progress,
                  const RedesClock *clock,
                  const RedesSourceEvents *events,
                  gpointer user_data)
{
  RedesSource *self = g_new0 (RedesSource, 1);

  self->remote = redes_remote_ref (remote);
  self->progress = progress;
  self->clock = clock;
  self->events = events;
  self->user_data = user_data;
  self->requests = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->taken_back = g_hash_table_new (NULL, NULL);
  return self;
}

/* It has answered something, so it is alive. */
static void
note_answer (RedesSource *self)
{
  self->answered_us = get_now_us (self);
  self->snubbed = FALSE;
}

static void
give_back (RedesSource *self, Request *request)
{
  RedesPicker *picker = get_picker (self);

  if (request->given_back || picker == NULL)
    return;
  request->given_back = TRUE;
  redes_picker_give_back (picker, request->index);
}

static void
give_all_back (RedesSource *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->requests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    give_back (self, value);
}

void
redes_source_free (RedesSource *self)
{
  RedesPicker *picker = get_picker (self);

  give_all_back (self);
  if (self->counted && picker != NULL)
    redes_picker_remove_source (picker, self->has);
  self->remote->interface->detach (self->remote, get_content (self));
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->taken_back);
  g_clear_pointer (&self->has, redes_bitfield_free);
  g_clear_pointer (&self->bits, g_bytes_unref);
  redes_remote_unref (self->remote);
  g_free (self);
}

RedesRemote *
redes_source_get_remote (RedesSource *self)
{
  return self->remote;
}

const RedesGeometry *
redes_source_get_geometry (RedesSource *self)
{
  return redes_download_progress_get_geometry (self->progress);
}

guint
redes_source_get_blocks (RedesSource *self)
{
  return self->blocks;
}

gdouble
redes_source_get_rate (RedesSource *self, gint64 now_us)
{
  return redes_rate_meter_get (&self->meter, now_us);
}

guint
redes_source_get_n_requests (RedesSource *self)
{
  return g_hash_table_size (self->requests);
}

void
redes_source_start (RedesSource *self, gboolean want_manifest)
{
  self->answered_us = self->gave_us = get_now_us (self);
  self->owes_bits = TRUE;
  self->owes_manifest = want_manifest;
  if (want_manifest)
    self->remote->interface->ask_manifest (self->remote, get_content (self));
  self->remote->interface->attach (self->remote, get_content (self), self);
}

void
redes_source_refuse_manifest (RedesSource *self)
{
  self->manifest_refused = TRUE;
}

gboolean
redes_source_is_manifest_refused (RedesSource *self)
{
  return self->manifest_refused;
}

/* Reads the source's bit field, once it and the geometry are known. */
static void
read_bits (RedesSource *self)
{
  RedesPicker *picker = get_picker (self);
  guint32 n_blocks = redes_download_progress_get_n_blocks (self->progress);

  if (self->bits == NULL || picker == NULL)
    return;
  if (g_bytes_get_size (self->bits) == 0)
    {
      self->has = redes_bitfield_new (n_blocks);
      redes_bitfield_set_all (self->has);
    }
  else
    self->has = redes_bitfield_new_from_bytes (n_blocks, g_bytes_get_data (self->bits, NULL),
                                               g_bytes_get_size (self->bits));
  g_clear_pointer (&self->bits, g_bytes_unref);
  if (self->has == NULL)
    {
      g_autoptr (GError) error = redes_error_new (REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                                                  REDES_NOTICE_BITFIELD_UNFIT, n_blocks);

      self->remote->interface->fail (self->remote, error);
      return;
    }
  self->counted = redes_picker_add_source (picker, self->has);
  redes_source_fill (self);
}

void
redes_source_set_geometry (RedesSource *self)
{
  read_bits (self);
}

void
redes_source_on_bitfield (RedesSource *self, GBytes *bits)
{
  self->owes_bits = FALSE;
  note_answer (self);
  if (self->has != NULL || self->bits != NULL)
    return;
  self->bits = g_bytes_ref (bits);
  read_bits (self);
}

void
redes_source_on_manifest (RedesSource *self, RedesManifest *manifest)
{
  self->owes_manifest = FALSE;
  note_answer (self);
  self->events->manifest (self, manifest, self->user_data);
}

void
redes_source_on_have (RedesSource *self, guint32 index)
{
  RedesPicker *picker = get_picker (self);

  if (self->has == NULL || picker == NULL)
    return;
  if (index >= redes_bitfield_get_size (self->has))
    {
      g_autoptr (GError) error
          = redes_error_new (REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_HAS_BEYOND,
                             index, redes_bitfield_get_size (self->has));

      self->remote->interface->fail (self->remote, error);
      return;
    }
  if (!redes_bitfield_set (self->has, index))
    return;
  if (self->counted)
    redes_picker_add_availability (picker, index);
  redes_source_fill (self);
}

static guint
get_depth (RedesSource *self, guint32 block_size)
{
  gint64 now_us = get_now_us (self);
  gdouble rate = redes_rate_meter_get (&self->meter, now_us);
  gdouble window_us = 2.0 * self->least_delay_us + SLACK_US;
  guint depth;

  if (self->snubbed || now_us < self->busy_until_us)
    return 0;
  /* A new source gets one request more with each block, until its speed shows. */
  if (self->least_delay_us == 0)
    return FIRST_REQUESTS;
  depth = (guint)MIN (rate * window_us / 1e6 / block_size + 1, MAX_REQUESTS);
  depth = CLAMP (depth, MIN_REQUESTS, MAX (MIN_REQUESTS, MAX_REQUESTED_BYTES / block_size));
  return MIN (depth, FIRST_REQUESTS + self->blocks);
}

static void
ask (RedesSource *self, guint32 index, const RedesGeometry *geometry)
{
  Request *request = g_new0 (Request, 1);

  request->index = index;
  request->asked_us = get_now_us (self);
  if (g_hash_table_size (self->requests) == 0)
    self->answered_us = request->asked_us;
  g_hash_table_insert (self->requests, GUINT_TO_POINTER (index), request);
  self->remote->interface->request (self->remote, get_content (self), index,
                                    redes_geometry_get_block_length (geometry, index));
}

static gboolean
is_asked (guint32 index, gpointer user_data)
{
  RedesSource *self = user_data;

  return g_hash_table_contains (self->requests, GUINT_TO_POINTER (index));
}

void
redes_source_fill (RedesSource *self)
{
  RedesPicker *picker = get_picker (self);
  const RedesGeometry *geometry = redes_source_get_geometry (self);
  guint depth;

  if (self->has == NULL || picker == NULL || redes_download_progress_is_held (self->progress)
      || self->remote->interface->is_closed (self->remote))
    return;
  depth = get_depth (self, geometry->block_size);
  while (g_hash_table_size (self->requests) < depth)
    {
      guint32 index = redes_picker_pick (picker, self->has);

      /* With nothing left that nobody was asked for, a source without work doubles one request. */
      if (index == REDES_PICKER_NONE && g_hash_table_size (self->requests) == 0)
        index = redes_picker_pick_again (picker, self->has, is_asked, self);
      if (index == REDES_PICKER_NONE)
        return;
      if (is_asked (index, self))
        {
          /* It owes that block already: it was given back while it was silent. */
          Request *request = g_hash_table_lookup (self->requests, GUINT_TO_POINTER (index));

          request->given_back = FALSE;
          continue;
        }
      ask (self, index, geometry);
    }
}

static void
remove_request (RedesSource *self, Request *request)
{
  give_back (self, request);
  g_hash_table_remove (self->requests, GUINT_TO_POINTER (request->index));
}

static void
count_bytes (RedesSource *self, gsize n_bytes, gint64 now_us)
{
  if (n_bytes == 0)
    return;
  redes_rate_meter_add (&self->meter, n_bytes, now_us);
  redes_download_progress_note_bytes (self->progress, n_bytes, now_us);
}

/* How many bytes of a block that this source was asked for have come; 0: none is on its way. */
static gsize
get_block_progress (RedesSource *self, guint32 *index)
{
  RedesContentId content;
  gsize bytes = self->remote->interface->get_block_progress (self->remote, &content, index);

  if (bytes == 0 || !redes_content_id_equal (&content, get_content (self))
      || !is_asked (*index, self))
    return 0;
  return bytes;
}

gsize
redes_source_get_coming (RedesSource *self, guint32 *index)
{
  gsize bytes = get_block_progress (self, index);

  return bytes > 0 && redes_download_progress_expects (self->progress, *index) ? bytes : 0;
}

void
redes_source_count_coming (RedesSource *self, gint64 now_us)
{
  guint32 index;
  gsize bytes = get_block_progress (self, &index);

  if (bytes == 0)
    return;
  if (index != self->counted_index || bytes < self->counted_bytes)
    self->counted_bytes = 0;
  count_bytes (self, bytes - self->counted_bytes, now_us);
  self->counted_index = index;
  self->counted_bytes = bytes;
}

/* Returns: whether this source was asked for it. */
static gboolean
note_block (RedesSource *self, guint32 index, gsize length)
{
  Request *request = g_hash_table_lookup (self->requests, GUINT_TO_POINTER (index));
  gint64 now_us = get_now_us (self);
  gint64 delay_us;

  if (index == self->counted_index)
    count_bytes (self, length - MIN (length, self->counted_bytes), now_us);
  else
    count_bytes (self, length, now_us);
  self->counted_bytes = 0;
  note_answer (self);
  self->gave_us = now_us;
  self->coming_bytes = 0;
  self->refusals = 0;
  g_hash_table_remove (self->taken_back, GUINT_TO_POINTER (index));
  if (request == NULL)
    return FALSE;
  delay_us = MAX (now_us - request->asked_us, 1);
  if (self->least_delay_us == 0 || delay_us < self->least_delay_us)
    self->least_delay_us = delay_us;
  /* It rises slowly, as ways may grow longer. */
  else
    self->least_delay_us += self->least_delay_us / 64 + 1;
  return TRUE;
}

void
redes_source_on_block (RedesSource *self, const RedesBlockHeader *header, GBytes *data)
{
  if (note_block (self, header->index, g_bytes_get_size (data)))
    self->events->block (self, header, data, self->user_data);
}

void
redes_source_settle (RedesSource *self, guint32 index)
{
  Request *request = g_hash_table_lookup (self->requests, GUINT_TO_POINTER (index));

  if (request != NULL)
    remove_request (self, request);
}

void
redes_source_on_reject (RedesSource *self,
                        guint32 index,
                        RedesRejectReason code,
                        const RedesNotice *reason)
{
  RedesPicker *picker = get_picker (self);
  gboolean was_asked = is_asked (index, self);

  if (index == REDES_NO_BLOCK)
    {
      self->events->refused (self, reason, self->user_data);
      return;
    }
  note_answer (self);
  /* It answers a request that was taken back, and not the one that was made since. */
  if (code == REDES_REJECT_CANCELLED
      && g_hash_table_remove (self->taken_back, GUINT_TO_POINTER (index)))
    {
      redes_source_fill (self);
      return;
    }
  redes_source_settle (self, index);
  switch (code)
    {
    case REDES_REJECT_CANCELLED:
      break;
    case REDES_REJECT_BUSY:
      self->busy_until_us = get_now_us (self) + REST_US;
      return;
    case REDES_REJECT_NOT_YET:
      if (self->has != NULL && redes_bitfield_get (self->has, index))
        {
          if (self->counted && picker != NULL)
            redes_picker_remove_source (picker, self->has);
          redes_bitfield_clear (self->has, index);
          if (picker != NULL)
            self->counted = redes_picker_add_source (picker, self->has);
        }
      break;
    case REDES_REJECT_UNKNOWN:
    case REDES_REJECT_UNREADABLE:
    default:
      self->events->refused (self, reason, self->user_data);
      return;
    }
  /* The pause prevents that a source that refuses everything is asked as fast as it answers. */
  if (was_asked && ++self->refusals % MAX_REFUSALS == 0)
    self->busy_until_us = get_now_us (self) + REST_US;
  redes_source_fill (self);
}

void
redes_source_count_block (RedesSource *self)
{
  self->blocks++;
}

void
redes_source_cancel (RedesSource *self, guint32 index)
{
  Request *request = g_hash_table_lookup (self->requests, GUINT_TO_POINTER (index));

  if (request == NULL)
    return;
  self->remote->interface->cancel (self->remote, get_content (self), index);
  remove_request (self, request);
  redes_source_fill (self);
}

void
redes_source_refocus (RedesSource *self)
{
  RedesPicker *picker = get_picker (self);
  g_autofree gpointer *indices = NULL;
  guint n_indices = 0;
  guint32 coming;
  gboolean is_coming = get_block_progress (self, &coming) > 0;

  if (picker == NULL)
    return;
  indices = g_hash_table_get_keys_as_array (self->requests, &n_indices);
  for (guint i = 0; i < n_indices; i++)
    {
      guint32 index = GPOINTER_TO_UINT (indices[i]);

      if (redes_picker_is_in_window (picker, index) || (is_coming && index == coming))
        continue;
      self->remote->interface->cancel (self->remote, get_content (self), index);
      g_hash_table_add (self->taken_back, GUINT_TO_POINTER (index));
      remove_request (self, g_hash_table_lookup (self->requests, GUINT_TO_POINTER (index)));
    }
}

static void
look_at_coming_block (RedesSource *self, gint64 now_us)
{
  guint32 index;
  gsize bytes = get_block_progress (self, &index);

  if (bytes == 0)
    return;
  if (index != self->coming_index || bytes < self->coming_bytes)
    self->coming_bytes = 0;
  self->coming_index = index;
  if (bytes < self->coming_bytes + SIGN_BYTES)
    return;
  self->coming_bytes = bytes;
  self->answered_us = self->gave_us = now_us;
}

gint64
redes_source_check_silence (RedesSource *self, gint64 now_us)
{
  /* What our own limit, or our own disk, holds back is no silence of the source's. */
  if (self->remote->interface->is_held_back (self->remote))
    redes_source_forgive_silence (self, now_us);
  look_at_coming_block (self, now_us);
  if (!self->owes_bits && !self->owes_manifest && g_hash_table_size (self->requests) == 0)
    return 0;
  return MAX (now_us - self->answered_us, 1);
}

gint64
redes_source_get_idle (RedesSource *self, gint64 now_us)
{
  return now_us - self->gave_us;
}

void
redes_source_forgive_silence (RedesSource *self, gint64 now_us)
{
  self->answered_us = self->gave_us = now_us;
  self->remote->interface->forgive_silence (self->remote, now_us);
}

gboolean
redes_source_is_giving (RedesSource *self, gint64 silence_us, gint64 now_us)
{
  return g_hash_table_size (self->requests) > 0 && !self->snubbed && self->refusals == 0
         && now_us >= self->busy_until_us && redes_source_check_silence (self, now_us) < silence_us;
}

void
redes_source_snub (RedesSource *self)
{
  self->snubbed = TRUE;
  give_all_back (self);
}
