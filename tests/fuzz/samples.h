/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/frame.h"

/* Valid messages: at least one of each type but BLOCK. */
extern const RedesMessageType sample_types[];
extern const guint n_samples;

/* (transfer full): the whole frame of sample @index. */
GBytes *sample_dup_frame (guint index);

/* (transfer full): a whole BLOCK. */
GBytes *sample_dup_block (guint32 index, guint8 n_proof, gsize len);
