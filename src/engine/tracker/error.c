/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/error.h"

#include "engine/base/error.h"

REDES_DEFINE_ERROR (redes_tracker_error)
