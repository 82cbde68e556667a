/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/options.h"

G_BEGIN_DECLS

/* The options of every command that looks for others on the local network. */

extern gboolean redes_lan_option_off;
extern char **redes_lan_option_interfaces;

/* For a command's table of options. */
#define REDES_LAN_OPTIONS                                                                          \
  { "no-lan",                                                                                      \
    0,                                                                                             \
    0,                                                                                             \
    G_OPTION_ARG_NONE,                                                                             \
    &redes_lan_option_off,                                                                         \
    "Find nobody on the local network, and be found by nobody there",                              \
    NULL },                                                                                        \
  {                                                                                                \
    "lan-interface", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &redes_lan_option_interfaces,              \
        "Only by this network interface; may be given several times (default: all)", "NAME"        \
  }

/* Whether the options make sense; says what does not. */
gboolean redes_lan_options_check (RedesOutput *output);
/* After that. */
void redes_lan_options_apply (RedesConfig *config);

G_END_DECLS
