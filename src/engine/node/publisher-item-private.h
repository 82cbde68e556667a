/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/publisher-item.h"

G_BEGIN_DECLS

/* @name: (nullable) */
RedesPublisherItem *
redes_publisher_item_new (const RedesPeerId *id, const char *name, RedesPublisherTrust trust);

G_END_DECLS
