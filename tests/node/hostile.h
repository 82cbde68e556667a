/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder.h"
#include "engine/content/link.h"
#include "engine/content/manifest.h"
#include "engine/tracker/client.h"
#include "engine/wire/frame.h"

G_BEGIN_DECLS

/* A peer with a TLS of its own (blocking GnuTLS) that sends whatever a test wants it to send. */

#define HOSTILE_TIMEOUT_MS 10000

/**
 * HostileChain:
 *
 * What it presents as its certificates.
 */
typedef enum
{
  HOSTILE_CHAIN_OWN,     /* as it should be */
  HOSTILE_CHAIN_NONE,    /* nothing */
  HOSTILE_CHAIN_FOREIGN, /* a self-signed certificate that is no identity of ours */
} HostileChain;

/** HostileLink: one connection; every call blocks, for at most HOSTILE_TIMEOUT_MS. */
typedef struct
{
  int fd;
  const char
      *priority; /* nullable: of GnuTLS, for the handshake; NULL: what the protocol asks for */
  gnutls_session_t session;
  gnutls_certificate_credentials_t own_credentials;
} HostileLink;

/* Only TCP. */
void hostile_connect (HostileLink *self, guint16 port);
/* @alpn: NULL = "redes/1". Returns: FALSE if the other side refused in the handshake. */
gboolean hostile_shake_hands (HostileLink *self,
                              RedesIdentity *identity,
                              HostileChain chain,
                              gboolean server,
                              const char *alpn);
/* Connects, shakes hands, says HELLO and reads the other's. */
void hostile_open (HostileLink *self, RedesIdentity *identity, guint16 port);
void hostile_close (HostileLink *self);

/* FALSE when the other side is gone. */
gboolean hostile_send (HostileLink *self, const void *data, gsize len);
gboolean hostile_send_bytes (HostileLink *self, GBytes *bytes);
gboolean hostile_send_message (HostileLink *self, RedesMessageType type, GVariant *body);
gboolean hostile_send_hello (HostileLink *self);
/* Shorthands for the messages that name a content, or a block of one. */
gboolean
hostile_send_content (HostileLink *self, RedesMessageType type, const RedesContentId *content);
gboolean hostile_send_block_message (HostileLink *self,
                                     RedesMessageType type,
                                     const RedesContentId *content,
                                     guint32 index);
gboolean hostile_send_reject (HostileLink *self,
                              const RedesContentId *content,
                              guint32 index,
                              RedesRejectReason reason);
/* Returns: (nullable) (transfer full): the next frame's body; NULL when the other side is
 * gone. */
GBytes *hostile_read (HostileLink *self, guint8 *type);
/* Reads until the other side is gone; TRUE if that was in time. */
gboolean hostile_wait_for_end (HostileLink *self);

/**
 * HostileFile:
 *
 * A file with all that belongs to it, published by its owner.
 */
typedef struct
{
  GBytes *bytes;
  RedesGeometry geometry;
  RedesHashTree *tree;
  RedesContentId content;
  RedesManifest *manifest;
} HostileFile;

void
hostile_file_init (HostileFile *self, RedesIdentity *publisher, const char *name, GBytes *bytes);
void hostile_file_clear (HostileFile *self);

/**
 * HostileSource:
 * @act: for each frame that comes, in the source's thread; TRUE if it has answered, FALSE to let
 *   the honest answer be given
 * @pings: whether it sends a PING twice a second
 * @n_connections: so far
 * @n_requests: REQUESTs so far
 *
 * A source that is registered at a tracker and serves one file, but for what @act does.
 */
typedef struct _HostileSource HostileSource;
typedef gboolean (*HostileFunc) (HostileSource *self, HostileLink *link, guint8 type, GBytes *body);

struct _HostileSource
{
  RedesIdentity *identity;
  HostileFile file;
  HostileFunc act;
  gconstpointer data;
  gint pings;
  gint n_connections;
  gint n_requests;

  int listener;
  guint16 port;
  gint stopping;
  GThread *thread;
  RedesTrackerClient *client;
  gboolean registered;
};

/* Waits until the tracker knows it. @bytes: of the file. */
HostileSource *hostile_source_new (
    const char *tracker, const char *name, GBytes *bytes, HostileFunc act, gconstpointer data);
/* Of a folder with that list, and with what its manifest says of all in it. */
HostileSource *hostile_source_new_folder (const char *tracker,
                                          const char *name,
                                          GBytes *list,
                                          const RedesFolderTotals *totals,
                                          HostileFunc act,
                                          gconstpointer data);
void hostile_source_free (HostileSource *self);

/* A file that nobody has seen yet, with a hostile source of it. @link: names the content alone. */
typedef struct
{
  char *name;
  GBytes *bytes;
  HostileSource *source;
  RedesLink link;
  char *no_tracker;
} HostileCase;

/* @name: taken; @bytes: taken. */
void hostile_case_begin (HostileCase *self,
                         const char *tracker,
                         char *name,
                         GBytes *bytes,
                         HostileFunc act,
                         gconstpointer data);
void hostile_case_end (HostileCase *self);

/* The index in the body of a REQUEST. */
guint32 hostile_get_index (GBytes *body);
/* The right answer to a REQUEST: header and bytes. */
void hostile_source_get_block (HostileSource *self,
                               guint32 index,
                               RedesBlockHeader *header,
                               GBytes **bytes);
gboolean hostile_send_block (HostileLink *link, const RedesBlockHeader *header, GBytes *bytes);
/* @signature: (nullable): instead of the manifest's own */
gboolean hostile_send_manifest (HostileLink *link, RedesManifest *manifest, GBytes *signature);
/* @len: 0 = all blocks */
gboolean
hostile_send_bitfield (HostileSource *self, HostileLink *link, const guint8 *bits, gsize len);

G_END_DECLS
