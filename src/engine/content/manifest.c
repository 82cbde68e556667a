/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/manifest-private.h"

#include "engine/base/error.h"
#include "engine/content/link.h"

#include <string.h>

#define FORM_FILE 1
#define FORM_FOLDER 2
/* From the padding after the publisher's id to the framing. */
#define FILE_TAIL_BYTES 8u
#define FOLDER_TAIL_BYTES (FILE_TAIL_BYTES + 17u)

static gboolean
check_values (const RedesManifestDraft *draft, gint64 time_s, GError **error)
{
  RedesNoticeCode violation = REDES_NOTICE_NONE;
  const RedesGeometry *geometry = &draft->geometry;
  gsize name_len = draft->name != NULL ? strlen (draft->name) : 0;
  RedesDigest nothing;

  redes_digest_of (NULL, 0, &nothing);

  if (name_len < 1 || name_len > REDES_MAX_NAME_BYTES)
    violation = REDES_NOTICE_MANIFEST_NAME_LENGTH;
  else if (!g_utf8_validate (draft->name, (gssize)name_len, NULL))
    violation = REDES_NOTICE_MANIFEST_NAME_UTF8;
  else if (!redes_geometry_is_valid (geometry))
    violation = REDES_NOTICE_MANIFEST_SIZE_RANGE;
  else if (geometry->block_size != redes_block_size_for (geometry->file_size))
    violation = REDES_NOTICE_MANIFEST_BLOCK_SIZE;
  else if (geometry->file_size == 0 && !redes_digest_equal (&draft->root, &nothing))
    violation = REDES_NOTICE_MANIFEST_EMPTY_ROOT;
  else if (time_s < 0 || time_s > REDES_MAX_TIME_S)
    violation = REDES_NOTICE_MANIFEST_TIME;
  else if (draft->folder != NULL
           && (geometry->file_size < REDES_FOLDER_MIN_LIST_BYTES
               || geometry->file_size > REDES_FOLDER_MAX_LIST_BYTES))
    violation = REDES_NOTICE_MANIFEST_LIST_SIZE;
  else if (draft->folder != NULL && !redes_folder_totals_check (draft->folder, NULL))
    violation = REDES_NOTICE_MANIFEST_TOTALS;

  if (violation == REDES_NOTICE_NONE)
    return TRUE;

  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                   REDES_NOTICE_MANIFEST_UNUSABLE, redes_notice_arg_code (violation));
  return FALSE;
}

/* @batch: (nullable): %NULL: unsigned */
static RedesManifest *
make_manifest (const RedesManifestDraft *draft,
               gint64 time_s,
               RedesBatch *batch,
               guint32 batch_index)
{
  gsize totals_size = draft->folder != NULL ? sizeof *draft->folder : 0;
  gsize name_size = strlen (draft->name) + 1;
  RedesManifest *self = g_malloc (sizeof *self + totals_size + name_size);

  g_atomic_ref_count_init (&self->refs);
  self->batch_index = (guint16)batch_index;
  self->is_folder = draft->folder != NULL;
  self->batch = batch != NULL ? redes_batch_ref (batch) : NULL;
  self->geometry = draft->geometry;
  self->time_s = time_s;
  self->content.root = draft->root;
  self->content.size_bytes = draft->geometry.file_size;
  if (self->is_folder)
    memcpy (self->tail, draft->folder, totals_size);
  /* cppcheck takes the comma between the arguments for an operator. */
  /* cppcheck-suppress constStatement */
  memcpy (self->tail + totals_size, draft->name, name_size);

  return self;
}

RedesManifest *
redes_manifest_new (const RedesManifestDraft *draft,
                    gint64 time_s,
                    RedesBatch *batch,
                    guint32 batch_index,
                    GError **error)
{
  if (!check_values (draft, time_s, error))
    return NULL;
  if (batch_index >= batch->size)
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_UNUSABLE,
                       redes_notice_arg_code (REDES_NOTICE_MANIFEST_PLACE));
      return NULL;
    }
  if (!redes_batch_check_padding (batch, batch_index))
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_UNUSABLE,
                       redes_notice_arg_code (REDES_NOTICE_MANIFEST_PADDING));
      return NULL;
    }

  return make_manifest (draft, time_s, batch, batch_index);
}

RedesManifest *
redes_manifest_new_unsigned (const char *name,
                             const RedesContentId *content,
                             const RedesFolderTotals *totals,
                             GError **error)
{
  RedesManifestDraft draft
      = { .name = name,
          .geometry = { content->size_bytes, redes_block_size_for (content->size_bytes) },
          .root = content->root,
          .folder = totals };

  return check_values (&draft, 0, error) ? make_manifest (&draft, 0, NULL, 0) : NULL;
}

gboolean
redes_manifest_is_signed (RedesManifest *self)
{
  return self->batch != NULL;
}

RedesManifest *
redes_manifest_new_in_batch (const RedesManifestDraft *draft,
                             gint64 time_s,
                             RedesBatch *batch,
                             guint32 batch_index,
                             GError **error)
{
  g_autoptr (RedesManifest) self = redes_manifest_new (draft, time_s, batch, batch_index, error);
  g_autoptr (GBytes) body = NULL;

  if (self == NULL)
    return NULL;

  body = redes_manifest_dup_body (self);
  if (!redes_batch_has_leaf (batch, batch_index, body))
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_NOT_SIGNED);
      return NULL;
    }

  return g_steal_pointer (&self);
}

void
redes_manifest_compute_batch_key (RedesManifest *self, RedesDigest *out)
{
  g_autoptr (GBytes) body = NULL;
  RedesDigest digest;

  if (self->batch->has_tree)
    {
      redes_batch_compute_key (self->batch, out);
      return;
    }

  body = redes_manifest_dup_body (self);
  redes_batch_compute_signed_digest (self->batch, self->batch_index, body, &digest);
  redes_batch_compute_memo_key (self->batch, &digest, out);
}

RedesManifest *
redes_manifest_ref (RedesManifest *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_manifest_unref (RedesManifest *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->batch, redes_batch_unref);
  g_free (self);
}

/* ---- Writing ---- */

static guint8 *
write_bytes (guint8 *place, gconstpointer bytes, gsize n)
{
  memcpy (place, bytes, n);
  return place + n;
}

static guint8 *
write_u32 (guint8 *place, guint32 value)
{
  guint32 value_le = GUINT32_TO_LE (value);

  return write_bytes (place, &value_le, sizeof value_le);
}

static guint8 *
write_u64 (guint8 *place, guint64 value)
{
  guint64 value_le = GUINT64_TO_LE (value);

  return write_bytes (place, &value_le, sizeof value_le);
}

/* Zeroes up to the next multiple of 8. */
static guint8 *
write_padding (guint8 *place, const guint8 *start)
{
  while ((place - start) % 8 != 0)
    *place++ = 0;
  return place;
}

/*
 * What g_variant_new() would give for (ustuayayx), or a folder's (ustuayayxtuuy), byte for byte, by
 * GVariant's description of its own format; a twentieth of the time, and each shared file is
 * written when the program starts. Returns: its size
 */
static gsize
write_body (RedesManifest *self, guint8 body[REDES_MAX_MANIFEST_BYTES])
{
  const char *name = redes_manifest_get_name (self);
  guint8 *place = write_u32 (body, self->is_folder ? FORM_FOLDER : FORM_FILE);
  gsize ends[3]; /* of the values of no fixed size; they come last, the last one first */
  gsize end_size;

  place = write_bytes (place, name, strlen (name) + 1);
  ends[2] = (gsize)(place - body);
  place = write_padding (place, body);
  place = write_u64 (place, self->geometry.file_size);
  place = write_u32 (place, self->geometry.block_size);
  place = write_bytes (place, self->content.root.bytes, sizeof self->content.root.bytes);
  ends[1] = (gsize)(place - body);
  place = write_bytes (place, self->batch->publisher.bytes, sizeof self->batch->publisher.bytes);
  ends[0] = (gsize)(place - body);
  place = write_padding (place, body);
  place = write_u64 (place, (guint64)self->time_s);
  if (self->is_folder)
    {
      RedesFolderTotals totals;

      memcpy (&totals, self->tail, sizeof totals);
      place = write_u64 (place, totals.bytes);
      place = write_u32 (place, totals.n_files);
      place = write_u32 (place, totals.n_folders);
      *place++ = totals.height;
    }

  /* As many bytes as the length of the whole needs. */
  end_size = (gsize)(place - body) + G_N_ELEMENTS (ends) <= G_MAXUINT8 ? 1 : 2;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      *place++ = (guint8)ends[i];
      if (end_size == 2)
        *place++ = (guint8)(ends[i] >> 8);
    }

  return (gsize)(place - body);
}

GBytes *
redes_manifest_dup_body (RedesManifest *self)
{
  guint8 body[REDES_MAX_MANIFEST_BYTES];
  gsize size = write_body (self, body);

  return g_bytes_new (body, size);
}

/* ---- From a remote ---- */

static guint32
read_u32 (const guint8 *place)
{
  guint32 value_le;

  memcpy (&value_le, place, sizeof value_le);
  return GUINT32_FROM_LE (value_le);
}

static guint64
read_u64 (const guint8 *place)
{
  guint64 value_le;

  memcpy (&value_le, place, sizeof value_le);
  return GUINT64_FROM_LE (value_le);
}

static gsize
align (gsize offset)
{
  return (offset + 7) / 8 * 8;
}

/**
 * Layout:
 * @name_end: behind its NUL
 * @values: of the size and the block size, behind which the root is
 *
 * Where the values of a body are, by GVariant's framing: what has no fixed size is found by its
 * end, and the ends stand behind all values, the last one first.
 */
typedef struct
{
  gsize name_end;
  gsize values;
  gsize root_end;
  gsize publisher_end;
  gsize time;
} Layout;

#define NAME_OFFSET 4u
#define ROOT_OFFSET 12u

static gsize
read_end (const guint8 *place, gsize end_size)
{
  return end_size == 1 ? place[0] : place[0] + (gsize)place[1] * 256;
}

/* Returns: whether all of it lies in @body, and the name ends with its only NUL */
static gboolean
read_layout (const guint8 *body, gsize size, gboolean is_folder, Layout *out)
{
  gsize end_size = size <= G_MAXUINT8 ? 1 : 2;
  gsize framing = size - 3 * end_size;

  if (size < 3 * end_size + NAME_OFFSET)
    return FALSE;
  out->publisher_end = read_end (body + framing, end_size);
  out->root_end = read_end (body + framing + end_size, end_size);
  out->name_end = read_end (body + framing + 2 * end_size, end_size);
  out->values = align (out->name_end);
  out->time = align (out->publisher_end);
  return out->name_end > NAME_OFFSET && out->values + ROOT_OFFSET <= out->root_end
         && out->root_end <= out->publisher_end
         && out->time + (is_folder ? FOLDER_TAIL_BYTES : FILE_TAIL_BYTES) == framing
         && memchr (body + NAME_OFFSET, '\0', out->name_end - NAME_OFFSET)
                == body + out->name_end - 1;
}

static void
read_totals (const guint8 *place, RedesFolderTotals *out)
{
  *out = (RedesFolderTotals){ .bytes = read_u64 (place),
                              .n_files = read_u32 (place + 8),
                              .n_folders = read_u32 (place + 12),
                              .height = place[16] };
}

/* The manifest of a body that is read by @layout; its bytes may still be others than those that it
 * would be written as. */
static RedesManifest *
read_body (const guint8 *body,
           const Layout *layout,
           gboolean is_folder,
           guint32 batch_index,
           RedesBatch *batch,
           GError **error)
{
  RedesManifestDraft draft
      = { .name = (const char *)body + NAME_OFFSET,
          .geometry = { read_u64 (body + layout->values), read_u32 (body + layout->values + 8) } };
  RedesFolderTotals totals;
  RedesPeerId publisher;

  if (layout->root_end - layout->values - ROOT_OFFSET != sizeof draft.root.bytes
      || layout->publisher_end - layout->root_end != sizeof publisher.bytes)
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_UNUSABLE,
                       redes_notice_arg_code (REDES_NOTICE_MANIFEST_DIGEST));
      return NULL;
    }

  memcpy (draft.root.bytes, body + layout->values + ROOT_OFFSET, sizeof draft.root.bytes);
  memcpy (publisher.bytes, body + layout->root_end, sizeof publisher.bytes);
  if (!redes_digest_equal (&batch->publisher, &publisher))
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_UNUSABLE,
                       redes_notice_arg_code (REDES_NOTICE_MANIFEST_KEY_OF_OTHER));
      return NULL;
    }

  if (is_folder)
    {
      read_totals (body + layout->time + FILE_TAIL_BYTES, &totals);
      draft.folder = &totals;
    }
  return redes_manifest_new (&draft, (gint64)read_u64 (body + layout->time), batch, batch_index,
                             error);
}

static gboolean
is_written_as (RedesManifest *self, const guint8 *body, gsize size)
{
  guint8 written[REDES_MAX_MANIFEST_BYTES];

  return write_body (self, written) == size && memcmp (written, body, size) == 0;
}

RedesManifest *
redes_manifest_new_from_parts (GBytes *body,
                               guint32 batch_index,
                               guint32 batch_size,
                               GBytes *path,
                               GBytes *signature,
                               GBytes *spki,
                               GError **error)
{
  g_autoptr (RedesBatch) batch = NULL;
  g_autoptr (RedesManifest) manifest = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (body, &size);
  guint32 form = size >= NAME_OFFSET ? read_u32 (data) : FORM_FILE;
  Layout layout;

  batch = redes_batch_new_from_path (batch_size, path, signature, spki, error);
  if (batch == NULL)
    return NULL;

  if (size > REDES_MAX_MANIFEST_BYTES)
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_TOO_LARGE, REDES_MAX_MANIFEST_BYTES);
      return NULL;
    }

  if (form != FORM_FILE && form != FORM_FOLDER)
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_FORM);
      return NULL;
    }

  if (read_layout (data, size, form == FORM_FOLDER, &layout))
    {
      manifest = read_body (data, &layout, form == FORM_FOLDER, batch_index, batch, error);
      if (manifest == NULL)
        return NULL;
    }

  /* A body is taken only in the one form in which it can be written again. */
  if (manifest == NULL || !is_written_as (manifest, data, size))
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                       REDES_NOTICE_MANIFEST_DAMAGED);
      return NULL;
    }

  return g_steal_pointer (&manifest);
}

/* ---- Looking ---- */

const char *
redes_manifest_get_name (RedesManifest *self)
{
  return self->tail + (self->is_folder ? sizeof (RedesFolderTotals) : 0);
}

gboolean
redes_manifest_get_folder (RedesManifest *self, RedesFolderTotals *totals)
{
  if (self->is_folder && totals != NULL)
    memcpy (totals, self->tail, sizeof *totals);
  return self->is_folder;
}

const RedesGeometry *
redes_manifest_get_geometry (RedesManifest *self)
{
  return &self->geometry;
}

const RedesContentId *
redes_manifest_get_content (RedesManifest *self)
{
  return &self->content;
}

const RedesPeerId *
redes_manifest_get_publisher (RedesManifest *self)
{
  return &self->batch->publisher;
}

gint64
redes_manifest_get_time_s (RedesManifest *self)
{
  return self->time_s;
}

RedesBatch *
redes_manifest_get_batch (RedesManifest *self)
{
  return self->batch;
}

guint32
redes_manifest_get_batch_index (RedesManifest *self)
{
  return self->batch_index;
}

guint32
redes_manifest_get_batch_size (RedesManifest *self)
{
  return self->batch->size;
}

GBytes *
redes_manifest_dup_path (RedesManifest *self)
{
  RedesDigest path[REDES_MAX_BATCH_PATH];
  guint length = redes_batch_get_path (self->batch, self->batch_index, path);

  return g_bytes_new (path, length * sizeof *path);
}

RedesManifest *
redes_manifest_from_parts (const RedesManifestParts *parts, GError **error)
{
  return redes_manifest_new_from_parts (parts->body, parts->place, parts->batch_size, parts->path,
                                        parts->signature, parts->key, error);
}

void
redes_manifest_dup_parts (RedesManifest *self, RedesManifestParts *out)
{
  *out = (RedesManifestParts){ .body = redes_manifest_dup_body (self),
                               .place = self->batch_index,
                               .batch_size = redes_manifest_get_batch_size (self),
                               .path = redes_manifest_dup_path (self),
                               .signature = g_bytes_ref (redes_manifest_get_signature (self)),
                               .key = g_bytes_ref (redes_manifest_get_spki (self)) };
}

GBytes *
redes_manifest_get_signature (RedesManifest *self)
{
  return self->batch->signature;
}

GBytes *
redes_manifest_get_spki (RedesManifest *self)
{
  return self->batch->spki;
}

char *
redes_manifest_format_link (RedesManifest *self, const char *const *trackers)
{
  RedesLink link = { 0 };

  link.content = *redes_manifest_get_content (self);
  link.is_folder = redes_manifest_get_folder (self, NULL);
  link.name = (char *)redes_manifest_get_name (self);
  link.has_publisher = TRUE;
  link.publisher = *redes_manifest_get_publisher (self);
  link.trackers = (char **)trackers;

  return redes_link_format (&link);
}
