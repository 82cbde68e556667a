/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/wire/beacon.h"
#include "engine/wire/message.h"

#include <string.h>

/* Beacons. The input is a datagram. Accepted: a beacon, which comes out the same again. */

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autofree guint8 *exact = g_memdup2 (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) again = NULL;
  RedesBeacon beacon;

  if (!redes_beacon_parse (exact, size, &beacon, &error))
    {
      g_assert_true (error != NULL && error->domain == REDES_WIRE_ERROR);
      return FALSE;
    }
  g_assert_no_error (error);
  g_assert_true (g_utf8_validate (beacon.nickname, -1, NULL));
  again = redes_beacon_encode (&beacon);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), data, size);
  return TRUE;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const char *const nicknames[] = { "", "ana", "Brúno" };

  for (guint i = 0; i < G_N_ELEMENTS (nicknames); i++)
    {
      RedesBeacon beacon = { .kind = (RedesBeaconKind)(REDES_BEACON_ASK + i),
                             .port = (guint16)(6001 * i),
                             .tracker_port = (guint16)(5000 + i) };

      memset (beacon.id.bytes, (gint)i + 1, sizeof beacon.id.bytes);
      memset (beacon.run.bytes, (gint)i + 9, sizeof beacon.run.bytes);
      redes_beacon_set_nickname (&beacon, nicknames[i]);
      g_ptr_array_add (seeds, redes_beacon_encode (&beacon));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
