/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesMounts:
 *
 * Tells when a drive was mounted or unmounted. It belongs to the thread that made it, whose
 * thread-default main context it uses.
 */
typedef struct _RedesMounts RedesMounts;

/* @changed: called in the main context of the caller, until redes_mounts_free(), whenever any drive
 * of the system came or went. Returns: (transfer full) */
RedesMounts *redes_mounts_new (void (*changed) (gpointer user_data), gpointer user_data);
/* @self: (nullable) */
void redes_mounts_free (RedesMounts *self);

G_END_DECLS
