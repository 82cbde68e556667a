/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/results.h"

G_BEGIN_DECLS

/* How a search fills its results. Front end's thread. */

/* @words: as they were asked for */
RedesResults *redes_results_new (const char *words);
const char *redes_results_get_words (RedesResults *self);
/* Up to which row each of those asked was asked for all. */
guint redes_results_get_n_asked (RedesResults *self);
/* That so many answered. Returns: whether one is missed who answered before, or nobody had anything
 * new; once at each row, so that whoever asks again goes on without him. */
gboolean redes_results_count_answers (RedesResults *self, guint n_answering, gboolean any_fresh);

/* (nullable) (transfer none): the signed one */
RedesResult *redes_results_lookup (RedesResults *self, const RedesContentId *content);
/**
 * redes_results_add:
 * @fresh: (element-type RedesResult): in order, none of which has come before
 * @n_asked: so many rows were asked of each this time
 * @total: the most that one of those asked says it has
 */
void redes_results_add (RedesResults *self, GPtrArray *fresh, guint n_asked, guint total);
/* After all others. */
void redes_results_add_unsigned (RedesResults *self, RedesResult *result);

G_END_DECLS
