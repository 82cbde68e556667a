/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/message.h"

G_BEGIN_DECLS

/**
 * RedesSearchOutcome:
 * @REDES_SEARCH_FOUND: there were results
 * @REDES_SEARCH_FOUND_NOTHING: there were none
 * @REDES_SEARCH_REFUSED: there was no word in it
 */
typedef enum
{
  REDES_SEARCH_FOUND,
  REDES_SEARCH_FOUND_NOTHING,
  REDES_SEARCH_REFUSED,
} RedesSearchOutcome;

#define REDES_N_SEARCH_OUTCOMES (REDES_SEARCH_REFUSED + 1)
#define REDES_N_REFUSALS (REDES_REFUSAL_QUERY + 1)
#define REDES_N_SEARCH_TIMES 9u

/**
 * RedesMetrics:
 * @searches: by RedesSearchOutcome
 * @search_times: of how many the answer was ready within the first of the bounds in metrics.c, but
 *   not within the one before; the last counts those that took longer
 * @search_time_us: of all together, in microseconds
 * @refusals: by RedesTrackerRefusal
 * @violations: connections that ended because the remote broke the protocol
 * @registrations, @departures: of peers, whatever the reason
 * @bytes_in, @bytes_out: encrypted, of connections that have ended
 *
 * What a tracker has done since its start, for who runs it. No address, name or word is in there.
 * Server's thread. To be zeroed before use.
 */
typedef struct
{
  guint64 searches[REDES_N_SEARCH_OUTCOMES];
  guint64 search_times[REDES_N_SEARCH_TIMES];
  guint64 search_time_us;
  guint64 refusals[REDES_N_REFUSALS];
  guint64 violations;
  guint64 registrations;
  guint64 departures;
  guint64 bytes_in;
  guint64 bytes_out;
} RedesMetrics;

/**
 * RedesMetricsState:
 * @connections: those of peers, and of who only asks
 * @bytes_in, @bytes_out: of the connections that there are
 *
 * What is so now.
 */
typedef struct
{
  guint peers;
  guint64 files;
  guint connections;
  guint64 bytes_in;
  guint64 bytes_out;
} RedesMetricsState;

/* @took_us: from when the search came to when the answer was ready, in microseconds */
void redes_metrics_add_search (RedesMetrics *self, RedesSearchOutcome outcome, gint64 took_us);

/* Returns: (transfer full): as OpenMetrics 1.0 writes it, to the end mark */
char *redes_metrics_format (const RedesMetrics *self, const RedesMetricsState *now);

G_END_DECLS
