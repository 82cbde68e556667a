/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-configure.h"
#include "engine/node/tracker-host.h"

#include "net-fixture.h"

G_BEGIN_DECLS

/* Whole nodes and a tracker in one process, each with a thread of its own; the test runs the
 * default context with net_wait_for(). */

/* @port: 0 picks a free one. Waits until it listens. */
RedesTrackerHost *test_tracker_host_new (guint16 port);
/* One that announces itself on the loopback, and welcomes the original system's peers. */
RedesTrackerHost *test_tracker_host_new_open (void);
void test_tracker_host_free (RedesTrackerHost *host);
guint16 test_tracker_host_get_port (RedesTrackerHost *host);

/**
 * TestNodeParams:
 * @tracker: (nullable): `HOST:PORT`
 * @patience_s: 0 = 1
 * @lan: on the loopback, as it listens there alone
 * @classic_tracker: (nullable): `HOST:PORT`; for when RedesConfig.classic is switched on
 * @remembers: whether it has a data folder
 */
typedef struct
{
  const char *tracker;
  const char *nickname;
  guint64 max_up_bytes_per_s;
  guint64 max_down_bytes_per_s;
  guint patience_s;
  gboolean lan;
  const char *classic_tracker;
  gboolean remembers;
} TestNodeParams;

/**
 * TestNode:
 * @folder: a temporary one: `shared`, `downloads`, `data` if it remembers
 * @violations: (element-type utf8): every block-rejected's reason
 */
typedef struct
{
  RedesNode *node;
  char *folder;
  char *shared;
  char *downloads;
  GPtrArray *violations;
  guint n_skipped;
} TestNode;

/* Listens on 127.0.0.1 and waits until it is registered at the tracker. */
TestNode *test_node_new (const TestNodeParams *params);
/* Stops it, waits, and removes its folder. */
void test_node_free (TestNode *self);
void test_node_stop (TestNode *self);
/* Again, after it was stopped; waits until it runs. */
void test_node_start (TestNode *self);
guint16 test_node_get_port (TestNode *self);

/* Single values of a node's configuration; those before stay as they are. */
typedef enum
{
  TEST_NODE_LAN = 1 << 0,
  TEST_NODE_USE_FOUND_TRACKERS = 1 << 1,
  TEST_NODE_BROWSABLE = 1 << 2,
  TEST_NODE_CLASSIC = 1 << 3,
} TestNodeSwitches;

/* Those of @on are on, all others are off. */
void test_node_set_switches (RedesNode *node, TestNodeSwitches on);
void
test_node_set_limits (RedesNode *node, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s);
void test_node_set_nickname (RedesNode *node, const char *nickname);
void test_node_set_cache_bytes (RedesNode *node, guint64 bytes);
void test_node_set_trackers (RedesNode *node, const char *const *trackers);
void test_node_set_refused_trackers (RedesNode *node, const char *const *ids);
void test_node_set_accepted_trackers (RedesNode *node, const char *const *ids);
void test_node_set_classic_trackers (RedesNode *node, const char *const *trackers);
/* Ends with redes_node_configure_finish(). */
void test_node_set_listen_port_async (RedesNode *node,
                                      guint16 port,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);

/* Bytes that depend on @seed and cannot be compressed or guessed. */
GBytes *test_bytes (guint32 seed, gsize size);

/* Writes a file into the shared folder and shares it; (transfer full): its link. */
RedesLink *test_node_share (TestNode *self, const char *name, GBytes *bytes);

/* Waits until the tracker names @n_sources for a file of that name. */
void test_node_wait_for_sources (TestNode *self, const char *name, guint n_sources);

/* Waits until it is over. */
void test_transfer_wait (RedesTransfer *transfer);
/* Downloads to the end; (transfer full). */
RedesTransfer *test_node_download (TestNode *self, const RedesLink *link);
/* The transfer is done, and its file holds @bytes. */
void test_transfer_check_done (RedesTransfer *transfer, GBytes *bytes);
/* The transfer failed, in words that have @words in them. */
void test_transfer_check_failed (RedesTransfer *transfer, const char *words);
/* Blocks that @node has given. */
guint test_transfer_get_blocks_from (RedesTransfer *transfer, const RedesPeerId *peer);

/* (nullable) (transfer none): the RedesTrackerItem of that address in @trackers */
RedesTrackerItem *test_find_tracker (GListModel *trackers, const char *address);

/* Entries in a folder, hidden ones too; 0 if it is not there. */
guint test_count_files (const char *folder);

/* Whether an violation whose name is @name has been told of. */
gboolean test_node_has_violation (TestNode *self, const char *name);

/* Private memory of this process, in bytes; 0 where it cannot be told. */
gsize test_get_memory_bytes (void);

G_END_DECLS
