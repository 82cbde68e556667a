/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesLink:
 * @content: the content id
 * @name: (nullable): the file's name, unescaped
 * @size: bytes; only if @has_size
 * @publisher: only if @has_publisher
 * @trackers: (array zero-terminated=1): `HOST:PORT` each; never %NULL
 *
 * `redes:<content id, base32 lower case>?n=NAME&s=SIZE&p=<publisher id, hexadecimal>&t=HOST:PORT`
 */
typedef struct
{
  RedesContentId content;
  char *name;
  gboolean has_size;
  guint64 size;
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
 * The ids may be given in base32 or hexadecimal, in either case; `n` is percent-encoded UTF-8 of at
 * most 1,024 bytes, `s` decimal, 0 to 2^48; at most 32 trackers. Unknown parameters are skipped, so
 * that later versions may add some.
 *
 * Errors: REDES_CONTENT_ERROR_LINK, in words that say what is wrong and what a link looks like.
 */
RedesLink *redes_link_parse (const char *text, GError **error);
RedesLink *redes_link_copy (const RedesLink *self);
void redes_link_free (RedesLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesLink, redes_link_free)

char *redes_link_format (const RedesLink *self);

/* The link of a manifest; @trackers: (nullable) (array zero-terminated=1). */
char *redes_link_format_manifest (RedesManifest *manifest, const char *const *trackers);

G_END_DECLS
