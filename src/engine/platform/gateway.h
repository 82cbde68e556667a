/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Both read a small file, and block for a moment. Any thread. */

/* (nullable) (transfer full): the IPv4 address of the gateway of the default route by @interface;
 * %NULL if there is none, or the system does not tell */
char *redes_gateway_find (const char *interface);
/* (nullable) (transfer full): the hardware address of the machine that has the IPv4 address @host
 * on the network of @interface; %NULL if it is not known */
char *redes_gateway_find_hardware (const char *interface, const char *host);

G_END_DECLS
