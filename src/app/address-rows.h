/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Rows of a preferences group, one for each address, with a button in each and an entry below them
 * to add an address. */

/**
 * redes_address_row_new:
 * @address: the row's title
 * @icon_name: (nullable): of the button; %NULL: there is none
 * @words: what the button does
 * @clicked: (type GCallback): `(GtkButton *button, gpointer data)`; redes_address_row_get() tells
 *   whose button it is
 * @data: (type GObject): the handler goes with it
 */
GtkWidget *redes_address_row_new (const char *address,
                                  const char *icon_name,
                                  const char *words,
                                  GCallback clicked,
                                  gpointer data);
/* The address of the row that @button is in. */
const char *redes_address_row_get (GtkButton *button);
/* Shows the state of @item in @row, as a subtitle and an icon. */
void redes_address_row_show (GtkWidget *row, RedesTrackerItem *item);

typedef GtkWidget *(*RedesAddressRowFunc) (gpointer group, const char *address);

/**
 * redes_address_rows_update:
 * @rows: address -> row: those that are in @group
 * @make: makes the row of one that is new
 * @anew: all of them, so that they come last
 *
 * Makes the rows those of @addresses.
 *
 * Returns: whether any came last
 */
gboolean redes_address_rows_update (AdwPreferencesGroup *group,
                                    GHashTable *rows,
                                    const char *const *addresses,
                                    RedesAddressRowFunc make,
                                    gboolean anew);
/* Moves @entry below the other rows, without taking the keyboard focus and the cursor from it. */
void redes_address_rows_move_down (AdwPreferencesGroup *group, AdwEntryRow *entry);

/* What @group says above its rows: @trouble with what is in @entry, or, when that is %NULL,
 * @usual. */
void redes_address_rows_say (AdwPreferencesGroup *group,
                             AdwEntryRow *entry,
                             const char *trouble,
                             const char *usual);

/* Changes a setting that is a list of texts: @add and @remove are nullable. */
void redes_address_rows_change (GSettings *settings,
                                const char *key,
                                const char *add,
                                const char *remove);

/* Adds what is typed into @entry to the setting @key, as an address of that port unless it names
 * one, if it is one: @entry is empty then. Else @group says what is wrong with it. */
void redes_address_rows_take (AdwPreferencesGroup *group,
                              AdwEntryRow *entry,
                              guint16 default_port,
                              GSettings *settings,
                              const char *key);

G_END_DECLS
