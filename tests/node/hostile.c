/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "engine/wire/body.h"

#include "net-fixture.h"

#include <gnutls/x509.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3"
#define MAX_FRAME_BYTES (5u * 1024 * 1024)

static int
new_socket (void)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct timeval timeout = { .tv_sec = HOSTILE_TIMEOUT_MS / 1000 };

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  return fd;
}

void
hostile_connect (HostileLink *self, guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = g_htons (port),
                                 .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };

  *self = (HostileLink){ .fd = new_socket () };
  g_assert_cmpint (connect (self->fd, (struct sockaddr *)&address, sizeof address), ==, 0);
}

static gnutls_certificate_credentials_t
new_foreign_credentials (void)
{
  gnutls_certificate_credentials_t credentials;
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t certificate;
  guint8 serial = 1;

  gnutls_certificate_allocate_credentials (&credentials);
  gnutls_x509_privkey_init (&key);
  gnutls_x509_privkey_generate (key, GNUTLS_PK_EDDSA_ED25519, 256, 0);
  gnutls_x509_crt_init (&certificate);
  gnutls_x509_crt_set_version (certificate, 3);
  gnutls_x509_crt_set_serial (certificate, &serial, 1);
  gnutls_x509_crt_set_activation_time (certificate, 0);
  gnutls_x509_crt_set_expiration_time (certificate, G_MAXINT32);
  gnutls_x509_crt_set_key (certificate, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (certificate, certificate, key, GNUTLS_DIG_SHA512, 0), >=,
                   0);
  g_assert_cmpint (gnutls_certificate_set_x509_key (credentials, &certificate, 1, key), >=, 0);
  gnutls_x509_crt_deinit (certificate);
  gnutls_x509_privkey_deinit (key);
  return credentials;
}

gboolean
hostile_shake_hands (HostileLink *self,
                     RedesIdentity *identity,
                     HostileChain chain,
                     gboolean server,
                     const char *alpn)
{
  gnutls_datum_t protocol = { (guint8 *)(alpn != NULL ? alpn : "redes/1"), 0 };
  gnutls_certificate_credentials_t credentials;
  int rc;

  protocol.size = strlen ((const char *)protocol.data);
  gnutls_init (&self->session, (server ? GNUTLS_SERVER : GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT)
                                   | GNUTLS_NO_SIGNAL);
  gnutls_priority_set_direct (self->session, self->priority != NULL ? self->priority : PRIORITY,
                              NULL);
  if (chain == HOSTILE_CHAIN_NONE)
    gnutls_certificate_allocate_credentials (&self->own_credentials);
  else if (chain == HOSTILE_CHAIN_FOREIGN)
    self->own_credentials = new_foreign_credentials ();
  credentials = self->own_credentials != NULL ? self->own_credentials
                                              : redes_identity_get_credentials (identity);
  gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, credentials);
  gnutls_alpn_set_protocols (self->session, &protocol, 1, 0);
  if (server)
    gnutls_certificate_server_set_request (self->session, GNUTLS_CERT_REQUIRE);
  gnutls_transport_set_int (self->session, self->fd);
  gnutls_handshake_set_timeout (self->session, HOSTILE_TIMEOUT_MS);
  do
    rc = gnutls_handshake (self->session);
  while (rc < 0 && !gnutls_error_is_fatal (rc));
  return rc >= 0;
}

void
hostile_close (HostileLink *self)
{
  if (self->session != NULL)
    gnutls_deinit (self->session);
  if (self->own_credentials != NULL)
    gnutls_certificate_free_credentials (self->own_credentials);
  if (self->fd >= 0)
    close (self->fd);
  *self = (HostileLink){ .fd = -1 };
}

gboolean
hostile_send (HostileLink *self, const void *data, gsize len)
{
  const guint8 *bytes = data;

  while (len > 0)
    {
      gssize n = gnutls_record_send (self->session, bytes, MIN (len, 16384));

      if (n == GNUTLS_E_INTERRUPTED)
        continue;
      if (n < 0)
        return FALSE;
      bytes += n;
      len -= n;
    }
  return TRUE;
}

gboolean
hostile_send_bytes (HostileLink *self, GBytes *bytes)
{
  return hostile_send (self, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

gboolean
hostile_send_message (HostileLink *self, RedesMessageType type, GVariant *body)
{
  g_autoptr (GBytes) frame = redes_body_encode (type, body);

  return hostile_send_bytes (self, frame);
}

static gboolean
send_hello (HostileLink *self, guint16 port)
{
  g_autoptr (RedesHello) hello = redes_hello_new ("hostile", port);

  return hostile_send_message (self, REDES_MESSAGE_HELLO, net_hello_body (hello));
}

gboolean
hostile_send_content (HostileLink *self, RedesMessageType type, const RedesContentId *content)
{
  return hostile_send_message (self, type,
                               g_variant_new ("(@(ayt))", redes_body_new_content (content)));
}

gboolean
hostile_send_block_message (HostileLink *self,
                            RedesMessageType type,
                            const RedesContentId *content,
                            guint32 index)
{
  return hostile_send_message (
      self, type, g_variant_new ("(@(ayt)u)", redes_body_new_content (content), index));
}

gboolean
hostile_send_reject (HostileLink *self,
                     const RedesContentId *content,
                     guint32 index,
                     RedesRejectReason reason)
{
  return hostile_send_message (self, REDES_MESSAGE_REJECT,
                               g_variant_new ("(@(ayt)uys)", redes_body_new_content (content),
                                              index, (guint8)reason, "because"));
}

gboolean
hostile_send_hello (HostileLink *self)
{
  return send_hello (self, 0);
}

static gboolean
receive (HostileLink *self, guint8 *buffer, gsize len)
{
  while (len > 0)
    {
      gssize n = gnutls_record_recv (self->session, buffer, len);

      if (n == GNUTLS_E_INTERRUPTED)
        continue;
      if (n <= 0)
        return FALSE;
      buffer += n;
      len -= n;
    }
  return TRUE;
}

GBytes *
hostile_read (HostileLink *self, guint8 *type)
{
  guint8 header[REDES_FRAME_HEADER_SIZE];
  g_autofree guint8 *body = NULL;
  guint32 length;

  if (!receive (self, header, sizeof header))
    return NULL;
  memcpy (&length, header, sizeof length);
  length = GUINT32_FROM_BE (length);
  *type = header[4];
  g_assert_cmpuint (length, >=, 1);
  g_assert_cmpuint (length, <=, MAX_FRAME_BYTES);
  body = g_malloc (length);
  if (!receive (self, body, length - 1))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&body), length - 1);
}

gboolean
hostile_wait_for_end (HostileLink *self)
{
  gint64 end_us = g_get_monotonic_time () + HOSTILE_TIMEOUT_MS * 1000;
  guint8 buffer[16384];

  while (g_get_monotonic_time () < end_us)
    {
      gssize n = gnutls_record_recv (self->session, buffer, sizeof buffer);

      if (n == GNUTLS_E_AGAIN)
        return FALSE;
      if (n <= 0 && n != GNUTLS_E_INTERRUPTED)
        return TRUE;
    }
  return FALSE;
}

void
hostile_open (HostileLink *self, RedesIdentity *identity, guint16 port)
{
  g_autoptr (GBytes) hello = NULL;
  guint8 type = 0;

  hostile_connect (self, port);
  g_assert_true (hostile_shake_hands (self, identity, HOSTILE_CHAIN_OWN, FALSE, NULL));
  g_assert_true (hostile_send_hello (self));
  hello = hostile_read (self, &type);
  g_assert_nonnull (hello);
  g_assert_cmpuint (type, ==, REDES_MESSAGE_HELLO);
}

/* @totals: (nullable): of a folder */
static void
file_init (HostileFile *self,
           RedesIdentity *publisher,
           const char *name,
           GBytes *bytes,
           const RedesFolderTotals *totals)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  RedesManifestDraft draft = { .name = name, .folder = totals };
  g_autofree RedesDigest *digests = NULL;
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GError) error = NULL;

  self->bytes = g_bytes_ref (bytes);
  self->geometry = (RedesGeometry){ .file_size = size, .block_size = redes_block_size_for (size) };
  digests = g_new0 (RedesDigest, redes_geometry_get_n_blocks (&self->geometry));
  for (guint32 i = 0; i < redes_geometry_get_n_blocks (&self->geometry); i++)
    redes_geometry_hash_block (&self->geometry, i, data + (gsize)i * self->geometry.block_size,
                               redes_geometry_get_block_length (&self->geometry, i), &digests[i]);
  self->tree = redes_hash_tree_new_from_blocks (&self->geometry, digests);
  self->content.root = *redes_hash_tree_get_root (self->tree);
  self->content.size_bytes = size;
  draft.geometry = self->geometry;
  draft.root = self->content.root;
  manifests = redes_manifest_sign_batch (publisher, &draft, 1, 1700000000, &error);
  g_assert_no_error (error);
  self->manifest = redes_manifest_ref (g_ptr_array_index (manifests, 0));
}

void
hostile_file_init (HostileFile *self, RedesIdentity *publisher, const char *name, GBytes *bytes)
{
  file_init (self, publisher, name, bytes, NULL);
}

void
hostile_file_clear (HostileFile *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->tree, redes_hash_tree_unref);
  g_clear_pointer (&self->manifest, redes_manifest_unref);
}

guint32
hostile_get_index (GBytes *body)
{
  g_autoptr (GVariant) variant = redes_body_decode (REDES_MESSAGE_REQUEST, body, NULL);
  guint32 index = 0;

  g_assert_nonnull (variant);
  g_variant_get_child (variant, 1, "u", &index);
  return index;
}

void
hostile_source_get_block (HostileSource *self,
                          guint32 index,
                          RedesBlockHeader *header,
                          GBytes **bytes)
{
  const RedesGeometry *geometry = &self->file.geometry;

  header->content = self->file.content;
  header->index = index;
  header->n_proof = redes_geometry_get_proof_length (geometry);
  g_assert_true (redes_hash_tree_get_proof (self->file.tree, index, header->proof));
  *bytes = g_bytes_new_from_bytes (self->file.bytes, (gsize)index * geometry->block_size,
                                   redes_geometry_get_block_length (geometry, index));
}

gboolean
hostile_send_block (HostileLink *link, const RedesBlockHeader *header, GBytes *bytes)
{
  g_autoptr (GBytes) head = redes_block_header_encode (header, g_bytes_get_size (bytes));

  return hostile_send_bytes (link, head) && hostile_send_bytes (link, bytes);
}

gboolean
hostile_send_manifest (HostileLink *link, RedesManifest *manifest, GBytes *signature)
{
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);

  if (signature == NULL)
    signature = redes_manifest_get_signature (manifest);
  return hostile_send_message (
      link, REDES_MESSAGE_MANIFEST,
      g_variant_new ("(@ayuu@ay@ay@ay)", redes_body_new_bytes (body),
                     redes_manifest_get_batch_index (manifest),
                     redes_manifest_get_batch_size (manifest), redes_body_new_bytes (path),
                     redes_body_new_bytes (signature),
                     redes_body_new_bytes (redes_manifest_get_spki (manifest))));
}

gboolean
hostile_send_bitfield (HostileSource *self, HostileLink *link, const guint8 *bits, gsize len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (bits, len);

  return hostile_send_message (link, REDES_MESSAGE_BITFIELD,
                               g_variant_new ("(@(ayt)@ay)",
                                              redes_body_new_content (&self->file.content),
                                              redes_body_new_bytes (bytes)));
}

static gboolean
answer_honestly (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  switch (type)
    {
    case REDES_MESSAGE_MANIFEST_GET:
      return hostile_send_manifest (link, self->file.manifest, NULL);
    case REDES_MESSAGE_INTEREST:
      return hostile_send_bitfield (self, link, NULL, 0);
    case REDES_MESSAGE_REQUEST:
      hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
      return hostile_send_block (link, &header, bytes);
    default:
      return TRUE;
    }
}

static gboolean
wait_readable (HostileSource *self, int fd)
{
  while (!g_atomic_int_get (&self->stopping))
    {
      struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

      if (poll (&poll_fd, 1, 50) > 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
wait_for_frame (HostileSource *self, HostileLink *link)
{
  gint64 pinged_us = g_get_monotonic_time ();

  while (!g_atomic_int_get (&self->stopping))
    {
      struct pollfd poll_fd = { .fd = link->fd, .events = POLLIN };

      if (poll (&poll_fd, 1, 50) > 0)
        return TRUE;
      if (!g_atomic_int_get (&self->pings) || g_get_monotonic_time () - pinged_us < 500000)
        continue;
      pinged_us = g_get_monotonic_time ();
      if (!hostile_send_message (link, REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)7)))
        return FALSE;
    }
  return FALSE;
}

static void
serve (HostileSource *self, HostileLink *link)
{
  if (!hostile_shake_hands (link, self->identity, HOSTILE_CHAIN_OWN, TRUE, NULL)
      || !send_hello (link, self->port))
    return;
  while (gnutls_record_check_pending (link->session) > 0 || wait_for_frame (self, link))
    {
      guint8 type = 0;
      g_autoptr (GBytes) body = hostile_read (link, &type);

      if (body == NULL)
        return;
      if (type == REDES_MESSAGE_REQUEST)
        g_atomic_int_inc (&self->n_requests);
      if (!self->act (self, link, type, body) && !answer_honestly (self, link, type, body))
        return;
    }
}

static gpointer
run (gpointer data)
{
  HostileSource *self = data;

  while (wait_readable (self, self->listener))
    {
      HostileLink link = { .fd = accept (self->listener, NULL, NULL) };
      struct timeval timeout = { .tv_sec = HOSTILE_TIMEOUT_MS / 1000 };

      if (link.fd < 0)
        continue;
      setsockopt (link.fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
      setsockopt (link.fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
      g_atomic_int_inc (&self->n_connections);
      serve (self, &link);
      hostile_close (&link);
    }
  return NULL;
}

static GPtrArray *
list_files (gpointer user_data)
{
  HostileSource *self = user_data;
  GPtrArray *files = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  g_ptr_array_add (files, redes_manifest_ref (self->file.manifest));
  return files;
}

static void
on_state_changed (RedesTrackerClient *client,
                  RedesTrackerState state,
                  const GError *error,
                  gpointer user_data)
{
  HostileSource *self = user_data;

  self->registered = state == REDES_TRACKER_REGISTERED;
}

static void
listen_anywhere (HostileSource *self)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  socklen_t len = sizeof address;

  self->listener = new_socket ();
  g_assert_cmpint (bind (self->listener, (struct sockaddr *)&address, sizeof address), ==, 0);
  g_assert_cmpint (listen (self->listener, 64), ==, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *)&address, &len), ==, 0);
  self->port = g_ntohs (address.sin_port);
}

static HostileSource *
source_new (const char *tracker,
            const char *name,
            GBytes *bytes,
            const RedesFolderTotals *totals,
            HostileFunc act,
            gconstpointer data)
{
  HostileSource *self = g_new0 (HostileSource, 1);
  RedesTrackerClientParams params = { .address = tracker,
                                      .nickname = "hostile",
                                      .register_peer = TRUE,
                                      .list_files = list_files,
                                      .state_changed = on_state_changed,
                                      .user_data = self };
  g_autoptr (GError) error = NULL;

  self->act = act;
  self->data = data;
  self->identity = redes_identity_new (2048, &error);
  g_assert_no_error (error);
  file_init (&self->file, self->identity, name, bytes, totals);
  listen_anywhere (self);
  self->thread = g_thread_new ("hostile", run, self);
  params.identity = self->identity;
  params.port = self->port;
  self->client = redes_tracker_client_new (&params, &error);
  g_assert_no_error (error);
  net_wait_for (self->registered);
  return self;
}

HostileSource *
hostile_source_new (
    const char *tracker, const char *name, GBytes *bytes, HostileFunc act, gconstpointer data)
{
  return source_new (tracker, name, bytes, NULL, act, data);
}

HostileSource *
hostile_source_new_folder (const char *tracker,
                           const char *name,
                           GBytes *list,
                           const RedesFolderTotals *totals,
                           HostileFunc act,
                           gconstpointer data)
{
  return source_new (tracker, name, list, totals, act, data);
}

void
hostile_source_free (HostileSource *self)
{
  redes_tracker_client_free (self->client);
  net_wait_for (redes_channel_count_finishing () == 0);
  g_atomic_int_set (&self->stopping, TRUE);
  g_thread_join (self->thread);
  close (self->listener);
  hostile_file_clear (&self->file);
  redes_identity_unref (self->identity);
  g_free (self);
}

void
hostile_case_begin (HostileCase *self,
                    const char *tracker,
                    char *name,
                    GBytes *bytes,
                    HostileFunc act,
                    gconstpointer data)
{
  *self = (HostileCase){ .name = name, .bytes = bytes };
  self->source = hostile_source_new (tracker, name, bytes, act, data);
  self->link.content = self->source->file.content;
  self->link.trackers = &self->no_tracker;
}

void
hostile_case_end (HostileCase *self)
{
  hostile_source_free (self->source);
  g_bytes_unref (self->bytes);
  g_free (self->name);
}
