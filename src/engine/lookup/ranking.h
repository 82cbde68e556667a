/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"

G_BEGIN_DECLS

/*
 * How well a name fits a query, as a tracker's directory has it, for answers that come from
 * several: a peer ranks what it shares, and who asked many ranks what they said.
 */

#define REDES_RANKING_NO_MATCH G_MAXUINT

/* A query, read once. */
typedef struct
{
  char *folded;  /* " acao 1 pdf" */
  char **words;  /* to be looked for, each with a space before it */
  guint n_words; /* of them */
} RedesRanking;

/* %FALSE, with @self all zeroes, if there is no word in @text. */
gboolean redes_ranking_init (RedesRanking *self, const char *text);
void redes_ranking_clear (RedesRanking *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesRanking, redes_ranking_clear)

/* @folded: (not nullable): as redes_words_fold() gives it, ends with NUL or @len. Returns: smaller
 * is better, 0 is the very name; REDES_RANKING_NO_MATCH if a word is not in it */
guint redes_ranking_score (const RedesRanking *self, const char *folded, gsize len);

/**
 * redes_ranking_merge:
 * @rows: (element-type RedesResultEntry) (transfer full): from several
 * @origins: (element-type utf8) (transfer none): for each row who sent it; "" = a peer, which
 *   speaks for itself alone
 *
 * The same content from several becomes one row: its sources are the most that a tracker counts,
 * or the peers that say they have it, whichever is more (the same peers may be meant, so the sum
 * would promise too much). Its names are those that anybody gives it, with their sources counted
 * likewise; those that fit the query first, and of them what most call it. Then all rows are
 * ordered by the fit of the best name, sources, name.
 *
 * Returns: (transfer full) (element-type RedesResultEntry)
 */
GPtrArray *redes_ranking_merge (const RedesRanking *self, GPtrArray *rows, GPtrArray *origins);

G_END_DECLS
