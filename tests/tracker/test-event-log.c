/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/event-log.h"

#include <stdio.h>
#include <string.h>

typedef struct
{
  guint n_lines;
  guint n_of_other;
  guint n_hidden;
} Lines;

static void
on_line (RedesNotice *event, gpointer user_data)
{
  const char *line = redes_notice_get_english (event);
  Lines *lines = user_data;
  guint n;

  if (sscanf (line, "… and %u more events", &n) == 1)
    lines->n_hidden += n;
  else
    lines->n_lines++;
  lines->n_of_other += strstr (line, "rui") != NULL;
}

/* One address cannot fill the log with many identities, nor hide what others do; what is not
 * written is counted. */
static void
test_flood (void)
{
  Lines lines = { 0 };
  RedesEventLog *log = redes_event_log_new (on_line, &lines);

  for (guint i = 0; i < 10000; i++)
    redes_event_log_add_query (log, "192.0.2.1",
                               redes_notice_new (REDES_NOTICE_LOG_SEARCHED, i, "x", 0));
  g_assert_cmpuint (lines.n_lines, ==, 50);
  redes_event_log_add_query (log, "192.0.2.2",
                             redes_notice_new (REDES_NOTICE_LOG_SEARCHED, "rui", "x", 0));
  g_assert_cmpuint (lines.n_of_other, ==, 1);
  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *address = g_strdup_printf ("10.0.%u.%u", i / 256, i % 256);

      redes_event_log_add_query (log, address,
                                 redes_notice_new (REDES_NOTICE_LOG_SEARCHED, "somebody", "x", 0));
    }
  g_assert_cmpuint (lines.n_lines, ==, 200);
  /* Nor do queries hide who comes and goes. */
  redes_event_log_add_from (log, "192.0.2.1", redes_notice_new (REDES_NOTICE_LOG_LEFT, "rui"));
  g_assert_cmpuint (lines.n_of_other, ==, 2);
  redes_event_log_free (log);
  g_assert_cmpuint (lines.n_lines + lines.n_hidden, ==, 20002);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tracker/event-log/flood", test_flood);
  return g_test_run ();
}
