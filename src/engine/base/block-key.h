/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

G_BEGIN_DECLS

/**
 * RedesBlockKey:
 * @index: of the block, from 0
 *
 * One block of one content.
 */
typedef struct
{
  RedesContentId content;
  guint32 index;
} RedesBlockKey;

G_END_DECLS
