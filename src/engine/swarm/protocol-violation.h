/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * What the end of a session says of the other side: PROTOCOL.md, "Violations".
 */

/* Whether a rule was broken. A connection that just ended breaks none, nor does one over which
 * nothing comes: that is mostly the network's doing. */
gboolean redes_protocol_violation_is_one (const GError *error);

/* Whether what it sent was false, rather than a peer that is slow, or was cut off. */
gboolean redes_protocol_violation_is_lie (const GError *error);

/* "wrong-block" */
const char *redes_protocol_violation_get_name (const GError *error);

G_END_DECLS
