/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * RedesToastGatherer:
 *
 * Makes one toast of what befalls many files in a moment: a drive that is taken away is one
 * message, and not one for each of its files.
 */
typedef struct _RedesToastGatherer RedesToastGatherer;

/**
 * RedesGatheredWords:
 * @n_files: how many files, 1 or more
 * @path: of the first of them
 * @folder: that all of them are in; of one file the one it is in
 * @reason: the first one's
 *
 * What a toast says in the person's language. Returns: (transfer full)
 */
typedef char *(*RedesGatheredWords) (guint n_files,
                                     const char *path,
                                     const char *folder,
                                     const char *reason);

/* @where: borrowed, and must outlive it */
RedesToastGatherer *redes_toast_gatherer_new (GtkWidget *where, RedesGatheredWords words);
/* Without a word about what was not told yet. @self: (nullable) */
void redes_toast_gatherer_free (RedesToastGatherer *self);
/* The toast comes half a second after the last one, or three after the first one. */
void redes_toast_gatherer_add (RedesToastGatherer *self, const char *path, const char *reason);

G_END_DECLS
