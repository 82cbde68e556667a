/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_DEFAULT_CACHE_BYTES (64u * 1024 * 1024)
#define REDES_DEFAULT_PORT 6001
/* Where a tracker listens, and where its address names no port. */
#define REDES_TRACKER_DEFAULT_PORT 5000
#define REDES_DEFAULT_RSA_BITS 3072

/**
 * RedesConfig:
 * @listen_host: the numeric address to listen at, or "" for every address of this machine
 * @listen_port: the TCP port to listen at; 0: any free one
 * @listen: whether other peers may connect; %FALSE for a program that only asks and fetches
 * @data_dir: (nullable): the folder in which the identity, the list of shared files and the
 *   downloads are kept from run to run; %NULL: the identity is a new one in memory, and downloads
 *   end with the node
 * @keeps_partial_files: without @data_dir: whether the partial file of a download that failed or
 *   was interrupted stays beside the target, for the next run that fetches the same content into
 *   the same folder; %FALSE: it is removed
 * @download_dir: the folder for downloads; it is made when the first download ends
 * @nickname: at most 64 bytes; "" until the person chooses one: others then see the peer id alone,
 *   and no login name is disclosed
 * @trackers: (array zero-terminated=1): `HOST:PORT` each
 * @max_up_bytes_per_s: 0 = no limit
 * @max_down_bytes_per_s: 0 = no limit
 * @cache_bytes: the most memory that the block cache uses
 * @rsa_bits: the length of a new identity's key: 2048 to 8192
 * @patience_s: how long a download that has lost all its sources waits for another one before it
 *   fails. A download for which no tracker knows a source at the start fails at once. 0: for ever;
 *   a download then waits for its first source, too
 * @max_folder_entries: how many files and folders a folder may hold that is downloaded; the memory
 *   that its lists and paths may take grows with it. 0: the default
 * @niceness: by how much the priority of the engine's threads is lowered, see
 *   redes_thread_lower_priority(), so that they do not delay the thread of a window; 0: not at all
 * @lan: whether to send beacons on the local network, to use those of others, and to take part in
 *   peer exchange; %FALSE unless a front end sets it, so that no program announces a machine by
 *   accident
 * @lan_interfaces: (array zero-terminated=1): the names of the only network interfaces that are
 *   used for @lan; empty: all are
 * @use_found_trackers: whether all trackers found on the local network are used; %FALSE: they are
 *   only shown, but for @accepted_trackers
 * @accepted_trackers: (array zero-terminated=1): the ids of the trackers that are used when they
 *   are found on the local network, each as redes_digest_dup_hex() writes it
 * @refused_trackers: (array zero-terminated=1): the ids of the trackers that are only shown, even
 *   if @use_found_trackers or @accepted_trackers say otherwise; written likewise
 * @browsable: whether other peers may list all that is shared
 * @classic: whether to speak the original system's protocol, too, which is plain text and verifies
 *   nothing
 * @classic_trackers: (array zero-terminated=1): `HOST:PORT` of trackers of the original system;
 *   empty: one is looked for on the local network
 *
 * The configuration that a node is started with, and that redes_node_configure() changes while it
 * runs. No string and no array is %NULL, except @data_dir. To add a setting: a field here with its
 * default in redes_config_new(), and the code that uses it; if it has to be noticed at once, a
 * comparison in redes_core_configure(). @listen_host, @listen, @data_dir, @rsa_bits,
 * @keeps_partial_files, @patience_s, @max_folder_entries, @niceness and @lan_interfaces are read at
 * the start only.
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
  guint64 max_folder_entries;
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

/* (transfer full): the defaults: every address, REDES_DEFAULT_PORT, the user's data and download
 * folders, no nickname, no tracker, no limits, no local network, not browsable. */
RedesConfig *redes_config_new (void);
RedesConfig *redes_config_copy (const RedesConfig *self);
/* Makes @self equal to @from, which stays as it is. @self keeps its address. */
void redes_config_assign (RedesConfig *self, const RedesConfig *from);
/* Copies the fields that are read at the start only from @running, the configuration with which the
 * node was started, to @self. */
void redes_config_keep_start_only (RedesConfig *self, const RedesConfig *running);
void redes_config_free (RedesConfig *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesConfig, redes_config_free)

G_END_DECLS
