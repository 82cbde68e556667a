/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The engine gives its reasons in English. Those that are whole sentences come back in the person's
 * language; others, which have names and numbers in them, as they are. (transfer none) */
const char *redes_engine_words_translate (const char *words);
