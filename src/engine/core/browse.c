/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-private.h"

#include "engine/base/text.h"
#include "engine/core/rows.h"
#include "engine/swarm/peer-rpc.h"

#define PAGE_ROWS 200u
#define PAGE_TIMEOUT_MS 10000
/* Nobody reads further; and what a peer says of itself must not fill our memory. */
#define MAX_ROWS 20000u

typedef struct
{
  RedesPeerRpc *rpc;
  RedesPeerId id;
  char *host;
  guint16 port;
  GPtrArray *rows;
  RedesBrowseFunc func;
  gpointer user_data;
} Browse;

static void ask_page (Browse *self);

static void
end (Browse *self, const GError *error)
{
  if (error != NULL)
    g_clear_pointer (&self->rows, g_ptr_array_unref);
  self->func (self->rows, error, self->user_data);
  g_free (self->host);
  g_free (self);
}

static void
page_cb (GVariant *body, const GError *error, gpointer user_data)
{
  Browse *self = user_data;
  g_autoptr (GPtrArray) page = NULL;
  guint32 total;

  if (error != NULL)
    {
      end (self, error);
      return;
    }
  g_variant_get_child (body, 1, "u", &total);
  page = redes_rows_read (body);
  for (guint i = 0; i < page->len; i++)
    g_ptr_array_add (self->rows, redes_rows_copy_result (g_ptr_array_index (page, i)));
  if (page->len == 0 || self->rows->len >= total || self->rows->len >= MAX_ROWS)
    end (self, NULL);
  else
    ask_page (self);
}

static void
ask_page (Browse *self)
{
  redes_peer_rpc_ask (
      self->rpc, &self->id, self->host, self->port, REDES_MESSAGE_BROWSE,
      g_variant_new ("(uuu)", redes_peer_rpc_next_serial (self->rpc), self->rows->len, PAGE_ROWS),
      PAGE_TIMEOUT_MS, page_cb, self);
}

void
redes_core_browse (RedesCore *self,
                   const RedesPeerId *id,
                   const char *address,
                   RedesBrowseFunc func,
                   gpointer user_data)
{
  const RedesPeerRecord *known = redes_peer_finder_lookup (self->peer_finder, id);
  Browse *browse = g_new0 (Browse, 1);

  browse->rpc = redes_swarm_get_rpc (self->swarm);
  browse->id = *id;
  browse->rows = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_directory_row_free);
  browse->func = func;
  browse->user_data = user_data;
  if (known != NULL)
    {
      browse->host = g_strdup (known->host);
      browse->port = known->port;
    }
  else if (address == NULL
           || !redes_text_parse_address (address, 0, &browse->host, &browse->port, NULL))
    browse->host = g_strdup ("");
  ask_page (browse);
}
