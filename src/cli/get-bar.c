/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/get-bar.h"

#include "cli/events.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define MIN_NAME_WIDTH 8
#define MAX_NAME_WIDTH 40

static guint
get_terminal_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

static char *
dup_name (GPtrArray *transfers, guint n_wanted, guint n_over)
{
  if (n_wanted == 1)
    return g_strdup (redes_transfer_get_name (transfers->pdata[0]));
  return g_strdup_printf ("%u of %u", n_over, n_wanted);
}

/* "name [#####...]  42%  12.3 MiB/s  0:12 left", cut to the terminal's width. */
void
redes_get_bar_show (RedesOutput *output, GPtrArray *transfers, guint n_wanted, guint n_over)
{
  guint64 size_bytes = 0;
  guint64 done_bytes = 0;
  gdouble rate = 0.0;
  guint connected = 0;
  guint width = get_terminal_width ();
  guint name_width
      = width > 74 + MIN_NAME_WIDTH ? MIN (width - 74, MAX_NAME_WIDTH) : MIN_NAME_WIDTH;
  g_autofree char *whole_name = dup_name (transfers, n_wanted, n_over);
  g_autofree char *name = redes_format_column (whole_name, name_width);
  g_autofree char *rate_text = NULL;
  g_autofree char *left = NULL;
  g_autofree char *line = NULL;
  g_autofree char *fitted = NULL;
  gdouble share;
  gboolean flows;
  char bar[BAR_WIDTH + 1];

  if (!redes_output_is_terminal (output))
    return;
  for (guint i = 0; i < transfers->len; i++)
    {
      RedesTransfer *transfer = transfers->pdata[i];

      size_bytes += redes_transfer_get_size (transfer);
      done_bytes += redes_transfer_get_bytes_received (transfer);
      if (redes_transfer_is_over (transfer))
        continue;
      rate += redes_transfer_get_rate_bytes_per_s (transfer);
      connected = MAX (connected, redes_transfer_count_connected (transfer));
    }
  share = size_bytes > 0 ? MIN (1.0, (gdouble)done_bytes / (gdouble)size_bytes) : 0.0;
  flows = rate >= 1.0 && done_bytes < size_bytes;
  memset (bar, '.', BAR_WIDTH);
  memset (bar, '#', (guint)(share * BAR_WIDTH));
  bar[BAR_WIDTH] = '\0';
  rate_text = redes_format_size (rate);
  left = redes_format_duration (flows ? (gdouble)(size_bytes - done_bytes) / rate : 0.0);
  line = g_strdup_printf ("%s [%s] %3.0f%%  %s/s  %s left  %u %s", name, bar, share * 100.0,
                          rate_text, flows ? left : "-:--", connected,
                          connected == 1 ? "peer" : "peers");
  fitted = redes_format_column (line, width - 1);
  redes_output_set_status (output, g_strchomp (fitted));
}
