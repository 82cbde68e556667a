/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/output.h"

G_BEGIN_DECLS

/**
 * RedesRunner:
 *
 * The main loop of a command that lasts: SIGINT, SIGTERM, SIGHUP and an output that nobody reads
 * any more ask it to stop cleanly; a second signal ends the process at once.
 */
typedef struct _RedesRunner RedesRunner;

/**
 * redes_runner_new:
 * @stop: called once, by the first signal: begins what ends in redes_runner_quit()
 */
RedesRunner *redes_runner_new (RedesOutput *output, void (*stop) (gpointer), gpointer user_data);
/* @interrupted: called at SIGINT; returns whether it was an answer to what a person was typing, and
 * nothing is to stop; (nullable) */
void redes_runner_set_interrupt_func (RedesRunner *self,
                                      gboolean (*interrupted) (gpointer),
                                      gpointer user_data);
void redes_runner_free (RedesRunner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesRunner, redes_runner_free)

/* Returns the status that redes_runner_quit() was given, perhaps before this. */
int redes_runner_run (RedesRunner *self);
void redes_runner_quit (RedesRunner *self, int status);

G_END_DECLS
