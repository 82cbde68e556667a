/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_SWARM_ERROR (redes_swarm_error_quark ())
GQuark redes_swarm_error_quark (void);

/**
 * RedesSwarmError:
 * @REDES_SWARM_ERROR_WRONG_BLOCK: a block that does not lead to the content's root by its proof
 * @REDES_SWARM_ERROR_WRONG_MANIFEST: a manifest that is malformed, of another content, or not
 * signed by its publisher
 * @REDES_SWARM_ERROR_SILENT: a peer that was asked sent nothing: its connection ends, but it has
 *   broken no rule
 * @REDES_SWARM_ERROR_OVER: no block of a download comes any more, for the reason in the notice: it
 *   tells those who read it, and ends no session
 *
 * Why a session is ended, beside the violations of the wire (#RedesWireError).
 */
typedef enum
{
  REDES_SWARM_ERROR_WRONG_BLOCK,
  REDES_SWARM_ERROR_WRONG_MANIFEST,
  REDES_SWARM_ERROR_SILENT,
  REDES_SWARM_ERROR_OVER,
} RedesSwarmError;

/*
 * What the end of a session says of the other side: PROTOCOL.md, "Violations".
 */

/* Whether a rule was broken. A connection that just ended breaks none, nor does one over which
 * nothing comes: that is mostly the network's doing. */
gboolean redes_protocol_violation_breaks_rule (const GError *error);

/* Whether what it sent was false, rather than a peer that is slow, or was cut off. */
gboolean redes_protocol_violation_is_lie (const GError *error);

/* "wrong-block" */
const char *redes_protocol_violation_get_name (const GError *error);

G_END_DECLS
