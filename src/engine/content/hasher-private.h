/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/hasher.h"

G_BEGIN_DECLS

/* A large file is divided among the threads in stripes of whole blocks. */
#define REDES_HASH_STRIPE_BYTES (4u * 1024 * 1024)

G_STATIC_ASSERT (REDES_HASH_STRIPE_BYTES % REDES_MAX_BLOCK_SIZE == 0);

/*
 * A file is in the queue `waiting` until a job opens it. A large one is then in `striping` until a
 * job has taken its last stripe. It is finished when its last stripe is hashed, and its callback is
 * called when those of all files added before it were. No file is opened while a large one has
 * stripes left, so few files are open at any time.
 */
typedef struct
{
  RedesHashOpenFunc open_func;
  RedesHashDoneFunc done;
  gpointer data;
  GCancellable *cancellable;

  /* Set by the job that opens it; constant while several hash it. */
  int fd;
  RedesGeometry geometry;
  gint64 mtime_ns;
  gboolean is_sparse;
  RedesDigest *blocks;

  /* With the hasher's lock held. */
  guint32 next_block;
  guint n_hashing;
  guint64 bytes_hashed;
  GError *error;
  gboolean finished;
} RedesHashFile;

struct _RedesHasher
{
  gatomicrefcount refs;
  RedesWorkers *workers;
  gint stopped; /* atomic; likewise: */
  gint paused;

  GMutex lock;
  GCond job_ended;
  GQueue order;    /* of RedesHashFile: all whose callback was not called yet */
  GQueue waiting;  /* of RedesHashFile */
  GQueue striping; /* of RedesHashFile */
  guint n_jobs;    /* jobs pushed whose `done` has not come */
  guint n_running; /* those that run in a worker now */
  guint64 bytes;
};

/* A job: hashes a part of the files that wait, in a worker. @data: a RedesHasher */
void redes_hash_job_run (gpointer data);

G_END_DECLS
