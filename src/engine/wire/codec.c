/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/message.h"

#include "engine/base/text.h"
#include "engine/wire/body.h"
#include "engine/wire/file-table-private.h"
#include "engine/wire/text-private.h"

#include <string.h>

/*
 * Between the structs of message.h and bodies: a pair of functions for each kind of body. What is
 * unpacked has been checked; what is packed is checked afterwards.
 */

#define TIMEOUT_CAPABILITY "timeout="
#define MAX_TIMEOUT_S 86400

/* Most bytes of a row of RESULTS (two digests, a name, numbers, and what GVariant adds), of one of
 * PEERS, of what stands before and after rows or bits, and of any BITFIELD at least. */
#define MAX_RESULT_BYTES 416u
#define MAX_PEER_BYTES 192u
#define MAX_AROUND_BYTES 64u
/* Most bytes of what HOLDERS says of one content: places, and where they end. */
#define MAX_HOLDERS_BYTES (REDES_WIRE_MAX_HOLDERS * 2 + 4)
#define LEAST_BITFIELD_BYTES 1024u

char *
redes_wire_dup_text (const char *text, gsize max)
{
  char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  if (strlen (valid) > max)
    *g_utf8_find_prev_char (valid, valid + max + 1) = '\0';
  return valid;
}

/* (transfer floating) */
static GVariant *
new_text (const char *text, gsize max)
{
  return g_variant_new_take_string (redes_wire_dup_text (text, max));
}

static GBytes *
dup_bytes (GVariant *body, gsize child)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (body, child);

  return g_variant_get_data_as_bytes (value);
}

static void
get_content (GVariant *body, gsize child, RedesContentId *out)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (body, child);

  redes_body_get_content (value, out);
}

/* HELLO */

static GVariant *
pack_hello (const RedesMessage *self)
{
  const RedesHello *hello = &self->hello;
  g_autofree char *timeout = g_strdup_printf (TIMEOUT_CAPABILITY "%u", hello->timeout_s);
  const char *capabilities[] = { hello->timeout_s > 0 ? timeout : NULL, NULL };

  return g_variant_new (
      "(u@s@sq^as)", hello->version, new_text (hello->client, REDES_WIRE_MAX_LABEL),
      new_text (hello->nickname, REDES_WIRE_MAX_LABEL), hello->port, capabilities);
}

/* What is not understood is ignored: it may be a later version's. */
static void
take_capability (RedesHello *hello, const char *capability)
{
  guint64 timeout_s;

  if (g_str_has_prefix (capability, TIMEOUT_CAPABILITY)
      && g_ascii_string_to_unsigned (capability + strlen (TIMEOUT_CAPABILITY), 10, 1, MAX_TIMEOUT_S,
                                     &timeout_s, NULL))
    hello->timeout_s = (guint)timeout_s;
}

static void
unpack_hello (GVariant *body, RedesMessage *out)
{
  RedesHello *hello = &out->hello;
  g_autofree const char **capabilities = NULL;

  g_variant_get (body, "(u&s&sq^a&s)", &hello->version, &hello->client, &hello->nickname,
                 &hello->port, &capabilities);
  for (guint i = 0; capabilities[i] != NULL; i++)
    take_capability (hello, capabilities[i]);
}

/* PING, PONG, HEARTBEAT */

static GVariant *
pack_number (const RedesMessage *self)
{
  return g_variant_new ("(t)", self->number);
}

static void
unpack_number (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(t)", &out->number);
}

/* UNREGISTER, OK, PEERS_GET */

static GVariant *
pack_serial (const RedesMessage *self)
{
  return g_variant_new ("(u)", self->serial);
}

static void
unpack_serial (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(u)", &out->serial);
}

/* MANIFEST_GET, INTEREST, NO_INTEREST */

static GVariant *
pack_content (const RedesMessage *self)
{
  return g_variant_new ("(@(ayt))", redes_body_new_content (&self->content));
}

static void
unpack_content (GVariant *body, RedesMessage *out)
{
  get_content (body, 0, &out->content);
}

/* HAVE, REQUEST, CANCEL, WRONG */

static GVariant *
pack_key (const RedesMessage *self)
{
  return g_variant_new ("(@(ayt)u)", redes_body_new_content (&self->key.content), self->key.index);
}

static void
unpack_key (GVariant *body, RedesMessage *out)
{
  get_content (body, 0, &out->key.content);
  g_variant_get_child (body, 1, "u", &out->key.index);
}

/* MANIFEST */

static GVariant *
pack_manifest (const RedesMessage *self)
{
  const RedesManifestParts *manifest = &self->manifest;

  return g_variant_new ("(@ayuu@ay@ay@ay)", redes_body_new_bytes (manifest->body), manifest->place,
                        manifest->batch_size, redes_body_new_bytes (manifest->path),
                        redes_body_new_bytes (manifest->signature),
                        redes_body_new_bytes (manifest->key));
}

static void
unpack_manifest (GVariant *body, RedesMessage *out)
{
  RedesManifestParts *manifest = &out->manifest;

  g_variant_get_child (body, 1, "u", &manifest->place);
  g_variant_get_child (body, 2, "u", &manifest->batch_size);
  manifest->body = dup_bytes (body, 0);
  manifest->path = dup_bytes (body, 3);
  manifest->signature = dup_bytes (body, 4);
  manifest->key = dup_bytes (body, 5);
}

static void
clear_manifest (RedesMessage *self)
{
  redes_manifest_parts_clear (&self->manifest);
}

/* BITFIELD */

static GVariant *
pack_bitfield (const RedesMessage *self)
{
  return g_variant_new ("(@(ayt)@ay)", redes_body_new_content (&self->bitfield.content),
                        redes_body_new_bytes (self->bitfield.bits));
}

static void
unpack_bitfield (GVariant *body, RedesMessage *out)
{
  get_content (body, 0, &out->bitfield.content);
  out->bitfield.bits = dup_bytes (body, 1);
}

static void
clear_bitfield (RedesMessage *self)
{
  g_clear_pointer (&self->bitfield.bits, g_bytes_unref);
}

/* REJECT */

static GVariant *
pack_reject (const RedesMessage *self)
{
  return g_variant_new ("(@(ayt)uy@s)", redes_body_new_content (&self->reject.content),
                        self->reject.index, self->reject.reason,
                        new_text (self->reject.words, REDES_WIRE_MAX_REASON));
}

static void
unpack_reject (GVariant *body, RedesMessage *out)
{
  get_content (body, 0, &out->reject.content);
  g_variant_get_child (body, 1, "u", &out->reject.index);
  g_variant_get_child (body, 2, "y", &out->reject.reason);
  g_variant_get_child (body, 3, "&s", &out->reject.words);
}

/* REGISTER */

static RedesFileTable *
get_table (GVariant *body)
{
  g_autoptr (GVariant) table = g_variant_get_child_value (body, 1);

  return redes_file_table_new (table);
}

static GVariant *
pack_register (const RedesMessage *self)
{
  return g_variant_new ("(u@" REDES_FILE_TABLE ")", self->registration.serial,
                        redes_file_table_get_variant (self->registration.table));
}

static void
unpack_register (GVariant *body, RedesMessage *out)
{
  g_variant_get_child (body, 0, "u", &out->registration.serial);
  out->registration.table = get_table (body);
}

static void
clear_register (RedesMessage *self)
{
  g_clear_pointer (&self->registration.table, redes_file_table_unref);
}

/* UPDATE */

static void
gone_clear (gpointer data)
{
  RedesWireGone *gone = data;

  g_free (gone->name);
}

GArray *
redes_wire_gone_new (void)
{
  GArray *gone = g_array_new (FALSE, FALSE, sizeof (RedesWireGone));

  g_array_set_clear_func (gone, gone_clear);
  return gone;
}

void
redes_wire_gone_add (GArray *gone, const RedesContentId *content, const char *name)
{
  RedesWireGone added = { .content = *content, .name = g_strdup (name) };

  g_array_append_val (gone, added);
}

static GVariant *
pack_update (const RedesMessage *self)
{
  GArray *gone = self->update.gone;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a((ayt)s)"));
  for (guint i = 0; i < gone->len; i++)
    {
      const RedesWireGone *file = &g_array_index (gone, RedesWireGone, i);

      g_variant_builder_add (&builder, "(@(ayt)s)", redes_body_new_content (&file->content),
                             file->name);
    }
  return g_variant_new ("(u@" REDES_FILE_TABLE "@a((ayt)s))", self->update.serial,
                        redes_file_table_get_variant (self->update.table),
                        g_variant_builder_end (&builder));
}

static void
unpack_update (GVariant *body, RedesMessage *out)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  gsize n = g_variant_n_children (list);

  g_variant_get_child (body, 0, "u", &out->update.serial);
  out->update.table = get_table (body);
  out->update.gone = redes_wire_gone_new ();
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) content = NULL;
      const char *name;
      RedesContentId id;

      g_variant_get_child (list, i, "(@(ayt)&s)", &content, &name);
      redes_body_get_content (content, &id);
      redes_wire_gone_add (out->update.gone, &id, name);
    }
}

static void
clear_update (RedesMessage *self)
{
  g_clear_pointer (&self->update.table, redes_file_table_unref);
  g_clear_pointer (&self->update.gone, g_array_unref);
}

/* SEARCH, PEER_SEARCH */

static GVariant *
pack_search (const RedesMessage *self)
{
  return g_variant_new ("(u@suu)", self->search.serial,
                        new_text (self->search.words, REDES_WIRE_MAX_WORDS), self->search.first,
                        self->search.n_rows);
}

static void
unpack_search (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(u&suu)", &out->search.serial, &out->search.words, &out->search.first,
                 &out->search.n_rows);
}

/* RESULTS, PEER_RESULTS, SHARES */

/* Most bytes of a row of RESULTS beside its name: two digests, a size, two counts, the offsets of
 * GVariant and what aligns them; of a folder its totals, too; and of one of its names: a digest, a
 * count, offsets. */
#define ROW_BYTES 104u
#define FOLDER_ROW_BYTES 144u
#define NAME_BYTES 48u

static gsize
get_row_bytes (const RedesResultEntry *row)
{
  return strlen (row->name) + (row->is_folder ? FOLDER_ROW_BYTES : ROW_BYTES);
}

static gsize
get_name_bytes (const RedesResultName *name)
{
  return strlen (name->name) + NAME_BYTES;
}

/* (transfer full): how many names of each row are told of: rows without names are never too long
 * for their message, and what they leave is for the first name of each row, then the second… */
static guint *
choose_names (GPtrArray *rows)
{
  guint *n_told = g_new0 (guint, rows->len + 1);
  gsize left = REDES_WIRE_MAX_RESULTS * MAX_RESULT_BYTES;

  for (guint i = 0; i < rows->len; i++)
    left -= MIN (left, get_row_bytes (g_ptr_array_index (rows, i)));
  for (guint rank = 0; rank < REDES_RESULT_MAX_NAMES; rank++)
    for (guint i = 0; i < rows->len; i++)
      {
        const GPtrArray *names = ((RedesResultEntry *)g_ptr_array_index (rows, i))->names;
        gsize size;

        if (names == NULL || names->len <= rank || n_told[i] < rank)
          continue;
        size = get_name_bytes (g_ptr_array_index (names, rank));
        if (size > left)
          continue;
        left -= size;
        n_told[i]++;
      }
  return n_told;
}

static GVariant *
pack_names (const RedesResultEntry *row, guint n_names)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(suay)"));
  for (guint i = 0; i < n_names; i++)
    {
      const RedesResultName *name = g_ptr_array_index (row->names, i);

      g_variant_builder_add (&builder, "(su@ay)", name->name, name->sources,
                             redes_body_new_digest (&name->publisher));
    }
  return g_variant_builder_end (&builder);
}

/* One for a folder, none for a file. */
static GVariant *
pack_totals (const RedesResultEntry *row)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(tuuy)"));
  if (row->is_folder)
    g_variant_builder_add (&builder, "(tuuy)", row->totals.bytes, row->totals.n_files,
                           row->totals.n_folders, row->totals.height);
  return g_variant_builder_end (&builder);
}

/* (transfer floating) */
static GVariant *
pack_rows (GPtrArray *rows)
{
  g_autofree guint *n_told = choose_names (rows);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a((ayt)suaya(suay)a(tuuy))"));
  for (guint i = 0; i < rows->len; i++)
    {
      const RedesResultEntry *row = g_ptr_array_index (rows, i);

      g_variant_builder_add (&builder, "(@(ayt)su@ay@a(suay)@a(tuuy))",
                             redes_body_new_content (&row->content), row->name, row->sources,
                             redes_body_new_digest (&row->publisher), pack_names (row, n_told[i]),
                             pack_totals (row));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
pack_results (const RedesMessage *self)
{
  const RedesWireResults *results = &self->results;

  return g_variant_new ("(uu@a((ayt)suaya(suay)a(tuuy)))", results->serial, results->total,
                        results->packed != NULL ? results->packed : pack_rows (results->rows));
}

RedesWireRows *
redes_wire_rows_new (GPtrArray *rows)
{
  GVariant *packed = g_variant_ref_sink (pack_rows (rows));
  g_autoptr (GVariant) body
      = g_variant_ref_sink (g_variant_new ("(uu@a((ayt)suaya(suay)a(tuuy)))", 0, 0, packed));
  g_autoptr (GError) error = NULL;

  /* Serialised and checked here and now: that is what costs. */
  g_variant_get_data (packed);
  if (!redes_body_check (REDES_MESSAGE_RESULTS, body, &error))
    g_critical ("rows that may not be sent: %s", error->message);
  return packed;
}

void
redes_wire_rows_unref (RedesWireRows *self)
{
  g_variant_unref (self);
}

static void
unpack_names (GVariant *list, RedesResultEntry *row)
{
  gsize n = g_variant_n_children (list);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) bytes = NULL;
      const char *name;
      RedesPeerId publisher;
      guint32 sources;

      g_variant_get_child (list, i, "(&su@ay)", &name, &sources, &bytes);
      redes_body_get_digest (bytes, &publisher);
      redes_result_entry_add_name (row, name, sources, &publisher);
    }
}

static void
unpack_totals (GVariant *list, RedesResultEntry *row)
{
  row->is_folder = g_variant_n_children (list) > 0;
  if (row->is_folder)
    g_variant_get_child (list, 0, "(tuuy)", &row->totals.bytes, &row->totals.n_files,
                         &row->totals.n_folders, &row->totals.height);
}

static void
unpack_results (GVariant *body, RedesMessage *out)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  gsize n = g_variant_n_children (list);

  g_variant_get_child (body, 0, "u", &out->results.serial);
  g_variant_get_child (body, 1, "u", &out->results.total);
  out->results.rows = g_ptr_array_new_full (n, (GDestroyNotify)redes_result_entry_free);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) content = NULL;
      g_autoptr (GVariant) publisher = NULL;
      g_autoptr (GVariant) names = NULL;
      g_autoptr (GVariant) totals = NULL;
      RedesResultEntry *row = g_new0 (RedesResultEntry, 1);

      g_variant_get_child (list, i, "(@(ayt)su@ay@a(suay)@a(tuuy))", &content, &row->name,
                           &row->sources, &publisher, &names, &totals);
      redes_body_get_content (content, &row->content);
      redes_body_get_digest (publisher, &row->publisher);
      unpack_names (names, row);
      unpack_totals (totals, row);
      g_ptr_array_add (out->results.rows, row);
    }
}

static void
clear_results (RedesMessage *self)
{
  g_clear_pointer (&self->results.rows, g_ptr_array_unref);
}

/* LIST, BROWSE */

static GVariant *
pack_list (const RedesMessage *self)
{
  return g_variant_new ("(uuu)", self->list.serial, self->list.first, self->list.n_rows);
}

static void
unpack_list (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(uuu)", &out->list.serial, &out->list.first, &out->list.n_rows);
}

/* PEERS, PEERS_MET */

static GVariant *
pack_endpoints (GPtrArray *peers)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aysqs)"));
  for (guint i = 0; i < peers->len; i++)
    {
      const RedesEndpoint *peer = g_ptr_array_index (peers, i);

      g_variant_builder_add (&builder, "(@aysq@s)", redes_body_new_digest (&peer->id), peer->host,
                             peer->port, new_text (peer->nickname, REDES_WIRE_MAX_LABEL));
    }
  return g_variant_builder_end (&builder);
}

static GPtrArray *
unpack_endpoints (GVariant *body, gsize child)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, child);
  gsize n = g_variant_n_children (list);
  GPtrArray *peers = g_ptr_array_new_full (n, (GDestroyNotify)redes_endpoint_free);

  for (gsize i = 0; i < n; i++)
    {
      RedesEndpoint *peer = g_new0 (RedesEndpoint, 1);
      g_autoptr (GVariant) id = NULL;

      g_variant_get_child (list, i, "(@aysqs)", &id, &peer->host, &peer->port, &peer->nickname);
      redes_body_get_digest (id, &peer->id);
      g_ptr_array_add (peers, peer);
    }
  return peers;
}

static GVariant *
pack_peers (const RedesMessage *self)
{
  return g_variant_new ("(uu@a(aysqs))", self->peers.serial, self->peers.total,
                        pack_endpoints (self->peers.peers));
}

static void
unpack_peers (GVariant *body, RedesMessage *out)
{
  g_variant_get_child (body, 0, "u", &out->peers.serial);
  g_variant_get_child (body, 1, "u", &out->peers.total);
  out->peers.peers = unpack_endpoints (body, 2);
}

static void
clear_peers (RedesMessage *self)
{
  g_clear_pointer (&self->peers.peers, g_ptr_array_unref);
}

static GVariant *
pack_peers_met (const RedesMessage *self)
{
  return g_variant_new ("(u@a(aysqs))", self->peers_met.serial,
                        pack_endpoints (self->peers_met.peers));
}

static void
unpack_peers_met (GVariant *body, RedesMessage *out)
{
  g_variant_get_child (body, 0, "u", &out->peers_met.serial);
  out->peers_met.peers = unpack_endpoints (body, 1);
}

static void
clear_peers_met (RedesMessage *self)
{
  g_clear_pointer (&self->peers_met.peers, g_ptr_array_unref);
}

/* HOLDERS */

static GVariant *
pack_holders (const RedesMessage *self)
{
  GPtrArray *places = self->holders.places;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aaq"));
  for (guint i = 0; i < places->len; i++)
    {
      const GArray *holders = g_ptr_array_index (places, i);

      g_variant_builder_add_value (&builder,
                                   g_variant_new_fixed_array (G_VARIANT_TYPE_UINT16, holders->data,
                                                              holders->len, sizeof (guint16)));
    }
  return g_variant_new ("(u@a(aysqs)@aaq)", self->holders.serial,
                        pack_endpoints (self->holders.peers), g_variant_builder_end (&builder));
}

static void
unpack_holders (GVariant *body, RedesMessage *out)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 2);
  gsize n = g_variant_n_children (list);

  g_variant_get_child (body, 0, "u", &out->holders.serial);
  out->holders.peers = unpack_endpoints (body, 1);
  out->holders.places = g_ptr_array_new_full (n, (GDestroyNotify)g_array_unref);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      GArray *places = g_array_new (FALSE, FALSE, sizeof (guint16));
      gsize n_places;
      gconstpointer values = g_variant_get_fixed_array (child, &n_places, sizeof (guint16));

      g_array_append_vals (places, values, n_places);
      g_ptr_array_add (out->holders.places, places);
    }
}

static void
clear_holders (RedesMessage *self)
{
  g_clear_pointer (&self->holders.peers, g_ptr_array_unref);
  g_clear_pointer (&self->holders.places, g_ptr_array_unref);
}

/* GUESTS */

RedesWireGuestFile *
redes_wire_guest_file_new (const char *name, const char *const *addresses)
{
  RedesWireGuestFile *file = g_new (RedesWireGuestFile, 1);

  *file = (RedesWireGuestFile){ g_strdup (name), g_strdupv ((char **)addresses) };
  return file;
}

void
redes_wire_guest_file_free (RedesWireGuestFile *file)
{
  if (file == NULL)
    return;
  g_free (file->name);
  g_strfreev (file->addresses);
  g_free (file);
}

static GVariant *
pack_guest_file (const RedesWireGuestFile *file)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sq)"));
  for (guint i = 0; file->addresses[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      guint16 port = 0;

      if (redes_text_parse_address (file->addresses[i], 0, &host, &port, NULL))
        g_variant_builder_add (&builder, "(sq)", host, port);
    }
  return g_variant_new ("(s@a(sq))", file->name, g_variant_builder_end (&builder));
}

static GVariant *
pack_guests (const RedesMessage *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sa(sq))"));
  for (guint i = 0; i < self->guests.files->len; i++)
    g_variant_builder_add_value (&builder,
                                 pack_guest_file (g_ptr_array_index (self->guests.files, i)));
  return g_variant_new ("(u@a(sa(sq)))", self->guests.serial, g_variant_builder_end (&builder));
}

static RedesWireGuestFile *
unpack_guest_file (GVariant *list, gsize index)
{
  RedesWireGuestFile *file = g_new0 (RedesWireGuestFile, 1);
  g_autoptr (GVariant) guests = NULL;
  gsize n;

  g_variant_get_child (list, index, "(s@a(sq))", &file->name, &guests);
  n = g_variant_n_children (guests);
  file->addresses = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    {
      const char *host;
      guint16 port;

      g_variant_get_child (guests, i, "(&sq)", &host, &port);
      file->addresses[i] = redes_text_format_address (host, port);
    }
  return file;
}

static void
unpack_guests (GVariant *body, RedesMessage *out)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 1);
  gsize n = g_variant_n_children (list);

  g_variant_get_child (body, 0, "u", &out->guests.serial);
  out->guests.files = g_ptr_array_new_full (n, (GDestroyNotify)redes_wire_guest_file_free);
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (out->guests.files, unpack_guest_file (list, i));
}

static void
clear_guests (RedesMessage *self)
{
  g_clear_pointer (&self->guests.files, g_ptr_array_unref);
}

/* ERROR, REFUSE */

static GVariant *
pack_refusal (const RedesMessage *self)
{
  return g_variant_new ("(uy@s)", self->refusal.serial, self->refusal.refusal,
                        new_text (self->refusal.words, REDES_WIRE_MAX_REASON));
}

static void
unpack_refusal (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(uy&s)", &out->refusal.serial, &out->refusal.refusal, &out->refusal.words);
}

/* FIND, SOURCES */

static GVariant *
pack_find (const RedesMessage *self)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayt)"));
  for (guint i = 0; i < self->find.contents->len; i++)
    g_variant_builder_add_value (
        &builder, redes_body_new_content (&g_array_index (self->find.contents, RedesContentId, i)));
  return g_variant_new ("(u@a(ayt))", self->find.serial, g_variant_builder_end (&builder));
}

static void
unpack_find (GVariant *body, RedesMessage *out)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, 1);
  gsize n = g_variant_n_children (list);

  g_variant_get_child (body, 0, "u", &out->find.serial);
  out->find.contents = g_array_sized_new (FALSE, FALSE, sizeof (RedesContentId), n);
  g_array_set_size (out->find.contents, n);
  for (gsize i = 0; i < n; i++)
    get_content (list, i, &g_array_index (out->find.contents, RedesContentId, i));
}

static void
clear_find (RedesMessage *self)
{
  g_clear_pointer (&self->find.contents, g_array_unref);
}

/* FOUND */

static GVariant *
pack_found (const RedesMessage *self)
{
  return g_variant_new ("(u@ay)", self->found.serial, redes_body_new_bytes (self->found.bits));
}

static void
unpack_found (GVariant *body, RedesMessage *out)
{
  g_variant_get_child (body, 0, "u", &out->found.serial);
  out->found.bits = dup_bytes (body, 1);
}

static void
clear_found (RedesMessage *self)
{
  g_clear_pointer (&self->found.bits, g_bytes_unref);
}

/* REACH */

static GVariant *
pack_reach (const RedesMessage *self)
{
  return g_variant_new ("(bsq)", self->reach.is_reachable, self->reach.host, self->reach.port);
}

static void
unpack_reach (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(b&sq)", &out->reach.is_reachable, &out->reach.host, &out->reach.port);
}

/* PACE */

static GVariant *
pack_pace (const RedesMessage *self)
{
  return g_variant_new ("(uu)", self->pace.least_ms, self->pace.spread_ms);
}

static void
unpack_pace (GVariant *body, RedesMessage *out)
{
  g_variant_get (body, "(uu)", &out->pace.least_ms, &out->pace.spread_ms);
}

/* BLOCK: only what redes_message_clear() needs. */

static void
clear_block (RedesMessage *self)
{
  g_clear_pointer (&self->block.data, g_bytes_unref);
}

typedef struct
{
  GVariant *(*pack) (const RedesMessage *self);       /* floating */
  void (*unpack) (GVariant *body, RedesMessage *out); /* @out is all zero but for its type */
  void (*clear) (RedesMessage *self);                 /* NULL: nothing is owned */
} Codec;

static const Codec codecs[] = {
  [REDES_MESSAGE_HELLO] = { pack_hello, unpack_hello, NULL },
  [REDES_MESSAGE_PING] = { pack_number, unpack_number, NULL },
  [REDES_MESSAGE_PONG] = { pack_number, unpack_number, NULL },

  [REDES_MESSAGE_MANIFEST_GET] = { pack_content, unpack_content, NULL },
  [REDES_MESSAGE_MANIFEST] = { pack_manifest, unpack_manifest, clear_manifest },
  [REDES_MESSAGE_INTEREST] = { pack_content, unpack_content, NULL },
  [REDES_MESSAGE_NO_INTEREST] = { pack_content, unpack_content, NULL },
  [REDES_MESSAGE_BITFIELD] = { pack_bitfield, unpack_bitfield, clear_bitfield },
  [REDES_MESSAGE_HAVE] = { pack_key, unpack_key, NULL },
  [REDES_MESSAGE_REQUEST] = { pack_key, unpack_key, NULL },
  [REDES_MESSAGE_BLOCK] = { NULL, NULL, clear_block },
  [REDES_MESSAGE_CANCEL] = { pack_key, unpack_key, NULL },
  [REDES_MESSAGE_REJECT] = { pack_reject, unpack_reject, NULL },

  [REDES_MESSAGE_REGISTER] = { pack_register, unpack_register, clear_register },
  [REDES_MESSAGE_UPDATE] = { pack_update, unpack_update, clear_update },
  [REDES_MESSAGE_HEARTBEAT] = { pack_number, unpack_number, NULL },
  [REDES_MESSAGE_UNREGISTER] = { pack_serial, unpack_serial, NULL },
  [REDES_MESSAGE_SEARCH] = { pack_search, unpack_search, NULL },
  [REDES_MESSAGE_RESULTS] = { pack_results, unpack_results, clear_results },
  [REDES_MESSAGE_SOURCES] = { pack_find, unpack_find, clear_find },
  [REDES_MESSAGE_LIST] = { pack_list, unpack_list, NULL },
  [REDES_MESSAGE_PEERS] = { pack_peers, unpack_peers, clear_peers },
  [REDES_MESSAGE_HOLDERS] = { pack_holders, unpack_holders, clear_holders },
  [REDES_MESSAGE_OK] = { pack_serial, unpack_serial, NULL },
  [REDES_MESSAGE_ERROR] = { pack_refusal, unpack_refusal, NULL },
  [REDES_MESSAGE_REACH] = { pack_reach, unpack_reach, NULL },
  [REDES_MESSAGE_PACE] = { pack_pace, unpack_pace, NULL },
  [REDES_MESSAGE_GUESTS] = { pack_guests, unpack_guests, clear_guests },

  [REDES_MESSAGE_PEER_SEARCH] = { pack_search, unpack_search, NULL },
  [REDES_MESSAGE_PEER_RESULTS] = { pack_results, unpack_results, clear_results },
  [REDES_MESSAGE_FIND] = { pack_find, unpack_find, clear_find },
  [REDES_MESSAGE_FOUND] = { pack_found, unpack_found, clear_found },
  [REDES_MESSAGE_BROWSE] = { pack_list, unpack_list, NULL },
  [REDES_MESSAGE_SHARES] = { pack_results, unpack_results, clear_results },
  [REDES_MESSAGE_PEERS_GET] = { pack_serial, unpack_serial, NULL },
  [REDES_MESSAGE_PEERS_MET] = { pack_peers_met, unpack_peers_met, clear_peers_met },
  [REDES_MESSAGE_REFUSE] = { pack_refusal, unpack_refusal, NULL },
  [REDES_MESSAGE_WRONG] = { pack_key, unpack_key, NULL },
};

static const Codec *
find_codec (RedesMessageType type)
{
  return redes_message_type_is_known (type) && type < G_N_ELEMENTS (codecs) ? &codecs[type] : NULL;
}

void
redes_message_clear (RedesMessage *self)
{
  const Codec *codec = find_codec (self->type);

  if (codec != NULL && codec->clear != NULL && self->undecoded == NULL)
    codec->clear (self);
  g_clear_pointer (&self->body, g_variant_unref);
  g_clear_pointer (&self->undecoded, g_bytes_unref);
}

/* What is long was checked when it was made: a file table, packed rows. */
static gboolean
is_checked (const RedesMessage *self)
{
  switch (self->type)
    {
    case REDES_MESSAGE_REGISTER:
      return TRUE;
    case REDES_MESSAGE_UPDATE:
      return self->update.gone->len == 0;
    case REDES_MESSAGE_RESULTS:
      return self->results.packed != NULL;
    default:
      return FALSE;
    }
}

/*
 * PING and PONG by hand: their body is a little-endian number of 8 bytes and nothing else, and who
 * sends many makes everybody else wait for as long as each takes.
 */

static GBytes *
encode_ping (const RedesMessage *self)
{
  guint8 frame[REDES_FRAME_HEADER_SIZE + sizeof (guint64)]
      = { 0, 0, 0, 1 + sizeof (guint64), (guint8)self->type };
  guint64 number = GUINT64_TO_LE (self->number);

  memcpy (frame + REDES_FRAME_HEADER_SIZE, &number, sizeof number);
  return g_bytes_new (frame, sizeof frame);
}

static void
decode_ping (GBytes *body, RedesMessage *out)
{
  guint64 number;

  memcpy (&number, g_bytes_get_data (body, NULL), sizeof number);
  *out = (RedesMessage){ .type = REDES_MESSAGE_PING, .number = GUINT64_FROM_LE (number) };
}

GBytes *
redes_message_encode (const RedesMessage *self)
{
  const Codec *codec = find_codec (self->type);
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (codec != NULL && codec->pack != NULL, NULL);

  if (self->type == REDES_MESSAGE_PING || self->type == REDES_MESSAGE_PONG)
    return encode_ping (self);

  body = g_variant_ref_sink (codec->pack (self));
  if (!is_checked (self) && !redes_body_check (self->type, body, &error))
    {
      g_critical ("a message that may not be sent: %s", error->message);
      return NULL;
    }
  return redes_body_encode (self->type, body);
}

gboolean
redes_message_decode (RedesMessageType type, GBytes *body, RedesMessage *out, GError **error)
{
  const Codec *codec = find_codec (type);
  GVariant *value;

  g_return_val_if_fail (codec != NULL && codec->unpack != NULL, FALSE);

  memset (out, 0, sizeof *out);
  /* Of any other length it is none, which is said below. */
  if (type == REDES_MESSAGE_PING && g_bytes_get_size (body) == sizeof out->number)
    {
      decode_ping (body, out);
      return TRUE;
    }
  value = redes_body_decode (type, body, error);
  if (value == NULL)
    return FALSE;
  out->type = type;
  out->body = value;
  codec->unpack (value, out);
  return TRUE;
}

gsize
redes_message_get_max_results (guint n_rows)
{
  return MAX_AROUND_BYTES + (gsize)n_rows * MAX_RESULT_BYTES;
}

gsize
redes_message_get_max_peers (guint n_peers)
{
  return MAX_AROUND_BYTES + (gsize)n_peers * MAX_PEER_BYTES;
}

gsize
redes_message_get_max_holders (guint n_contents)
{
  return redes_message_get_max_peers (REDES_WIRE_MAX_PEERS) + (gsize)n_contents * MAX_HOLDERS_BYTES;
}

gsize
redes_message_get_max_bitfield (guint32 n_blocks)
{
  return MAX (((gsize)n_blocks + 7) / 8 + MAX_AROUND_BYTES, LEAST_BITFIELD_BYTES);
}
