/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/*
 * How much a message may hold, as PROTOCOL.md has it. All in bytes where nothing else is said.
 */

#define REDES_FRAME_HEADER_SIZE 5
#define REDES_MAX_CONTROL_BODY (64u * 1024)
#define REDES_MAX_LIST_BODY (1024u * 1024)
#define REDES_WIRE_MAX_BLOCK (4096u * 1024)
/* 2^48 bytes in blocks of 4 MiB: proofs of 26 digests */
#define REDES_WIRE_MAX_BLOCKS (1u << 26)
#define REDES_WIRE_MAX_PROOF 26
#define REDES_WIRE_MAX_FILE_SIZE (G_GUINT64_CONSTANT (1) << 48)
/* As the index of a block: none, or the whole. */
#define REDES_NO_BLOCK G_MAXUINT32
/* content (root, size), index, number of digests in the proof; integers are big endian */
#define REDES_BLOCK_HEADER_SIZE (REDES_DIGEST_SIZE + 8 + 4 + 1)

/* Contents that one FIND or SOURCES asks for, and peers that HOLDERS names for each. */
#define REDES_WIRE_MAX_FIND 1000u
#define REDES_WIRE_MAX_HOLDERS 200u
/* Rows of RESULTS, PEER_RESULTS and SHARES; peers of PEERS and HOLDERS; peers of PEERS_MET. */
#define REDES_WIRE_MAX_RESULTS 200u
#define REDES_WIRE_MAX_PEERS 1000u
#define REDES_WIRE_MAX_PEERS_MET 64u
/* Files of GUESTS, and peers of each. */
#define REDES_WIRE_MAX_GUEST_FILES 32u
#define REDES_WIRE_MAX_GUESTS 8u
/* Files in one file table, and files gone in one UPDATE. */
#define REDES_WIRE_MAX_FILES 4096u

/* Nicknames, names of programs, capabilities, numeric addresses; names of files; words of a search;
 * explanations. */
#define REDES_WIRE_MAX_LABEL 64u
#define REDES_WIRE_MAX_NAME 255u
#define REDES_WIRE_MAX_WORDS 512u
#define REDES_WIRE_MAX_REASON 256u

#define REDES_WIRE_MAX_MANIFEST 1024u
#define REDES_WIRE_MAX_SIGNATURE 1024u
#define REDES_WIRE_MAX_KEY 2048u
/* Manifests under one signature, and the path that leads there: 2^10 */
#define REDES_WIRE_MAX_BATCH 1024u
#define REDES_WIRE_MAX_PATH (10u * REDES_DIGEST_SIZE)

G_END_DECLS
