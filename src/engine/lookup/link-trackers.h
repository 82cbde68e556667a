/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/identity.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesLinkTrackers:
 *
 * Queries to the trackers that links name. Whoever wrote a link is a stranger, so its trackers
 * are asked for that link's content alone, each time on a connection of its own that ends with the
 * answer: this peer is not registered there, has no nickname and no port there, and asks nothing
 * else. Engine's thread.
 */
typedef struct _RedesLinkTrackers RedesLinkTrackers;

RedesLinkTrackers *redes_link_trackers_new (RedesIdentity *identity);
/* Ends all queries; each is answered with G_IO_ERROR_CANCELLED. */
void redes_link_trackers_free (RedesLinkTrackers *self);

/* Whether redes_link_trackers_ask() would ask: %FALSE if that query is under way already, or
 * @address is malformed. */
gboolean redes_link_trackers_may_ask (RedesLinkTrackers *self,
                                      const char *address,
                                      const RedesContentId *content);

/**
 * redes_link_trackers_ask:
 * @address: `HOST:PORT`, as a link gives it
 * @timeout_ms: of each address that HOST stands for; at most three are tried
 * @func: called once, never before this has returned
 *
 * Asks who has @content. The person has seen @address and agreed, so a numeric one is dialled
 * whatever it is; but a name that does not say that it is a local one, see
 * redes_address_is_local_name(), is not followed to this machine or to a private network.
 *
 * Returns: %FALSE if redes_link_trackers_may_ask() says so: @func is not called then
 */
gboolean redes_link_trackers_ask (RedesLinkTrackers *self,
                                  const char *address,
                                  const RedesContentId *content,
                                  guint timeout_ms,
                                  RedesTrackerAnswerFunc func,
                                  gpointer user_data);

/* Nobody wants to know any more who has @content: its queries are answered with
 * G_IO_ERROR_CANCELLED, and their connections end. */
void redes_link_trackers_drop (RedesLinkTrackers *self, const RedesContentId *content);

G_END_DECLS
