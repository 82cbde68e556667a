/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/metrics.h"

/* The last one has no bound. */
static const struct
{
  gint64 most_us;
  const char *label; /* in seconds */
} times[REDES_N_SEARCH_TIMES] = {
  { 1000, "0.001" }, { 2500, "0.0025" }, { 5000, "0.005" },
  { 10000, "0.01" }, { 25000, "0.025" }, { 100000, "0.1" },
  { 500000, "0.5" }, { 2500000, "2.5" }, { G_MAXINT64, "+Inf" },
};

static const char *const outcomes[REDES_N_SEARCH_OUTCOMES] = {
  [REDES_SEARCH_FOUND] = "found",
  [REDES_SEARCH_FOUND_NOTHING] = "nothing",
  [REDES_SEARCH_REFUSED] = "refused",
};

static const char *const refusals[REDES_N_REFUSALS] = {
  [REDES_REFUSAL_NOT_REGISTERED] = "not-registered",
  [REDES_REFUSAL_MANIFEST] = "manifest",
  [REDES_REFUSAL_FULL] = "full",
  [REDES_REFUSAL_QUERY] = "query",
};

void
redes_metrics_add_search (RedesMetrics *self, RedesSearchOutcome outcome, gint64 took_us)
{
  guint i = 0;

  self->searches[outcome]++;
  while (took_us > times[i].most_us)
    i++;
  self->search_times[i]++;
  self->search_time_us += (guint64)MAX (took_us, 0);
}

static void
add_family (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# TYPE redes_%s %s\n# HELP redes_%s %s\n", name, type, name, help);
}

static void
add_value (GString *out, const char *name, guint64 value)
{
  g_string_append_printf (out, "redes_%s %" G_GUINT64_FORMAT "\n", name, value);
}

static void
add_gauge (GString *out, const char *name, const char *help, guint64 value)
{
  add_family (out, name, "gauge", help);
  add_value (out, name, value);
}

static void
add_counter (GString *out, const char *name, const char *help, guint64 value)
{
  g_autofree char *total = g_strconcat (name, "_total", NULL);

  add_family (out, name, "counter", help);
  add_value (out, total, value);
}

/* @labels: (nullable elements): which of @values there are */
static void
add_counters (GString *out,
              const char *name,
              const char *help,
              const char *label,
              const char *const *labels,
              const guint64 *values,
              guint n)
{
  add_family (out, name, "counter", help);
  for (guint i = 0; i < n; i++)
    if (labels[i] != NULL)
      g_string_append_printf (out, "redes_%s_total{%s=\"%s\"} %" G_GUINT64_FORMAT "\n", name, label,
                              labels[i], values[i]);
}

static void
add_bytes (GString *out, const char *name, const char *help, guint64 value)
{
  g_autofree char *total = g_strconcat (name, "_total", NULL);

  g_string_append_printf (out,
                          "# TYPE redes_%s counter\n# UNIT redes_%s bytes\n# HELP redes_%s %s\n",
                          name, name, name, help);
  add_value (out, total, value);
}

static void
add_times (GString *out, const RedesMetrics *self)
{
  guint64 n = 0;
  char sum[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append (out, "# TYPE redes_search_seconds histogram\n"
                        "# UNIT redes_search_seconds seconds\n"
                        "# HELP redes_search_seconds From a search to its answer.\n");
  for (guint i = 0; i < REDES_N_SEARCH_TIMES; i++)
    {
      n += self->search_times[i];
      g_string_append_printf (out, "redes_search_seconds_bucket{le=\"%s\"} %" G_GUINT64_FORMAT "\n",
                              times[i].label, n);
    }
  g_ascii_formatd (sum, sizeof sum, "%.6f", (gdouble)self->search_time_us / G_USEC_PER_SEC);
  g_string_append_printf (out, "redes_search_seconds_sum %s\n", sum);
  add_value (out, "search_seconds_count", n);
}

char *
redes_metrics_format (const RedesMetrics *self, const RedesMetricsState *now)
{
  GString *out = g_string_new (NULL);

  add_gauge (out, "peers", "Peers that are registered.", now->peers);
  add_gauge (out, "files", "Files that they share, counted once for each peer.", now->files);
  add_gauge (out, "connections", "Connections of peers, and of those who only ask.",
             now->connections);
  add_counter (out, "registrations", "Registrations of peers.", self->registrations);
  add_counter (out, "departures", "Peers that left, were lost or became silent.", self->departures);
  add_counters (out, "searches", "Searches that were answered.", "outcome", outcomes,
                self->searches, REDES_N_SEARCH_OUTCOMES);
  add_times (out, self);
  add_counters (out, "refusals", "Messages that were refused.", "reason", refusals, self->refusals,
                REDES_N_REFUSALS);
  add_counter (out, "violations",
               "Connections that ended because the other end broke the protocol.",
               self->violations);
  add_bytes (out, "received_bytes", "Encrypted bytes that were received.",
             self->bytes_in + now->bytes_in);
  add_bytes (out, "sent_bytes", "Encrypted bytes that were sent.",
             self->bytes_out + now->bytes_out);
  g_string_append (out, "# EOF\n");
  return g_string_free (out, FALSE);
}
