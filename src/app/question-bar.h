/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_QUESTION_BAR (redes_question_bar_get_type ())
/**
 * RedesQuestionBar:
 *
 * A bar with a question and two buttons, which does not block the window. It is hidden until
 * redes_question_bar_ask() is called, and again after the answer. A window shows one bar at a time:
 * another one waits until the first is answered or its page is left.
 *
 * Properties, for its layout: `accept` and `refuse`, the labels of its buttons, with mnemonics.
 *
 * Signals:
 * - `accepted (bar)` and `refused (bar)`: which button was clicked
 */
G_DECLARE_FINAL_TYPE (RedesQuestionBar, redes_question_bar, REDES, QUESTION_BAR, AdwBin)

void redes_question_bar_ask (RedesQuestionBar *self, const char *words);
void redes_question_bar_withdraw (RedesQuestionBar *self);
/* Whether it asks: it is shown, or waits for another bar to be answered. */
gboolean redes_question_bar_is_asking (RedesQuestionBar *self);

G_END_DECLS
