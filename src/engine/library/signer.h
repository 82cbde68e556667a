/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/workers.h"
#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesSigner:
 *
 * Signs manifests in batches, for a signature is dear: what comes within half a second is signed
 * together. Belongs to the thread of its workers' context.
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

/* @free_data: of what is not signed any more when the signer is freed */
RedesSigner *redes_signer_new (RedesIdentity *identity,
                               RedesWorkers *workers,
                               RedesSignedFunc signed_func,
                               GDestroyNotify free_data,
                               gpointer user_data);
/* Nothing is called any more, but for the data's end. */
void redes_signer_free (RedesSigner *self);

/**
 * redes_signer_add:
 * @name: lives as long as @data
 * @tree: of the file, or of the folder's list
 * @folder: (nullable): what lies below a folder; lives as long as @data; %NULL for a file
 */
void redes_signer_add (RedesSigner *self,
                       const char *name,
                       RedesHashTree *tree,
                       const RedesFolderTotals *folder,
                       gpointer data);
/* Nothing will come for a while: what waits needs not wait for it. */
void redes_signer_hurry (RedesSigner *self);
/* What waits, or is being signed. */
guint redes_signer_get_pending (RedesSigner *self);

G_END_DECLS
