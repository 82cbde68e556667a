/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

G_BEGIN_DECLS

/*
 * The messages of PROTOCOL.md as pure functions over bytes. A body is a GVariant in normal
 * form, little endian, of its type's fixed signature; only BLOCK is raw behind a small header.
 */

#define REDES_PROTOCOL_VERSION 1

#define REDES_WIRE_ERROR (redes_wire_error_quark ())
GQuark redes_wire_error_quark (void);

/**
 * RedesWireError:
 * @REDES_WIRE_ERROR_SIZE: a frame longer than its type may be, or empty
 * @REDES_WIRE_ERROR_TYPE: an unknown type that is not flagged optional
 * @REDES_WIRE_ERROR_STATE: a type that may not come on this link, or not now
 * @REDES_WIRE_ERROR_SHAPE: a body that is not its type's signature in normal form
 * @REDES_WIRE_ERROR_VALUE: a value out of range
 * @REDES_WIRE_ERROR_VERSION: a protocol version that this program does not speak
 *
 * Violations of a remote: each ends the connection. They are checked in this order.
 */
typedef enum
{
  REDES_WIRE_ERROR_SIZE,
  REDES_WIRE_ERROR_TYPE,
  REDES_WIRE_ERROR_STATE,
  REDES_WIRE_ERROR_SHAPE,
  REDES_WIRE_ERROR_VALUE,
  REDES_WIRE_ERROR_VERSION,
} RedesWireError;

/* The violation's name for logs and events: "frame-too-large", "unknown-message", "out-of-order",
 * "malformed-message", "bad-value", "unsupported-version"; NULL for an error of another domain. */
const char *redes_wire_error_get_violation (const GError *error);

/* A type with this bit may be skipped by whoever does not know it. */
#define REDES_MESSAGE_OPTIONAL 0x80

/**
 * RedesMessageType:
 *
 * With each type, its body's signature and meaning. "serial" is chosen by who asks and comes back
 * in the answer. Digests are `ay` of 32 bytes; a content is `(ayt)`: root and size in bytes.
 */
typedef enum
{
  /* (ussqas) version, client, nickname, listening port (0: none), capabilities */
  REDES_MESSAGE_HELLO = 1,
  REDES_MESSAGE_PING = 2, /* (t) any number */
  REDES_MESSAGE_PONG = 3, /* (t) the same number */

  /* peer with peer */
  REDES_MESSAGE_MANIFEST_GET = 16, /* ((ayt)) content: answered by MANIFEST or REJECT */
  /* (ayuuayayay) body, batch index, batch size, path, signature, SPKI */
  REDES_MESSAGE_MANIFEST = 17,
  /* ((ayt)) content: answered by BITFIELD or REJECT, then HAVE as blocks come */
  REDES_MESSAGE_INTEREST = 18,
  REDES_MESSAGE_NO_INTEREST = 19, /* ((ayt)) content: no more HAVE, please */
  /* ((ayt)ay) content, bits; no bits = all blocks */
  REDES_MESSAGE_BITFIELD = 20,
  REDES_MESSAGE_HAVE = 21,    /* ((ayt)u) content, block */
  REDES_MESSAGE_REQUEST = 22, /* ((ayt)u) content, block: answered by BLOCK or REJECT */
  REDES_MESSAGE_BLOCK = 23,   /* raw: RedesBlockHeader, proof, bytes */
  /* ((ayt)u) content, block: not wanted any more (BLOCK may still come) */
  REDES_MESSAGE_CANCEL = 24,
  /* ((ayt)uys) content, block (REDES_NO_BLOCK: the whole), RedesRejectReason, words */
  REDES_MESSAGE_REJECT = 25,

  /* peer to tracker, and its answers */
  /* (u@F) serial, files; F as in RedesFileTable. Answered by OK or ERROR */
  REDES_MESSAGE_REGISTER = 48,
  REDES_MESSAGE_UPDATE = 49,    /* (u@Fa((ayt)s)) serial, files added, files gone (content, name) */
  REDES_MESSAGE_HEARTBEAT = 50, /* (t) any number: answered by PONG */
  REDES_MESSAGE_UNREGISTER = 51, /* (u) serial */
  REDES_MESSAGE_SEARCH = 52,     /* (usuu) serial, words, first row, rows wanted (1 to 200) */
  /* (uua((ayt)suaya(suay))) serial, rows in all, rows: content, name, sources, publisher,
   * names: name, sources, publisher */
  REDES_MESSAGE_RESULTS = 53,
  REDES_MESSAGE_SOURCES = 54, /* (ua(ayt)) serial, contents (1 to REDES_WIRE_MAX_FIND) */
  REDES_MESSAGE_LIST = 55,    /* (uuu) serial, first row, rows wanted (1 to 1000) */
  /* (uua(aysqs)) serial, peers in all, peers: id, numeric host, port, nickname */
  REDES_MESSAGE_PEERS = 56,
  REDES_MESSAGE_OK = 57,    /* (u) serial */
  REDES_MESSAGE_ERROR = 58, /* (uys) serial, RedesTrackerRefusal, words */
  /* (ua(aysqs)aaq) serial, peers: id, host, port, nickname; for each content of SOURCES the places
   * in that list of those who have it */
  REDES_MESSAGE_HOLDERS = 59,

  /* peer with peer, beyond blocks: queries that need no tracker. Each has one answer, its own or
   * REFUSE; whoever does not know them skips them */
  REDES_MESSAGE_PEER_SEARCH = 0x90,  /* (usuu) as SEARCH: among what the other lets be seen */
  REDES_MESSAGE_PEER_RESULTS = 0x91, /* (uua((ayt)suaya(suay))) as RESULTS */
  REDES_MESSAGE_FIND = 0x92,         /* (ua(ayt)) serial, contents: of which have you any? */
  REDES_MESSAGE_FOUND = 0x93,        /* (uay) serial, a bit a content */
  REDES_MESSAGE_BROWSE = 0x94,       /* (uuu) serial, first row, rows wanted (1 to 200) */
  REDES_MESSAGE_SHARES = 0x95,       /* (uua((ayt)suaya(suay))) as RESULTS, in a lasting order */
  REDES_MESSAGE_PEERS_GET = 0x96,    /* (u) serial: whom have you met? */
  REDES_MESSAGE_PEERS_MET = 0x97,    /* (ua(aysqs)) serial, peers: id, host, port, nickname */
  REDES_MESSAGE_REFUSE = 0x98,       /* (uys) serial, RedesPeerRefusal, words */

  /* ((ayt)u) content, block: what you sent is not that block. Not answered */
  REDES_MESSAGE_WRONG = 0x99,

  /* Of a tracker, answers to no query; whoever does not know them skips them */
  REDES_MESSAGE_REACH = 0xa0, /* (bsq) whether it could connect, host, port */
} RedesMessageType;

#define REDES_NO_BLOCK G_MAXUINT32

/*
 * RedesFileTable: how REGISTER and UPDATE carry many manifests, each key and signature once:
 *   aay                 publisher keys (SPKI)
 *   a(uuay)             batches: index of the key, batch size, signature
 *   a(uayuay)           files: index of the batch, manifest body, place in the batch, path
 */
#define REDES_FILE_TABLE "(aaya(uuay)a(uayuay))"

/**
 * RedesRejectReason:
 * @REDES_REJECT_UNKNOWN: this peer does not share that content
 * @REDES_REJECT_NOT_YET: it has the content, but not that block (yet)
 * @REDES_REJECT_UNREADABLE: it cannot read it from its disk any more
 * @REDES_REJECT_BUSY: too many requests; ask again later
 * @REDES_REJECT_CANCELLED: the answer to a request that was cancelled before its block was sent:
 *   every REQUEST has exactly one answer, BLOCK or REJECT
 */
typedef enum
{
  REDES_REJECT_UNKNOWN = 1,
  REDES_REJECT_NOT_YET = 2,
  REDES_REJECT_UNREADABLE = 3,
  REDES_REJECT_BUSY = 4,
  REDES_REJECT_CANCELLED = 5,
} RedesRejectReason;

/**
 * RedesTrackerRefusal:
 * @REDES_REFUSAL_NOT_REGISTERED: UPDATE before REGISTER
 * @REDES_REFUSAL_MANIFEST: a manifest's signature is wrong; none of the message's files were taken
 * @REDES_REFUSAL_FULL: the tracker's limit of peers or of files a peer is reached
 * @REDES_REFUSAL_QUERY: a search with no words in it
 */
typedef enum
{
  REDES_REFUSAL_NOT_REGISTERED = 1,
  REDES_REFUSAL_MANIFEST = 2,
  REDES_REFUSAL_FULL = 3,
  REDES_REFUSAL_QUERY = 4,
} RedesTrackerRefusal;

/**
 * RedesPeerRefusal:
 * @REDES_PEER_REFUSAL_BUSY: too many queries: ask again later
 * @REDES_PEER_REFUSAL_PRIVATE: it does not let others see what it shares
 * @REDES_PEER_REFUSAL_QUERY: a search with no words in it
 */
typedef enum
{
  REDES_PEER_REFUSAL_BUSY = 1,
  REDES_PEER_REFUSAL_PRIVATE = 2,
  REDES_PEER_REFUSAL_QUERY = 3,
} RedesPeerRefusal;

/**
 * RedesLinkKind:
 * @REDES_LINK_PEER: two peers, either end
 * @REDES_LINK_TRACKER: the tracker's end
 * @REDES_LINK_CLIENT: the end of a peer that talks to a tracker
 *
 * Which end of which conversation: decides which types may come in.
 */
typedef enum
{
  REDES_LINK_PEER,
  REDES_LINK_TRACKER,
  REDES_LINK_CLIENT,
} RedesLinkKind;

/* For humans: "REQUEST", or "type 77". Static or interned. */
const char *redes_message_type_get_name (guint8 type);

/* Most bytes of body that @type may have; an unknown type is bounded as a control message. */
gsize redes_message_type_get_max_body (guint8 type);

/* Whether PROTOCOL.md has a meaning for @type. */
gboolean redes_message_type_is_known (guint8 type);

/* Whether @type may come in at the end @link of a conversation. */
gboolean redes_message_type_may_come (guint8 type, RedesLinkKind link);

/**
 * redes_message_encode:
 * @body: a floating reference is taken; of the type's signature and within its limit (a
 *   programmer's error if not)
 *
 * Returns: (transfer full): the whole frame, length first
 */
GBytes *redes_message_encode (RedesMessageType type, GVariant *body);

/**
 * redes_message_decode:
 * @type: one that is not BLOCK
 * @body: what came, untrusted
 *
 * Checks shape, then every value: digest lengths, ports, string lengths, counts, serialised ranges.
 *
 * Returns: (transfer full): in the machine's byte order
 */
GVariant *redes_message_decode (RedesMessageType type, GBytes *body, GError **error);

/* Reads a digest out of an `ay` child that redes_message_decode() has checked to be one. */
void redes_message_get_digest (GVariant *bytes, RedesDigest *out);
/* (transfer floating): an `ay` of 32 bytes. */
GVariant *redes_message_new_digest (const RedesDigest *digest);
/* The same for a content, an `(ayt)`. */
void redes_message_get_content (GVariant *content, RedesContentId *out);
GVariant *redes_message_new_content (const RedesContentId *content);
/* (transfer floating): an `ay`. */
GVariant *redes_message_new_bytes (GBytes *bytes);

/**
 * RedesHello:
 * @client: program and version, at most 64 bytes
 * @nickname: at most 64 bytes of UTF-8; a name for people, proves nothing
 * @port: where its sender listens for peers, 0 if it does not
 * @timeout_s: a tracker's: who is silent for longer is gone; 0 = it does not say
 *
 * The first message in both directions.
 */
typedef struct
{
  char *client;
  char *nickname;
  guint16 port;
  guint timeout_s;
} RedesHello;

/* A longer nickname is cut at 64 bytes, between two characters. */
RedesHello *redes_hello_new (const char *nickname, guint16 port);
RedesHello *redes_hello_copy (const RedesHello *self);
void redes_hello_free (RedesHello *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesHello, redes_hello_free)
/* (transfer floating) */
GVariant *redes_hello_to_body (const RedesHello *self);
/* @body: from redes_message_decode(). Errors: REDES_WIRE_ERROR_VERSION. */
RedesHello *redes_hello_new_from_body (GVariant *body, GError **error);

G_END_DECLS
