/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/block-key.h"
#include "engine/base/endpoint.h"
#include "engine/base/result-entry.h"
#include "engine/wire/error.h"
#include "engine/wire/file-table.h"
#include "engine/wire/message-limits.h"

G_BEGIN_DECLS

/*
 * The messages of PROTOCOL.md: a struct for each body, one function that encodes any of them and
 * one that decodes any of them. On the wire a body is a GVariant in normal form, little endian,
 * with the fixed signature of its type (only a BLOCK is raw bytes after a small header); no code
 * outside this module depends on that. The functions have no sockets, and may be called in any
 * thread.
 */

#define REDES_PROTOCOL_VERSION 1

/* A program that does not know a type with this bit skips it. */
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
  /* (u@F) serial, files; F is REDES_FILE_TABLE. Answered by OK or ERROR */
  REDES_MESSAGE_REGISTER = 48,
  REDES_MESSAGE_UPDATE = 49,    /* (u@Fa((ayt)s)) serial, files added, files gone (content, name) */
  REDES_MESSAGE_HEARTBEAT = 50, /* (t) any number: answered by PONG */
  REDES_MESSAGE_UNREGISTER = 51, /* (u) serial */
  REDES_MESSAGE_SEARCH = 52,     /* (usuu) serial, words, first row, rows wanted (1 to 200) */
  /* (uua((ayt)suaya(suay)a(tuuy))) serial, rows in all, rows: content, name, sources, publisher,
   * names (name, sources, publisher), totals of a folder (none for a file) */
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
  REDES_MESSAGE_PEER_RESULTS = 0x91, /* (uua((ayt)suaya(suay)a(tuuy))) as RESULTS */
  REDES_MESSAGE_FIND = 0x92,         /* (ua(ayt)) serial, contents: of which have you any? */
  REDES_MESSAGE_FOUND = 0x93,        /* (uay) serial, a bit a content */
  REDES_MESSAGE_BROWSE = 0x94,       /* (uuu) serial, first row, rows wanted (1 to 200) */
  REDES_MESSAGE_SHARES = 0x95, /* (uua((ayt)suaya(suay)a(tuuy))) as RESULTS, in a lasting order */
  REDES_MESSAGE_PEERS_GET = 0x96, /* (u) serial: whom have you met? */
  REDES_MESSAGE_PEERS_MET = 0x97, /* (ua(aysqs)) serial, peers: id, host, port, nickname */
  REDES_MESSAGE_REFUSE = 0x98,    /* (uys) serial, RedesPeerRefusal, words */

  /* ((ayt)u) content, block: what you sent is not that block. Not answered */
  REDES_MESSAGE_WRONG = 0x99,

  /* Of a tracker, answers to no query; whoever does not know them skips them */
  REDES_MESSAGE_REACH = 0xa0, /* (bsq) whether it could connect, host, port */
  /* (ua(sa(sq))) serial of a SEARCH, files: name, who has it: host, port; ahead of its RESULTS */
  REDES_MESSAGE_GUESTS = 0xa1,
  REDES_MESSAGE_PACE = 0xa2, /* (uu) at least, and up to so much more: milliseconds */
} RedesMessageType;

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

/* (transfer none): a name for people, such as "REQUEST", or "type 77" for an unknown type. */
const char *redes_message_type_get_name (guint8 type);

/* The most bytes that the body of @type may have; an unknown type has the limit of a control
 * message. */
gsize redes_message_type_get_max_body (guint8 type);

/* Whether PROTOCOL.md has a meaning for @type. */
gboolean redes_message_type_is_known (guint8 type);

/* Whether @type may come in at the end @link of a conversation. */
gboolean redes_message_type_may_come (guint8 type, RedesLinkKind link);

/**
 * RedesHello:
 * @version: the version of the protocol, see redes_hello_check_version()
 * @client: the program and its version, at most 64 bytes
 * @nickname: at most 64 bytes of UTF-8; a name for people, which proves nothing
 * @port: the TCP port at which its sender listens for peers; 0: it does not
 * @timeout_s: from a tracker: peers that are silent for longer, in seconds, are removed; 0: it does
 *   not say
 *
 * The first message in both directions.
 */
typedef struct
{
  guint32 version;
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
/* Errors: REDES_WIRE_ERROR_VERSION, if its sender speaks another version than this program. */
gboolean redes_hello_check_version (const RedesHello *self, GError **error);

/* BITFIELD. @bits: at most 8 MiB; none: all blocks */
typedef struct
{
  RedesContentId content;
  GBytes *bits;
} RedesWireBitfield;

/* REJECT. @index: a block, or REDES_NO_BLOCK for the content as a whole; @reason: a
 * RedesRejectReason, or another number from 1 to 255, which is a plain no; @words: for people */
typedef struct
{
  RedesContentId content;
  guint32 index;
  guint8 reason;
  const char *words;
} RedesWireReject;

/* REGISTER */
typedef struct
{
  guint32 serial;
  RedesFileTable *table;
} RedesWireRegister;

/* UPDATE. @table: files added; @gone: (element-type RedesWireGone): at most 4,096 */
typedef struct
{
  guint32 serial;
  RedesFileTable *table;
  GArray *gone;
} RedesWireUpdate;

/* A file that is not shared any more. @name: 1 to 255 bytes */
typedef struct
{
  RedesContentId content;
  char *name;
} RedesWireGone;

/* For RedesWireUpdate: an array that frees what is in it. */
GArray *redes_wire_gone_new (void);
/* @name is copied. */
void redes_wire_gone_add (GArray *gone, const RedesContentId *content, const char *name);

/* SEARCH and PEER_SEARCH. @words: at most 512 bytes count; @n_rows: wanted, 1 to 200 */
typedef struct
{
  guint32 serial;
  const char *words;
  guint32 first;
  guint32 n_rows;
} RedesWireSearch;

/* Rows as they stand in a message, so that another thread than the one that sends can pack them. */
typedef struct _GVariant RedesWireRows;

/* @rows: (element-type RedesResultEntry): at most 200; one that no message may carry is a
 * programmer's error. Returns: (transfer full). Any thread */
RedesWireRows *redes_wire_rows_new (GPtrArray *rows);
void redes_wire_rows_unref (RedesWireRows *self);

/* RESULTS, PEER_RESULTS and SHARES. @total: rows in all; @rows: (element-type RedesResultEntry): at
 * most 200; @packed: (nullable): only to be encoded: the same as @rows, in place of them */
typedef struct
{
  guint32 serial;
  guint32 total;
  GPtrArray *rows;
  RedesWireRows *packed;
} RedesWireResults;

/* LIST and BROWSE. @n_rows: wanted, 1 to 1,000 for LIST, 1 to 200 for BROWSE */
typedef struct
{
  guint32 serial;
  guint32 first;
  guint32 n_rows;
} RedesWireList;

/* PEERS. @total: in all; @peers: (element-type RedesEndpoint): at most 1,000, each with a host
 * and a port */
typedef struct
{
  guint32 serial;
  guint32 total;
  GPtrArray *peers;
} RedesWirePeers;

/* HOLDERS. @peers: (element-type RedesEndpoint): at most 1,000, each with a host and a port;
 * @places: (element-type GArray): for each content asked for those who have it: at most
 * REDES_WIRE_MAX_HOLDERS places in @peers, guint16 */
typedef struct
{
  guint32 serial;
  GPtrArray *peers;
  GPtrArray *places;
} RedesWireHolders;

/* PEERS_MET. @peers: (element-type RedesEndpoint): at most 64, each with a host and a port */
typedef struct
{
  guint32 serial;
  GPtrArray *peers;
} RedesWirePeersMet;

/* ERROR and REFUSE. @refusal: a RedesTrackerRefusal or a RedesPeerRefusal, or another number from 1
 * to 255, which is a plain no; @words: for people */
typedef struct
{
  guint32 serial;
  guint8 refusal;
  const char *words;
} RedesWireRefusal;

/* FIND and SOURCES. @contents: (element-type RedesContentId): 1 to REDES_WIRE_MAX_FIND */
typedef struct
{
  guint32 serial;
  GArray *contents;
} RedesWireFind;

/* FOUND. @bits: 1 to 125 bytes, see redes_bitfield_to_bytes() */
typedef struct
{
  guint32 serial;
  GBytes *bits;
} RedesWireFound;

/**
 * RedesWireGuestFile:
 * @name: 1 to 255 bytes of UTF-8, as it came
 * @addresses: (array zero-terminated=1): 1 to 8 of `HOST:PORT`, with numeric hosts
 *
 * A file that peers of the original system say they have. Nothing about it is signed or proven.
 */
typedef struct
{
  char *name;
  char **addresses;
} RedesWireGuestFile;

/* @name, @addresses: copied. (transfer full) */
RedesWireGuestFile *redes_wire_guest_file_new (const char *name, const char *const *addresses);
/* @file: (nullable) */
void redes_wire_guest_file_free (RedesWireGuestFile *file);

/* GUESTS. @files: (element-type RedesWireGuestFile): 1 to REDES_WIRE_MAX_GUEST_FILES */
typedef struct
{
  guint32 serial;
  GPtrArray *files;
} RedesWireGuests;

/* REACH. @host: numeric; @port: 1 to 65,535 */
typedef struct
{
  gboolean is_reachable;
  const char *host;
  guint16 port;
} RedesWireReach;

/* PACE: how long a peer that has lost the tracker, or was refused, waits before it comes again */
typedef struct
{
  guint32 least_ms;
  guint32 spread_ms;
} RedesWirePace;

/**
 * RedesBlockHeader:
 * @n_proof: digests in @proof
 *
 * The header before the bytes of a block.
 */
typedef struct
{
  RedesContentId content;
  guint32 index;
  guint8 n_proof;
  RedesDigest proof[REDES_WIRE_MAX_PROOF];
} RedesBlockHeader;

/* BLOCK. @data: the block's bytes, 1 or more */
typedef struct
{
  RedesBlockHeader header;
  GBytes *data;
} RedesWireBlock;

/**
 * RedesMessage:
 * @type: which of the members below counts
 * @body: (nullable): the body that a decoded message was made from, into which its texts point.
 * Only this module and its tests use it
 * @undecoded: (nullable): the body as it came, of a message that has not been decoded; only @type
 * and @serial are set then. See redes_frame_reader_set_leave_files()
 * @serial: UNREGISTER, OK and PEERS_GET; and, as it is the first member of each, also of all
 *   others that have one
 * @number: PING, PONG and HEARTBEAT
 * @content: MANIFEST_GET, INTEREST and NO_INTEREST
 * @key: HAVE, REQUEST, CANCEL and WRONG: a block
 *
 * One message. A decoded message owns its members until redes_message_clear(); lists and bytes may
 * be stolen from it. A message that is made to be encoded owns nothing.
 */
typedef struct
{
  RedesMessageType type;
  GVariant *body;
  GBytes *undecoded;
  union
  {
    guint32 serial;
    guint64 number;
    RedesContentId content;
    RedesBlockKey key;
    RedesHello hello;
    RedesManifestParts manifest;
    RedesWireBitfield bitfield;
    RedesWireReject reject;
    RedesWireRegister registration;
    RedesWireUpdate update;
    RedesWireSearch search;
    RedesWireResults results;
    RedesWireList list;
    RedesWirePeers peers;
    RedesWireHolders holders;
    RedesWirePeersMet peers_met;
    RedesWireRefusal refusal;
    RedesWireFind find;
    RedesWireFound found;
    RedesWireReach reach;
    RedesWirePace pace;
    RedesWireGuests guests;
    RedesWireBlock block;
  };
} RedesMessage;

void redes_message_clear (RedesMessage *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesMessage, redes_message_clear)

/**
 * redes_message_encode:
 * @self: of any type but BLOCK, for which see redes_block_header_encode()
 *
 * Texts for people (nicknames, explanations) and the words of a search are made valid UTF-8 and cut
 * to what may be sent. Any other value out of its range is a programmer's error, which is reported:
 * a frame that the other side would call a violation is never made.
 *
 * Returns: (transfer full) (nullable): the whole frame, length first; %NULL after such an error
 */
GBytes *redes_message_encode (const RedesMessage *self);

/**
 * redes_message_decode:
 * @type: one that is not BLOCK
 * @body: what came, untrusted
 * @out: (out caller-allocates): set if it is good, for redes_message_clear()
 *
 * Checks size, shape, then every value: digest lengths, ports, string lengths, counts, serialised
 * ranges. Errors: REDES_WIRE_ERROR, naming the message and the value. Any thread.
 */
gboolean
redes_message_decode (RedesMessageType type, GBytes *body, RedesMessage *out, GError **error);

/* The most bytes that an answer may have: RESULTS, PEER_RESULTS or SHARES to a query for
 * @n_rows, PEERS with @n_peers, HOLDERS of @n_contents, BITFIELD of @n_blocks. */
gsize redes_message_get_max_results (guint n_rows);
gsize redes_message_get_max_peers (guint n_peers);
gsize redes_message_get_max_holders (guint n_contents);
gsize redes_message_get_max_bitfield (guint32 n_blocks);

G_END_DECLS
