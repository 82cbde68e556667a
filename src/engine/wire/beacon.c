/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/beacon.h"

#include "engine/base/error.h"
#include "engine/wire/error.h"
#include "engine/wire/values.h"
#include "engine/wire/text-private.h"

#include <string.h>

/* Eight bytes, so that the body behind them is aligned as GVariant wants it. */
#define LABEL "redeslan"
#define LABEL_BYTES 8
/* version, kind, id, run, port, tracker's port, nickname */
#define SHAPE "(uyayayqqs)"

void
redes_beacon_set_nickname (RedesBeacon *self, const char *nickname)
{
  g_autofree char *valid = redes_wire_dup_text (nickname, REDES_BEACON_MAX_NICKNAME);

  g_strlcpy (self->nickname, valid, sizeof self->nickname);
}

GBytes *
redes_beacon_encode (const RedesBeacon *self)
{
  g_autoptr (GVariant) made = g_variant_ref_sink (g_variant_new (
      "(uy@ay@ayqqs)", REDES_BEACON_VERSION, (guint8)self->kind, redes_body_new_digest (&self->id),
      redes_body_new_digest (&self->run), self->port, self->tracker_port, self->nickname));
  g_autoptr (GVariant) normal = g_variant_get_normal_form (made);
  g_autoptr (GVariant) body = redes_body_convert_order (normal);
  gsize size = g_variant_get_size (body);
  guint8 *data = g_malloc (LABEL_BYTES + size);

  /* The label has no NUL on the wire. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
  memcpy (data, LABEL, LABEL_BYTES);
  memcpy (data + LABEL_BYTES, g_variant_get_data (body), size);
  return g_bytes_new_take (data, LABEL_BYTES + size);
}

static gboolean
fail (GError **error, RedesWireError code, RedesNoticeCode violation)
{
  redes_set_error (error, REDES_WIRE_ERROR, code, violation);
  return FALSE;
}

static gboolean
get_digest (GVariant *body, guint index, RedesDigest *out)
{
  g_autoptr (GVariant) bytes = g_variant_get_child_value (body, index);

  if (g_variant_get_size (bytes) != REDES_DIGEST_SIZE)
    return FALSE;
  redes_body_get_digest (bytes, out);
  return TRUE;
}

static gboolean
read_values (GVariant *body, RedesBeacon *out, GError **error)
{
  RedesBeacon beacon = { 0 };
  guint32 version;
  guint8 kind;
  const char *nickname;

  g_variant_get_child (body, 0, "u", &version);
  g_variant_get_child (body, 1, "y", &kind);
  g_variant_get_child (body, 4, "q", &beacon.port);
  g_variant_get_child (body, 5, "q", &beacon.tracker_port);
  g_variant_get_child (body, 6, "&s", &nickname);
  if (version != REDES_BEACON_VERSION)
    return fail (error, REDES_WIRE_ERROR_VERSION, REDES_NOTICE_BEACON_VERSION);
  if (kind < REDES_BEACON_ASK || kind > REDES_BEACON_LEAVING)
    return fail (error, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_BEACON_KIND);
  if (!get_digest (body, 2, &beacon.id) || !get_digest (body, 3, &beacon.run))
    return fail (error, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_BEACON_IDS);
  if (strlen (nickname) > REDES_BEACON_MAX_NICKNAME)
    return fail (error, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_BEACON_NICKNAME);
  beacon.kind = (RedesBeaconKind)kind;
  g_strlcpy (beacon.nickname, nickname, sizeof beacon.nickname);
  *out = beacon;
  return TRUE;
}

gboolean
redes_beacon_parse (const guint8 *data, gsize len, RedesBeacon *out, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) body = NULL;

  if (len <= LABEL_BYTES || len > REDES_BEACON_MAX_BYTES)
    return fail (error, REDES_WIRE_ERROR_SIZE, REDES_NOTICE_BEACON_SHORT);
  if (memcmp (data, LABEL, LABEL_BYTES) != 0)
    return fail (error, REDES_WIRE_ERROR_TYPE, REDES_NOTICE_BEACON_LABEL);
  /* A copy: the caller's buffer takes the next one, and has no alignment. */
  bytes = g_bytes_new (data + LABEL_BYTES, len - LABEL_BYTES);
  value = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (SHAPE), bytes, FALSE));
  if (!g_variant_is_normal_form (value))
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE, REDES_NOTICE_BEACON_FORM,
                       SHAPE);
      return FALSE;
    }
  body = redes_body_convert_order (value);
  return read_values (body, out, error);
}
