/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"
#include "engine/wire/message.h"

G_BEGIN_DECLS

/**
 * RedesOutbox:
 *
 * What a client still has to tell its tracker about its files: pages, each of which is one message,
 * and changes that are not in a page yet. It uses no connection and no clock, and may be used by
 * one thread at a time.
 */
typedef struct _RedesOutbox RedesOutbox;

RedesOutbox *redes_outbox_new (void);
void redes_outbox_free (RedesOutbox *self);
/* Removes all pages and changes. */
void redes_outbox_clear (RedesOutbox *self);

/* Makes one page or more of @files (element-type RedesManifest), the first of which is for
 * REGISTER. */
void redes_outbox_add_files (RedesOutbox *self, GPtrArray *files);

/* Notes a change; of several for one content and name, the last counts. */
void redes_outbox_add_change (RedesOutbox *self, RedesManifest *manifest, gboolean is_added);
gboolean redes_outbox_has_changes (RedesOutbox *self);
/* Makes pages for UPDATE of the changes. */
void redes_outbox_page_changes (RedesOutbox *self);

gboolean redes_outbox_has_pages (RedesOutbox *self);
/* The first page as @type, REGISTER or UPDATE: only to be encoded, as it borrows all from the page,
 * which stays until it is dropped. */
RedesMessage redes_outbox_get_page (RedesOutbox *self, RedesMessageType type, guint32 serial);
/* Removes the first page. */
void redes_outbox_drop_page (RedesOutbox *self);

G_END_DECLS
