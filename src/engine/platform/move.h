/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Renaming a file within one file system without ever replacing another. Each returns 0, or an
 * errno: EEXIST if @to is there. Blocking; any thread.
 */
int redes_move_no_replace (const char *from, const char *to);

/* The ways to do it, from best to last resort; each returns ENOSYS where it cannot be used. */
int redes_move_by_kernel (const char *from, const char *to);
int redes_move_by_link (const char *from, const char *to);
int redes_move_by_placeholder (const char *from, const char *to);

G_END_DECLS
