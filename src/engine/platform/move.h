/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Renaming a file or folder within one file system without replacing another. Each function returns
 * 0 or an errno, EEXIST if @to exists. They block, and may be called in any thread.
 */
int redes_move_no_replace (const char *from, const char *to);

/* The methods of redes_move_no_replace(), in the order in which it tries them; each returns ENOSYS
 * where the system or the file system does not support it. */
int redes_move_by_kernel (const char *from, const char *to);
int redes_move_by_link (const char *from, const char *to);
int redes_move_by_placeholder (const char *from, const char *to);

G_END_DECLS
