/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/error.h"

#include "engine/base/error.h"

REDES_DEFINE_ERROR (redes_library_error)
