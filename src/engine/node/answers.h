/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/shelf.h"
#include "engine/node/surroundings.h"

G_BEGIN_DECLS

/**
 * RedesAnswers:
 * @shelf: what is shared here
 * @library: what is held here, half downloads too
 * @browsable: see RedesConfig
 *
 * What this peer answers to the questions of others. All is borrowed.
 */
typedef struct
{
  RedesShelf *shelf;
  RedesLibrary *library;
  RedesSurroundings *surroundings;
  gboolean browsable;
} RedesAnswers;

/* Answers at once, with one message. @body: checked by the wire. */
void redes_answers_give (const RedesAnswers *self,
                         RedesPeerSession *session,
                         RedesMessageType type,
                         GVariant *body);

G_END_DECLS
