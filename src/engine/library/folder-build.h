/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/bitfield.h"
#include "engine/content/manifest.h"
#include "engine/library/final-name.h"

G_BEGIN_DECLS

/**
 * RedesFolderBuild:
 *
 * The tree of a folder that is being fetched: a hidden folder beside where it will be, in which its
 * manifest, its lists and its files are put, and of which the tree gets its name when it is whole.
 * It tells the next run all that is there:
 *
 *   `.redes-<root>-<size>.part/`  of the list's content, for its owner only
 *     `lock`        held by the one process that uses it
 *     `manifest`    of the folder, as it travels
 *     `names`       the form of names that the disk asks for, a digit
 *     `lists/`      by content
 *     `new/`        files on their way: whole ones, not synced, and longer ones block by block,
 *                   each with what proves its blocks (`.proofs`), which stays there
 *     `tree/`       files under their names: whole, verified and synced before they came there
 *
 * Reference-counted (atomically). All calls block, so they belong in a worker; any thread, but each
 * content in one at a time.
 */
typedef struct _RedesFolderBuild RedesFolderBuild;

/* @folder is made if it is not there. Errors: REDES_LIBRARY_ERROR_DISK; G_IO_ERROR_BUSY: another
 * process uses it. */
RedesFolderBuild *
redes_folder_build_open (const char *folder, const RedesContentId *content, GError **error);
RedesFolderBuild *redes_folder_build_ref (RedesFolderBuild *self);
/* What is there stays. */
void redes_folder_build_unref (RedesFolderBuild *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderBuild, redes_folder_build_unref)

/* Finds which form of names the disk asks for, once for all runs, as the files that are there have
 * such names. @is_new: (out): whether no earlier run has done so. Errors:
 * REDES_LIBRARY_ERROR_DISK. */
gboolean
redes_folder_build_find_name_form (RedesFolderBuild *self, gboolean *is_new, GError **error);
/* Once it was found; REDES_NAME_FORM_ANY before. */
RedesNameForm redes_folder_build_get_name_form (RedesFolderBuild *self);

/* Whether a file of @size bytes may be there. Errors: REDES_LIBRARY_ERROR_DISK. */
gboolean redes_folder_build_check_size (RedesFolderBuild *self, guint64 size, GError **error);

/* (nullable) (transfer full): the manifest of an earlier run, of that content and signed. */
RedesManifest *redes_folder_build_load_manifest (RedesFolderBuild *self);
gboolean
redes_folder_build_save_manifest (RedesFolderBuild *self, RedesManifest *manifest, GError **error);

/* (nullable) (transfer full): the list of an earlier run; what it says has not been looked at. */
GBytes *redes_folder_build_load_list (RedesFolderBuild *self, const RedesContentId *content);
gboolean redes_folder_build_save_list (RedesFolderBuild *self,
                                       const RedesContentId *content,
                                       GBytes *list,
                                       GError **error);

/* @path: below the tree, as everywhere here; its folder is there. */
gboolean redes_folder_build_make_folder (RedesFolderBuild *self, const char *path, GError **error);

/* Whether the file is there, of that size. @has_time: (out): set then: whether its time is @time_s,
 * too: then it is what was verified before. */
gboolean redes_folder_build_has_file (
    RedesFolderBuild *self, const char *path, guint64 size, gint64 time_s, gboolean *has_time);

/* Writes verified bytes of @content at @offset. */
gboolean redes_folder_build_write (RedesFolderBuild *self,
                                   const RedesContentId *content,
                                   guint64 offset,
                                   GBytes *data,
                                   GError **error);
/* Notes what proves a block that was written, for the next run; what cannot be noted is fetched
 * again then. @n_proof: the proof's length */
void redes_folder_build_note_block (RedesFolderBuild *self,
                                    const RedesContentId *content,
                                    guint32 index,
                                    const RedesDigest *digest,
                                    const RedesDigest *proof,
                                    guint n_proof);
/**
 * redes_folder_build_load_proofs:
 * @blocks: (out) (transfer full): the blocks that were noted
 *
 * What was noted of @content, also after it has got its name; its bytes are not read.
 *
 * Returns: (transfer full): the tree, as far as it is known
 */
RedesHashTree *redes_folder_build_load_proofs (RedesFolderBuild *self,
                                               const RedesContentId *content,
                                               RedesBitfield **blocks);
/* (transfer full) (nullable): the tree, if it is known whole. */
RedesHashTree *redes_folder_build_load_tree (RedesFolderBuild *self, const RedesContentId *content);
/* For reading a file that is on its way. Returns: -1 if it is not there */
int redes_folder_build_open_part (RedesFolderBuild *self, const RedesContentId *content);
/* (transfer full): where the hidden folder is, and in it the tree */
char *redes_folder_build_dup_path (RedesFolderBuild *self);
char *redes_folder_build_dup_tree_path (RedesFolderBuild *self);

/* (nullable) (transfer full): the blocks of @content that an earlier run has written, each read and
 * proven again; %NULL if there is none. */
RedesBitfield *redes_folder_build_check (RedesFolderBuild *self, const RedesContentId *content);

/**
 * RedesFolderBuildFile:
 * @content: whole in `new/`, or in the tree at @source
 * @source: (nullable): it is copied from that file of the tree
 * @path: where it belongs
 * @time_s: its modification time
 */
typedef struct
{
  RedesContentId content;
  char *source;
  char *path;
  gint64 time_s;
  gboolean is_executable;
} RedesFolderBuildFile;

void redes_folder_build_file_free (gpointer data);

/* Gives @files (element-type RedesFolderBuildFile), whole and verified, their names: all are synced
 * together before. Of those with the same content and no source all but the first are copies. What
 * is there already, in the tree, is replaced: nobody else puts anything there. */
gboolean redes_folder_build_place (RedesFolderBuild *self, GPtrArray *files, GError **error);

/**
 * redes_folder_build_finish:
 * @single: (nullable): only this file of the tree is wanted, without its folder
 * @name, @target, @is_replaced: as redes_final_name_take() takes them
 *
 * Syncs all, and gives the tree its name. Returns: (transfer full): the path
 */
char *redes_folder_build_finish (RedesFolderBuild *self,
                                 const char *single,
                                 const char *name,
                                 const char *target,
                                 gboolean *is_replaced,
                                 GError **error);

/* Removes the hidden folder with all in it, and lets go of it: nothing else may be done with @self
 * but to unref it. */
void redes_folder_build_discard (RedesFolderBuild *self);
/* As redes_folder_build_discard(), but what a download has fetched of files stays, with all that
 * belongs to it. */
void redes_folder_build_discard_lists (RedesFolderBuild *self);
/* Removes @folder, in which hidden folders may be, with all in it; follows no symbolic link. */
void redes_folder_build_remove_all (const char *folder);

G_END_DECLS
