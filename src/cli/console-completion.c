/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/console-completion.h"

#include "cli/options.h"
#include "engine/base/text.h"

#include <string.h>

/* Entries of a folder that are looked at. */
#define MAX_ENTRIES 10000u

typedef struct
{
  const char *head; /* the line up to what is completed */
  gsize head_bytes;
  const char *typed; /* what is completed */
  GHashTable *seen;  /* of lines */
  GPtrArray *lines;
} Completion;

static void
offer (Completion *self, const char *word)
{
  g_autofree char *shown = redes_text_display_name (word);
  char *line;

  if (!g_str_has_prefix (word, self->typed) || *word == '\0' || !g_str_equal (shown, word))
    return;
  line = g_strdup_printf ("%.*s%s", (int)self->head_bytes, self->head, word);
  /* The table frees what it does not take. */
  if (g_hash_table_add (self->seen, line))
    g_ptr_array_add (self->lines, g_strdup (line));
}

static void
offer_results (Completion *self, GListModel *results)
{
  for (guint i = 0; results != NULL && i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      offer (self, redes_result_get_name (result));
    }
}

static void
offer_peers (Completion *self, GListModel *peers)
{
  for (guint i = 0; peers != NULL && i < g_list_model_get_n_items (peers); i++)
    {
      g_autoptr (RedesPeerItem) peer = g_list_model_get_item (peers, i);

      offer (self, redes_peer_item_get_nickname (peer));
      if (*self->typed != '\0')
        offer (self, redes_peer_item_get_address (peer));
    }
}

static void
offer_transfers (Completion *self, GListModel *transfers)
{
  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      offer (self, redes_transfer_get_name (transfer));
    }
  offer (self, "all");
}

static void
offer_paths (Completion *self)
{
  const char *slash = strrchr (self->typed, G_DIR_SEPARATOR);
  g_autofree char *folder
      = slash != NULL ? g_strndup (self->typed, (gsize)(slash - self->typed + 1)) : g_strdup ("");
  g_autofree char *absolute = redes_option_dup_absolute (*folder != '\0' ? folder : ".");
  g_autoptr (GDir) dir = g_dir_open (absolute, 0, NULL);
  const char *base = slash != NULL ? slash + 1 : self->typed;
  const char *name;
  guint n_entries = 0;

  while (dir != NULL && n_entries++ < MAX_ENTRIES && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (absolute, name, NULL);
      g_autofree char *word = NULL;

      if (!g_str_has_prefix (name, base) || (name[0] == '.' && base[0] != '.'))
        continue;
      word = g_strconcat (folder, name,
                          g_file_test (path, G_FILE_TEST_IS_DIR) ? G_DIR_SEPARATOR_S : "", NULL);
      offer (self, word);
    }
}

static void
offer_commands (Completion *self, const char *const *commands)
{
  for (guint i = 0; commands[i] != NULL; i++)
    {
      static const char *const alone[]
          = { "list", "transfers", "shared", "cache", "help", "exit", "quit", NULL };
      g_autofree char *word
          = g_strconcat (commands[i], g_strv_contains (alone, commands[i]) ? "" : " ", NULL);

      if (g_str_has_prefix (commands[i], self->typed))
        g_ptr_array_add (self->lines, g_steal_pointer (&word));
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GStrv
redes_console_complete (const char *line,
                        const char *const *commands,
                        GListModel *results,
                        GListModel *peers,
                        GListModel *transfers)
{
  const char *start = line + strspn (line, " \t");
  gsize n_command = strcspn (start, " \t");
  g_autofree char *command = g_strndup (start, n_command);
  const char *typed = start + n_command + strspn (start + n_command, " \t");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Completion self = { .head = line,
                      .head_bytes = (gsize)(typed - line),
                      .typed = typed,
                      .seen = seen,
                      .lines = g_ptr_array_new () };

  if (start[n_command] == '\0')
    {
      self.typed = command;
      offer_commands (&self, commands);
    }
  else if (g_str_equal (command, "download"))
    offer_results (&self, results);
  else if (g_str_equal (command, "browse"))
    offer_peers (&self, peers);
  else if (g_str_equal (command, "share") || g_str_equal (command, "unshare"))
    offer_paths (&self);
  else if (g_str_equal (command, "hashing"))
    {
      offer (&self, "pause");
      offer (&self, "resume");
    }
  else if (g_str_equal (command, "pause") || g_str_equal (command, "resume")
           || g_str_equal (command, "retry") || g_str_equal (command, "remove"))
    offer_transfers (&self, transfers);
  g_ptr_array_sort (self.lines, compare_lines);
  g_ptr_array_add (self.lines, NULL);
  return (GStrv)g_ptr_array_free (self.lines, FALSE);
}
