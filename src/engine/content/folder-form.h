/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/base/folder-totals.h"

G_BEGIN_DECLS

/*
 * The form of a folder's list: its limits, its entries, and what may be wrong with them. See
 * PROTOCOL.md, *Folders*.
 */

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

#define REDES_FOLDER_MAGIC "redes folder v1" /* with its NUL */
#define REDES_FOLDER_MAGIC_BYTES 16u
/* Kind, the name's length, size, root, and the rest of a file. */
#define REDES_FOLDER_MIN_CHILD_BYTES (2u + 40 + 8)
/* "redes folder v1", NUL, the number of children. */
#define REDES_FOLDER_MIN_LIST_BYTES 20u
#define REDES_FOLDER_MAX_LIST_BYTES (64u * 1024 * 1024)
#define REDES_FOLDER_MAX_CHILDREN (1u << 20)
#define REDES_FOLDER_MAX_NAME_BYTES 255u
/* The longest entry that a list can have. */
#define REDES_FOLDER_MAX_CHILD_BYTES (2 + REDES_FOLDER_MAX_NAME_BYTES + 40 + 17)

/* The end of the year 9999: later times could not be written as a date. */
#define REDES_MAX_TIME_S G_GINT64_CONSTANT (253402300799)

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

/* The length of the entry of a child of that @kind whose name has @name_len bytes, in bytes. */
gsize redes_folder_get_child_length (RedesFolderKind kind, gsize name_len);

/* Sets @error to REDES_FOLDER_ERROR with @code. Returns: always %FALSE */
gboolean redes_folder_fail (GError **error, RedesFolderError code);

G_END_DECLS
