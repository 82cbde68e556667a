/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/search.h"

#include "engine/base/text.h"
#include "engine/classic/ask.h"

#define ASK_TIMEOUT_MS 5000
#define MAX_ANSWER_BYTES 4096u
#define MAX_PEERS 32u
/* Of peers that somebody else has named. */
#define NAMED_TIMEOUT_MS 1500
#define MAX_NAMED_ASKED 2u

/* Who has the name, then how long the file is. */

typedef struct
{
  GCancellable *cancellable;
  RedesClassicFile *file;
  GPtrArray *peers;
  guint n_pending;
  guint next; /* peer to ask for the size */
  guint n_asked_at_most;
  guint timeout_ms;
  RedesClassicSearchFunc func;
  gpointer user_data;
} Search;

RedesClassicFile *
redes_classic_file_copy (const RedesClassicFile *file)
{
  RedesClassicFile *copy = g_memdup2 (file, sizeof *copy);

  copy->name = g_strdup (file->name);
  copy->peers = g_strdupv (file->peers);
  return copy;
}

void
redes_classic_file_free (RedesClassicFile *file)
{
  if (file == NULL)
    return;
  g_free (file->name);
  g_strfreev (file->peers);
  g_free (file);
}

static void
end_search (Search *search, gboolean found)
{
  if (!found)
    g_clear_pointer (&search->file, redes_classic_file_free);
  if (!g_cancellable_is_cancelled (search->cancellable))
    search->func (g_steal_pointer (&search->file), search->user_data);
  redes_classic_file_free (search->file);
  g_ptr_array_unref (search->peers);
  g_object_unref (search->cancellable);
  g_free (search);
}

static void ask_size (Search *search);

static void
size_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, NULL);
  g_autofree char *text = NULL;

  if (answer != NULL)
    text = g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  if (text != NULL
      && g_ascii_string_to_unsigned (g_strstrip (text), 10, 0, G_GUINT64_CONSTANT (1) << 48,
                                     &search->file->size, NULL))
    {
      g_ptr_array_add (search->peers, NULL);
      search->file->peers = g_strdupv ((char **)search->peers->pdata);
      end_search (search, TRUE);
    }
  else
    ask_size (search);
}

static void
ask_size (Search *search)
{
  RedesClassicCommand command = { .verb = REDES_CLASSIC_GET, .name = search->file->name };
  g_autofree char *host = NULL;
  guint16 port;

  if (search->next >= MIN (search->peers->len, search->n_asked_at_most)
      || !redes_text_parse_address (g_ptr_array_index (search->peers, search->next++), 0, &host,
                                    &port, NULL))
    {
      end_search (search, FALSE);
      return;
    }
  redes_classic_ask_async (host, port, &command, 64, FALSE, search->timeout_ms, search->cancellable,
                           size_cb, search);
}

static void
searched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, NULL);
  g_auto (GStrv) peers = NULL;

  if (answer != NULL)
    peers = redes_classic_parse_addresses (g_bytes_get_data (answer, NULL),
                                           g_bytes_get_size (answer), MAX_PEERS);
  for (guint i = 0; peers != NULL && peers[i] != NULL && search->peers->len < MAX_PEERS; i++)
    if (!g_ptr_array_find_with_equal_func (search->peers, peers[i], g_str_equal, NULL))
      g_ptr_array_add (search->peers, g_strdup (peers[i]));
  if (--search->n_pending == 0)
    ask_size (search);
}

static Search *
search_new (const char *name,
            GCancellable *cancellable,
            RedesClassicSearchFunc func,
            gpointer user_data)
{
  Search *search = g_new0 (Search, 1);

  search->cancellable = g_object_ref (cancellable);
  search->file = g_new0 (RedesClassicFile, 1);
  search->file->name = g_strdup (name);
  search->peers = g_ptr_array_new_with_free_func (g_free);
  search->n_asked_at_most = MAX_PEERS;
  search->timeout_ms = ASK_TIMEOUT_MS;
  search->func = func;
  search->user_data = user_data;
  return search;
}

void
redes_classic_ask_size (const char *name,
                        const char *const *peers,
                        GCancellable *cancellable,
                        RedesClassicSearchFunc func,
                        gpointer user_data)
{
  Search *search;

  if (!redes_classic_is_name (name))
    {
      func (NULL, user_data);
      return;
    }
  search = search_new (name, cancellable, func, user_data);
  search->n_asked_at_most = MAX_NAMED_ASKED;
  search->timeout_ms = NAMED_TIMEOUT_MS;
  for (guint i = 0; i < MAX_PEERS && peers[i] != NULL; i++)
    g_ptr_array_add (search->peers, g_strdup (peers[i]));
  ask_size (search);
}

void
redes_classic_search (const char *const *trackers,
                      const char *name,
                      GCancellable *cancellable,
                      RedesClassicSearchFunc func,
                      gpointer user_data)
{
  RedesClassicCommand command = { .verb = REDES_CLASSIC_SEARCH, .name = (char *)name };
  Search *search;

  if (!redes_classic_is_name (name) || trackers[0] == NULL)
    {
      func (NULL, user_data);
      return;
    }
  search = search_new (name, cancellable, func, user_data);
  search->n_pending = g_strv_length ((char **)trackers);
  for (guint i = 0; trackers[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port = 0;

      redes_text_parse_address (trackers[i], REDES_CLASSIC_TRACKER_PORT, &host, &port, NULL);
      redes_classic_ask_async (host, port, &command, MAX_ANSWER_BYTES, FALSE, ASK_TIMEOUT_MS,
                               cancellable, searched_cb, search);
    }
}
