/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/error.h"

#include "engine/base/error.h"

REDES_DEFINE_ERROR (redes_net_error)
