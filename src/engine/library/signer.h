/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/workers.h"
#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesSigner:
 *
 * Signs manifests in batches, because a signature costs about 5 ms: manifests that are added within
 * half a second are signed together. A signer belongs to the thread of its workers' main context.
 */
typedef struct _RedesSigner RedesSigner;

/**
 * RedesSignedFunc:
 * @manifest: (nullable): %NULL if it could not be signed
 * @error: (nullable): why
 * @data: what redes_signer_add() was given
 */
typedef void (*RedesSignedFunc) (RedesManifest *manifest,
                                 const GError *error,
                                 gpointer data,
                                 gpointer user_data);

/* @signed_func: called once for each manifest, in the thread of the signer; @free_data: frees the
 * data of manifests that are not signed when the signer is freed */
RedesSigner *redes_signer_new (RedesIdentity *identity,
                               RedesWorkers *workers,
                               RedesSignedFunc signed_func,
                               GDestroyNotify free_data,
                               gpointer user_data);
/* From now on only @free_data is called. */
void redes_signer_free (RedesSigner *self);

/**
 * redes_signer_add:
 * @name: (transfer none): it must stay valid as long as @data
 * @tree: of the file, or of the folder's list
 * @folder: (nullable): what lies below a folder; lives as long as @data; %NULL for a file
 */
void redes_signer_add (RedesSigner *self,
                       const char *name,
                       RedesHashTree *tree,
                       const RedesFolderTotals *folder,
                       gpointer data);
/* Signs at once what waits, because nothing more will be added for a while. */
void redes_signer_hurry (RedesSigner *self);
/* Returns: the number of manifests that wait or are being signed */
guint redes_signer_get_pending (RedesSigner *self);

G_END_DECLS
