/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/content/error.h"

G_BEGIN_DECLS

/* The most trackers in a link; each of them is asked when the link is opened. */
#define REDES_LINK_MAX_TRACKERS 4u

/**
 * RedesLink:
 * @content: root and size; of a folder those of its list
 * @is_folder: whether it is a folder
 * @inside: (nullable): of a part of that folder that is meant: its path below the folder, names
 *   apart by `/`, unescaped. Each is a name that a folder's list can hold; without a `/` in it
 * @name: (nullable): the file's or folder's name, unescaped
 * @publisher: only if @has_publisher
 * @trackers: (array zero-terminated=1): `HOST:PORT` each, no two alike; never %NULL
 *
 * `redes:<root, base32 lower case>?s=SIZE&n=NAME&p=<publisher id, hexadecimal>&t=HOST:PORT`, of a
 * folder with `&k=folder` and perhaps `&i=PATH` after the size.
 */
typedef struct
{
  RedesContentId content;
  gboolean is_folder;
  char *inside;
  char *name;
  gboolean has_publisher;
  RedesPeerId publisher;
  char **trackers;
} RedesLink;

/* Whether @text begins like a link (whatever follows). */
gboolean redes_link_looks_like (const char *text);

/**
 * redes_link_parse:
 * @text: untrusted; white space around it is ignored
 *
 * The root and the publisher's id may be given in base32 or hexadecimal, in either case; `n` is
 * percent-encoded UTF-8 of at most 1,024 bytes, `s` decimal, 0 to 2^48, and never left out, since a
 * root names a file only together with its size; of the trackers the first REDES_LINK_MAX_TRACKERS
 * are taken. Unknown parameters are skipped, so that later versions may add some.
 *
 * Returns: (transfer full): %NULL with REDES_CONTENT_ERROR_LINK, whose notice says what is wrong
 * and what a link looks like
 */
RedesLink *redes_link_parse (const char *text, GError **error);
RedesLink *redes_link_copy (const RedesLink *self);
void redes_link_free (RedesLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesLink, redes_link_free)

char *redes_link_format (const RedesLink *self);

G_END_DECLS
