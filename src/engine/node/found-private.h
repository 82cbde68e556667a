/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/found.h"
#include "engine/lookup/sighting.h"

G_BEGIN_DECLS

RedesFound *redes_found_new (const RedesSighting *sighting);

G_END_DECLS
