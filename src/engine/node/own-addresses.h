/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_list_own_addresses:
 * @listening: what is listened on: "0.0.0.0:5000", "127.0.0.1:5000"
 *
 * Which addresses others can be given for @listening. One that stands for all of this machine's
 * becomes those of its networks, IPv4 first; only if there are none, the loopback one.
 *
 * Returns: (transfer full) (array zero-terminated=1): "192.0.2.7:5000", …
 */
char **redes_list_own_addresses (const char *listening);

G_END_DECLS
