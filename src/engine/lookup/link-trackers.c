/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/link-trackers.h"

#include "engine/base/error.h"
#include "engine/base/address-scope.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"

#include <gio/gio.h>

#define MAX_HOSTS 3u

struct _RedesLinkTrackers
{
  RedesIdentity *identity;
  GPtrArray *queries; /* LinkQuestion */
};

/**
 * LinkQuestion:
 * @hosts: numeric, those that are still to be tried
 * @client: (nullable): of the one that is being tried
 * @step: what comes next, from the main loop: a client is not freed inside its own answer
 */
typedef struct
{
  RedesLinkTrackers *owner;
  char *address;
  char *name; /* its host, as the link gives it */
  guint16 port;
  RedesContentId content;
  guint timeout_ms;
  GCancellable *resolving;
  GQueue hosts;
  RedesTrackerClient *client;
  GError *error;
  GSource *step;
  gboolean ended;
  RedesTrackerAnswerFunc func;
  gpointer user_data;
} LinkQuestion;

static void try_next (LinkQuestion *query);

static void
query_free (LinkQuestion *query)
{
  g_cancellable_cancel (query->resolving);
  g_object_unref (query->resolving);
  redes_timer_clear (&query->step);
  g_clear_pointer (&query->client, redes_tracker_client_free);
  g_queue_clear_full (&query->hosts, g_free);
  g_clear_error (&query->error);
  g_free (query->name);
  g_free (query->address);
  g_free (query);
}

/* Takes it out, answers it and frees it. */
static void
end (LinkQuestion *query, GPtrArray *rows, guint total, const GError *error)
{
  /* What its client says while it goes is no answer. */
  query->ended = TRUE;
  g_ptr_array_remove_fast (query->owner->queries, query);
  query->func (rows, total, error, query->user_data);
  query_free (query);
}

static gboolean
on_step (gpointer user_data)
{
  LinkQuestion *query = user_data;

  redes_timer_clear (&query->step);
  g_clear_pointer (&query->client, redes_tracker_client_free);
  try_next (query);
  return G_SOURCE_REMOVE;
}

static void
schedule_step (LinkQuestion *query, GSourceFunc func)
{
  redes_timer_set_soon (&query->step, NULL, func, query);
}

static gboolean
on_answered (gpointer user_data)
{
  LinkQuestion *query = user_data;

  redes_timer_clear (&query->step);
  query_free (query);
  return G_SOURCE_REMOVE;
}

static void
answer_cb (GPtrArray *rows, guint total, const GError *error, gpointer user_data)
{
  LinkQuestion *query = user_data;

  if (query->ended)
    return;
  if (error != NULL && !g_queue_is_empty (&query->hosts))
    {
      schedule_step (query, on_step);
      return;
    }
  query->ended = TRUE;
  g_ptr_array_remove_fast (query->owner->queries, query);
  query->func (rows, total, error, query->user_data);
  schedule_step (query, on_answered);
}

static void
try_next (LinkQuestion *query)
{
  g_autofree char *host = g_queue_pop_head (&query->hosts);
  g_autofree char *where = NULL;
  RedesTrackerClientParams params = { .identity = query->owner->identity };

  if (host == NULL)
    {
      end (query, NULL, 0, query->error);
      return;
    }
  where = redes_text_format_address (host, query->port);
  params.address = where;
  g_clear_error (&query->error);
  query->client = redes_tracker_client_new (&params, &query->error);
  if (query->client == NULL)
    {
      schedule_step (query, on_step);
      return;
    }
  redes_tracker_client_sources (query->client, &query->content, 1, query->timeout_ms, answer_cb,
                                query);
}

/* Where a name leads is its owner's choice, who need not be a friend. */
static gboolean
may_follow (const char *name, const char *host)
{
  RedesAddressScope scope = redes_address_get_scope (host);

  return scope == REDES_ADDRESS_SCOPE_WORLD
         || (scope != REDES_ADDRESS_SCOPE_NONE && redes_address_is_local_name (name));
}

#define QUESTION_KEY "redes-link-question"

static void
resolve_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) resolving = user_data;
  GList *found = g_resolver_lookup_by_name_finish (G_RESOLVER (object), result, &error);
  LinkQuestion *query = g_object_get_data (G_OBJECT (resolving), QUESTION_KEY);

  /* The query is gone. */
  if (g_cancellable_is_cancelled (resolving))
    {
      g_resolver_free_addresses (found);
      return;
    }
  for (GList *l = found; l != NULL && query->hosts.length < MAX_HOSTS; l = l->next)
    {
      g_autofree char *host = g_inet_address_to_string (l->data);

      if (may_follow (query->name, host))
        g_queue_push_tail (&query->hosts, g_steal_pointer (&host));
    }
  if (error != NULL)
    query->error = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE,
                                    REDES_NOTICE_LINK_TRACKER_NOT_FOUND, query->address, error);
  else
    query->error = redes_error_new (REDES_TRACKER_ERROR, REDES_TRACKER_ERROR_UNREACHABLE,
                                    REDES_NOTICE_LINK_TRACKER_PRIVATE, query->address);
  g_resolver_free_addresses (found);
  try_next (query);
}

static gboolean
is_under_way (RedesLinkTrackers *self, const char *address, const RedesContentId *content)
{
  for (guint i = 0; i < self->queries->len; i++)
    {
      const LinkQuestion *query = g_ptr_array_index (self->queries, i);

      if (g_str_equal (query->address, address)
          && redes_content_id_equal (&query->content, content))
        return TRUE;
    }
  return FALSE;
}

RedesLinkTrackers *
redes_link_trackers_new (RedesIdentity *identity)
{
  RedesLinkTrackers *self = g_new0 (RedesLinkTrackers, 1);

  self->identity = redes_identity_ref (identity);
  self->queries = g_ptr_array_new ();
  return self;
}

/* Those that @content is the content of; %NULL: all. */
static void
cancel (RedesLinkTrackers *self, const RedesContentId *content)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                  "The link's tracker is not asked any more");

  for (guint i = self->queries->len; i > 0; i--)
    {
      /* An answer may end others. */
      LinkQuestion *query
          = i <= self->queries->len ? g_ptr_array_index (self->queries, i - 1) : NULL;

      if (query != NULL && (content == NULL || redes_content_id_equal (&query->content, content)))
        end (query, NULL, 0, error);
    }
}

void
redes_link_trackers_free (RedesLinkTrackers *self)
{
  if (self == NULL)
    return;
  cancel (self, NULL);
  g_ptr_array_unref (self->queries);
  redes_identity_unref (self->identity);
  g_free (self);
}

static gboolean
parse_address (const char *address, char **host, guint16 *port)
{
  return redes_text_parse_address (address, 0, host, port, NULL) && **host != '\0' && *port != 0;
}

gboolean
redes_link_trackers_may_ask (RedesLinkTrackers *self,
                             const char *address,
                             const RedesContentId *content)
{
  g_autofree char *host = NULL;
  guint16 port;

  return parse_address (address, &host, &port) && !is_under_way (self, address, content);
}

gboolean
redes_link_trackers_ask (RedesLinkTrackers *self,
                         const char *address,
                         const RedesContentId *content,
                         guint timeout_ms,
                         RedesTrackerAnswerFunc func,
                         gpointer user_data)
{
  g_autofree char *host = NULL;
  g_autoptr (GResolver) resolver = NULL;
  LinkQuestion *query;
  guint16 port;

  if (!parse_address (address, &host, &port) || is_under_way (self, address, content))
    return FALSE;
  query = g_new0 (LinkQuestion, 1);
  query->owner = self;
  query->address = g_strdup (address);
  query->port = port;
  query->content = *content;
  query->timeout_ms = timeout_ms;
  query->resolving = g_cancellable_new ();
  g_object_set_data (G_OBJECT (query->resolving), QUESTION_KEY, query);
  query->func = func;
  query->user_data = user_data;
  g_ptr_array_add (self->queries, query);
  query->name = g_steal_pointer (&host);
  if (g_hostname_is_ip_address (query->name))
    {
      g_queue_push_tail (&query->hosts, g_strdup (query->name));
      schedule_step (query, on_step);
      return TRUE;
    }
  resolver = g_resolver_get_default ();
  g_resolver_lookup_by_name_async (resolver, query->name, query->resolving, resolve_cb,
                                   g_object_ref (query->resolving));
  return TRUE;
}

void
redes_link_trackers_drop (RedesLinkTrackers *self, const RedesContentId *content)
{
  cancel (self, content);
}
