/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/channel.h"
#include "engine/tracker/client.h"
#include "engine/tracker/server.h"

G_BEGIN_DECLS

/* A tracker, clients of it and raw channels to it, in one process and one main context. */

/**
 * TestTracker:
 * @files, @max_peers_an_address: limits, to be set before it starts; 0 = the default
 * @log: (element-type utf8): every line so far
 */
typedef struct
{
  RedesDirectoryLimits files;
  guint max_peers_an_address;
  RedesTrackerServer *server;
  GPtrArray *log;
} TestTracker;

void test_tracker_start (TestTracker *self, const char *host, guint16 port, guint timeout_s);
void test_tracker_stop (TestTracker *self);
/* Whether a line so far has @words in it. */
gboolean test_tracker_logged (TestTracker *self, const char *words);

/**
 * TestClient:
 * @files: what it registers at each new connection
 * @n_registered: how often it became REGISTERED
 * @error: (nullable): of the last WAITING
 * @n_reach_told, @is_reachable: what the tracker said of that
 */
typedef struct
{
  RedesTrackerClient *client;
  GPtrArray *files;
  RedesTrackerState state;
  guint n_registered;
  GError *error;
  guint n_reach_told;
  gboolean is_reachable;
} TestClient;

/* @files: (nullable) (transfer full): %NULL = it only asks. Does not wait. */
TestClient *test_client_new (guint identity, const char *address, guint16 port, GPtrArray *files);
/* The same, and waits until it is REGISTERED. */
TestClient *
test_client_register (guint identity, const char *address, guint16 port, GPtrArray *files);
void test_client_free (TestClient *self);

/**
 * TestAnswer:
 * @rows: (nullable): copied
 */
typedef struct
{
  gboolean done;
  GPtrArray *rows;
  guint total;
  GError *error;
} TestAnswer;

void test_answer_func (GPtrArray *rows, guint total, const GError *error, gpointer answer);
void test_answer_clear (TestAnswer *self);

/* Ask and wait; an error fails the test. The number of results in all, and of peers. */
guint test_client_search (TestClient *self, const char *words);
guint test_client_sources (TestClient *self, const char *content);
guint test_client_list (TestClient *self);

/**
 * TestRaw:
 * @messages: (element-type TestMessage): what came, unread, but for REACH and PACE, which come when
 *   they will
 * @reach: (nullable): the last REACH's body
 * @pace: the last PACE's
 * @error: (nullable): why it was closed
 *
 * The peer's end of a connection without a client behind it.
 */
typedef struct
{
  RedesChannel *channel;
  gboolean ready;
  GVariant *reach;
  RedesWirePace pace;
  GQueue messages;
  GError *error;
} TestRaw;

typedef struct
{
  guint8 type;
  GVariant *body;
} TestMessage;

/* Waits until it is ready. @port: what its HELLO declares. */
TestRaw *test_raw_new (guint identity, guint16 tracker_port, guint16 port);
void test_raw_free (TestRaw *self);
/* Sends a message with a body that need not be one that may be sent. @body: floating */
void test_send_body (RedesChannel *channel, RedesMessageType type, GVariant *body);
/* Waits for one message, which must be of @type; (transfer full). */
GVariant *test_raw_expect (TestRaw *self, RedesMessageType type);
/* Waits for ERROR with @serial and @refusal. */
void test_raw_expect_error (TestRaw *self, guint32 serial, RedesTrackerRefusal refusal);
/* REGISTER or UPDATE with @files. */
void test_raw_send_files (TestRaw *self, RedesMessageType type, guint32 serial, GPtrArray *files);

G_END_DECLS
