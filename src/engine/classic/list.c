/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/list.h"

#include "engine/base/text.h"
#include "engine/classic/ask.h"

#define ASK_TIMEOUT_MS 5000
#define MAX_ANSWER_BYTES (64u * 1024)
/* Of one tracker; and nobody reads more. */
#define MAX_PEERS 1000u

typedef struct
{
  GCancellable *cancellable;
  GPtrArray *addresses;
  guint n_pending;
  gboolean any_answered;
  RedesClassicListFunc func;
  gpointer user_data;
} List;

static void
end_list (List *list)
{
  char **addresses = NULL;

  if (list->any_answered)
    {
      g_ptr_array_add (list->addresses, NULL);
      addresses = g_strdupv ((char **)list->addresses->pdata);
    }
  if (g_cancellable_is_cancelled (list->cancellable))
    g_strfreev (addresses);
  else
    list->func (addresses, list->user_data);
  g_ptr_array_unref (list->addresses);
  g_object_unref (list->cancellable);
  g_free (list);
}

static void
listed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  List *list = user_data;
  g_autoptr (GBytes) answer = redes_classic_ask_finish (result, NULL);
  g_auto (GStrv) peers = NULL;

  if (answer != NULL)
    {
      list->any_answered = TRUE;
      peers = redes_classic_parse_addresses (g_bytes_get_data (answer, NULL),
                                             g_bytes_get_size (answer), MAX_PEERS);
    }
  for (guint i = 0; peers != NULL && peers[i] != NULL && list->addresses->len < MAX_PEERS; i++)
    if (!g_ptr_array_find_with_equal_func (list->addresses, peers[i], g_str_equal, NULL))
      g_ptr_array_add (list->addresses, g_strdup (peers[i]));
  if (--list->n_pending == 0)
    end_list (list);
}

void
redes_classic_list (const char *const *trackers,
                    GCancellable *cancellable,
                    RedesClassicListFunc func,
                    gpointer user_data)
{
  RedesClassicCommand command = { .verb = REDES_CLASSIC_LIST };
  List *list;

  if (trackers[0] == NULL)
    {
      func (NULL, user_data);
      return;
    }
  list = g_new0 (List, 1);
  list->cancellable = g_object_ref (cancellable);
  list->addresses = g_ptr_array_new_with_free_func (g_free);
  list->n_pending = g_strv_length ((char **)trackers);
  list->func = func;
  list->user_data = user_data;
  for (guint i = 0; trackers[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port = 0;

      redes_text_parse_address (trackers[i], REDES_CLASSIC_TRACKER_PORT, &host, &port, NULL);
      redes_classic_ask_async (host, port, &command, MAX_ANSWER_BYTES, FALSE, ASK_TIMEOUT_MS,
                               cancellable, listed_cb, list);
    }
}
