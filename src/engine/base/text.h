/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_text_make_safe_file_name:
 * @name: (nullable): a file name as some other peer gave it, of any length, perhaps hostile
 * @max_bytes: at most this many bytes come back; at least 16
 *
 * A name that stands for exactly one entry of the folder it is used in: no separator of any
 * platform, no control or bidirectional-override characters, not hidden (no leading dot), not "."
 * or "..", not a reserved device name, not empty, valid UTF-8. Cutting keeps the extension.
 */
char *redes_text_make_safe_file_name (const char *name, gsize max_bytes);

/* "name.ext" and 2 give "name (2).ext", cut to 255 bytes. */
char *redes_text_numbered_file_name (const char *name, guint number);

/**
 * redes_text_make_printable:
 *
 * What a remote wrote, fit for a terminal or a log: valid UTF-8, no control characters, no
 * bidirectional overrides, at most @max_chars characters (cut with an ellipsis).
 */
char *redes_text_make_printable (const char *text, gsize max_chars);

/**
 * redes_text_display_name:
 * @name: (nullable): the name of a file or a person, as anybody gave it
 *
 * A name as it stands in a sentence or a list: as redes_text_make_printable() makes it, but cut
 * after 255 characters only, which no file name exceeds. Each character of a name of which nothing
 * could be seen is written as <U+200B>.
 */
char *redes_text_display_name (const char *name);

/**
 * redes_text_display_path:
 * @path: (type filename): a path on this machine; in whatever encoding file names have here
 *
 * The same for a path.
 */
char *redes_text_display_path (const char *path);

/**
 * redes_text_make_terminal_safe:
 * @text: what is about to be shown on a terminal, several lines perhaps
 *
 * The last guard before a terminal: valid UTF-8, and nothing that moves the cursor or turns the
 * reading direction, but line feeds.
 */
char *redes_text_make_terminal_safe (const char *text);

/**
 * redes_text_escape_controls:
 * @text: valid UTF-8
 *
 * @text with what redes_text_make_printable() replaces written as \\u009b, four hexadecimal digits,
 * as JSON has it.
 */
char *redes_text_escape_controls (const char *text);

/**
 * redes_text_parse_address:
 * @text: `HOST:PORT`, `[IPV6]:PORT`, `:PORT`, or HOST alone when @default_port is not 0
 * @default_port: 0 if a port must be given
 * @host: (out): never %NULL on success; "" when only a port was given
 * @port: (out): 0 to 65535
 *
 * Errors: G_IO_ERROR_INVALID_ARGUMENT of REDES_IO_ERROR, with a sentence that says what was
 * expected.
 */
gboolean redes_text_parse_address (
    const char *text, guint16 default_port, char **host, guint16 *port, GError **error);

/* "127.0.0.1:80" or "[::1]:80". */
char *redes_text_format_address (const char *host, guint16 port);

G_END_DECLS
