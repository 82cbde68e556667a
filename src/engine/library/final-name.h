/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The name that a finished download gets. The functions block, and may be called in any thread.
 */

/**
 * RedesNameForm:
 * @REDES_NAME_FORM_ANY: any name is accepted that is safe
 * @REDES_NAME_FORM_SHORT: only shorter names, as in an encrypted folder
 * @REDES_NAME_FORM_PLAIN: only names without some characters, as on NTFS, exFAT and FAT
 *
 * What a file system asks of names. A set.
 */
typedef enum
{
  REDES_NAME_FORM_ANY = 0,
  REDES_NAME_FORM_SHORT = 1 << 0,
  REDES_NAME_FORM_PLAIN = 1 << 1,
} RedesNameForm;

/* One more than the largest set. */
#define REDES_N_NAME_FORMS 4

/* (transfer full): @name, as a manifest or a folder's list has it, made safe, in that form */
char *redes_final_name_make (const char *name, RedesNameForm form);
/* Whether redes_final_name_make() makes something else of @name in one form than in another. */
gboolean redes_final_name_depends_on_form (const char *name);
/* Tries which form the file system of @folder asks for, by making files in a hidden folder for a
 * moment. Returns: %FALSE with REDES_LIBRARY_ERROR_DISK if nothing can be made there */
gboolean redes_final_name_find_form (const char *folder, RedesNameForm *form, GError **error);

/**
 * redes_final_name_take:
 * @hidden: the partial file, whole and synced, in @folder
 * @name: as the manifest has it; made safe, and numbered if it is taken: `name (2).ext`
 * @target: (nullable): the exact path wanted instead, in @folder
 * @is_replaced: (out) (optional): whether the disk refused @name, and it got another like it
 *
 * Moves the file to its name, never replacing another, and syncs the folder, so that the name
 * outlasts a power cut. Errors: REDES_LIBRARY_ERROR_DISK.
 *
 * Returns: (transfer full): the path
 */
char *redes_final_name_take (const char *hidden,
                             const char *folder,
                             const char *name,
                             const char *target,
                             gboolean *is_replaced,
                             GError **error);

/**
 * redes_final_name_check:
 * @target: the exact path wanted, in @folder, which is there
 *
 * Tries whether the disk accepts the name, so that nobody fetches a file for hours that cannot get
 * its name in the end. The function makes a file of that name for a moment, in a hidden folder of
 * its own.
 *
 * Returns: whether the name is accepted; otherwise %FALSE with REDES_LIBRARY_ERROR_NAME
 */
gboolean redes_final_name_check (const char *folder, const char *target, GError **error);

/**
 * redes_final_name_foresee:
 * @name: as the manifest has it
 *
 * Tries the name of a download for which no exact path is wanted, so that
 * redes_final_name_take() may replace a name that the disk refuses.
 *
 * Returns: (transfer full) (nullable): the name that it would take, when that is not @name made
 * safe, or %NULL
 */
char *redes_final_name_foresee (const char *folder, const char *name);

/**
 * redes_final_name_leads_to:
 * @name: as the manifest has it
 * @path: in @folder
 *
 * Returns: whether redes_final_name_take() would give the file the name @path if that were free:
 *   each name that is tried before it is used by another file or refused by the disk
 */
gboolean redes_final_name_leads_to (const char *folder, const char *name, const char *path);

/**
 * redes_final_name_find:
 * @size: bytes
 * @accept: whether this one is it; @mtime_ns: its modification time, in nanoseconds of the Unix
 * epoch
 *
 * Looks for a download that was finished just before a crash: a file of that size under one of the
 * names that redes_final_name_take() may have given.
 *
 * Returns: (transfer full) (nullable): its path
 */
char *
redes_final_name_find (const char *folder,
                       const char *name,
                       const char *target,
                       guint64 size,
                       gboolean (*accept) (const char *path, gint64 mtime_ns, gpointer user_data),
                       gpointer user_data);

G_END_DECLS
