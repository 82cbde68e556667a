/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/error.h"

#include "engine/base/error.h"

REDES_DEFINE_ERROR (redes_content_error)
