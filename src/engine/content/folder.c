/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/folder.h"

#include "engine/base/error.h"
#include "engine/base/natural-order.h"
#include "engine/content/folder-names.h"

#include <string.h>

struct _RedesFolder
{
  gatomicrefcount refs;
  GBytes *list;
  /* Where each child's entry begins in the list. */
  guint32 *offsets;
  guint n_children;
  RedesFolderTotals totals;
};

struct _RedesFolderParser
{
  guint64 list_bytes;
  GByteArray *came;   /* empty when the whole list is there from the beginning */
  const guint8 *data; /* what came */
  gsize n_came;
  gsize at; /* the first byte that was not read yet */
  gboolean has_header;
  guint32 n_wanted;
  GArray *offsets; /* of guint32 */
  RedesFolderTotals totals;
  gboolean has_failed;
};

/* ---- Totals ---- */

gboolean
redes_folder_totals_equal (const RedesFolderTotals *a, const RedesFolderTotals *b)
{
  return a->bytes == b->bytes && a->n_files == b->n_files && a->n_folders == b->n_folders
         && a->height == b->height;
}

gboolean
redes_folder_totals_check (const RedesFolderTotals *self, GError **error)
{
  if (self->height > REDES_FOLDER_MAX_HEIGHT)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_TOO_DEEP);
  if ((guint64)self->n_files + self->n_folders > REDES_FOLDER_MAX_BELOW)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_TOO_MANY_BELOW);
  if (self->bytes > REDES_FOLDER_MAX_BYTES)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_TOO_MANY_BYTES);
  if ((self->height == 0) != (self->n_folders == 0) || self->height > self->n_folders
      || (self->n_files == 0 && self->bytes > 0)
      || self->bytes / REDES_MAX_FILE_SIZE > self->n_files)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_CHILD_TOTALS);
  return TRUE;
}

/* Each addend is within the limits, so no sum overflows before it is compared with them. */
static gboolean
add_to_totals (RedesFolderTotals *totals, const RedesFolderChild *child, GError **error)
{
  if (child->kind != REDES_FOLDER_KIND_FOLDER)
    {
      totals->n_files++;
      totals->bytes += child->content.size_bytes;
    }
  else
    {
      totals->n_files += child->totals.n_files;
      totals->n_folders += child->totals.n_folders + 1;
      totals->bytes += child->totals.bytes;
      totals->height = MAX (totals->height, child->totals.height + 1);
    }
  return redes_folder_totals_check (totals, error);
}

/* ---- One child ---- */

static guint64
read_number (const guint8 *data, guint n_bytes)
{
  guint64 number = 0;

  for (guint i = 0; i < n_bytes; i++)
    number = number << 8 | data[i];
  return number;
}

/* An entry that is whole. The size begins with a zero byte, as it is at most 2^48; so the name,
 * which stands before it, ends with NUL where it is. */
static void
read_child (const guint8 *entry, RedesFolderChild *out)
{
  gsize name_len = entry[1];
  const guint8 *content = entry + 2 + name_len;
  const guint8 *rest = content + 8 + REDES_DIGEST_SIZE;

  memset (out, 0, sizeof *out);
  out->kind = (RedesFolderKind)entry[0];
  out->name = (const char *)entry + 2;
  out->content.size_bytes = read_number (content, 8);
  memcpy (out->content.root.bytes, content + 8, REDES_DIGEST_SIZE);
  if (out->kind == REDES_FOLDER_KIND_FOLDER)
    {
      out->totals.bytes = read_number (rest, 8);
      out->totals.n_files = (guint32)read_number (rest + 8, 4);
      out->totals.n_folders = (guint32)read_number (rest + 12, 4);
      out->totals.height = rest[16];
    }
  else
    out->time_s = (gint64)read_number (rest, 8);
}

static gboolean
check_content (const RedesFolderChild *child, GError **error)
{
  guint64 size = child->content.size_bytes;

  if (child->kind == REDES_FOLDER_KIND_FOLDER
          ? size < REDES_FOLDER_MIN_LIST_BYTES || size > REDES_FOLDER_MAX_LIST_BYTES
          : size > REDES_MAX_FILE_SIZE)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_CHILD_SIZE);
  if (size == 0)
    {
      RedesDigest nothing;

      redes_digest_of (NULL, 0, &nothing);
      if (!redes_digest_equal (&child->content.root, &nothing))
        return redes_folder_fail (error, REDES_FOLDER_ERROR_CHILD_ROOT);
    }
  return TRUE;
}

/* Negative: @a comes before @b. */
static gint
compare_names (const guint8 *a, const guint8 *b)
{
  gint order = memcmp (a + 2, b + 2, MIN (a[1], b[1]));

  return order != 0 ? order : (gint)a[1] - (gint)b[1];
}

/* ---- The parser ---- */

static gboolean
parser_fail (RedesFolderParser *self, GError **error, RedesFolderError code)
{
  self->has_failed = TRUE;
  return redes_folder_fail (error, code);
}

static gboolean
check_list_bytes (guint64 list_bytes, GError **error)
{
  if (list_bytes > REDES_FOLDER_MAX_LIST_BYTES)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_TOO_LARGE);
  if (list_bytes < REDES_FOLDER_MIN_LIST_BYTES)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_CUT_OFF);
  return TRUE;
}

RedesFolderParser *
redes_folder_parser_new (guint64 list_bytes, GError **error)
{
  RedesFolderParser *self;

  if (!check_list_bytes (list_bytes, error))
    return NULL;

  self = g_new0 (RedesFolderParser, 1);
  self->list_bytes = list_bytes;
  self->came = g_byte_array_new ();
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
redes_folder_parser_free (RedesFolderParser *self)
{
  g_clear_pointer (&self->came, g_byte_array_unref);
  g_clear_pointer (&self->offsets, g_array_unref);
  g_free (self);
}

static gboolean
read_header (RedesFolderParser *self, GError **error)
{
  gsize n = MIN (self->n_came, REDES_FOLDER_MAGIC_BYTES);

  /* Another beginning is told from the first byte that differs. */
  if (memcmp (self->data, REDES_FOLDER_MAGIC, n) != 0)
    return parser_fail (self, error, REDES_FOLDER_ERROR_MAGIC);
  if (self->n_came < REDES_FOLDER_MIN_LIST_BYTES)
    return TRUE;

  self->n_wanted = (guint32)read_number (self->data + REDES_FOLDER_MAGIC_BYTES, 4);
  self->at = REDES_FOLDER_MIN_LIST_BYTES;
  self->has_header = TRUE;
  if (self->n_wanted > REDES_FOLDER_MAX_CHILDREN)
    return parser_fail (self, error, REDES_FOLDER_ERROR_TOO_MANY_CHILDREN);
  if ((guint64)self->n_wanted * REDES_FOLDER_MIN_CHILD_BYTES
      > self->list_bytes - REDES_FOLDER_MIN_LIST_BYTES)
    return parser_fail (self, error, REDES_FOLDER_ERROR_CUT_OFF);
  return TRUE;
}

static gboolean
check_order (RedesFolderParser *self, const guint8 *entry, GError **error)
{
  const guint8 *last;
  gint order;

  if (self->offsets->len == 0)
    return TRUE;

  last = self->data + g_array_index (self->offsets, guint32, self->offsets->len - 1);
  order = compare_names (last, entry);
  if (order == 0)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_NAME_TWICE);
  if (order > 0)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_NAME_ORDER);
  return TRUE;
}

static gboolean
check_child (RedesFolderParser *self, const guint8 *entry, GError **error)
{
  RedesFolderChild child;

  if (!redes_folder_check_name ((const char *)entry + 2, entry[1], error)
      || !check_order (self, entry, error))
    return FALSE;

  read_child (entry, &child);
  if (!check_content (&child, error))
    return FALSE;
  if (child.kind == REDES_FOLDER_KIND_FOLDER)
    {
      if (!redes_folder_totals_check (&child.totals, error))
        return FALSE;
    }
  else if (child.time_s < 0 || child.time_s > REDES_MAX_TIME_S)
    return redes_folder_fail (error, REDES_FOLDER_ERROR_TIME);

  return add_to_totals (&self->totals, &child, error);
}

/* Reads a child if it has come whole. @went_on: (out): whether one was read */
static gboolean
read_next (RedesFolderParser *self, gboolean *went_on, GError **error)
{
  const guint8 *entry = self->data + self->at;
  gsize left = self->n_came - self->at;
  guint32 offset = (guint32)self->at;
  gsize length;

  *went_on = FALSE;
  if (left < 2)
    return TRUE;
  if (entry[0] < REDES_FOLDER_KIND_FILE || entry[0] > REDES_FOLDER_KIND_FOLDER)
    return parser_fail (self, error, REDES_FOLDER_ERROR_KIND);
  length = redes_folder_get_child_length ((RedesFolderKind)entry[0], entry[1]);
  if (left < length)
    return TRUE;
  if (!check_child (self, entry, error))
    {
      self->has_failed = TRUE;
      return FALSE;
    }

  g_array_append_val (self->offsets, offset);
  self->at += length;
  *went_on = TRUE;
  return TRUE;
}

static gboolean
read_what_came (RedesFolderParser *self, GError **error)
{
  gboolean went_on = TRUE;

  if (!self->has_header && !read_header (self, error))
    return FALSE;
  if (!self->has_header)
    return TRUE;

  while (went_on && self->offsets->len < self->n_wanted)
    if (!read_next (self, &went_on, error))
      return FALSE;
  if (self->offsets->len == self->n_wanted && self->at < self->list_bytes)
    return parser_fail (self, error, REDES_FOLDER_ERROR_TRAILING);
  return TRUE;
}

gboolean
redes_folder_parser_feed (RedesFolderParser *self, const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (!self->has_failed, FALSE);

  if (len == 0)
    return TRUE;
  if (len > self->list_bytes - self->n_came)
    return parser_fail (self, error, REDES_FOLDER_ERROR_TRAILING);
  g_byte_array_append (self->came, data, (guint)len);
  self->data = self->came->data;
  self->n_came = self->came->len;
  return read_what_came (self, error);
}

guint
redes_folder_parser_get_n_children (RedesFolderParser *self)
{
  return self->offsets->len;
}

static const char *
get_name (gconstpointer names, guint index)
{
  const RedesFolder *folder = names;

  return (const char *)g_bytes_get_data (folder->list, NULL) + folder->offsets[index] + 2;
}

static gboolean
check_alike (RedesFolder *self, GError **error)
{
  g_autoptr (GArray) alike = redes_folder_find_alike (get_name, self, self->n_children);

  if (alike->len == 0)
    return TRUE;
  return redes_folder_fail (error, REDES_FOLDER_ERROR_NAME_ALIKE);
}

/* @list: (transfer full) (nullable): the whole list, if it was not fed. */
static RedesFolder *
finish (RedesFolderParser *self, GBytes *list, GError **error)
{
  g_autoptr (RedesFolder) folder = NULL;
  g_autoptr (GBytes) whole = list;
  gsize n;

  g_return_val_if_fail (!self->has_failed && self->offsets != NULL, NULL);

  if (!self->has_header || self->offsets->len < self->n_wanted || self->n_came < self->list_bytes)
    {
      parser_fail (self, error, REDES_FOLDER_ERROR_CUT_OFF);
      return NULL;
    }

  folder = g_new0 (RedesFolder, 1);
  g_atomic_ref_count_init (&folder->refs);
  folder->totals = self->totals;
  folder->n_children = self->offsets->len;
  /* What was set aside as the bytes came may be twice as much. */
  n = self->n_came;
  if (whole == NULL)
    whole = g_bytes_new_take (
        g_realloc (g_byte_array_free (g_steal_pointer (&self->came), FALSE), n), n);
  folder->list = g_steal_pointer (&whole);
  n = self->offsets->len * sizeof (guint32);
  folder->offsets = g_realloc (g_array_free (g_steal_pointer (&self->offsets), FALSE), n);
  if (!check_alike (folder, error))
    return NULL;

  return g_steal_pointer (&folder);
}

RedesFolder *
redes_folder_parser_finish (RedesFolderParser *self, GError **error)
{
  return finish (self, NULL, error);
}

/* ---- Folders ---- */

RedesFolder *
redes_folder_parse (GBytes *list, GError **error)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (list, &len);
  g_autoptr (RedesFolderParser) parser = redes_folder_parser_new (len, error);

  if (parser == NULL)
    return NULL;
  /* It is read where it lies. */
  parser->data = data;
  parser->n_came = len;
  if (!read_what_came (parser, error))
    return NULL;
  return finish (parser, g_bytes_ref (list), error);
}

static RedesHashTree *
make_tree (GBytes *list)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (list, &len);
  RedesGeometry geometry = { len, redes_block_size_for (len) };
  guint32 n_blocks = redes_geometry_get_n_blocks (&geometry);
  g_autofree RedesDigest *blocks = g_new (RedesDigest, n_blocks);

  for (guint32 i = 0; i < n_blocks; i++)
    redes_geometry_hash_block (&geometry, i, data + (gsize)i * geometry.block_size,
                               redes_geometry_get_block_length (&geometry, i), &blocks[i]);
  return redes_hash_tree_new_from_blocks (&geometry, blocks);
}

RedesFolder *
redes_folder_parse_proven (GBytes *list,
                           const RedesContentId *content,
                           const RedesFolderTotals *totals,
                           GError **error)
{
  g_autoptr (RedesFolder) self = NULL;
  g_autoptr (RedesHashTree) tree = NULL;
  gsize len = g_bytes_get_size (list);

  if (!check_list_bytes (len, error))
    return NULL;
  tree = make_tree (list);
  if (len != content->size_bytes
      || !redes_digest_equal (redes_hash_tree_get_root (tree), &content->root))
    {
      redes_folder_fail (error, REDES_FOLDER_ERROR_CONTENT);
      return NULL;
    }

  self = redes_folder_parse (list, error);
  if (self == NULL || (totals != NULL && !redes_folder_check_totals (self, totals, error)))
    return NULL;
  return g_steal_pointer (&self);
}

RedesFolder *
redes_folder_new (const RedesFolderChild *children, guint n_children, GError **error)
{
  g_autoptr (GBytes) list = NULL;
  guint8 *buffer;
  guint8 *place;
  gsize size = REDES_FOLDER_MIN_LIST_BYTES;

  if (n_children > REDES_FOLDER_MAX_CHILDREN)
    {
      redes_folder_fail (error, REDES_FOLDER_ERROR_TOO_MANY_CHILDREN);
      return NULL;
    }
  for (guint i = 0; i < n_children; i++)
    {
      gsize name_len = strlen (children[i].name);

      /* Whatever else is wrong is found when the list is read; these would not be. */
      if (name_len > REDES_FOLDER_MAX_NAME_BYTES
          && !redes_folder_check_name (children[i].name, name_len, error))
        return NULL;
      size += redes_folder_get_child_length (children[i].kind, name_len);
    }
  if (size > REDES_FOLDER_MAX_LIST_BYTES)
    {
      redes_folder_fail (error, REDES_FOLDER_ERROR_TOO_LARGE);
      return NULL;
    }

  buffer = g_malloc (size);
  redes_folder_write_header (n_children, buffer);
  place = buffer + REDES_FOLDER_MIN_LIST_BYTES;
  for (guint i = 0; i < n_children; i++)
    place += redes_folder_write_child (&children[i], place);
  list = g_bytes_new_take (buffer, size);

  return redes_folder_parse (list, error);
}

RedesFolder *
redes_folder_ref (RedesFolder *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_folder_unref (RedesFolder *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_bytes_unref (self->list);
  g_free (self->offsets);
  g_free (self);
}

GBytes *
redes_folder_get_list (RedesFolder *self)
{
  return self->list;
}

RedesHashTree *
redes_folder_make_tree (RedesFolder *self)
{
  return make_tree (self->list);
}

const RedesFolderTotals *
redes_folder_get_totals (RedesFolder *self)
{
  return &self->totals;
}

gboolean
redes_folder_check_totals (RedesFolder *self, const RedesFolderTotals *said, GError **error)
{
  if (redes_folder_totals_equal (&self->totals, said))
    return TRUE;
  return redes_folder_fail (error, REDES_FOLDER_ERROR_TOTALS);
}

guint
redes_folder_get_n_children (RedesFolder *self)
{
  return self->n_children;
}

void
redes_folder_get_child (RedesFolder *self, guint index, RedesFolderChild *out)
{
  g_return_if_fail (index < self->n_children);

  read_child ((const guint8 *)g_bytes_get_data (self->list, NULL) + self->offsets[index], out);
}

gboolean
redes_folder_find_child (RedesFolder *self, const char *name, RedesFolderChild *out)
{
  guint first = 0;
  guint end = self->n_children;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;
      gint order = strcmp (get_name (self, middle), name);

      if (order == 0)
        {
          redes_folder_get_child (self, middle, out);
          return TRUE;
        }
      if (order < 0)
        first = middle + 1;
      else
        end = middle;
    }
  return FALSE;
}

/* ---- The order for people ---- */

typedef struct
{
  gboolean is_folder;
  guint32 index;
  char *key;
} ShownChild;

static gint
compare_shown (gconstpointer a, gconstpointer b)
{
  const ShownChild *child_a = a;
  const ShownChild *child_b = b;

  if (child_a->is_folder != child_b->is_folder)
    return child_a->is_folder ? -1 : 1;
  return strcmp (child_a->key, child_b->key);
}

guint32 *
redes_folder_dup_natural_order (RedesFolder *self)
{
  g_autoptr (GArray) shown
      = g_array_sized_new (FALSE, FALSE, sizeof (ShownChild), self->n_children);
  guint32 *order = g_new (guint32, self->n_children);

  for (guint i = 0; i < self->n_children; i++)
    {
      RedesFolderChild child;
      ShownChild entry;

      redes_folder_get_child (self, i, &child);
      entry.is_folder = child.kind == REDES_FOLDER_KIND_FOLDER;
      entry.index = i;
      entry.key = redes_natural_order_make_key (child.name);
      g_array_append_val (shown, entry);
    }
  g_array_sort (shown, compare_shown);
  for (guint i = 0; i < self->n_children; i++)
    {
      order[i] = g_array_index (shown, ShownChild, i).index;
      g_free (g_array_index (shown, ShownChild, i).key);
    }
  return order;
}
