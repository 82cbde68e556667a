/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesPublisherTrust:
 * @REDES_PUBLISHER_NEW: the person has said nothing of it
 * @REDES_PUBLISHER_KNOWN: the person knows who it is
 * @REDES_PUBLISHER_BLOCKED: nothing that it signed is wanted
 *
 * What the person says of a publisher. The store keeps the numbers.
 */
typedef enum
{
  REDES_PUBLISHER_NEW = 0,
  REDES_PUBLISHER_KNOWN = 1,
  REDES_PUBLISHER_BLOCKED = 2,
} RedesPublisherTrust;

G_END_DECLS
