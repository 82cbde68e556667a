/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/output.h"

#include "engine/base/text.h"
#include "engine/platform/file-io.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What may wait for a reader that does not read: lines that are many and each worth little, and
 * all. */
#define MAX_LOSSY_BYTES (1024u * 1024)
#define COPY_BYTES (256u * 1024)
#define MAX_WAITING_BYTES (64u * 1024 * 1024)

/* The Writer is the state that the writer's thread shares with the main thread; it outlives a
 * RedesOutput whose reader never reads. */
/* Text, bytes, or a file to copy. */
typedef struct
{
  char *text;                 /* (nullable) */
  GBytes *bytes;              /* (nullable) */
  int fd;                     /* -1 without a file */
  void (*written) (gpointer); /* (nullable) */
  gpointer written_data;
} Item;

typedef struct
{
  gatomicrefcount ref_count;
  GMutex lock;
  GCond changed;
  GQueue lines;        /* of Item *, guarded by lock */
  gsize waiting_bytes; /* in @lines, guarded by lock */
  guint n_left_out;    /* since the last line that was taken, guarded by lock */
  gboolean json;
  gboolean writing; /* guarded by lock */
  gboolean ending;  /* guarded by lock */
  gboolean broken;  /* guarded by lock */
  int write_errno;  /* why it is broken, guarded by lock */
  void (*closed_func) (gpointer);
  gpointer closed_data; /* main thread only, as is closed_func */
} Writer;

struct _RedesOutput
{
  char *program;
  gboolean json;
  gboolean terminal;
  gboolean is_for_file;
  void (*make_room) (gpointer); /* (nullable) */
  gpointer make_room_data;
  gboolean abandoned;
  char *status;
  Writer *writer;
};

static void
item_free (gpointer data)
{
  Item *item = data;

  if (item->fd >= 0)
    close (item->fd);
  g_clear_pointer (&item->bytes, g_bytes_unref);
  g_free (item->text);
  g_free (item);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Item, item_free)

static void
writer_unref (Writer *writer)
{
  if (!g_atomic_ref_count_dec (&writer->ref_count))
    return;
  g_queue_clear_full (&writer->lines, item_free);
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
  return redes_file_write_all (fd, text, strlen (text));
}

static gboolean
write_item (const Item *item)
{
  g_autofree char *buffer = NULL;
  gssize n;

  if (item->text != NULL)
    return write_all (STDOUT_FILENO, item->text);
  if (item->bytes != NULL)
    {
      gsize n_bytes;
      const char *bytes = g_bytes_get_data (item->bytes, &n_bytes);

      return redes_file_write_all (STDOUT_FILENO, bytes, n_bytes);
    }
  buffer = g_malloc (COPY_BYTES);
  while ((n = read (item->fd, buffer, COPY_BYTES)) != 0)
    {
      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0 && !redes_file_write_all (STDOUT_FILENO, buffer, (gsize)n))
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  void (*func) (gpointer);
  gpointer data;
} Written;

static gboolean
on_written (gpointer data)
{
  Written *written = data;

  written->func (written->data);
  return G_SOURCE_REMOVE;
}

static void
tell_written (const Item *item)
{
  Written *written = g_new (Written, 1);

  *written = (Written){ item->written, item->written_data };
  g_idle_add_full (G_PRIORITY_DEFAULT, on_written, written, g_free);
}

static gpointer
writer_run (gpointer data)
{
  Writer *writer = data;

  g_mutex_lock (&writer->lock);
  for (;;)
    {
      g_autoptr (Item) item = NULL;
      gboolean written;
      int write_errno;

      while (writer->lines.length == 0 && !writer->ending)
        g_cond_wait (&writer->changed, &writer->lock);
      item = g_queue_pop_head (&writer->lines);
      if (item == NULL)
        break;

      writer->waiting_bytes -= item->text != NULL ? strlen (item->text) : 0;
      writer->writing = TRUE;
      g_mutex_unlock (&writer->lock);
      written = write_item (item);
      write_errno = written ? 0 : errno;
      g_mutex_lock (&writer->lock);
      writer->writing = FALSE;
      if (written && item->written != NULL)
        tell_written (item);

      if (!written && !writer->broken)
        {
          writer->broken = TRUE;
          writer->write_errno = write_errno;
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
push_item (Writer *writer, Item item)
{
  g_queue_push_tail (&writer->lines, g_memdup2 (&item, sizeof item));
}

static void
push (Writer *writer, char *text)
{
  writer->waiting_bytes += strlen (text);
  push_item (writer, (Item){ .text = text, .fd = -1 });
}

/* The count of what was left out stands where it was left out. */
static void
push_left_out (Writer *writer)
{
  if (writer->n_left_out == 0)
    return;
  if (writer->json)
    push (writer, g_strdup_printf ("{\"event\":\"left-out\",\"lines\":%u}\n", writer->n_left_out));
  else
    push (writer, g_strdup_printf ("(%u lines are left out here: they were not read in time)\n",
                                   writer->n_left_out));
  writer->n_left_out = 0;
}

static void
writer_take (Writer *writer, char *text, gboolean lossy)
{
  gsize max_bytes = lossy ? MAX_LOSSY_BYTES : MAX_WAITING_BYTES;

  g_mutex_lock (&writer->lock);
  if (writer->broken)
    g_free (text);
  else if (writer->waiting_bytes > max_bytes)
    {
      writer->n_left_out++;
      g_free (text);
    }
  else
    {
      push_left_out (writer);
      push (writer, text);
    }
  g_cond_broadcast (&writer->changed);
  g_mutex_unlock (&writer->lock);
}

/* Returns: the errno of what could not be written, or 0 */
static int
writer_finish (Writer *writer, int timeout_ms)
{
  int write_errno;
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
  write_errno = writer->write_errno;
  /* Some file systems tell only then that there was no room. Nobody writes any more, or it would
   * still be waited for. */
  if (!writer->broken && !writer->writing && close (STDOUT_FILENO) != 0)
    write_errno = errno;
  g_mutex_unlock (&writer->lock);
  return write_errno;
}

RedesOutput *
redes_output_new (const char *program, gboolean json)
{
  RedesOutput *self = g_new0 (RedesOutput, 1);

  self->program = g_strdup (program);
  self->json = json;
  self->terminal = !json && isatty (STDOUT_FILENO);
  self->writer = writer_new ();
  self->writer->json = json;
  return self;
}

gboolean
redes_output_free (RedesOutput *self, int timeout_ms)
{
  int write_errno;

  redes_output_set_status (self, NULL);
  self->writer->closed_func = NULL;
  write_errno = writer_finish (self->writer, timeout_ms);
  writer_unref (self->writer);
  if (write_errno != 0 && write_errno != EPIPE)
    {
      g_autofree char *line = g_strdup_printf ("%s: the output could not be written: %s\n",
                                               self->program, g_strerror (write_errno));

      (void)!write_all (STDERR_FILENO, line);
    }
  g_free (self->program);
  g_free (self);
  return write_errno == 0 || write_errno == EPIPE;
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
redes_output_copy_file (RedesOutput *self, int fd)
{
  g_mutex_lock (&self->writer->lock);
  push_item (self->writer, (Item){ .fd = fd });
  g_cond_broadcast (&self->writer->changed);
  g_mutex_unlock (&self->writer->lock);
}

void
redes_output_write_bytes (RedesOutput *self,
                          GBytes *bytes,
                          void (*written) (gpointer user_data),
                          gpointer user_data)
{
  g_mutex_lock (&self->writer->lock);
  push_item (self->writer, (Item){ .bytes = g_bytes_ref (bytes),
                                   .fd = -1,
                                   .written = written,
                                   .written_data = user_data });
  g_cond_broadcast (&self->writer->changed);
  g_mutex_unlock (&self->writer->lock);
}

void
redes_output_leave_for_file (RedesOutput *self)
{
  redes_output_set_status (self, NULL);
  self->terminal = FALSE;
  self->is_for_file = TRUE;
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

void
redes_output_set_make_room_func (RedesOutput *self,
                                 void (*make_room) (gpointer),
                                 gpointer user_data)
{
  self->make_room = make_room;
  self->make_room_data = user_data;
}

void
redes_output_write_keys (RedesOutput *self, const char *bytes, gsize n_bytes)
{
  writer_take (self->writer, g_strndup (bytes, n_bytes), FALSE);
}

static void
write_line (RedesOutput *self, const char *line, gboolean lossy)
{
  if (self->make_room != NULL)
    self->make_room (self->make_room_data);
  if (self->status != NULL)
    writer_take (self->writer, g_strdup_printf ("\r\033[K%s\n%s", line, self->status), lossy);
  else
    writer_take (self->writer, g_strconcat (line, "\n", NULL), lossy);
}

static void G_GNUC_PRINTF (3, 0)
    say (RedesOutput *self, gboolean lossy, const char *format, va_list args)
{
  g_autofree char *words = NULL;
  g_autofree char *line = NULL;

  if (self->json)
    return;
  words = g_strdup_vprintf (format, args);
  line = redes_text_make_terminal_safe (words);
  if (self->is_for_file)
    {
      g_autofree char *whole = g_strconcat (line, "\n", NULL);

      (void)!write_all (STDERR_FILENO, whole);
      return;
    }
  write_line (self, line, lossy);
}

void
redes_output_say (RedesOutput *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  say (self, FALSE, format, args);
  va_end (args);
}

void
redes_output_say_lossy (RedesOutput *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  say (self, TRUE, format, args);
  va_end (args);
}

void
redes_output_error (RedesOutput *self, const char *format, ...)
{
  g_autofree char *words = NULL;
  g_autofree char *safe = NULL;
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

  safe = redes_text_make_terminal_safe (words);
  /* On a terminal both outputs are the same screen, whose last line belongs to the writer. */
  if (self->terminal && isatty (STDERR_FILENO))
    {
      write_line (self, safe, FALSE);
      return;
    }
  line = g_strdup_printf ("%s: %s\n", self->program, safe);
  (void)!write_all (STDERR_FILENO, line);
}

void
redes_output_set_status (RedesOutput *self, const char *status)
{
  if (!self->terminal || g_strcmp0 (self->status, status) == 0)
    return;
  g_free (self->status);
  self->status = status != NULL ? redes_text_make_terminal_safe (status) : NULL;
  writer_take (self->writer, g_strconcat ("\r\033[K", self->status, NULL), FALSE);
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

static void
end_event (RedesOutput *self, JsonBuilder *builder, gboolean lossy)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);
  /* The generator writes only the ASCII ones as escapes, and a terminal obeys others, too. */
  line = redes_text_escape_controls (text);
  write_line (self, line, lossy);
  g_object_unref (builder);
}

void
redes_output_end_event (RedesOutput *self, JsonBuilder *builder)
{
  end_event (self, builder, FALSE);
}

void
redes_output_end_event_lossy (RedesOutput *self, JsonBuilder *builder)
{
  end_event (self, builder, TRUE);
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
