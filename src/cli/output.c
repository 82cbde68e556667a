/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The state that the writer's thread shares with the main thread; it outlives a RedesOutput whose
 * reader never reads. */
typedef struct
{
  gatomicrefcount ref_count;
  GMutex lock;
  GCond changed;
  GQueue lines;     /* of char *, guarded by lock */
  gboolean writing; /* guarded by lock */
  gboolean ending;  /* guarded by lock */
  gboolean broken;  /* guarded by lock */
  void (*closed_func) (gpointer);
  gpointer closed_data; /* main thread only, as is closed_func */
} Writer;

struct _RedesOutput
{
  char *program;
  gboolean json;
  gboolean terminal;
  gboolean abandoned;
  char *status;
  Writer *writer;
};

static void
writer_unref (Writer *writer)
{
  if (!g_atomic_ref_count_dec (&writer->ref_count))
    return;
  g_queue_clear_full (&writer->lines, g_free);
  g_mutex_clear (&writer->lock);
  g_cond_clear (&writer->changed);
  g_free (writer);
}

static gboolean
on_writer_broken (gpointer data)
{
  Writer *writer = data;

  if (writer->closed_func != NULL)
    writer->closed_func (writer->closed_data);
  return G_SOURCE_REMOVE;
}

static gboolean
write_all (int fd, const char *text)
{
  gsize left = strlen (text);

  while (left > 0)
    {
      gssize n = write (fd, text, left);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          text += n;
          left -= (gsize)n;
        }
    }
  return TRUE;
}

static gpointer
writer_run (gpointer data)
{
  Writer *writer = data;

  g_mutex_lock (&writer->lock);
  for (;;)
    {
      g_autofree char *text = NULL;
      gboolean written;

      while (writer->lines.length == 0 && !writer->ending)
        g_cond_wait (&writer->changed, &writer->lock);
      text = g_queue_pop_head (&writer->lines);
      if (text == NULL)
        break;

      writer->writing = TRUE;
      g_mutex_unlock (&writer->lock);
      written = write_all (STDOUT_FILENO, text);
      g_mutex_lock (&writer->lock);
      writer->writing = FALSE;

      if (!written && !writer->broken)
        {
          writer->broken = TRUE;
          g_atomic_ref_count_inc (&writer->ref_count);
          g_idle_add_full (G_PRIORITY_HIGH, on_writer_broken, writer, (GDestroyNotify)writer_unref);
        }
      g_cond_broadcast (&writer->changed);
    }
  g_mutex_unlock (&writer->lock);
  writer_unref (writer);
  return NULL;
}

static Writer *
writer_new (void)
{
  Writer *writer = g_new0 (Writer, 1);

  g_atomic_ref_count_init (&writer->ref_count);
  g_mutex_init (&writer->lock);
  g_cond_init (&writer->changed);
  g_queue_init (&writer->lines);

  g_atomic_ref_count_inc (&writer->ref_count);
  g_thread_unref (g_thread_new ("output", writer_run, writer));
  return writer;
}

static void
writer_take (Writer *writer, char *text)
{
  g_mutex_lock (&writer->lock);
  if (writer->broken)
    g_free (text);
  else
    g_queue_push_tail (&writer->lines, text);
  g_cond_broadcast (&writer->changed);
  g_mutex_unlock (&writer->lock);
}

static void
writer_finish (Writer *writer, int timeout_ms)
{
  gint64 deadline_us = g_get_monotonic_time () + (gint64)timeout_ms * 1000;

  g_mutex_lock (&writer->lock);
  writer->ending = TRUE;
  g_cond_broadcast (&writer->changed);
  while (!writer->broken && (writer->writing || writer->lines.length > 0))
    {
      if (timeout_ms < 0)
        g_cond_wait (&writer->changed, &writer->lock);
      else if (!g_cond_wait_until (&writer->changed, &writer->lock, deadline_us))
        break;
    }
  g_mutex_unlock (&writer->lock);
}

RedesOutput *
redes_output_new (const char *program, gboolean json)
{
  RedesOutput *self = g_new0 (RedesOutput, 1);

  self->program = g_strdup (program);
  self->json = json;
  self->terminal = !json && isatty (STDOUT_FILENO);
  self->writer = writer_new ();
  return self;
}

void
redes_output_free (RedesOutput *self, int timeout_ms)
{
  redes_output_set_status (self, NULL);
  self->writer->closed_func = NULL;
  writer_finish (self->writer, timeout_ms);
  writer_unref (self->writer);
  g_free (self->program);
  g_free (self);
}

gboolean
redes_output_is_json (RedesOutput *self)
{
  return self->json;
}

gboolean
redes_output_is_terminal (RedesOutput *self)
{
  return self->terminal;
}

void
redes_output_abandon (RedesOutput *self)
{
  self->abandoned = TRUE;
}

gboolean
redes_output_is_abandoned (RedesOutput *self)
{
  return self->abandoned;
}

void
redes_output_set_closed_func (RedesOutput *self, void (*func) (gpointer), gpointer user_data)
{
  self->writer->closed_func = func;
  self->writer->closed_data = user_data;
}

static void
write_line (RedesOutput *self, const char *line)
{
  if (self->status != NULL)
    writer_take (self->writer, g_strdup_printf ("\r\033[K%s\n%s", line, self->status));
  else
    writer_take (self->writer, g_strconcat (line, "\n", NULL));
}

void
redes_output_say (RedesOutput *self, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list args;

  if (self->json)
    return;
  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (self, line);
}

void
redes_output_error (RedesOutput *self, const char *format, ...)
{
  g_autofree char *words = NULL;
  g_autofree char *line = NULL;
  JsonBuilder *builder;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);

  builder = redes_output_begin_event (self, "error");
  if (builder != NULL)
    {
      redes_json_add_text (builder, "message", words);
      redes_output_end_event (self, builder);
    }

  /* On a terminal both outputs are the same screen, whose last line belongs to the writer. */
  if (self->terminal && isatty (STDERR_FILENO))
    {
      write_line (self, words);
      return;
    }
  line = g_strdup_printf ("%s: %s\n", self->program, words);
  (void)!write_all (STDERR_FILENO, line);
}

void
redes_output_set_status (RedesOutput *self, const char *status)
{
  if (!self->terminal || g_strcmp0 (self->status, status) == 0)
    return;
  g_free (self->status);
  self->status = g_strdup (status);
  writer_take (self->writer, g_strconcat ("\r\033[K", status, NULL));
}

JsonBuilder *
redes_output_begin_event (RedesOutput *self, const char *event)
{
  JsonBuilder *builder;

  if (!self->json)
    return NULL;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  redes_json_add_text (builder, "event", event);
  return builder;
}

void
redes_output_end_event (RedesOutput *self, JsonBuilder *builder)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  write_line (self, text);
  g_object_unref (builder);
}

void
redes_json_add_text (JsonBuilder *builder, const char *name, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, valid);
}

void
redes_json_add_count (JsonBuilder *builder, const char *name, guint64 count)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64)MIN (count, (guint64)G_MAXINT64));
}

void
redes_json_add_content (JsonBuilder *builder, const char *name, const RedesContentId *content)
{
  char text[REDES_CONTENT_ID_TEXT_SIZE];

  redes_content_id_to_text (content, text);
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, text);
}

void
redes_json_add_digest (JsonBuilder *builder, const char *name, const RedesDigest *digest)
{
  char hex[REDES_DIGEST_HEX_SIZE];

  redes_digest_to_hex (digest, hex);
  redes_json_add_text (builder, name, hex);
}

void
redes_json_add_seconds (JsonBuilder *builder, const char *name, gdouble seconds)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, (gdouble)(gint64)(seconds * 1000.0 + 0.5) / 1000.0);
}
