/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "plain-stream.h"
#include "samples.h"

#include "engine/net/endpoint.h"
#include "engine/net/tls-stream.h"
#include "engine/swarm/swarm.h"
#include "engine/tracker/manifest-table.h"
#include "engine/tracker/server.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * A conversation after its handshake: messages in any order, some of them changed, to a peer that
 * serves (first byte 0), to one that downloads (1), or to a tracker (2). What follows are steps:
 *
 *   message (u8) | number of changes (u8), which is taken modulo 4 | for each: place (u16), byte
 * (u8)
 *
 * A message is one of those of this conversation, which fit together, or one of the samples of all
 * types, or STEP_WAIT: the messages of the other side are read until it asks for a block. Inputs
 * are not bytes as they are sent, because keys and signatures are new in each process.
 *
 * There is no handshake and no encryption (plain-stream.c), for which nearly all the time went, and
 * a peer is talked to over a pair of sockets; only a tracker has a port.
 *
 * Accepted: the connection has survived, which a PING at the end shows.
 */

#define PATIENCE_US (20 * G_USEC_PER_SEC)
#define MAX_STEPS 64u
#define FILE_BYTES 1000u
#define STEP_WAIT 0xffu

typedef enum
{
  ROLE_SERVES,
  ROLE_DOWNLOADS,
  ROLE_TRACKER,
  N_ROLES,
} Role;

/* The messages that belong to this conversation: their places in @frames. */
enum
{
  OWN_MANIFEST,
  OWN_BITFIELD,
  OWN_BLOCK,
  OWN_HAVE,
  OWN_REJECT,
  OWN_REJECT_BLOCK,
  OWN_MANIFEST_GET,
  OWN_INTEREST,
  OWN_REQUEST,
  OWN_CANCEL,
  OWN_WRONG,
  OWN_NO_INTEREST,
  OWN_REGISTER,
  OWN_UPDATE,
  OWN_SEARCH,
  OWN_SOURCES,
  N_OWN,
};

/**
 * World:
 * @ours: the fuzzer's identity; @theirs: of the peer or the tracker that is talked to
 * @frames: GBytes: those above, then all samples
 * @wanted: the content that the peer downloads from the fuzzer; @shared: what it shares itself
 *
 * What all inputs of a process have in common.
 */
static struct
{
  char *folder;
  RedesIdentity *ours;
  RedesIdentity *theirs;
  RedesWorkers *workers;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesTrackerServer *tracker;
  RedesContentId wanted;
  RedesContentId shared;
  GPtrArray *frames;
} world;

/**
 * Talk:
 * @reader: what the other side sends
 * @is_over: the other side has ended it
 * @is_exact: only messages that a source sends, without a change, were sent so far
 * @has_told: a bit for each of OWN_MANIFEST and OWN_BITFIELD that was sent
 * @frame_left: bytes that the last message still lacks
 */
typedef struct
{
  Role role;
  GSocket *socket;
  RedesTlsStream *tls;
  RedesSwarm *swarm;
  RedesDownload *download;
  RedesFrameReader *reader;
  guint n_received[256];
  guint n_waited_for;
  gboolean is_over;
  gboolean is_exact;
  guint has_told;
  guint8 header[4];
  gsize header_got;
  gsize frame_left;
} Talk;

/* Runs the main loop until @condition holds; to wait in vain is what this target looks for, too. */
#define work_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 work_end_us = g_get_monotonic_time () + PATIENCE_US;                                    \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > work_end_us)                                                 \
          g_error ("waited in vain for %s", #condition);                                           \
        if (!g_main_context_iteration (NULL, FALSE))                                               \
          g_usleep (50);                                                                           \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* --- The world --- */

static RedesContentId
content_of (const char *bytes)
{
  RedesContentId content = { .size_bytes = FILE_BYTES };

  redes_digest_of (bytes, FILE_BYTES, &content.root);
  return content;
}

static void
add_message (RedesMessage message)
{
  g_ptr_array_add (world.frames, redes_message_encode (&message));
}

static void
add_block (const char *bytes)
{
  RedesBlockHeader header = { .content = world.wanted };
  g_autoptr (GBytes) head = redes_block_header_encode (&header, FILE_BYTES);
  GByteArray *frame = g_byte_array_new ();
  gsize len;
  const guint8 *data = g_bytes_get_data (head, &len);

  g_byte_array_append (frame, data, len);
  g_byte_array_append (frame, (const guint8 *)bytes, FILE_BYTES);
  g_ptr_array_add (world.frames, g_byte_array_free_to_bytes (frame));
}

static GPtrArray *
sign_wanted (void)
{
  RedesManifestDraft draft = { .name = "wanted.txt", .root = world.wanted.root };
  g_autoptr (GError) error = NULL;
  GPtrArray *manifests;

  draft.geometry.file_size = FILE_BYTES;
  draft.geometry.block_size = redes_block_size_for (FILE_BYTES);
  manifests = redes_manifest_sign_batch (world.ours, &draft, 1, 1700000000, &error);
  g_assert_no_error (error);
  return manifests;
}

static void
make_frames (const char *wanted_bytes)
{
  g_autoptr (GPtrArray) manifests = sign_wanted ();
  g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);
  g_autoptr (GArray) gone = redes_manifest_table_pack_gone (manifests, 0);
  g_autoptr (GArray) contents = g_array_new (FALSE, FALSE, sizeof (RedesContentId));
  g_autoptr (GBytes) all = g_bytes_new_static ("", 0);
  g_auto (RedesManifestParts) parts = { 0 };
  RedesBlockKey wanted = { .content = world.wanted };
  RedesBlockKey shared = { .content = world.shared };

  redes_manifest_dup_parts (g_ptr_array_index (manifests, 0), &parts);
  g_array_append_val (contents, world.wanted);
  g_array_append_val (contents, world.shared);
  world.frames = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  add_message ((RedesMessage){ .type = REDES_MESSAGE_MANIFEST, .manifest = parts });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_BITFIELD,
                               .bitfield = { .content = world.wanted, .bits = all } });
  add_block (wanted_bytes);
  add_message ((RedesMessage){ .type = REDES_MESSAGE_HAVE, .key = wanted });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_REJECT,
                               .reject = { .content = world.wanted,
                                           .index = REDES_NO_BLOCK,
                                           .reason = REDES_REJECT_UNKNOWN,
                                           .words = "no" } });
  add_message ((RedesMessage){
      .type = REDES_MESSAGE_REJECT,
      .reject = { .content = world.wanted, .reason = REDES_REJECT_NOT_YET, .words = "no" } });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_MANIFEST_GET, .content = world.shared });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_INTEREST, .content = world.shared });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_REQUEST, .key = shared });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_CANCEL, .key = shared });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_WRONG, .key = shared });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_NO_INTEREST, .content = world.shared });
  add_message (
      (RedesMessage){ .type = REDES_MESSAGE_REGISTER,
                      .registration = { .serial = 1, .table = g_ptr_array_index (tables, 0) } });
  add_message ((RedesMessage){
      .type = REDES_MESSAGE_UPDATE,
      .update = { .serial = 2, .table = g_ptr_array_index (tables, 0), .gone = gone } });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_SEARCH,
                               .search = { .serial = 3, .words = "wanted", .n_rows = 200 } });
  add_message ((RedesMessage){ .type = REDES_MESSAGE_SOURCES,
                               .find = { .serial = 4, .contents = contents } });
  g_assert_cmpuint (world.frames->len, ==, N_OWN);
  for (guint i = 0; i < n_samples; i++)
    g_ptr_array_add (world.frames, sample_dup_frame (i));
}

static void
remove_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_files (path);
      g_remove (path);
    }
}

static void
remove_folder (void)
{
  remove_files (world.folder);
  g_rmdir (world.folder);
}

static void
share (const char *bytes)
{
  g_autofree char *path = g_build_filename (world.folder, "shared", NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, bytes, FILE_BYTES, &error);
  g_assert_no_error (error);
  redes_library_share (world.library, path);
  work_until (redes_library_lookup (world.library, &world.shared) != NULL);
}

static void
ignore_notice (const RedesNotice *notice, gpointer user_data)
{
}

/* Once a process. */
static void
make_world (void)
{
  static const RedesLibraryEvents library_events = { 0 };
  RedesTrackerServerParams params = { .host = "127.0.0.1", .nickname = "" };
  g_autoptr (GError) error = NULL;
  char wanted[FILE_BYTES];
  char shared[FILE_BYTES];

  if (world.folder != NULL)
    return;
  memset (wanted, 'w', sizeof wanted);
  memset (shared, 's', sizeof shared);
  world.folder = g_dir_make_tmp ("redes-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  atexit (remove_folder);
  world.ours = redes_identity_new (2048, &error);
  world.theirs = redes_identity_new (2048, &error);
  g_assert_no_error (error);
  plain_stream_set_identities (world.ours, world.theirs);
  world.wanted = content_of (wanted);
  world.shared = content_of (shared);
  make_frames (wanted);
  world.workers = redes_workers_new ("fuzz", 1, NULL);
  world.library = redes_library_new (world.theirs, world.workers, NULL, &library_events, NULL);
  world.cache = redes_block_cache_new (1024 * 1024, world.workers);
  share (shared);
  params.identity = world.theirs;
  world.tracker = redes_tracker_server_new (&params, &error);
  g_assert_no_error (error);
}

/* --- One conversation --- */

/* Takes what the other side has sent. */
static void
receive (Talk *self)
{
  while (!self->is_over)
    {
      g_auto (RedesMessage) message = { 0 };
      gsize room, n = 0;
      guint8 *space = redes_frame_reader_get_space (self->reader, &room);
      RedesTlsStatus status = redes_tls_stream_read (self->tls, space, room, &n, NULL);

      if (status == REDES_TLS_BLOCKED)
        return;
      if (status != REDES_TLS_OK)
        {
          self->is_over = TRUE;
          return;
        }
      /* What this program sends is always in order. */
      switch (redes_frame_reader_advance (self->reader, n, &message, NULL))
        {
        case REDES_FRAME_READY:
          self->n_received[message.type]++;
          break;
        case REDES_FRAME_VIOLATION:
          g_error ("the other side has broken the protocol");
        case REDES_FRAME_MORE:
        default:
          break;
        }
    }
}

/* For work_until(): lets the conversation go on. */
static gboolean
has (Talk *self, gboolean condition)
{
  receive (self);
  return condition || self->is_over;
}

/* Keeps account of where messages end, as the other side sees it. */
static void
note_sent (Talk *self, const guint8 *data, gsize len)
{
  while (len > 0)
    {
      if (self->header_got < sizeof self->header)
        {
          guint32 length;

          self->header[self->header_got++] = *data++;
          len--;
          memcpy (&length, self->header, sizeof length);
          if (self->header_got == sizeof self->header)
            self->frame_left = GUINT32_FROM_BE (length);
        }
      else
        {
          gsize n = MIN (len, self->frame_left);

          data += n;
          len -= n;
          self->frame_left -= n;
        }
      if (self->header_got == sizeof self->header && self->frame_left == 0)
        self->header_got = 0;
    }
}

static void
send_bytes (Talk *self, const guint8 *data, gsize len)
{
  RedesTlsStatus status = REDES_TLS_OK;
  gint64 end_us = g_get_monotonic_time () + PATIENCE_US;

  note_sent (self, data, len);
  while (!self->is_over && (len > 0 || redes_tls_stream_wants_write (self->tls)))
    {
      gsize n = 0;

      status = len > 0 ? redes_tls_stream_write (self->tls, data, len, &n, NULL)
                       : redes_tls_stream_flush (self->tls, NULL);
      data += n;
      len -= n;
      if (len == 0 && status == REDES_TLS_OK)
        status = redes_tls_stream_flush (self->tls, NULL);
      if (status == REDES_TLS_FAILED || status == REDES_TLS_CLOSED)
        self->is_over = TRUE;
      if (status == REDES_TLS_BLOCKED)
        {
          if (g_get_monotonic_time () > end_us)
            g_error ("the other side reads nothing");
          g_main_context_iteration (NULL, FALSE);
          receive (self);
        }
    }
}

static void
send_frame (Talk *self, GBytes *frame)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (frame, &len);

  send_bytes (self, data, len);
}

/* Whether all that was sent so far makes the other side ask for the block, sooner or later. */
static gboolean
must_ask (Talk *self)
{
  return self->role == ROLE_DOWNLOADS && self->is_exact && self->n_waited_for == 0
         && self->has_told == (1u << OWN_MANIFEST | 1u << OWN_BITFIELD);
}

static void
wait_for_request (Talk *self)
{
  guint n_before = self->n_waited_for;

  if (must_ask (self))
    work_until (has (self, self->n_received[REDES_MESSAGE_REQUEST] > n_before));
  for (guint i = 0; i < 20; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      receive (self);
    }
  self->n_waited_for = self->n_received[REDES_MESSAGE_REQUEST];
}

/* Returns: %FALSE when there is none any more */
static gboolean
take_step (Talk *self, FuzzInput *input)
{
  guint8 which = fuzz_input_number (input, 1);
  guint n_changes = fuzz_input_number (input, 1) % 4;
  GBytes *frame;
  g_autofree guint8 *copy = NULL;
  gsize len;

  if (which == STEP_WAIT)
    {
      wait_for_request (self);
      return !self->is_over;
    }
  frame = g_ptr_array_index (world.frames, which % world.frames->len);
  copy = g_memdup2 (g_bytes_get_data (frame, NULL), g_bytes_get_size (frame));
  len = g_bytes_get_size (frame);
  for (guint i = 0; i < n_changes; i++)
    {
      gsize place = fuzz_input_number (input, 2);

      copy[place % len] = fuzz_input_number (input, 1);
    }
  self->is_exact = self->is_exact && n_changes == 0 && which < OWN_HAVE;
  if (which == OWN_MANIFEST || which == OWN_BITFIELD)
    self->has_told |= 1u << which;
  send_bytes (self, copy, len);
  g_main_context_iteration (NULL, FALSE);
  receive (self);
  return !self->is_over;
}

static void
want_sources (RedesDownload *download, gpointer user_data)
{
  redes_swarm_offer_source (((Talk *)user_data)->swarm, download,
                            redes_identity_get_peer_id (world.ours), "127.0.0.1", 9);
  redes_download_query_answered (download, 1, 1, NULL);
}

static void
ignore_change (RedesDownload *download, gboolean at_once, gpointer user_data)
{
}

static void
ignore_resumption (RedesDownload *download, guint32 kept, guint32 doubtful, gpointer user_data)
{
}

static void
ignore_violation (const RedesPeerId *peer,
                  const char *address,
                  gint64 block,
                  const char *reason,
                  RedesDownload *download,
                  gpointer user_data)
{
}

static guint
refuse_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data)
{
  redes_peer_rpc_refuse (session, query->serial, REDES_PEER_REFUSAL_PRIVATE, "no");
  return 1;
}

static RedesSwarm *
new_swarm (Talk *self)
{
  static const RedesSwarmEvents events = { .want_sources = want_sources,
                                           .download_changed = ignore_change,
                                           .download_resumed = ignore_resumption,
                                           .noticed = ignore_notice,
                                           .violation = ignore_violation,
                                           .query = refuse_query };
  RedesSwarmParams params = { .identity = world.theirs,
                              .library = world.library,
                              .cache = world.cache,
                              .workers = world.workers,
                              .nickname = "" };

  return redes_swarm_new (&params, &events, self);
}

static GSocket *
take_socket (int fd)
{
  g_autoptr (GError) error = NULL;
  GSocket *socket;

  g_assert_cmpint (fd, >=, 0);
  socket = g_socket_new_from_fd (fd, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static GSocket *
connect_to_tracker (void)
{
  /* Nothing of it stays behind: millions of connections would use up all ports. */
  const struct linger linger = { .l_onoff = 1 };
  struct sockaddr_in address
      = { .sin_family = AF_INET,
          .sin_port = g_htons (redes_tracker_server_get_port (world.tracker)),
          .sin_addr.s_addr = g_htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    g_error ("the tracker cannot be connected to: %s", g_strerror (errno));
  return take_socket (fd);
}

/* Connects to a peer's end, which is handed to whom the role says. */
static GSocket *
connect_to_peer (Talk *self)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) theirs = NULL;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  theirs = take_socket (fds[1]);
  connection = g_socket_connection_factory_create_connection (theirs);
  self->swarm = new_swarm (self);
  if (self->role == ROLE_SERVES)
    redes_swarm_accept (self->swarm, connection);
  else
    redes_swarm_take_connection (self->swarm, connection, redes_identity_get_peer_id (world.ours));
  return take_socket (fds[0]);
}

static void
connect_to (Talk *self)
{
  g_autoptr (GError) error = NULL;

  self->socket = self->role == ROLE_TRACKER ? connect_to_tracker () : connect_to_peer (self);
  self->tls = redes_tls_stream_new (self->socket, world.ours, self->role == ROLE_DOWNLOADS, &error);
  g_assert_no_error (error);
}

static void
begin_download (Talk *self)
{
  RedesLink link = { .content = world.wanted, .name = (char *)"wanted.txt" };
  g_autofree char *folder = g_build_filename (world.folder, "got", NULL);

  g_mkdir (folder, 0700);
  remove_files (folder);
  self->download = redes_swarm_download (self->swarm, 1, &link, folder, NULL);
  work_until (has (self, self->n_received[REDES_MESSAGE_INTEREST] > 0
                             && self->n_received[REDES_MESSAGE_MANIFEST_GET] > 0));
}

static void
begin_talk (Talk *self, Role role)
{
  g_autoptr (RedesHello) hello = redes_hello_new ("", 9);
  g_autoptr (GBytes) frame
      = redes_message_encode (&(RedesMessage){ .type = REDES_MESSAGE_HELLO, .hello = *hello });
  RedesTlsStatus status;

  self->role = role;
  self->is_exact = TRUE;
  self->reader
      = redes_frame_reader_new (role == ROLE_TRACKER ? REDES_LINK_CLIENT : REDES_LINK_PEER);
  redes_frame_reader_set_max_block (self->reader, REDES_WIRE_MAX_BLOCK);
  connect_to (self);
  work_until ((status = redes_tls_stream_handshake (self->tls, NULL)) != REDES_TLS_BLOCKED);
  g_assert_cmpint (status, ==, REDES_TLS_OK);
  send_frame (self, frame);
  work_until (has (self, self->n_received[REDES_MESSAGE_HELLO] > 0));
  g_assert_false (self->is_over);
  if (role == ROLE_DOWNLOADS)
    begin_download (self);
}

/* Whether the other side still answers. */
static gboolean
is_alive (Talk *self)
{
  g_autoptr (GBytes) ping
      = redes_message_encode (&(RedesMessage){ .type = REDES_MESSAGE_PING, .number = 7 });
  guint n_before = self->n_received[REDES_MESSAGE_PONG];

  /* In the middle of a message it would be a part of that. */
  if (self->header_got > 0)
    return FALSE;
  send_frame (self, ping);
  work_until (has (self, self->n_received[REDES_MESSAGE_PONG] > n_before));
  return !self->is_over;
}

static void
end_talk (Talk *self)
{
  redes_tls_stream_free (self->tls);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_clear_pointer (&self->swarm, redes_swarm_free);
  redes_frame_reader_free (self->reader);
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { .data = data, .left = size };
  Talk talk = { 0 };
  gboolean is_accepted;

  if (size < 1)
    return FALSE;
  make_world ();
  begin_talk (&talk, fuzz_input_number (&input, 1) % N_ROLES);
  for (guint i = 0; i < MAX_STEPS && input.left > 0 && take_step (&talk, &input); i++)
    {
    }
  is_accepted = !talk.is_over && is_alive (&talk);
  end_talk (&talk);
  return is_accepted;
}

static void
add_seed (GPtrArray *seeds, Role role, const guint8 *steps, gsize n_steps)
{
  GByteArray *seed = g_byte_array_new ();

  fuzz_output_number (seed, role, 1);
  for (gsize i = 0; i < n_steps; i++)
    {
      fuzz_output_number (seed, steps[i], 1);
      fuzz_output_number (seed, 0, 1);
    }
  g_ptr_array_add (seeds, g_byte_array_free_to_bytes (seed));
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const guint8 serves[] = { OWN_MANIFEST_GET, OWN_INTEREST, OWN_REQUEST, OWN_CANCEL,
                                   OWN_REQUEST,      OWN_WRONG,    STEP_WAIT,   OWN_NO_INTEREST };
  static const guint8 gives[] = { OWN_MANIFEST, OWN_BITFIELD, STEP_WAIT, OWN_BLOCK };
  static const guint8 refuses[] = { OWN_MANIFEST, OWN_BITFIELD, STEP_WAIT, OWN_REJECT_BLOCK };
  static const guint8 tells[]
      = { OWN_REGISTER, OWN_SEARCH, OWN_SOURCES, OWN_UPDATE, OWN_SEARCH, OWN_REGISTER };

  add_seed (seeds, ROLE_SERVES, serves, G_N_ELEMENTS (serves));
  add_seed (seeds, ROLE_DOWNLOADS, gives, G_N_ELEMENTS (gives));
  add_seed (seeds, ROLE_DOWNLOADS, refuses, G_N_ELEMENTS (refuses));
  add_seed (seeds, ROLE_TRACKER, tells, G_N_ELEMENTS (tells));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
