/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_HISTORY_LIST (redes_history_list_get_type ())
/**
 * RedesHistoryList:
 *
 * The downloads that ended well, as a page lists them: what is new is asked for alone, and what the
 * person removes is hidden, and only forgotten when that cannot be undone any more.
 */
G_DECLARE_FINAL_TYPE (RedesHistoryList, redes_history_list, REDES, HISTORY_LIST, GObject)

RedesHistoryList *redes_history_list_new (RedesService *service);
/* Of RedesHistoryItem: the latest first. (transfer none) */
GListModel *redes_history_list_get_model (RedesHistoryList *self);

/* Asks for what has ended since. Trouble is told by a toast over @where's window. */
void redes_history_list_refresh (RedesHistoryList *self, GtkWidget *where);

/* Hides @item, or all, and says so over @where's window, with a way back as long as that is to be
 * seen. The files stay. */
void redes_history_list_remove (RedesHistoryList *self, GtkWidget *where, RedesHistoryItem *item);
void redes_history_list_clear (RedesHistoryList *self, GtkWidget *where);
/* What is hidden is forgotten now: nobody will undo it. */
void redes_history_list_settle (RedesHistoryList *self);

G_END_DECLS
