/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile-many.h"
#include "net-fixture.h"

#include "engine/base/digest.h"
#include "engine/tracker/manifest-table.h"
#include "engine/wire/body.h"
#include "engine/wire/file-table-private.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * Attacks a peer and a tracker of this machine, from several addresses of the loopback network,
 * until its standard input ends. It prints "ready" when every attack has begun, and at its end how
 * often each did what it does. From one more address it sends a PING now and then, which any
 * program answers in its main thread: "pong-peer" and "pong-tracker" are the microseconds within
 * which 99 of 100 were answered, "-max" those of the slowest, and "-lost" how many were not.
 *
 *   attacker --peer PORT --tracker PORT --link LINK [--by-root] KIND…
 *
 * --by-root speaks the dialect of 0.1, in which a content was named by its root alone.
 */

#define N_FROM G_N_ELEMENTS (addresses)
#define PAUSE_MS 20u
/* Connections are made anew no faster than that, by each attack: one that only makes connections
 * shows what a handshake costs, and nothing else. */
#define OPEN_PAUSE_MS 25u
/* Of many connections: when so many were tried, an attack has begun. */
#define FIRST_ONES 16u
#define MIB (1024u * 1024)
#define MAX_DESCRIPTORS 8192u
/* A REGISTER takes long, all the more when many others do the same. */
#define REGISTER_PATIENCE_S 20
#define PROBE_ADDRESS "127.0.0.9"
#define PROBE_PAUSE_MS 50u
#define PROBE_PATIENCE_S 5
#define FILES_A_REGISTER 4096u
#define BROAD_WORD "summer"

static const char *const addresses[] = { "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5" };

typedef struct _Attack Attack;

typedef struct
{
  const char *name;
  void (*run) (Attack *attack);
  guint n_identities;
} Kind;

/**
 * Attack:
 * @n_done: of whatever it does
 * @begun: whether it has been tried
 */
struct _Attack
{
  const Kind *kind;
  GPtrArray *identities;
  GThread *thread;
  gint n_done;
  gint begun;
};

static gint opt_peer;
static gint opt_tracker;
static char *opt_link;
static gboolean opt_by_root;

static RedesLink *target;
static gint stopping;

static gboolean
is_over (void)
{
  return g_atomic_int_get (&stopping);
}

/* Returns: %FALSE when all is over */
static gboolean
pause_ms (guint ms)
{
  while (ms > 0 && !is_over ())
    {
      guint part = MIN (ms, 50);

      g_usleep (part * 1000);
      ms -= part;
    }
  return !is_over ();
}

static void
count (Attack *attack)
{
  g_atomic_int_inc (&attack->n_done);
}

/* --- Connections --- */

static gboolean
say_hello (HostileLink *link, guint16 port)
{
  g_autoptr (RedesHello) hello = redes_hello_new ("hostile", port);

  return hostile_send_message (link, REDES_MESSAGE_HELLO, net_hello_body (hello));
}

static void
set_patience (HostileLink *link, guint seconds)
{
  struct timeval timeout = { .tv_sec = seconds };

  setsockopt (link->fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (link->fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

/* @own_port: where it says that it listens. Returns: %FALSE if it is refused; the link is closed */
static gboolean
open_as (Attack *attack,
         guint number,
         HostileLink *link,
         guint16 port,
         guint16 own_port,
         guint receive_bytes)
{
  RedesIdentity *identity
      = g_ptr_array_index (attack->identities, number % attack->identities->len);
  g_autoptr (GBytes) hello = NULL;
  guint8 type = 0;

  if (!hostile_connect_from (link, addresses[number % N_FROM], port, receive_bytes))
    return FALSE;
  set_patience (link, 2);
  if (hostile_shake_hands (link, identity, HOSTILE_CHAIN_OWN, FALSE, NULL)
      && say_hello (link, own_port))
    hello = hostile_read (link, &type);
  if (hello != NULL && type == REDES_MESSAGE_HELLO)
    return TRUE;
  hostile_close (link);
  return FALSE;
}

/* As far as this system knows; without reading what has come. */
static gboolean
is_connected (const HostileLink *link)
{
  struct tcp_info info;
  socklen_t len = sizeof info;

  return link->fd >= 0 && getsockopt (link->fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0
         && info.tcpi_state == TCP_ESTABLISHED;
}

/* Keeps @n connections to @port, made anew when they end; @act has its turn at each that is open.
 */
static void
keep_open (Attack *attack,
           guint n,
           guint16 port,
           guint receive_bytes,
           guint pause,
           void (*begin) (HostileLink *link, guint number),
           void (*act) (Attack *attack, HostileLink *link, guint number))
{
  g_autofree HostileLink *links = g_new0 (HostileLink, n);

  for (guint i = 0; i < n; i++)
    links[i].fd = -1;
  while (!is_over ())
    {
      for (guint i = 0; i < n && !is_over (); i++)
        {
          if (i == FIRST_ONES)
            g_atomic_int_set (&attack->begun, TRUE);
          if (!is_connected (&links[i]))
            {
              if (links[i].fd >= 0)
                hostile_close (&links[i]);
              pause_ms (OPEN_PAUSE_MS);
              if (!open_as (attack, i, &links[i], port, 0, receive_bytes))
                {
                  links[i].fd = -1;
                  continue;
                }
              count (attack);
              if (begin != NULL)
                begin (&links[i], i);
            }
          if (act != NULL)
            act (attack, &links[i], i);
        }
      g_atomic_int_set (&attack->begun, TRUE);
      pause_ms (pause);
    }
  for (guint i = 0; i < n; i++)
    if (links[i].fd >= 0)
      hostile_close (&links[i]);
}

/* --- What names the content, in both dialects --- */

static GVariant *
new_root (void)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, &target->content.root,
                                    sizeof target->content.root, 1);
}

static GVariant *
new_content (void)
{
  return opt_by_root ? new_root () : redes_body_new_content (&target->content);
}

/* Also what this tree's own encoder would not encode. */
static gboolean
send_any (HostileLink *link, RedesMessageType type, GVariant *body)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (body);

  return hostile_send_header (link, type, g_variant_get_size (held))
         && hostile_send (link, g_variant_get_data (held), g_variant_get_size (held));
}

static gboolean
send_content (HostileLink *link, RedesMessageType type)
{
  GVariant *content = new_content ();

  return send_any (link, type, g_variant_new_tuple (&content, 1));
}

static gboolean
send_request (HostileLink *link, guint32 index)
{
  GVariant *parts[] = { new_content (), g_variant_new_uint32 (index) };

  return send_any (link, REDES_MESSAGE_REQUEST, g_variant_new_tuple (parts, 2));
}

/* All blocks. */
static gboolean
send_bitfield (HostileLink *link)
{
  GVariant *size = g_variant_new_uint64 (target->content.size_bytes);
  GVariant *bits = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "", 0, 1);
  GVariant *by_root[] = { new_root (), size, bits };
  GVariant *by_content[] = { redes_body_new_content (&target->content), bits };

  if (opt_by_root)
    return send_any (link, REDES_MESSAGE_BITFIELD, g_variant_new_tuple (by_root, 3));
  return send_any (link, REDES_MESSAGE_BITFIELD, g_variant_new_tuple (by_content, 2));
}

/* (nullable) (transfer full): the honest peer's MANIFEST message, as it came */
static GBytes *
fetch_manifest (Attack *attack)
{
  HostileLink link = { .fd = -1 };
  GBytes *body = NULL;
  guint8 type = 0;

  for (guint i = 0; body == NULL && !is_over (); i++)
    {
      if (open_as (attack, i, &link, opt_peer, 0, 0)
          && send_content (&link, REDES_MESSAGE_MANIFEST_GET))
        {
          body = hostile_read (&link, &type);
          while (body != NULL && type != REDES_MESSAGE_MANIFEST)
            {
              g_bytes_unref (body);
              body = hostile_read (&link, &type);
            }
          hostile_close (&link);
        }
      if (body == NULL)
        pause_ms (100);
    }
  return body;
}

static RedesManifest *
parse_manifest (GBytes *body)
{
  g_autoptr (GError) error = NULL;
  g_auto (RedesMessage) message = { 0 };
  RedesManifest *manifest;

  redes_message_decode (REDES_MESSAGE_MANIFEST, body, &message, &error);
  g_assert_no_error (error);
  manifest = redes_manifest_from_parts (&message.manifest, &error);
  g_assert_no_error (error);
  return manifest;
}

/* (transfer full): a REGISTER's body */
static GVariant *
new_register (GPtrArray *manifests)
{
  g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);

  return g_variant_ref_sink (g_variant_new (
      "(u@" REDES_FILE_TABLE ")", 1, redes_file_table_get_variant (g_ptr_array_index (tables, 0))));
}

/* --- The attacks --- */

/* TCP connections that say nothing. */
static void
run_half_open (Attack *attack)
{
  const char *from[N_FROM + 1] = { NULL };
  HostileSilence *at_peer, *at_tracker;

  memcpy (from, addresses, sizeof addresses);
  at_peer = hostile_silence_new (from, opt_peer, 300);
  at_tracker = hostile_silence_new (from, opt_tracker, 400);
  g_atomic_int_set (&attack->begun, TRUE);
  while (pause_ms (1000))
    count (attack);
  hostile_silence_free (at_peer);
  hostile_silence_free (at_tracker);
}

static void
ping_once (Attack *attack, HostileLink *link, guint number)
{
  hostile_is_ended (link);
  hostile_send_message (link, REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)number));
}

/* Sessions of many identities, which do nothing but PING every few seconds. */
static void
run_sessions (Attack *attack)
{
  keep_open (attack, attack->kind->n_identities, opt_peer, 0, 5000, NULL, ping_once);
}

static void
ping_often (Attack *attack, HostileLink *link, guint number)
{
  static GBytes *pings;

  if (g_once_init_enter (&pings))
    {
      GByteArray *bytes = g_byte_array_new ();

      for (guint i = 0; i < 1000; i++)
        {
          g_autoptr (GBytes) ping
              = redes_message_encode (&(RedesMessage){ .type = REDES_MESSAGE_PING, .number = i });

          g_byte_array_append (bytes, g_bytes_get_data (ping, NULL), g_bytes_get_size (ping));
        }
      g_once_init_leave (&pings, g_byte_array_free_to_bytes (bytes));
    }
  /* Every fourth reads no answer. */
  if (number % 4 != 0)
    hostile_is_ended (link);
  if (hostile_send_bytes (link, pings))
    count (attack);
}

static void
run_pings_at_peer (Attack *attack)
{
  keep_open (attack, attack->kind->n_identities, opt_peer, 4096, PAUSE_MS, NULL, ping_often);
}

static void
run_pings_at_tracker (Attack *attack)
{
  keep_open (attack, attack->kind->n_identities, opt_tracker, 4096, PAUSE_MS, NULL, ping_often);
}

static void
ask_for_blocks (HostileLink *link, guint number)
{
  RedesGeometry geometry = { .file_size = target->content.size_bytes,
                             .block_size = redes_block_size_for (target->content.size_bytes) };
  guint32 n_blocks = redes_geometry_get_n_blocks (&geometry);

  for (guint i = 0; i < 8; i++)
    send_request (link, (number * 8 + i) % n_blocks);
}

/* They ask for blocks and read none. */
static void
run_slow_readers (Attack *attack)
{
  keep_open (attack, attack->kind->n_identities, opt_peer, 4096, 500, ask_for_blocks, NULL);
}

/* Answers that nobody asked for, but for their last bytes. */
static void
send_unasked (HostileLink *link, guint number)
{
  static const struct
  {
    guint8 type;
    gsize bytes;
  } answers[] = { { REDES_MESSAGE_BITFIELD, 8 * MIB },
                  { REDES_MESSAGE_BITFIELD, 8 * MIB },
                  { REDES_MESSAGE_PEER_RESULTS, MIB },
                  { REDES_MESSAGE_SHARES, MIB } };

  if (hostile_send_header (link, answers[number % 4].type, answers[number % 4].bytes))
    hostile_send_zeroes (link, answers[number % 4].bytes - 1);
}

static void
run_bulk_at_peer (Attack *attack)
{
  keep_open (attack, attack->kind->n_identities, opt_peer, 0, 500, send_unasked, NULL);
}

/* REGISTERs that stop before their ends. */
static void
send_part (HostileLink *link, guint number)
{
  if (hostile_send_header (link, REDES_MESSAGE_REGISTER, MIB))
    hostile_send_zeroes (link, MIB - 1);
}

static void
run_bulk_at_tracker (Attack *attack)
{
  keep_open (attack, attack->kind->n_identities, opt_tracker, 0, 500, send_part, NULL);
}

/* One thread a connection that asks for more before it reads the answers. */
typedef struct
{
  Attack *attack;
  guint number;
} Worker;

static gpointer
search_broadly (gpointer data)
{
  g_autofree Worker *worker = data;
  HostileLink link = { .fd = -1 };

  while (pause_ms (OPEN_PAUSE_MS))
    {
      gboolean is_open = open_as (worker->attack, worker->number, &link, opt_tracker, 0, 0);

      while (is_open && !is_over ())
        {
          for (guint i = 0; i < 32 && is_open; i++)
            is_open = hostile_send_message (
                &link, REDES_MESSAGE_SEARCH,
                g_variant_new ("(usuu)", i, i % 2 == 0 ? BROAD_WORD : "s", i % 3 * 200, 200));
          for (guint i = 0; i < 32 && is_open; i++)
            {
              guint8 type;
              g_autoptr (GBytes) body = hostile_read (&link, &type);

              is_open = body != NULL;
              if (is_open)
                count (worker->attack);
            }
        }
      if (link.fd >= 0)
        hostile_close (&link);
    }
  return NULL;
}

static void
run_workers (Attack *attack, GThreadFunc func)
{
  guint n = attack->kind->n_identities;
  g_autofree GThread **threads = g_new0 (GThread *, n);

  for (guint i = 0; i < n; i++)
    {
      Worker *worker = g_new0 (Worker, 1);

      *worker = (Worker){ .attack = attack, .number = i };
      threads[i] = g_thread_new ("attack", func, worker);
    }
  g_atomic_int_set (&attack->begun, TRUE);
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
}

static void
run_searches (Attack *attack)
{
  run_workers (attack, search_broadly);
}

/* (transfer full): thousands of files that nobody has, all found by one word */
static GVariant *
new_many_files (RedesIdentity *identity, guint seed)
{
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  for (guint done = 0; done < FILES_A_REGISTER; done += REDES_MAX_BATCH)
    {
      RedesManifestDraft drafts[REDES_MAX_BATCH] = { 0 };
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) batch = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < REDES_MAX_BATCH; i++)
        {
          guint key[] = { seed, done + i };

          g_ptr_array_add (names, g_strdup_printf (BROAD_WORD " %u %u.txt", seed, done + i));
          drafts[i].name = g_ptr_array_index (names, i);
          drafts[i].geometry
              = (RedesGeometry){ .file_size = 1000, .block_size = redes_block_size_for (1000) };
          redes_digest_of (key, sizeof key, &drafts[i].root);
        }
      batch = redes_manifest_sign_batch (identity, drafts, REDES_MAX_BATCH, 1700000000, &error);
      g_assert_no_error (error);
      g_ptr_array_extend_and_steal (manifests, g_steal_pointer (&batch));
    }
  return new_register (manifests);
}

/* Registers the same @body again and again. */
static gpointer
register_again (gpointer data)
{
  g_autofree Worker *worker = data;
  Attack *attack = worker->attack;
  RedesIdentity *identity = g_ptr_array_index (attack->identities, worker->number);
  g_autoptr (GVariant) body = new_many_files (identity, worker->number);
  HostileLink link = { .fd = -1 };

  while (pause_ms (OPEN_PAUSE_MS))
    {
      gboolean is_open = open_as (attack, worker->number, &link, opt_tracker, 9, 0);

      if (is_open)
        set_patience (&link, REGISTER_PATIENCE_S);
      while (is_open && !is_over ())
        {
          guint8 type = 0;

          is_open = hostile_send_message (&link, REDES_MESSAGE_REGISTER, body);
          while (is_open && type != REDES_MESSAGE_OK && type != REDES_MESSAGE_ERROR)
            {
              g_autoptr (GBytes) answer = hostile_read (&link, &type);

              is_open = answer != NULL;
            }
          if (is_open)
            count (attack);
        }
      if (link.fd >= 0)
        hostile_close (&link);
    }
  return NULL;
}

static void
run_registers (Attack *attack)
{
  run_workers (attack, register_again);
}

/* Stays registered with @body, as one that listens at @own_port. */
static void
stay_registered (Attack *attack, guint number, GVariant *body, guint16 own_port)
{
  HostileLink link = { .fd = -1 };
  gint64 beat_us = 0;

  while (pause_ms (OPEN_PAUSE_MS))
    {
      gboolean is_open = open_as (attack, number, &link, opt_tracker, own_port, 0)
                         && hostile_send_message (&link, REDES_MESSAGE_REGISTER, body);

      if (is_open)
        count (attack);
      while (is_open && pause_ms (200))
        {
          is_open = !hostile_is_ended (&link);
          if (is_open && g_get_monotonic_time () - beat_us > 5 * G_USEC_PER_SEC)
            {
              beat_us = g_get_monotonic_time ();
              is_open = hostile_send_message (&link, REDES_MESSAGE_HEARTBEAT,
                                              g_variant_new ("(t)", (guint64)1));
            }
        }
      if (link.fd >= 0)
        hostile_close (&link);
    }
}

/* The honest content under other names, its root with another size, and other contents under its
 * name. */
static GVariant *
new_false_files (RedesIdentity *identity, RedesManifest *honest)
{
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GError) error = NULL;
  RedesManifestDraft drafts[64] = { 0 };
  const RedesGeometry *geometry = redes_manifest_get_geometry (honest);

  for (guint i = 0; i < G_N_ELEMENTS (drafts); i++)
    {
      drafts[i].name = i % 3 == 0 ? "something else.txt" : redes_manifest_get_name (honest);
      drafts[i].geometry = *geometry;
      drafts[i].root = target->content.root;
      if (i % 3 == 1)
        {
          drafts[i].geometry.file_size = 64 + i;
          drafts[i].geometry.block_size = redes_block_size_for (64 + i);
        }
      else if (i % 3 == 2)
        redes_digest_of (&i, sizeof i, &drafts[i].root);
    }
  manifests
      = redes_manifest_sign_batch (identity, drafts, G_N_ELEMENTS (drafts), 1700000000, &error);
  g_assert_no_error (error);
  return new_register (manifests);
}

static gpointer
tell_lies (gpointer data)
{
  g_autofree Worker *worker = data;
  g_autoptr (GBytes) message = fetch_manifest (worker->attack);
  RedesManifest *honest;
  g_autoptr (GVariant) body = NULL;

  if (message == NULL)
    return NULL;
  honest = parse_manifest (message);
  body = new_false_files (g_ptr_array_index (worker->attack->identities, worker->number), honest);
  stay_registered (worker->attack, worker->number, body, 9);
  redes_manifest_unref (honest);
  return NULL;
}

static void
run_false_names (Attack *attack)
{
  run_workers (attack, tell_lies);
}

static int
listen_at (const char *address, guint16 *port)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in name = { .sin_family = AF_INET };
  socklen_t len = sizeof name;

  g_assert_cmpint (inet_pton (AF_INET, address, &name.sin_addr), ==, 1);
  g_assert_cmpint (bind (fd, (struct sockaddr *)&name, sizeof name), ==, 0);
  g_assert_cmpint (listen (fd, 64), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *)&name, &len), ==, 0);
  *port = g_ntohs (name.sin_port);
  return fd;
}

/**
 * Staller:
 * @n_serving: atomic: threads that still use it
 *
 * A source of the honest content that answers every question but REQUEST, and PINGs.
 */
typedef struct
{
  Attack *attack;
  guint number;
  int listener;
  GBytes *manifest;
  gint n_serving;
} Staller;

typedef struct
{
  Staller *staller;
  int fd;
} Guest;

static void
answer (Staller *staller, HostileLink *link, guint8 type)
{
  switch (type)
    {
    case REDES_MESSAGE_MANIFEST_GET:
      hostile_send_header (link, REDES_MESSAGE_MANIFEST, g_bytes_get_size (staller->manifest));
      hostile_send_bytes (link, staller->manifest);
      break;
    case REDES_MESSAGE_INTEREST:
      send_bitfield (link);
      break;
    case REDES_MESSAGE_REQUEST:
      count (staller->attack);
      break;
    default:
      break;
    }
}

static gpointer
stall_one (gpointer data)
{
  g_autofree Guest *guest = data;
  Staller *staller = guest->staller;
  HostileLink link = { .fd = guest->fd };
  struct timeval timeout = { .tv_sec = 2 };
  gboolean is_open;

  setsockopt (link.fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  setsockopt (link.fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  is_open = hostile_shake_hands (&link,
                                 g_ptr_array_index (staller->attack->identities, staller->number),
                                 HOSTILE_CHAIN_OWN, TRUE, NULL)
            && say_hello (&link, 9);
  while (is_open && !is_over ())
    {
      struct pollfd readable = { .fd = link.fd, .events = POLLIN };

      if (gnutls_record_check_pending (link.session) > 0 || poll (&readable, 1, 500) > 0)
        {
          guint8 type = 0;
          g_autoptr (GBytes) body = hostile_read (&link, &type);

          is_open = body != NULL;
          if (is_open)
            answer (staller, &link, type);
        }
      else
        is_open
            = hostile_send_message (&link, REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)7));
    }
  hostile_close (&link);
  g_atomic_int_dec_and_test (&staller->n_serving);
  return NULL;
}

static gpointer
accept_guests (gpointer data)
{
  Staller *staller = data;

  while (!is_over ())
    {
      struct pollfd readable = { .fd = staller->listener, .events = POLLIN };
      Guest *guest;
      int fd;

      if (poll (&readable, 1, 100) <= 0)
        continue;
      fd = accept (staller->listener, NULL, NULL);
      if (fd < 0)
        continue;
      guest = g_new0 (Guest, 1);
      *guest = (Guest){ .staller = staller, .fd = fd };
      g_atomic_int_inc (&staller->n_serving);
      g_thread_unref (g_thread_new ("staller", stall_one, guest));
    }
  return NULL;
}

static gpointer
be_staller (gpointer data)
{
  g_autofree Worker *worker = data;
  Attack *attack = worker->attack;
  g_autoptr (GBytes) message = fetch_manifest (attack);
  Staller staller = { .attack = attack, .number = worker->number, .manifest = message };
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autoptr (GVariant) body = NULL;
  GThread *thread;
  guint16 port;

  if (message == NULL)
    return NULL;
  g_ptr_array_add (manifests, parse_manifest (message));
  body = new_register (manifests);
  staller.listener = listen_at (addresses[worker->number % N_FROM], &port);
  thread = g_thread_new ("staller", accept_guests, &staller);
  stay_registered (attack, worker->number, body, port);
  g_thread_join (thread);
  while (g_atomic_int_get (&staller.n_serving) > 0)
    g_usleep (10000);
  close (staller.listener);
  return NULL;
}

static void
run_stallers (Attack *attack)
{
  run_workers (attack, be_staller);
}

/* Sources of the honest content that are nowhere: all at a port of somebody who never asked for
 * that, and who only counts who comes. */
static gpointer
aim_dials (gpointer data)
{
  g_autofree Worker *worker = data;
  g_autoptr (GBytes) message = fetch_manifest (worker->attack);
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autoptr (GVariant) body = NULL;
  guint16 port;
  int listener;

  if (message == NULL)
    return NULL;
  listener = listen_at (addresses[worker->number % N_FROM], &port);
  g_ptr_array_add (manifests, parse_manifest (message));
  body = new_register (manifests);
  stay_registered (worker->attack, worker->number, body, port);
  close (listener);
  return NULL;
}

static void
run_dials (Attack *attack)
{
  run_workers (attack, aim_dials);
}

/* The original system's commands, as fast as they are taken. */
static gpointer
say_classic (gpointer data)
{
  static const char *const commands[]
      = { "SEARCH summer.txt", "LIST", "REGISTER 127.0.0.9 9 a.txt,b.txt",
          "HEARTBEAT 127.0.0.9 9" };
  g_autofree Worker *worker = data;

  for (guint i = 0; pause_ms (5); i++)
    {
      HostileLink link;
      const char *command = worker->number % 2 == 0 ? commands[i % 4] : "GET summer.txt 0 1000";
      char buffer[1024];
      struct timeval timeout = { .tv_sec = 1 };

      if (!hostile_connect_from (&link, addresses[worker->number % N_FROM],
                                 worker->number % 2 == 0 ? opt_tracker : opt_peer, 0))
        continue;
      setsockopt (link.fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
      if (send (link.fd, command, strlen (command), MSG_NOSIGNAL) > 0
          && recv (link.fd, buffer, sizeof buffer, 0) >= 0)
        count (worker->attack);
      close (link.fd);
    }
  return NULL;
}

static void
run_classic (Attack *attack)
{
  run_workers (attack, say_classic);
}

static const Kind kinds[] = {
  { "half-open", run_half_open, 1 },
  { "sessions", run_sessions, 400 },
  { "pings-peer", run_pings_at_peer, 8 },
  { "pings-tracker", run_pings_at_tracker, 8 },
  { "stallers", run_stallers, 32 },
  { "slow-readers", run_slow_readers, 200 },
  { "bulk-peer", run_bulk_at_peer, 24 },
  { "bulk-tracker", run_bulk_at_tracker, 120 },
  { "searches", run_searches, 8 },
  { "registers", run_registers, 4 },
  { "false-names", run_false_names, 8 },
  { "classic", run_classic, 8 },
  { "dials", run_dials, 64 },
};

static gpointer
run_attack (gpointer data)
{
  Attack *attack = data;

  attack->kind->run (attack);
  return NULL;
}

/* --- What an honest one sees of it --- */

/**
 * Probe:
 * @took_us: (element-type gint64): from each PING to its PONG
 * @n_lost: connections that ended, and those that were refused
 */
typedef struct
{
  const char *name;
  gint port;
  RedesIdentity *identity;
  GThread *thread;
  GArray *took_us;
  guint n_lost;
} Probe;

static gboolean
open_probe (Probe *probe, HostileLink *link)
{
  g_autoptr (GBytes) hello = NULL;
  guint8 type = 0;

  if (!hostile_connect_from (link, PROBE_ADDRESS, probe->port, 0))
    return FALSE;
  set_patience (link, PROBE_PATIENCE_S);
  if (hostile_shake_hands (link, probe->identity, HOSTILE_CHAIN_OWN, FALSE, NULL)
      && say_hello (link, 0))
    hello = hostile_read (link, &type);
  if (hello != NULL && type == REDES_MESSAGE_HELLO)
    return TRUE;
  hostile_close (link);
  return FALSE;
}

static gboolean
ping_and_wait (HostileLink *link)
{
  guint8 type = 0;

  if (!hostile_send_message (link, REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)1)))
    return FALSE;
  while (type != REDES_MESSAGE_PONG)
    {
      g_autoptr (GBytes) body = hostile_read (link, &type);

      if (body == NULL)
        return FALSE;
    }
  return TRUE;
}

static gpointer
run_probe (gpointer data)
{
  Probe *probe = data;
  HostileLink link = { .fd = -1 };
  gboolean is_open = FALSE;

  while (pause_ms (PROBE_PAUSE_MS))
    {
      gint64 start_us = g_get_monotonic_time ();
      gint64 took_us;

      is_open = (is_open || open_probe (probe, &link)) && ping_and_wait (&link);
      took_us = g_get_monotonic_time () - start_us;
      if (is_open)
        g_array_append_val (probe->took_us, took_us);
      else
        probe->n_lost++;
      if (!is_open && link.fd >= 0)
        hostile_close (&link);
    }
  if (link.fd >= 0)
    hostile_close (&link);
  return NULL;
}

static void
probe_start (Probe *probe, RedesIdentity *identity)
{
  probe->identity = identity;
  probe->took_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  probe->thread = g_thread_new (probe->name, run_probe, probe);
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a;
  gint64 other = *(const gint64 *)b;

  return one < other ? -1 : one > other;
}

static void
probe_end (Probe *probe)
{
  guint n;

  g_thread_join (probe->thread);
  n = probe->took_us->len;
  g_array_sort (probe->took_us, compare_times);
  if (n > 0)
    g_print ("%s %" G_GINT64_FORMAT "\n%s-max %" G_GINT64_FORMAT "\n", probe->name,
             g_array_index (probe->took_us, gint64, MIN (n - 1, n * 99 / 100)), probe->name,
             g_array_index (probe->took_us, gint64, n - 1));
  g_print ("%s-lost %u\n", probe->name, probe->n_lost);
  g_array_unref (probe->took_us);
}

static Attack *
attack_new (const char *name)
{
  Attack *attack = g_new0 (Attack, 1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_equal (kinds[i].name, name))
      attack->kind = &kinds[i];
  if (attack->kind == NULL)
    g_error ("there is no attack “%s”", name);
  attack->identities = hostile_identities_new (attack->kind->n_identities);
  return attack;
}

static void
raise_descriptors (void)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  limit.rlim_cur = MIN (limit.rlim_max, MAX_DESCRIPTORS);
  setrlimit (RLIMIT_NOFILE, &limit);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[]
      = { { "peer", 0, 0, G_OPTION_ARG_INT, &opt_peer, "The peer's port", "PORT" },
          { "tracker", 0, 0, G_OPTION_ARG_INT, &opt_tracker, "The tracker's port", "PORT" },
          { "link", 0, 0, G_OPTION_ARG_STRING, &opt_link, "A file that the peer shares", "LINK" },
          { "by-root", 0, 0, G_OPTION_ARG_NONE, &opt_by_root, "Speak the dialect of 0.1", NULL },
          { NULL } };
  g_autoptr (GOptionContext) context = g_option_context_new ("KIND…");
  g_autoptr (GPtrArray) attacks = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) honest = NULL;
  Probe probes[] = { { .name = "pong-peer" }, { .name = "pong-tracker" } };
  g_autoptr (GError) error = NULL;
  char byte;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  target = redes_link_parse (opt_link != NULL ? opt_link : "", &error);
  if (target == NULL)
    g_error ("%s", error->message);
  raise_descriptors ();
  for (int i = 1; i < argc; i++)
    g_ptr_array_add (attacks, attack_new (argv[i]));
  for (guint i = 0; i < attacks->len; i++)
    {
      Attack *attack = g_ptr_array_index (attacks, i);

      attack->thread = g_thread_new (attack->kind->name, run_attack, attack);
    }
  for (guint i = 0; i < attacks->len; i++)
    while (!g_atomic_int_get (&((Attack *)g_ptr_array_index (attacks, i))->begun))
      g_usleep (10000);
  honest = hostile_identities_new (G_N_ELEMENTS (probes));
  probes[0].port = opt_peer;
  probes[1].port = opt_tracker;
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    probe_start (&probes[i], g_ptr_array_index (honest, i));
  g_print ("ready\n");
  while (read (STDIN_FILENO, &byte, 1) > 0)
    {
    }
  g_atomic_int_set (&stopping, TRUE);
  for (guint i = 0; i < attacks->len; i++)
    {
      Attack *attack = g_ptr_array_index (attacks, i);

      g_thread_join (attack->thread);
      g_print ("%s %d\n", attack->kind->name, g_atomic_int_get (&attack->n_done));
      g_ptr_array_unref (attack->identities);
    }
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    probe_end (&probes[i]);
  redes_link_free (target);
  g_free (opt_link);
  return 0;
}
