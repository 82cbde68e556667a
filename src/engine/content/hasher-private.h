/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/hasher.h"

G_BEGIN_DECLS

/* A large file is handed out in stripes of whole blocks. */
#define REDES_HASH_STRIPE_BYTES (4u * 1024 * 1024)

G_STATIC_ASSERT (REDES_HASH_STRIPE_BYTES % REDES_MAX_BLOCK_SIZE == 0);

/*
 * A file's way: `waiting` until a job opens it; if it is large then `striping` until its last
 * stripe is handed out; finished when its last stripe is hashed; answered when all files added
 * before it are. Files are opened only while no large one has stripes left, so few are open at any
 * time.
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
  GQueue order;    /* of RedesHashFile: all that are not answered */
  GQueue waiting;  /* of RedesHashFile */
  GQueue striping; /* of RedesHashFile */
  guint n_jobs;    /* pushed, and not answered */
  guint n_running; /* in a worker */
  guint64 bytes;
};

/* Hashes some of what waits, in a worker. @data: a RedesHasher */
void redes_hash_job_run (gpointer data);

G_END_DECLS
