/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/clock.h"

static gint64
get_system_time (gpointer user_data)
{
  return g_get_monotonic_time ();
}

const RedesClock *
redes_clock_get_system (void)
{
  static const RedesClock clock = { .now_us = get_system_time };

  return &clock;
}
