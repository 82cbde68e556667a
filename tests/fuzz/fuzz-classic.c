/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/base/error.h"
#include "engine/classic/protocol.h"

#include <string.h>

/* The classic protocol's texts: the input is one. Accepted: a command, an address, or a tracker's
 * word. What was read is written and read again as the same. */

static gboolean
try_command (const char *text, gsize size)
{
  g_auto (RedesClassicCommand) command = { 0 };
  g_auto (RedesClassicCommand) again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  g_autofree char *written_again = NULL;

  if (!redes_classic_command_parse (text, size, &command, &error))
    {
      g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      return FALSE;
    }
  /* SEARCH without a name has no form of its own. */
  if (command.verb == REDES_CLASSIC_SEARCH && command.name == NULL)
    return TRUE;
  written = redes_classic_command_format (&command);
  g_assert_true (redes_classic_command_parse (written, strlen (written), &again, NULL));
  written_again = redes_classic_command_format (&again);
  g_assert_cmpstr (written, ==, written_again);
  return TRUE;
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autofree char *exact = g_malloc (MAX (size, 1));
  g_auto (GStrv) addresses = NULL;
  g_autofree char *host = NULL;
  guint16 port;
  gboolean here;

  memcpy (exact, data, size);
  addresses = redes_classic_parse_addresses (exact, size, 16);
  here = redes_classic_parse_tracker_here (exact, size, &host, &port);
  g_assert_cmpuint (g_strv_length (addresses), <=, 16);
  if (here)
    g_assert_cmpuint (port, >, 0);
  return try_command (exact, size) || here || addresses[0] != NULL;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const char *const texts[] = { "REGISTER 127.0.0.1 6001 a.txt,b.txt",
                                       "UPDATE ::1 6001 a",
                                       "HEARTBEAT 10.0.0.1 1",
                                       "UNREGISTER 10.0.0.1 65535",
                                       "SEARCH a.txt",
                                       "SEARCH",
                                       "LIST",
                                       "GET a 0 50",
                                       "TRACKER_HERE 10.0.0.1 5000",
                                       "10.0.0.1:6001,[::1]:2" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (seeds, g_bytes_new_static (texts[i], strlen (texts[i])));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
