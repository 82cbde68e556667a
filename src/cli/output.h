/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * RedesOutput:
 *
 * The output of a command: prose for a person, or one JSON object in each line for a program. A
 * thread writes whole lines, at once and in order, so that a reader that does not read cannot block
 * the main loop (and with it the reaction to a signal). The functions are called in the main
 * thread.
 */
typedef struct _RedesOutput RedesOutput;

/* @program: what a message on the error output begins with: "redes-cli peer" */
RedesOutput *redes_output_new (const char *program, gboolean json);

/**
 * redes_output_free:
 * @timeout_ms: how long to wait for a reader that does not read; -1 = until it does
 *
 * Writes what is left. What could not be written is told on the error output, but for a reader that
 * has closed its end, who knows.
 *
 * Returns: whether all was written that somebody could read
 */
gboolean redes_output_free (RedesOutput *self, int timeout_ms);

gboolean redes_output_is_json (RedesOutput *self);
/* Whether a person looks on: prose, and the standard output is a terminal. */
gboolean redes_output_is_terminal (RedesOutput *self);

/* Somebody wants an end: redes_output_free() should not wait long for a reader. */
void redes_output_abandon (RedesOutput *self);
gboolean redes_output_is_abandoned (RedesOutput *self);

/* @func: called once in the main loop when nobody can read the output any more (a closed pipe). */
void redes_output_set_closed_func (RedesOutput *self, void (*func) (gpointer), gpointer user_data);

/* One line of prose; nothing with JSON. All prose passes redes_text_make_terminal_safe() here,
 * whatever names are in it; that no name brings a line of its own is up to
 * redes_text_display_name(). */
void redes_output_say (RedesOutput *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* As redes_output_say(), for one of very many lines: it is left out, and counted, while more than a
 * mebibyte waits for a reader that does not read. */
void redes_output_say_lossy (RedesOutput *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/**
 * redes_output_copy_file:
 * @fd: (transfer full): an open file; it is read from its beginning and closed
 *
 * Writes the file's bytes to the standard output as they are. What cannot be read counts as what
 * cannot be written.
 */
void redes_output_copy_file (RedesOutput *self, int fd);

/**
 * redes_output_write_bytes:
 * @written: called in the main loop when all of @bytes was written; never if it cannot be
 *
 * Writes @bytes to the standard output as they are. They do not count among what may wait for a
 * slow reader: the caller waits for @written before there is too much.
 */
void redes_output_write_bytes (RedesOutput *self,
                               GBytes *bytes,
                               void (*written) (gpointer user_data),
                               gpointer user_data);

/* From now on prose goes to the error output: the standard output is for a file's bytes. */
void redes_output_leave_for_file (RedesOutput *self);

/* Words on the error output and, with JSON, an `error` event too. */
void redes_output_error (RedesOutput *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* @make_room: called before each line of prose, so that whoever has the last lines of the terminal
 * can take them away; (nullable). It writes by redes_output_write_keys(). */
void redes_output_set_make_room_func (RedesOutput *self,
                                      void (*make_room) (gpointer),
                                      gpointer user_data);
/* What a line editor sends to the terminal, as it is. */
void redes_output_write_keys (RedesOutput *self, const char *bytes, gsize n_bytes);

/* On a terminal, a last line that the next one overwrites: a prompt or a progress bar; %NULL =
 * none. */
void redes_output_set_status (RedesOutput *self, const char *status);

/**
 * redes_output_begin_event:
 *
 * Returns: (transfer full) (nullable): an open object to add members to, for
 * redes_output_end_event(); %NULL if the output is prose
 */
JsonBuilder *redes_output_begin_event (RedesOutput *self, const char *event);
void redes_output_end_event (RedesOutput *self, JsonBuilder *builder);
/* For one of very many events; see redes_output_say_lossy(). */
void redes_output_end_event_lossy (RedesOutput *self, JsonBuilder *builder);

/* Members of an open object. Text from anywhere: what is not UTF-8 is replaced. */
void redes_json_add_text (JsonBuilder *builder, const char *name, const char *text);
void redes_json_add_count (JsonBuilder *builder, const char *name, guint64 count);
void redes_json_add_digest (JsonBuilder *builder, const char *name, const RedesDigest *digest);
/* As redes_content_id_to_text() writes it: root and size. */
void redes_json_add_content (JsonBuilder *builder, const char *name, const RedesContentId *content);
void redes_json_add_seconds (JsonBuilder *builder, const char *name, gdouble seconds);

G_END_DECLS
