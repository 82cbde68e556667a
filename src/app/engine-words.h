/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/* The engine gives its reasons in English. Those that are whole sentences come back in the person's
 * language; others, which have names and numbers in them, as they are. (transfer none) */
const char *redes_engine_words_translate (const char *words);

/* The same for a line of the tracker's log, whose names and numbers stay as they are: (transfer
 * full). */
char *redes_engine_words_translate_log (const char *line);
