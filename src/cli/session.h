/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/output.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

/**
 * RedesSession:
 *
 * One node for as long as a command runs: started, used, and stopped whichever way the command
 * ends.
 */
typedef struct _RedesSession RedesSession;

typedef void (*RedesSessionFunc) (RedesSession *session, gpointer user_data);

/* @started: called when the node is ready; what it begins ends in redes_session_end(). */
RedesSession *redes_session_new (RedesOutput *output,
                                 const RedesConfig *config,
                                 RedesSessionFunc started,
                                 gpointer user_data);
void redes_session_free (RedesSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesSession, redes_session_free)

RedesOutput *redes_session_get_output (RedesSession *self);
RedesNode *redes_session_get_node (RedesSession *self);
/* Cancelled at the end: for every query to the node. */
GCancellable *redes_session_get_cancellable (RedesSession *self);

/**
 * redes_session_try_again:
 * @patience_s: how long after the node was ready it is still worth it
 * @again: called in a quarter of a second, unless the session ends before
 *
 * For a query that got no answer or found nothing: a tracker or a peer that was started a moment
 * ago may not be there yet.
 *
 * Returns: %FALSE if there is no time left; @again is not called then
 */
gboolean redes_session_try_again (RedesSession *self,
                                  guint patience_s,
                                  RedesSessionFunc again,
                                  gpointer user_data);

/* The status of a session that a signal ends; REDES_EXIT_FAILED unless set. */
void redes_session_set_interrupted_status (RedesSession *self, int status);

/* As redes_runner_set_interrupt_func(). */
void redes_session_set_interrupt_func (RedesSession *self,
                                       gboolean (*interrupted) (gpointer),
                                       gpointer user_data);

/* Starts the node and runs the main loop until the node has stopped again. */
int redes_session_run (RedesSession *self);
/* Begins to stop; the first call's @status counts. */
void redes_session_end (RedesSession *self, int status);

G_END_DECLS
