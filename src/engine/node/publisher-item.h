/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/base/publisher-trust.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_PUBLISHER_ITEM (redes_publisher_item_get_type ())
/** RedesPublisherItem: what the person says of a publisher. Immutable. */
G_DECLARE_FINAL_TYPE (RedesPublisherItem, redes_publisher_item, REDES, PUBLISHER_ITEM, GObject)

const RedesPeerId *redes_publisher_item_get_id (RedesPublisherItem *self);
/* The name that the person gave, or "". */
const char *redes_publisher_item_get_name (RedesPublisherItem *self);
RedesPublisherTrust redes_publisher_item_get_trust (RedesPublisherItem *self);

G_END_DECLS
