/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/content/manifest.h"
#include "engine/swarm/source.h"

#include "fixture.h"

/* What the tests of sources, downloads and the uploader share: a clock that stands still until a
 * test moves it, and remotes that are no connections. */

#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define FAKE_BLOCK_SIZE (256u * 1024)
/* No such block: of fake_remote_pop_request() */
#define FAKE_NONE G_MAXUINT32

typedef struct
{
  gint64 now_us;
  RedesClock clock;
} FakeClock;

void fake_clock_init (FakeClock *self);

/**
 * FakeContent:
 *
 * A file of so many whole blocks, and what its publisher says of it.
 */
typedef struct
{
  Folder folder;
  RedesManifest *manifest;
  RedesHashTree *tree;
  const RedesContentId *content;
} FakeContent;

/* The file is in the folder under "shared"; its manifest calls it "file". */
void fake_content_init (FakeContent *self, guint32 n_blocks);
void fake_content_clear (FakeContent *self);
/* (transfer full) */
GBytes *fake_content_dup_block (const FakeContent *self, guint32 index);
void fake_content_get_header (const FakeContent *self, guint32 index, RedesBlockHeader *header);

/**
 * FakeRemote:
 * @source: (nullable): who asks it now
 * @requests: guint32: what it was asked for and has not answered, the oldest first
 * @n_requests: how often it was asked for a block
 * @cancelled, @complained: guint32: so it was told of its blocks
 * @gave_us: when it gave a block last, whoever asked; @heard_us: when anything came from it
 * @error: (nullable): why it was ended
 * @sent: guint32: blocks that it was sent
 * @rejected, @reasons: guint32: blocks that it was refused, and why
 * @queued_bytes: that wait to be sent to it
 * @on_ended: (nullable): called when it is ended, as a session tells its swarm
 * @on_attach, @on_manifest, @on_request: (nullable): called when it is asked for something
 */
typedef struct _FakeRemote FakeRemote;
struct _FakeRemote
{
  RedesRemote remote;
  guint ref_count;
  RedesPeerId id;
  char *host;
  char *address;
  gboolean is_listening;
  gboolean is_closed;
  gboolean is_held_back;
  RedesSource *source;
  guint n_manifests_asked;
  GArray *requests;
  guint n_requests;
  GArray *cancelled;
  GArray *complained;
  gint64 gave_us;
  gint64 heard_us;
  RedesContentId coming_content;
  guint32 coming_index;
  gsize coming_bytes;
  GError *error;
  GArray *sent;
  GArray *rejected;
  GArray *reasons;
  gsize queued_bytes;
  guint64 taken_bytes;
  gboolean can_unsend;
  gpointer user_data;
  void (*on_ended) (FakeRemote *self);
  void (*on_attach) (FakeRemote *self);
  void (*on_manifest) (FakeRemote *self);
  void (*on_request) (FakeRemote *self);
};

/* It listens at @host, port 2000 + @number. Its id begins with @number. */
FakeRemote *fake_remote_new (guint number, const char *host, const FakeClock *clock);
void fake_remote_unref (FakeRemote *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeRemote, fake_remote_unref)
RedesPeerId fake_peer_id (guint number);

/* Takes out the oldest request; FAKE_NONE if there is none. */
guint32 fake_remote_pop_request (FakeRemote *self);
gboolean fake_array_has (const GArray *array, guint32 index);
/* Says that it has all of @n_blocks blocks; or those whose bits are set in @mask, the first one's
 * is the lowest. */
void fake_remote_has_all (FakeRemote *self);
void fake_remote_has (FakeRemote *self, guint32 n_blocks, guint64 mask);
/* Block @index comes from it, right (or with a wrong byte), at once. */
void fake_remote_send (
    FakeRemote *self, const FakeContent *content, guint32 index, gboolean is_right, gint64 now_us);
