/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/download.h"

#include "engine/base/rate-meter.h"
#include "engine/base/text.h"
#include "engine/platform/move.h"
#include "engine/classic/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES (128u * 1024)
#define MAX_CONNECTIONS 4u
#define CHUNK_TIMEOUT_MS 20000
/* In a row: such a peer is asked no more. */
#define MAX_FAILURES 3u
#define MAX_SAME_NAMES 1000u

/* Where the bytes go. A job holds the download, and with it this. */
typedef struct
{
  char *folder;
  char *name;
  char *partial;
  int fd;
} Place;

typedef struct
{
  char *address;
  char *host;
  guint16 port;
  guint n_failures;
  guint n_chunks;
} Peer;

typedef struct
{
  guint64 offset;
  guint32 len;
} Piece;

struct _RedesClassicDownload
{
  const RedesClock *clock;
  guint ref_count;
  guint id;
  RedesClassicFile *file;
  RedesWorkers *workers;
  RedesThrottle *down;
  RedesThrottleWaiter waiter;
  RedesClassicDownloadFunc changed; /* NULL once freed */
  gpointer user_data;
  GCancellable *cancellable;
  Place *place;
  GPtrArray *peers;
  guint next_peer;
  GQueue again;        /* Piece: asked for once, and not got */
  guint64 next_offset; /* nothing beyond has been asked for */
  guint64 bytes_done;
  guint n_open; /* queries and jobs under way */
  RedesTransferState state;
  char *path;
  RedesNotice *reason;
  RedesRateMeter meter;
  gint64 started_us;
  gint64 ended_us;
};

/* One query to one peer, and the job that writes its answer. */
typedef struct
{
  RedesClassicDownload *download;
  Peer *peer;
  Piece piece;
  GBytes *bytes;
  int error;
  char *path;
} Step;

static void fill (RedesClassicDownload *self);

static Place *
place_new (const char *folder, const char *name)
{
  Place *place = g_new0 (Place, 1);

  place->folder = g_build_filename (folder, REDES_CLASSIC_FOLDER, NULL);
  place->name = redes_text_make_safe_file_name (name, 200);
  place->fd = -1;
  return place;
}

/* What was not given its name is removed. */
static void
place_free (Place *place)
{
  if (place->fd >= 0)
    close (place->fd);
  if (place->partial != NULL)
    unlink (place->partial);
  g_free (place->partial);
  g_free (place->folder);
  g_free (place->name);
  g_free (place);
}

static void
peer_free (gpointer data)
{
  Peer *peer = data;

  g_free (peer->address);
  g_free (peer->host);
  g_free (peer);
}

static void
download_unref (RedesClassicDownload *self)
{
  if (--self->ref_count > 0)
    return;
  redes_throttle_leave (self->down, &self->waiter);
  redes_throttle_unref (self->down);
  redes_classic_file_free (self->file);
  g_object_unref (self->cancellable);
  place_free (self->place);
  g_ptr_array_unref (self->peers);
  g_queue_clear_full (&self->again, g_free);
  g_free (self->path);
  redes_notice_unref (self->reason);
  g_free (self);
}

static gboolean
is_over (RedesClassicDownload *self)
{
  return self->changed == NULL || self->state == REDES_TRANSFER_DONE
         || self->state == REDES_TRANSFER_FAILED;
}

static GPtrArray *
list_sources (RedesClassicDownload *self)
{
  static const RedesPeerId no_id;
  GPtrArray *sources = redes_transfer_sources_new ();

  for (guint i = 0; i < self->peers->len; i++)
    {
      const Peer *peer = g_ptr_array_index (self->peers, i);
      RedesTransferSource *source = g_new0 (RedesTransferSource, 1);

      redes_sender_init (&source->sender, &no_id, "", peer->address, peer->n_chunks);
      source->connected = !is_over (self) && peer->n_failures < MAX_FAILURES;
      g_ptr_array_add (sources, source);
    }
  return sources;
}

static void
tell (RedesClassicDownload *self)
{
  RedesTransferSnapshot *snapshot;
  gint64 now_us = redes_clock_now_us (self->clock);

  if (self->changed == NULL)
    return;
  snapshot = g_new0 (RedesTransferSnapshot, 1);
  snapshot->id = self->id;
  snapshot->state = self->state;
  snapshot->name = g_strdup (self->file->name);
  snapshot->bytes_done = self->bytes_done;
  snapshot->rate_bytes_per_s = is_over (self) ? 0 : redes_rate_meter_get (&self->meter, now_us);
  snapshot->seconds = ((self->ended_us != 0 ? self->ended_us : now_us) - self->started_us) / 1e6;
  snapshot->path = g_strdup (self->path);
  snapshot->reason = redes_notice_ref (self->reason);
  snapshot->sources = list_sources (self);
  self->changed (snapshot, self->user_data);
}

static void
end (RedesClassicDownload *self, RedesTransferState state, const RedesNotice *reason)
{
  if (is_over (self))
    return;
  self->state = state;
  self->reason = redes_notice_ref (reason);
  self->ended_us = redes_clock_now_us (self->clock);
  redes_throttle_leave (self->down, &self->waiter);
  g_cancellable_cancel (self->cancellable);
  tell (self);
}

/* Disk. */

static Step *
step_new (RedesClassicDownload *self, Peer *peer, const Piece *piece)
{
  Step *step = g_new0 (Step, 1);

  step->download = self;
  self->ref_count++;
  self->n_open++;
  step->peer = peer;
  if (piece != NULL)
    step->piece = *piece;
  return step;
}

static void
step_free (Step *step)
{
  RedesClassicDownload *self = step->download;

  self->n_open--;
  g_clear_pointer (&step->bytes, g_bytes_unref);
  g_free (step->path);
  g_free (step);
  download_unref (self);
}

static void
run_open (gpointer data)
{
  Step *step = data;
  Place *place = step->download->place;

  place->partial = g_build_filename (place->folder, ".redes-XXXXXX", NULL);
  if (g_mkdir_with_parents (place->folder, 0755) == 0)
    place->fd = g_mkstemp_full (place->partial, O_RDWR | O_CLOEXEC, 0644);
  if (place->fd >= 0)
    return;
  step->error = errno;
  g_clear_pointer (&place->partial, g_free);
}

static void
fail_by_disk (RedesClassicDownload *self, int error)
{
  g_autofree char *folder = redes_text_display_path (self->place->folder);
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_CLASSIC_CANNOT_WRITE, folder,
                                                     redes_notice_arg_errno (error));

  end (self, REDES_TRANSFER_FAILED, reason);
}

static void
open_done (gpointer data)
{
  Step *step = data;
  RedesClassicDownload *self = step->download;

  if (step->error != 0)
    fail_by_disk (self, step->error);
  else if (!is_over (self))
    {
      self->state = REDES_TRANSFER_ACTIVE;
      tell (self);
    }
  self->ref_count++;
  step_free (step);
  fill (self);
  download_unref (self);
}

static void
run_write (gpointer data)
{
  Step *step = data;
  gsize len;
  const guint8 *bytes = g_bytes_get_data (step->bytes, &len);
  gsize done = 0;

  while (done < len)
    {
      gssize n = pwrite (step->download->place->fd, bytes + done, len - done,
                         (off_t)(step->piece.offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          step->error = n < 0 ? errno : EIO;
          return;
        }
      done += (gsize)n;
    }
}

static void
write_done (gpointer data)
{
  Step *step = data;
  RedesClassicDownload *self = step->download;
  gsize len = g_bytes_get_size (step->bytes);

  if (step->error != 0)
    fail_by_disk (self, step->error);
  else if (!is_over (self))
    {
      self->bytes_done += len;
      redes_rate_meter_add (&self->meter, len, redes_clock_now_us (self->clock));
      tell (self);
    }
  self->ref_count++;
  step_free (step);
  fill (self);
  download_unref (self);
}

/* Under the first name that is free: "name.txt", "name (2).txt". */
static void
run_finish (gpointer data)
{
  Step *step = data;
  Place *place = step->download->place;

  if (fsync (place->fd) != 0)
    step->error = errno;
  for (guint i = 1; step->error == 0 && step->path == NULL && i <= MAX_SAME_NAMES; i++)
    {
      g_autofree char *name
          = i == 1 ? g_strdup (place->name) : redes_text_numbered_file_name (place->name, i);
      g_autofree char *path = g_build_filename (place->folder, name, NULL);
      int error = redes_move_no_replace (place->partial, path);

      if (error == 0)
        step->path = g_steal_pointer (&path);
      else if (error != EEXIST)
        step->error = error;
    }
  if (step->path != NULL)
    g_clear_pointer (&place->partial, g_free);
  else if (step->error == 0)
    step->error = EEXIST;
}

static void
finish_done (gpointer data)
{
  Step *step = data;
  RedesClassicDownload *self = step->download;

  if (step->error != 0)
    fail_by_disk (self, step->error);
  else if (!is_over (self))
    {
      self->path = g_steal_pointer (&step->path);
      end (self, REDES_TRANSFER_DONE, NULL);
    }
  step_free (step);
}

/* Fetching. */

static gboolean
is_refusal (GBytes *answer, guint32 asked)
{
  gsize len = strlen (REDES_CLASSIC_NO_FILE);

  return g_bytes_get_size (answer) == len && len != asked
         && memcmp (g_bytes_get_data (answer, NULL), REDES_CLASSIC_NO_FILE, len) == 0;
}

static void
put_back (RedesClassicDownload *self, guint64 offset, guint32 len)
{
  Piece *piece = g_new0 (Piece, 1);

  piece->offset = offset;
  piece->len = len;
  g_queue_push_head (&self->again, piece);
}

static void
chunk_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Step *step = user_data;
  RedesClassicDownload *self = step->download;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, NULL);
  gsize len = answer != NULL ? g_bytes_get_size (answer) : 0;

  redes_throttle_spend (self->down, len);
  if (!is_over (self) && len > 0 && !is_refusal (answer, step->piece.len))
    {
      /* What came short is asked for again. */
      if (len < step->piece.len)
        put_back (self, step->piece.offset + len, step->piece.len - (guint32)len);
      step->peer->n_failures = 0;
      step->peer->n_chunks++;
      step->bytes = g_steal_pointer (&answer);
      redes_workers_push (self->workers, run_write, write_done, step);
      fill (self);
      return;
    }
  put_back (self, step->piece.offset, step->piece.len);
  step->peer->n_failures++;
  self->ref_count++;
  step_free (step);
  fill (self);
  download_unref (self);
}

/* (nullable): the next in turn that still answers. */
static Peer *
choose_peer (RedesClassicDownload *self)
{
  for (guint i = 0; i < self->peers->len; i++)
    {
      Peer *peer = g_ptr_array_index (self->peers, self->next_peer++ % self->peers->len);

      if (peer->n_failures < MAX_FAILURES)
        return peer;
    }
  return NULL;
}

/* There is one: what came to nothing before, or the next of the file. */
static void
take_piece (RedesClassicDownload *self, Piece *out)
{
  g_autofree Piece *again = g_queue_pop_head (&self->again);

  if (again != NULL)
    {
      *out = *again;
      return;
    }
  out->offset = self->next_offset;
  out->len = (guint32)MIN (CHUNK_BYTES, self->file->size - self->next_offset);
  self->next_offset += out->len;
}

static void
fill (RedesClassicDownload *self)
{
  if (is_over (self) || self->state != REDES_TRANSFER_ACTIVE)
    return;
  while (self->n_open < MAX_CONNECTIONS)
    {
      RedesClassicCommand command = { .verb = REDES_CLASSIC_GET, .name = self->file->name };
      Peer *peer = choose_peer (self);
      Piece piece;

      if (peer == NULL)
        {
          if (self->n_open == 0)
            {
              g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_CLASSIC_NOBODY_SENDS);

              end (self, REDES_TRANSFER_FAILED, reason);
            }
          return;
        }
      if (g_queue_is_empty (&self->again) && self->next_offset >= self->file->size)
        break;
      /* What comes is spent when it is there: the next has to wait for it. */
      if (redes_throttle_ask (self->down, &self->waiter, 1) == 0)
        return;
      take_piece (self, &piece);
      command.offset = piece.offset;
      command.size = piece.len;
      redes_classic_ask_async (peer->host, peer->port, &command, piece.len, TRUE, CHUNK_TIMEOUT_MS,
                               self->cancellable, chunk_cb, step_new (self, peer, &piece));
    }
  if (self->n_open == 0 && self->bytes_done == self->file->size)
    {
      self->state = REDES_TRANSFER_FINISHING;
      tell (self);
      redes_workers_push (self->workers, run_finish, finish_done, step_new (self, NULL, NULL));
    }
}

static void
on_turn (gpointer user_data)
{
  fill (user_data);
}

RedesClassicDownload *
redes_classic_download_new (guint id,
                            const RedesClassicFile *file,
                            const char *folder,
                            RedesWorkers *workers,
                            RedesThrottle *down,
                            const RedesClock *clock,
                            RedesClassicDownloadFunc changed,
                            gpointer user_data)
{
  RedesClassicDownload *self = g_new0 (RedesClassicDownload, 1);

  self->ref_count = 1;
  self->clock = clock;
  self->id = id;
  self->file = redes_classic_file_copy (file);
  self->workers = workers;
  self->down = redes_throttle_ref (down);
  redes_throttle_waiter_init (&self->waiter, on_turn, self);
  self->changed = changed;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->place = place_new (folder, file->name);
  self->peers = g_ptr_array_new_with_free_func (peer_free);
  self->state = REDES_TRANSFER_FINDING;
  self->started_us = redes_clock_now_us (self->clock);
  for (guint i = 0; file->peers[i] != NULL; i++)
    {
      Peer *peer = g_new0 (Peer, 1);

      peer->address = g_strdup (file->peers[i]);
      redes_text_parse_address (peer->address, 0, &peer->host, &peer->port, NULL);
      g_ptr_array_add (self->peers, peer);
    }
  redes_workers_push (workers, run_open, open_done, step_new (self, NULL, NULL));
  return self;
}

void
redes_classic_download_fail (RedesClassicDownload *self, const RedesNotice *reason)
{
  if (self->state != REDES_TRANSFER_FINISHING)
    end (self, REDES_TRANSFER_FAILED, reason);
}

void
redes_classic_download_free (RedesClassicDownload *self)
{
  self->changed = NULL;
  redes_throttle_leave (self->down, &self->waiter);
  g_cancellable_cancel (self->cancellable);
  download_unref (self);
}
