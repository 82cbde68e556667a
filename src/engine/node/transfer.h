/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/link.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTransferState:
 * @REDES_TRANSFER_FINDING: asking trackers who has it, connecting, fetching the manifest
 * @REDES_TRANSFER_ACTIVE: blocks are coming in
 * @REDES_TRANSFER_WAITING: no source now; looks for one
 * @REDES_TRANSFER_FINISHING: all blocks are there; writing to disk
 * @REDES_TRANSFER_DONE: whole, verified, under its name
 * @REDES_TRANSFER_FAILED: given up; redes_transfer_get_error_message() says why
 */
typedef enum
{
  REDES_TRANSFER_FINDING,
  REDES_TRANSFER_ACTIVE,
  REDES_TRANSFER_WAITING,
  REDES_TRANSFER_FINISHING,
  REDES_TRANSFER_DONE,
  REDES_TRANSFER_FAILED,
} RedesTransferState;

#define REDES_TYPE_TRANSFER (redes_transfer_get_type ())
/**
 * RedesTransfer:
 *
 * A download as a face sees it. Lives in the face's thread and is brought up to date a few times a
 * second, and at once when its state changes; #RedesTransfer::changed tells. Texts are (transfer
 * none) and valid until the next change.
 */
G_DECLARE_FINAL_TYPE (RedesTransfer, redes_transfer, REDES, TRANSFER, GObject)

/**
 * RedesTransferSource:
 * @blocks: verified blocks that it sent
 * @rate_bytes_per_s: now; 0 when gone
 */
typedef struct
{
  RedesPeerId peer;
  char *nickname;
  char *address;
  guint blocks;
  gdouble rate_bytes_per_s;
  gboolean connected;
} RedesTransferSource;

guint redes_transfer_get_id (RedesTransfer *self);
RedesTransferState redes_transfer_get_state (RedesTransfer *self);
gboolean redes_transfer_is_over (RedesTransfer *self);
/* The manifest's name once it is known, before that the link's, or "". */
const char *redes_transfer_get_name (RedesTransfer *self);
const RedesContentId *redes_transfer_get_content (RedesTransfer *self);
/* Whether it comes from the original system's peers: nobody has signed it, nothing is verified, and
 * its content id is only a number for this transfer. */
gboolean redes_transfer_is_unsigned (RedesTransfer *self);
/* %FALSE until the manifest is known. */
gboolean redes_transfer_get_publisher (RedesTransfer *self, RedesPeerId *out);
guint64 redes_transfer_get_size (RedesTransfer *self);
guint64 redes_transfer_get_bytes_done (RedesTransfer *self);
guint32 redes_transfer_get_blocks (RedesTransfer *self);
guint32 redes_transfer_get_blocks_done (RedesTransfer *self);
gdouble redes_transfer_get_rate_bytes_per_s (RedesTransfer *self);
/* From the start to the end, or to now. */
gdouble redes_transfer_get_seconds (RedesTransfer *self);
/* (nullable): where the file is, once DONE. */
const char *redes_transfer_get_path (RedesTransfer *self);
/* (nullable): plain words: why it waits or failed. */
const char *redes_transfer_get_error_message (RedesTransfer *self);
/* (transfer none) (element-type RedesTransferSource): every peer that sent a block or is
 * connected. */
GPtrArray *redes_transfer_get_sources (RedesTransfer *self);

G_END_DECLS
