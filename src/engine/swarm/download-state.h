/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesDownloadState:
 *
 * FINDING -> ACTIVE <-> WAITING, ACTIVE -> FINISHING -> DONE; from each but DONE -> FAILED. With a
 * store also: from each but DONE -> PAUSED (of its own will), and from PAUSED and FAILED back to
 * FINDING, with the blocks that are there. See RedesTransferState, which shows it to a front end.
 */
typedef enum
{
  REDES_DOWNLOAD_FINDING,
  REDES_DOWNLOAD_ACTIVE,
  REDES_DOWNLOAD_WAITING,
  REDES_DOWNLOAD_FINISHING,
  REDES_DOWNLOAD_DONE,
  REDES_DOWNLOAD_FAILED,
  REDES_DOWNLOAD_PAUSED,
} RedesDownloadState;

G_END_DECLS
