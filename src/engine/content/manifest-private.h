/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/batch.h"

G_BEGIN_DECLS

#define REDES_BATCH_LABEL "redes manifest batch v1"

/* One for all manifests of a batch, so that 10,000 small files do not need 10,000 signatures, keys
 * and paths in memory. */
struct _RedesBatch
{
  gatomicrefcount refs;
  guint32 size;
  RedesPeerId publisher;
  GBytes *signature;
  GBytes *spki;
  /* Most of the tree, for a batch made here; the path of one manifest, for one that came from a
   * remote: then the batch is that manifest's alone. */
  gboolean has_tree;
  RedesDigest digests[];
};

/* Returns the number of digests. */
guint
redes_batch_get_path (RedesBatch *self, guint32 index, RedesDigest path[REDES_MAX_BATCH_PATH]);
/* Whether those digests of the path of @index that cover no manifest are the ones of subtrees of
 * zero digests, as in every batch that was padded as it has to be. */
gboolean redes_batch_check_padding (RedesBatch *self, guint32 index);
/* Whether @body is what the batch has at @index, as far as its leaves are known. */
gboolean redes_batch_has_leaf (RedesBatch *self, guint32 index, GBytes *body);
/* Computes the digest that is signed if @body is the manifest at @index. */
void
redes_batch_compute_signed_digest (RedesBatch *self, guint32 index, GBytes *body, RedesDigest *out);

/* Computes a key for (publisher, @signed_digest, signature). */
void
redes_batch_compute_memo_key (RedesBatch *self, const RedesDigest *signed_digest, RedesDigest *out);

/* The body is not kept in memory: as it has only one normal form, it can be made again. */
struct _RedesManifest
{
  gatomicrefcount refs;
  guint16 batch_index; /* below REDES_MAX_BATCH */
  guint8 is_folder;
  RedesBatch *batch;
  RedesGeometry geometry;
  gint64 time_s;
  RedesContentId content;
  /* The name, with its NUL; before it a folder's totals. */
  char tail[];
};

/* Makes a manifest of @batch after checking all values, which may come from a remote. */
RedesManifest *redes_manifest_new (const RedesManifestDraft *draft,
                                   gint64 time_s,
                                   RedesBatch *batch,
                                   guint32 batch_index,
                                   GError **error);

G_END_DECLS
