/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/content/manifest.h"
#include "engine/swarm/types.h"
#include "engine/wire/frame.h"
#include "engine/wire/message.h"

G_BEGIN_DECLS

/**
 * RedesRemote:
 *
 * The other side of a conversation, as those see it who ask it for blocks (RedesSource) and who
 * serve it (RedesUploader). RedesPeerSession is one; a test has its own. Whoever implements it
 * embeds this struct as its first member. Reference-counted; engine's thread.
 */
typedef struct _RedesRemote RedesRemote;

/**
 * RedesBlockAsker:
 * @manifest: @remote has handed out @manifest, signed as it should be
 * @block: @remote has sent a block
 * @rejected: @remote refuses block @index of @content, or with REDES_NO_BLOCK its manifest
 *
 * Who asks a remote for blocks of many contents, one by one, without INTEREST in any. Whoever is
 * one embeds this struct as its first member. It may be freed in each of them.
 */
typedef struct _RedesBlockAsker RedesBlockAsker;
struct _RedesBlockAsker
{
  void (*manifest) (RedesBlockAsker *self, RedesManifest *manifest);
  void (*block) (RedesBlockAsker *self, const RedesBlockHeader *header, GBytes *data);
  void (*rejected) (RedesBlockAsker *self,
                    const RedesContentId *content,
                    guint32 index,
                    RedesRejectReason code,
                    const RedesNotice *reason);
};

/**
 * RedesRemoteInterface:
 * @get_id, @get_nickname: who it is
 * @get_host: its address alone
 * @get_address: host and port
 * @is_listening: whether it can be dialled at @get_address
 * @is_closed: the conversation has ended
 * @fail: ends it, because of what the remote did or did not do
 *
 * To ask it:
 * @attach: @source asks for @content from now on: it sends INTEREST. At most one source a content.
 *   The answers come by redes_source_on_bitfield() and its like
 * @detach: sends NO_INTEREST; answers that still come are dropped
 * @ask_manifest: sends MANIFEST_GET
 * @request: sends REQUEST; @length: of the block, in bytes
 * @cancel: sends CANCEL
 * @ask: sends REQUEST, or with REDES_NO_BLOCK MANIFEST_GET, whose answer is @asker's. Returns:
 *   %FALSE, and asks nothing, while another one waits for the same
 * @forget: nothing is @asker's any more; answers that still come are dropped
 * @complain: says that what came as that block is not it, so that its sender looks at its file
 * @get_silence_us: for how long no block has come, of any content. Bytes count only where they
 *   belong to a block that was asked for, and 4 KiB at a time; looked at every few seconds at least
 * @forgive_silence: the silence up to now was not the remote's
 * @get_quiet_us: for how long nothing at all has come
 * @is_held_back: what it sends is not read now, because of a limit of ours
 * @get_block_progress: how many bytes of the block @content, @index have come; 0: none is coming
 *
 * To serve it:
 * @reject: refuses a request
 * @send_block: answers one
 * @unsend_block: takes back a block that is not on its way yet. Returns: whether it could
 * @get_queued, @get_held: bytes that wait to be sent; those, and what of them is being sent
 * @get_taken: bytes that its system has taken so far, or REDES_BUDGET_EXCUSED, see RedesBudget
 */
typedef struct
{
  RedesRemote *(*ref) (RedesRemote *self);
  void (*unref) (RedesRemote *self);
  const RedesPeerId *(*get_id) (RedesRemote *self);
  const char *(*get_nickname) (RedesRemote *self);
  const char *(*get_host) (RedesRemote *self);
  const char *(*get_address) (RedesRemote *self);
  gboolean (*is_listening) (RedesRemote *self);
  gboolean (*is_closed) (RedesRemote *self);
  void (*fail) (RedesRemote *self, const GError *error);

  void (*attach) (RedesRemote *self, const RedesContentId *content, RedesSource *source);
  void (*detach) (RedesRemote *self, const RedesContentId *content);
  void (*ask_manifest) (RedesRemote *self, const RedesContentId *content);
  void (*request) (RedesRemote *self, const RedesContentId *content, guint32 index, guint32 length);
  void (*cancel) (RedesRemote *self, const RedesContentId *content, guint32 index);
  gboolean (*ask) (RedesRemote *self,
                   RedesBlockAsker *asker,
                   const RedesContentId *content,
                   guint32 index,
                   guint32 length);
  void (*forget) (RedesRemote *self, RedesBlockAsker *asker);
  void (*complain) (RedesRemote *self, const RedesContentId *content, guint32 index);
  gint64 (*get_silence_us) (RedesRemote *self, gint64 now_us);
  void (*forgive_silence) (RedesRemote *self, gint64 now_us);
  gint64 (*get_quiet_us) (RedesRemote *self, gint64 now_us);
  gboolean (*is_held_back) (RedesRemote *self);
  gsize (*get_block_progress) (RedesRemote *self, RedesContentId *content, guint32 *index);

  void (*reject) (RedesRemote *self,
                  const RedesContentId *content,
                  guint32 index,
                  RedesRejectReason reason,
                  const char *words);
  void (*send_block) (RedesRemote *self, const RedesBlockHeader *header, GBytes *data);
  gboolean (*unsend_block) (RedesRemote *self, const RedesContentId *content, guint32 index);
  gsize (*get_queued) (RedesRemote *self);
  gsize (*get_held) (RedesRemote *self);
  guint64 (*get_taken) (RedesRemote *self);
} RedesRemoteInterface;

struct _RedesRemote
{
  const RedesRemoteInterface *interface;
};

static inline RedesRemote *
redes_remote_ref (RedesRemote *self)
{
  return self->interface->ref (self);
}

static inline void
redes_remote_unref (RedesRemote *self)
{
  self->interface->unref (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesRemote, redes_remote_unref)

static inline const RedesPeerId *
redes_remote_get_id (RedesRemote *self)
{
  return self->interface->get_id (self);
}

G_END_DECLS
