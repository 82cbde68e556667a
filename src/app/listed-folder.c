/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/listed-folder.h"

#include "engine/base/transfer-snapshot.h"

#include <string.h>

/**
 * Entry:
 * @path: the line's
 * @name: where the last part of @path begins
 * @parent: the folder it is in
 * @end: the number behind all that is in it
 * @n_files: it itself, or those below
 * @n_chosen, @chosen_size: of these
 * @n_there: of these
 * @fill: of a file
 */
typedef struct
{
  const char *path;
  const char *name;
  guint64 size;
  guint64 chosen_size;
  guint parent;
  guint end;
  guint n_files;
  guint n_chosen;
  guint n_there;
  guint8 fill;
  gboolean is_folder;
} Entry;

struct _RedesListedFolder
{
  GObject parent_instance;
  GPtrArray *lines; /* RedesFolderLine: the texts are theirs */
  guint n_entries;
  Entry *entries;
};

G_DEFINE_FINAL_TYPE (RedesListedFolder, redes_listed_folder, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHOSEN_CHANGED,
  SIGNAL_FILLS_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
redes_listed_folder_finalize (GObject *object)
{
  RedesListedFolder *self = REDES_LISTED_FOLDER (object);

  g_free (self->entries);
  g_ptr_array_unref (self->lines);
  G_OBJECT_CLASS (redes_listed_folder_parent_class)->finalize (object);
}

static void
redes_listed_folder_class_init (RedesListedFolderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_listed_folder_finalize;

  signals[SIGNAL_CHOSEN_CHANGED]
      = g_signal_new ("chosen-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FILLS_CHANGED]
      = g_signal_new ("fills-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 0);
}

static void
redes_listed_folder_init (RedesListedFolder *self)
{
}

/* Whether @path is below @folder, whose path is one of its beginnings then. */
static gboolean
is_below (const char *path, const Entry *folder)
{
  gsize length = strlen (folder->path);

  return length == 0 || (strncmp (path, folder->path, length) == 0 && path[length] == '/');
}

static void
add_entry (RedesListedFolder *self, const RedesFolderLine *line, guint number, guint parent)
{
  const char *slash = strrchr (line->path, '/');

  self->entries[number] = (Entry){ .path = line->path,
                                   .name = slash != NULL ? slash + 1 : line->path,
                                   .size = line->is_folder ? 0 : line->size,
                                   .parent = parent,
                                   .end = number + 1,
                                   .n_files = line->is_folder ? 0 : 1,
                                   .is_folder = line->is_folder };
}

/* What is below a folder comes behind it, so that all of it is known when the folder's turn comes
 * from behind. */
static void
sum_up (RedesListedFolder *self)
{
  for (guint i = self->n_entries - 1; i > 0; i--)
    {
      Entry *entry = &self->entries[i];
      Entry *parent = &self->entries[entry->parent];

      parent->size += entry->size;
      entry->n_chosen = entry->n_files;
      entry->chosen_size = entry->size;
      parent->n_files += entry->n_files;
      parent->end = MAX (parent->end, entry->end);
    }
}

RedesListedFolder *
redes_listed_folder_new (GPtrArray *lines)
{
  RedesListedFolder *self = g_object_new (REDES_TYPE_LISTED_FOLDER, NULL);
  guint folder = REDES_LISTED_FOLDER_TOP;
  Entry *top;

  self->lines = g_ptr_array_ref (lines);
  self->n_entries = lines->len + 1;
  self->entries = g_new (Entry, self->n_entries);
  top = &self->entries[REDES_LISTED_FOLDER_TOP];
  *top = (Entry){ .path = "", .name = "", .end = 1, .is_folder = TRUE };
  for (guint i = 0; i < lines->len; i++)
    {
      const RedesFolderLine *line = lines->pdata[i];

      while (!is_below (line->path, &self->entries[folder]))
        folder = self->entries[folder].parent;
      add_entry (self, line, i + 1, folder);
      if (line->is_folder)
        folder = i + 1;
    }
  sum_up (self);
  top->n_chosen = top->n_files;
  top->chosen_size = top->size;
  return self;
}

guint
redes_listed_folder_get_n_entries (RedesListedFolder *self)
{
  return self->n_entries;
}

const char *
redes_listed_folder_get_name (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].name;
}

const char *
redes_listed_folder_get_path (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].path;
}

gboolean
redes_listed_folder_is_folder (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].is_folder;
}

guint64
redes_listed_folder_get_size (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].size;
}

guint
redes_listed_folder_get_n_files (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].n_files;
}

GArray *
redes_listed_folder_list_children (RedesListedFolder *self, guint folder)
{
  GArray *children = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = folder + 1; i < self->entries[folder].end; i = self->entries[i].end)
    g_array_append_val (children, i);
  return children;
}

/* Choosing. */

static void
choose_all (Entry *entry, gboolean chosen)
{
  entry->n_chosen = chosen ? entry->n_files : 0;
  entry->chosen_size = chosen ? entry->size : 0;
}

void
redes_listed_folder_choose (RedesListedFolder *self, guint entry, gboolean chosen)
{
  Entry *chosen_entry = &self->entries[entry];
  guint n_before = chosen_entry->n_chosen;
  guint64 size_before = chosen_entry->chosen_size;
  guint above = entry;

  for (guint i = entry; i < self->entries[entry].end; i++)
    choose_all (&self->entries[i], chosen);
  while (above != REDES_LISTED_FOLDER_TOP)
    {
      above = self->entries[above].parent;
      self->entries[above].n_chosen += chosen_entry->n_chosen - n_before;
      self->entries[above].chosen_size += chosen_entry->chosen_size - size_before;
    }
  if (chosen_entry->n_chosen != n_before)
    g_signal_emit (self, signals[SIGNAL_CHOSEN_CHANGED], 0);
}

RedesTreeChoice
redes_listed_folder_get_choice (RedesListedFolder *self, guint entry)
{
  const Entry *of = &self->entries[entry];

  if (of->n_chosen == 0)
    return REDES_FOLDER_NOTHING;
  return of->n_chosen == of->n_files ? REDES_FOLDER_ALL : REDES_FOLDER_SOME;
}

guint
redes_listed_folder_get_n_chosen (RedesListedFolder *self)
{
  return self->entries[REDES_LISTED_FOLDER_TOP].n_chosen;
}

guint64
redes_listed_folder_get_chosen_size (RedesListedFolder *self)
{
  return self->entries[REDES_LISTED_FOLDER_TOP].chosen_size;
}

char **
redes_listed_folder_dup_choice (RedesListedFolder *self)
{
  g_autoptr (GStrvBuilder) only = NULL;
  guint next;

  /* Of a folder without a file, too. */
  if (self->entries[REDES_LISTED_FOLDER_TOP].n_chosen
      == self->entries[REDES_LISTED_FOLDER_TOP].n_files)
    return NULL;
  only = g_strv_builder_new ();
  for (guint i = REDES_LISTED_FOLDER_TOP + 1; i < self->n_entries; i = next)
    {
      const Entry *entry = &self->entries[i];
      RedesTreeChoice choice = redes_listed_folder_get_choice (self, i);
      g_autofree char *path = NULL;

      /* What is in a folder is looked at only where the folder itself does not say all. */
      next = choice == REDES_FOLDER_SOME ? i + 1 : entry->end;
      if (choice != REDES_FOLDER_ALL)
        continue;
      path = g_strconcat ("/", entry->path, entry->is_folder ? "/" : NULL, NULL);
      g_strv_builder_add (only, path);
    }
  return g_strv_builder_end (only);
}

/* What is there. */

void
redes_listed_folder_set_fills (RedesListedFolder *self, GBytes *fills)
{
  gsize n = 0;
  const guint8 *bytes = fills != NULL ? g_bytes_get_data (fills, &n) : NULL;
  gboolean changed = FALSE;

  for (guint i = 0; i < self->n_entries; i++)
    self->entries[i].n_there = 0;
  /* Each behind what it is in, see sum_up(). */
  for (guint i = self->n_entries - 1; i > REDES_LISTED_FOLDER_TOP; i--)
    {
      Entry *entry = &self->entries[i];
      guint8 fill = fills == NULL ? 255 : i - 1 < n ? bytes[i - 1] : 0;

      if (!entry->is_folder)
        {
          changed = changed || entry->fill != fill;
          entry->fill = fill;
          entry->n_there = fill == 255 ? 1 : 0;
        }
      self->entries[entry->parent].n_there += entry->n_there;
    }
  if (changed)
    g_signal_emit (self, signals[SIGNAL_FILLS_CHANGED], 0);
}

guint8
redes_listed_folder_get_fill (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].fill;
}

guint
redes_listed_folder_get_n_there (RedesListedFolder *self, guint entry)
{
  return self->entries[entry].n_there;
}
