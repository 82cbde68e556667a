/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_DEFAULT_CACHE_BYTES (64u * 1024 * 1024)
#define REDES_DEFAULT_PORT 6001
#define REDES_DEFAULT_RSA_BITS 3072

/**
 * RedesConfig:
 * @listen_host: numeric, or "" for every address of this machine
 * @listen_port: 0 picks a free one
 * @listen: whether other peers may connect; %FALSE for a program that only asks and fetches
 * @data_dir: (nullable): where the identity is kept, and what is shared and fetched from run to
 * run; %NULL = a new identity in memory, and downloads that end with the node
 * @keeps_partial_files: without @data_dir: whether what was fetched of a download that did not end
 *   well stays beside where it would have gone, for the next run that fetches the same into
 *   the same folder; %FALSE: it is removed
 * @download_dir: where downloads go; made when the first one ends
 * @nickname: at most 64 bytes; "" until somebody chooses one, so that no login name is told to
 * others, who see the peer id alone
 * @trackers: (array zero-terminated=1): `HOST:PORT` each
 * @max_up_bytes_per_s: 0 = no limit
 * @max_down_bytes_per_s: 0 = no limit
 * @cache_bytes: the block cache's budget
 * @rsa_bits: of a new identity: 2048 to 8192
 * @patience_s: how long a download that had sources waits for another when all are gone, before it
 *   fails; with no source known to any tracker at its start it fails at once. 0 = for ever, and it
 *   waits for a first source as well
 * @niceness: how far the engine's threads step back for others, see redes_thread_lower_priority():
 * for a window, whose own thread they would hold up; 0 = not at all
 * @lan: whether to find others on the local network by beacons, be found by them, and hear from
 *   those met of others; %FALSE unless a front end sets it, so that no program announces a machine
 * by accident
 * @lan_interfaces: (array zero-terminated=1): only these network interfaces; empty = all
 * @use_found_trackers: whether all trackers found on the local network are used; %FALSE: they are
 *   only shown, but for @accepted_trackers
 * @accepted_trackers: (array zero-terminated=1): the ids of trackers that are used when they are
 *   found there, each as redes_digest_dup_hex() writes it
 * @refused_trackers: (array zero-terminated=1): the ids of trackers that are only shown, whatever
 *   the other two say, written likewise
 * @browsable: whether other peers may page through what is shared
 * @classic: whether to be a peer among the original system's too: plain text, nothing verified
 * @classic_trackers: (array zero-terminated=1): `HOST:PORT` of original trackers; empty = look for
 *   one on the local network
 *
 * What a node is started with, and, by redes_node_configure(), changed to while it runs. To add a
 * setting: a field here with its default in redes_config_new(), and the code that uses it; if it
 * has to be noticed at once, a comparison in redes_core_configure(). @listen_host, @listen,
 * @data_dir, @rsa_bits,
 * @niceness and @lan_interfaces are read at the start only.
 */
typedef struct
{
  char *listen_host;
  guint16 listen_port;
  gboolean listen;
  char *data_dir;
  gboolean keeps_partial_files;
  char *download_dir;
  char *nickname;
  char **trackers;
  guint64 max_up_bytes_per_s;
  guint64 max_down_bytes_per_s;
  guint64 cache_bytes;
  guint rsa_bits;
  guint patience_s;
  int niceness;
  gboolean lan;
  char **lan_interfaces;
  gboolean use_found_trackers;
  char **accepted_trackers;
  char **refused_trackers;
  gboolean browsable;
  gboolean classic;
  char **classic_trackers;
} RedesConfig;

/* The defaults: every address, REDES_DEFAULT_PORT, the user's data and download folders, no
 * nickname, no tracker, no limits; nothing that was found is used, and nobody browses. */
RedesConfig *redes_config_new (void);
RedesConfig *redes_config_copy (const RedesConfig *self);
/* Makes @self equal to @from, which stays as it is. @self keeps its address. */
void redes_config_assign (RedesConfig *self, const RedesConfig *from);
/* Gives @self what is read at the start only from @running, with which the node was started. */
void redes_config_keep_start_only (RedesConfig *self, const RedesConfig *running);
void redes_config_free (RedesConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesConfig, redes_config_free)

G_END_DECLS
