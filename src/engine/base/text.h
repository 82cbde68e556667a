/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_text_make_safe_file_name:
 * @name: (nullable): a file name from another peer, of any length, perhaps hostile
 * @max_bytes: the most bytes of the result, 16 or more
 *
 * Makes a name that can only mean one entry of the folder in which it is used: it has no separator
 * of any platform, no control character and no bidirectional override; it is not hidden (no leading
 * dot), not "." or "..", not a reserved device name, not empty; it is valid UTF-8. A name that is
 * shortened keeps its extension.
 *
 * Returns: (transfer full)
 */
char *redes_text_make_safe_file_name (const char *name, gsize max_bytes);

/* "name.ext" and 2 give "name (2).ext", cut to 255 bytes. */
char *redes_text_numbered_file_name (const char *name, guint number);

/**
 * redes_text_make_printable:
 *
 * Makes text from a remote safe for a terminal or a log: the result is valid UTF-8, has no control
 * characters, no bidirectional overrides and at most @max_chars characters (longer text ends with
 * an ellipsis).
 *
 * Returns: (transfer full)
 */
char *redes_text_make_printable (const char *text, gsize max_chars);

/**
 * redes_text_display_name:
 * @name: (nullable): the name of a file or a person, from any source
 *
 * Makes a name for a sentence or a list: as redes_text_make_printable() does, with at most 255
 * characters, which no file name exceeds. If all characters of a name are invisible, each is
 * written by its code point, such as <U+200B>.
 *
 * Returns: (transfer full)
 */
char *redes_text_display_name (const char *name);

/**
 * redes_text_display_path:
 * @path: (type filename): a path on this machine, in the encoding of its file names
 *
 * As redes_text_display_name(), for a path.
 *
 * Returns: (transfer full)
 */
char *redes_text_display_path (const char *path);

/**
 * redes_text_make_terminal_safe:
 * @text: text for a terminal, perhaps of several lines
 *
 * The last filter before a terminal: the result is valid UTF-8, and has no characters that move the
 * cursor or change the reading direction, except line feeds.
 *
 * Returns: (transfer full)
 */
char *redes_text_make_terminal_safe (const char *text);

/**
 * redes_text_escape_controls:
 * @text: valid UTF-8
 *
 * Writes the characters that redes_text_make_printable() would replace as JSON does: \\u and four
 * hexadecimal digits.
 *
 * Returns: (transfer full)
 */
char *redes_text_escape_controls (const char *text);

/**
 * redes_text_parse_address:
 * @text: `HOST:PORT`, `[IPV6]:PORT`, `:PORT`, or HOST alone when @default_port is not 0
 * @default_port: 0 if a port must be given
 * @host: (out): never %NULL on success; "" when only a port was given
 * @port: (out): 0 to 65535
 *
 * Returns: %FALSE with @error set to G_IO_ERROR_INVALID_ARGUMENT of REDES_IO_ERROR, whose notice
 *   says what is expected
 */
gboolean redes_text_parse_address (
    const char *text, guint16 default_port, char **host, guint16 *port, GError **error);

/* "127.0.0.1:80" or "[::1]:80". */
char *redes_text_format_address (const char *host, guint16 port);

G_END_DECLS
