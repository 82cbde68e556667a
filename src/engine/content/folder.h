/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/folder-totals.h"
#include "engine/content/hash-tree.h"

G_BEGIN_DECLS

#define REDES_FOLDER_ERROR (redes_folder_error_quark ())
GQuark redes_folder_error_quark (void);

/**
 * RedesFolderError:
 * @REDES_FOLDER_ERROR_MAGIC: another beginning than that of a list
 * @REDES_FOLDER_ERROR_CUT_OFF: fewer bytes than its children need
 * @REDES_FOLDER_ERROR_TRAILING: more bytes than its children need
 * @REDES_FOLDER_ERROR_TOO_LARGE: a list of more than REDES_FOLDER_MAX_LIST_BYTES
 * @REDES_FOLDER_ERROR_TOO_MANY_CHILDREN: more than REDES_FOLDER_MAX_CHILDREN
 * @REDES_FOLDER_ERROR_KIND: a child of a kind that there is not
 * @REDES_FOLDER_ERROR_NAME_EMPTY: a name without a byte
 * @REDES_FOLDER_ERROR_NAME_NUL: a name with a NUL in it
 * @REDES_FOLDER_ERROR_NAME_SEPARATOR: a name with a `/` in it
 * @REDES_FOLDER_ERROR_NAME_DOTS: `.` or `..`
 * @REDES_FOLDER_ERROR_NAME_ENCODING: a name that is not UTF-8
 * @REDES_FOLDER_ERROR_NAME_LONG: a name of more than REDES_FOLDER_MAX_NAME_BYTES (only when one is
 *   made: a list has no room for it)
 * @REDES_FOLDER_ERROR_NAME_ORDER: a name that should have come before another
 * @REDES_FOLDER_ERROR_NAME_TWICE: the same name again
 * @REDES_FOLDER_ERROR_NAME_ALIKE: two names that differ only in case, or in how letters are
 * composed
 * @REDES_FOLDER_ERROR_CHILD_SIZE: a file of more than 2^48 bytes, or a subfolder whose list has an
 *   impossible size
 * @REDES_FOLDER_ERROR_CHILD_ROOT: an empty file with the root of another
 * @REDES_FOLDER_ERROR_TIME: a time out of range
 * @REDES_FOLDER_ERROR_CHILD_TOTALS: totals of a subfolder that no folder has
 * @REDES_FOLDER_ERROR_TOO_DEEP: height above REDES_FOLDER_MAX_HEIGHT
 * @REDES_FOLDER_ERROR_TOO_MANY_BELOW: more than REDES_FOLDER_MAX_BELOW files and folders
 * @REDES_FOLDER_ERROR_TOO_MANY_BYTES: more than REDES_FOLDER_MAX_BYTES below
 * @REDES_FOLDER_ERROR_TOTALS: other totals than were said of it
 * @REDES_FOLDER_ERROR_CONTENT: bytes that are not those of the content
 * @REDES_FOLDER_ERROR_OVER_ENTRIES: more files and folders than are taken of one
 * @REDES_FOLDER_ERROR_OVER_LISTS: longer lists, together
 * @REDES_FOLDER_ERROR_OVER_PATH: a longer path
 * @REDES_FOLDER_ERROR_OVER_PATHS: longer paths, together. These four are about a folder that is
 *   sound, but more than its receiver takes (RedesFolderLimits)
 *
 * Why bytes are not the list of a folder; the names are those in PROTOCOL.md, *Folders*.
 */
typedef enum
{
  REDES_FOLDER_ERROR_MAGIC,
  REDES_FOLDER_ERROR_CUT_OFF,
  REDES_FOLDER_ERROR_TRAILING,
  REDES_FOLDER_ERROR_TOO_LARGE,
  REDES_FOLDER_ERROR_TOO_MANY_CHILDREN,
  REDES_FOLDER_ERROR_KIND,
  REDES_FOLDER_ERROR_NAME_EMPTY,
  REDES_FOLDER_ERROR_NAME_NUL,
  REDES_FOLDER_ERROR_NAME_SEPARATOR,
  REDES_FOLDER_ERROR_NAME_DOTS,
  REDES_FOLDER_ERROR_NAME_ENCODING,
  REDES_FOLDER_ERROR_NAME_LONG,
  REDES_FOLDER_ERROR_NAME_ORDER,
  REDES_FOLDER_ERROR_NAME_TWICE,
  REDES_FOLDER_ERROR_NAME_ALIKE,
  REDES_FOLDER_ERROR_CHILD_SIZE,
  REDES_FOLDER_ERROR_CHILD_ROOT,
  REDES_FOLDER_ERROR_TIME,
  REDES_FOLDER_ERROR_CHILD_TOTALS,
  REDES_FOLDER_ERROR_TOO_DEEP,
  REDES_FOLDER_ERROR_TOO_MANY_BELOW,
  REDES_FOLDER_ERROR_TOO_MANY_BYTES,
  REDES_FOLDER_ERROR_TOTALS,
  REDES_FOLDER_ERROR_CONTENT,
  REDES_FOLDER_ERROR_OVER_ENTRIES,
  REDES_FOLDER_ERROR_OVER_LISTS,
  REDES_FOLDER_ERROR_OVER_PATH,
  REDES_FOLDER_ERROR_OVER_PATHS,
} RedesFolderError;

/* "redes folder v1", NUL, the number of children. */
#define REDES_FOLDER_MIN_LIST_BYTES 20u
#define REDES_FOLDER_MAX_LIST_BYTES (64u * 1024 * 1024)
#define REDES_FOLDER_MAX_CHILDREN (1u << 20)
#define REDES_FOLDER_MAX_NAME_BYTES 255u
/* The longest entry that a list can have. */
#define REDES_FOLDER_MAX_CHILD_BYTES (2 + REDES_FOLDER_MAX_NAME_BYTES + 40 + 17)

/* The end of the year 9999: later times could not be written as a date. */
#define REDES_MAX_TIME_S G_GINT64_CONSTANT (253402300799)

gboolean redes_folder_totals_equal (const RedesFolderTotals *a, const RedesFolderTotals *b);
/* Whether a folder can have them. Errors: REDES_FOLDER_ERROR_CHILD_TOTALS, .._TOO_DEEP,
 * .._TOO_MANY_BELOW, .._TOO_MANY_BYTES. */
gboolean redes_folder_totals_check (const RedesFolderTotals *self, GError **error);

typedef enum
{
  REDES_FOLDER_KIND_FILE = 1,
  REDES_FOLDER_KIND_EXECUTABLE = 2, /* a file that may be executed */
  REDES_FOLDER_KIND_FOLDER = 3,
} RedesFolderKind;

/**
 * RedesFolderChild:
 * @kind: what it is
 * @name: one segment of a path: 1 to 255 bytes of UTF-8. Of a child that was parsed it points into
 *   the folder
 * @content: the file's; for a folder its list's
 * @time_s: a file's modification time, seconds of the Unix epoch, 0 to REDES_MAX_TIME_S; 0 for a
 *   folder
 * @totals: a folder's; zeroes for a file
 * @data: the caller's own, of no meaning here; %NULL in a child that was parsed
 *
 * One line of a folder's list. A plain value.
 */
typedef struct
{
  RedesFolderKind kind;
  const char *name;
  RedesContentId content;
  gint64 time_s;
  RedesFolderTotals totals;
  gpointer data;
} RedesFolderChild;

/* Whether a list may hold a child of the name @name, @len bytes. Errors:
 * REDES_FOLDER_ERROR_NAME_…. */
gboolean redes_folder_check_name (const char *name, gsize len, GError **error);

/* ---- Writing ---- */

/**
 * RedesFolderAlikeFunc:
 * @child: leaves the list
 * @kept: the one whose name is the same, or differs only in case or composition
 */
typedef void (*RedesFolderAlikeFunc) (const RedesFolderChild *child,
                                      const RedesFolderChild *kept,
                                      gpointer user_data);

/* Puts @children, (element-type RedesFolderChild), in the order that a list has, and takes out
 * those whose names are alike but for the first of them. @alike_func: (nullable). Any thread. */
void
redes_folder_put_in_order (GArray *children, RedesFolderAlikeFunc alike_func, gpointer user_data);

/* The first bytes of a list: REDES_FOLDER_MIN_LIST_BYTES. */
void redes_folder_write_header (guint32 n_children, guint8 *out);
/* How long @child's entry is. */
gsize redes_folder_get_child_length (RedesFolderKind kind, gsize name_len);
/* Writes it, and returns how long it is: at most REDES_FOLDER_MAX_CHILD_BYTES. Checks nothing. */
gsize redes_folder_write_child (const RedesFolderChild *child, guint8 *out);

/* ---- Reading ---- */

/**
 * RedesFolder:
 *
 * The list of a folder's direct children. Immutable, and reference-counted (atomically): any
 * thread. It takes the list's bytes and 4 bytes a child.
 */
typedef struct _RedesFolder RedesFolder;

/* @children: in the order of redes_folder_put_in_order(). Errors: REDES_FOLDER_ERROR. Takes some
 * time for many. Any thread. */
RedesFolder *redes_folder_new (const RedesFolderChild *children, guint n_children, GError **error);

/* From bytes, untrusted. The folder holds a reference to them. Errors: REDES_FOLDER_ERROR. Any
 * thread.
 */
RedesFolder *redes_folder_parse (GBytes *list, GError **error);

/**
 * redes_folder_parse_proven:
 * @content: what the list has to be
 * @totals: (nullable): what was said of it, by its manifest or in the folder above
 *
 * One step of the chain from a folder's manifest down: the list is that content, and the totals are
 * those that were said. Errors: REDES_FOLDER_ERROR. Any thread.
 */
RedesFolder *redes_folder_parse_proven (GBytes *list,
                                        const RedesContentId *content,
                                        const RedesFolderTotals *totals,
                                        GError **error);

RedesFolder *redes_folder_ref (RedesFolder *self);
void redes_folder_unref (RedesFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolder, redes_folder_unref)

/* (transfer none) */
GBytes *redes_folder_get_list (RedesFolder *self);
/* (transfer full): of the list's bytes; its root and size are the folder's content. */
RedesHashTree *redes_folder_make_tree (RedesFolder *self);
const RedesFolderTotals *redes_folder_get_totals (RedesFolder *self);
/* Errors: REDES_FOLDER_ERROR_TOTALS if @said is not what lies below. */
gboolean
redes_folder_check_totals (RedesFolder *self, const RedesFolderTotals *said, GError **error);

guint redes_folder_get_n_children (RedesFolder *self);
/* @index: in the list's order. @out's name is valid as long as @self is. */
void redes_folder_get_child (RedesFolder *self, guint index, RedesFolderChild *out);
/* Whether there is a child of that very name. */
gboolean redes_folder_find_child (RedesFolder *self, const char *name, RedesFolderChild *out);
/* (transfer full) (array): the children's indexes in the order in which people are shown them:
 * folders first, and numbers by their value. In the locale of the process. %NULL if there are none.
 * About 1 s for a million. */
guint32 *redes_folder_dup_natural_order (RedesFolder *self);

/**
 * RedesFolderParser:
 *
 * Reads a list as its bytes come, and refuses it as soon as it can. What it holds is the bytes that
 * came and 4 bytes a child, whatever the list says of itself. One thread at a time.
 */
typedef struct _RedesFolderParser RedesFolderParser;

/* @list_bytes: the content's size. Errors: REDES_FOLDER_ERROR_TOO_LARGE, .._CUT_OFF. */
RedesFolderParser *redes_folder_parser_new (guint64 list_bytes, GError **error);
void redes_folder_parser_free (RedesFolderParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderParser, redes_folder_parser_free)

/* The next bytes, however many. After an error nothing more may be fed. */
gboolean
redes_folder_parser_feed (RedesFolderParser *self, const guint8 *data, gsize len, GError **error);
/* Children that have come whole. */
guint redes_folder_parser_get_n_children (RedesFolderParser *self);
/* Whether all went well until the end; names that are alike are found here. Once, after the last
 * byte. */
RedesFolder *redes_folder_parser_finish (RedesFolderParser *self, GError **error);

G_END_DECLS
