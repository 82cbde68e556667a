/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "engine/wire/body.h"
#include "node-fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FILE_BYTES (3u * 1024 * 1024 + 1)

/* Sources that break no rule and give nothing. */

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *seed;
static TestNode *victim;
static guint32 n_files;

static void
begin (HostileCase *self, HostileFunc act, gconstpointer data)
{
  n_files++;
  hostile_case_begin (self, tracker, g_strdup_printf ("refusal %u", n_files),
                      test_bytes (5000 + n_files, FILE_BYTES), act, data);
  g_ptr_array_set_size (victim->violations, 0);
}

/* @data: the reason */
static gboolean
reject_every_request (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  return hostile_send_reject (link, &self->file.content, hostile_get_index (body),
                              GPOINTER_TO_UINT (self->data));
}

/* "Not that one", then "but now": round and round. */
static gboolean
reject_and_have_again (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  guint32 index;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  index = hostile_get_index (body);
  return hostile_send_reject (link, &self->file.content, index, REDES_REJECT_NOT_YET)
         && hostile_send_block_message (link, REDES_MESSAGE_HAVE, &self->file.content, index);
}

static gboolean
hang_up (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  shutdown (link->fd, SHUT_RDWR);
  return TRUE;
}

typedef struct
{
  const char *name;
  HostileFunc act;
  gconstpointer data;
} Refusal;

/* A source that gives nothing: it is not asked without end, and not for ever. */
static const Refusal refusals[] = {
  { "cancelled", reject_every_request, GUINT_TO_POINTER (REDES_REJECT_CANCELLED) },
  { "not-yet", reject_every_request, GUINT_TO_POINTER (REDES_REJECT_NOT_YET) },
  { "unreadable", reject_every_request, GUINT_TO_POINTER (REDES_REJECT_UNREADABLE) },
  { "unknown", reject_every_request, GUINT_TO_POINTER (REDES_REJECT_UNKNOWN) },
  { "busy", reject_every_request, GUINT_TO_POINTER (REDES_REJECT_BUSY) },
  { "other-reason", reject_every_request, GUINT_TO_POINTER (200) },
  { "have-again", reject_and_have_again, NULL },
  { "hangs-up", hang_up, NULL },
};

static void
test_refusal (gconstpointer data)
{
  const Refusal *refusal = data;
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  HostileCase this;
  gint64 start_us = g_get_monotonic_time ();
  gint limit;

  begin (&this, refusal->act, refusal->data);
  transfer = redes_node_download (victim->node, &this.link, NULL);
  net_run_for (600);
  limit = 100 + (gint)((g_get_monotonic_time () - start_us) / 10000);
  g_test_message ("%d requests, %d connections", g_atomic_int_get (&this.source->n_requests),
                  g_atomic_int_get (&this.source->n_connections));
  g_assert_cmpint (g_atomic_int_get (&this.source->n_requests), <=, limit);
  g_assert_cmpint (g_atomic_int_get (&this.source->n_connections), <=, 10);
  if (redes_transfer_is_over (transfer))
    test_transfer_check_failed (transfer, " ");
  else
    {
      /* An honest source that comes late is found. */
      redes_node_remove (victim->node, transfer);
      test_transfer_check_failed (transfer, "removed");
    }
  g_clear_object (&transfer);
  link = test_node_share (seed, this.name, this.bytes);
  test_node_wait_for_sources (victim, this.name, 2);
  transfer = test_node_download (victim, &this.link);
  test_transfer_check_done (transfer, this.bytes);
  hostile_case_end (&this);
}

/* Nobody but one who refuses is there when a download begins: whoever comes later is found long
 * before patience ends, though the one who is there stays. */
static void
test_late (void)
{
  TestNode *eager = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "eager", .patience_s = 9 });
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (RedesLink) link = NULL;
  HostileCase this;

  begin (&this, reject_every_request, GUINT_TO_POINTER (REDES_REJECT_NOT_YET));
  transfer = redes_node_download (eager->node, &this.link, NULL);
  net_wait_for (g_atomic_int_get (&this.source->n_requests) > 0);
  link = test_node_share (seed, this.name, this.bytes);
  test_transfer_wait (transfer);
  test_transfer_check_done (transfer, this.bytes);
  test_node_free (eager);
  hostile_case_end (&this);
}

/* Many at once. */

#define N_CONTENTS 40u
/* No more than so many a second, and as many at once, ask sooner than every ten seconds. */
#define HURRIED_PER_S 4u

typedef struct
{
  HostileFile files[N_CONTENTS];
  guint n_queries;
} Crowd;

/* (nullable) */
static HostileFile *
find_file (Crowd *self, guint8 type, GBytes *body)
{
  g_autoptr (GVariant) variant = redes_body_decode (type, body, NULL);
  g_autoptr (GVariant) tuple = NULL;
  RedesContentId content;

  g_assert_nonnull (variant);
  g_variant_get_child (variant, 0, "@(ayt)", &tuple);
  redes_body_get_content (tuple, &content);
  for (guint i = 0; i < N_CONTENTS; i++)
    if (redes_content_id_equal (&self->files[i].content, &content))
      return &self->files[i];
  return NULL;
}

/* It knows what all of them are, and has no block of any. */
static gboolean
have_nothing (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  Crowd *crowd = (Crowd *)self->data;
  HostileFile *file = NULL;

  if (type == REDES_MESSAGE_MANIFEST_GET || type == REDES_MESSAGE_INTEREST)
    file = find_file (crowd, type, body);
  if (file != NULL && type == REDES_MESSAGE_MANIFEST_GET)
    hostile_send_manifest (link, file->manifest, NULL);
  else if (file != NULL)
    {
      g_autoptr (GBytes) bits = g_bytes_new_static ("\0", 1);

      hostile_send_message (link, REDES_MESSAGE_BITFIELD,
                            g_variant_new ("(@(ayt)@ay)", redes_body_new_content (&file->content),
                                           redes_body_new_bytes (bits)));
    }
  return TRUE;
}

static void
count_query (RedesTrackerHost *host, const RedesNotice *event, gpointer user_data)
{
  const char *line = redes_notice_get_english (event);
  static const char words[] = "asked for sources of ";
  Crowd *crowd = user_data;
  const char *at = g_str_has_prefix (line, "eager") ? strstr (line, words) : NULL;

  if (at == NULL)
    return;
  /* Of many in one message: "12 files"; of one its content. */
  crowd->n_queries += strstr (at, " files (") != NULL ? atoi (at + strlen (words)) : 1;
}

/* Each that starves asks again sooner; all together do not ask without measure. */
static void
test_crowd (void)
{
  TestNode *eager = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "eager", .patience_s = 120 });
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);
  char *no_tracker = NULL;
  Crowd crowd = { 0 };
  HostileSource *source;
  gint64 start_us, elapsed_us;
  guint bound;
  gulong id;

  /* Made before the thread that reads them. */
  for (guint i = 0; i < N_CONTENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("crowd %u", i);
      g_autoptr (GBytes) bytes = test_bytes (5901 + i, 1000);

      hostile_file_init (&crowd.files[i], net_get_identity (0), name, bytes);
    }
  source = hostile_source_new (tracker, "crowd", crowd.files[0].bytes, have_nothing, &crowd);
  for (guint i = 0; i < N_CONTENTS; i++)
    redes_tracker_client_add_file (source->client, crowd.files[i].manifest);
  for (guint i = 0; i < N_CONTENTS; i++)
    test_node_wait_for_sources (eager, redes_manifest_get_name (crowd.files[i].manifest), 1);

  id = g_signal_connect (tracker_host, "log", G_CALLBACK (count_query), &crowd);
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < N_CONTENTS; i++)
    {
      RedesLink link = { .content = crowd.files[i].content, .trackers = &no_tracker };

      g_ptr_array_add (transfers, redes_node_download (eager->node, &link, NULL));
    }
  net_wait_for (crowd.n_queries >= N_CONTENTS + 10);
  net_run_for (1000);
  elapsed_us = g_get_monotonic_time () - start_us;
  bound = (guint)(N_CONTENTS * (1 + elapsed_us / (10 * G_USEC_PER_SEC))
                  + HURRIED_PER_S * (elapsed_us + G_USEC_PER_SEC) / G_USEC_PER_SEC + 1);
  g_test_message ("%u queries, at most %u", crowd.n_queries, bound);
  g_assert_cmpuint (crowd.n_queries, <=, bound);

  g_signal_handler_disconnect (tracker_host, id);
  for (guint i = 0; i < N_CONTENTS; i++)
    redes_node_remove (eager->node, g_ptr_array_index (transfers, i));
  test_node_free (eager);
  g_ptr_array_set_size (transfers, 0);
  hostile_source_free (source);
  for (guint i = 0; i < N_CONTENTS; i++)
    hostile_file_clear (&crowd.files[i]);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  seed = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "seed" });
  victim = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "victim", .patience_s = 6 });
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/node/refusals/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  g_test_add_func ("/node/refusals/late", test_late);
  g_test_add_func ("/node/refusals/crowd", test_crowd);
  status = g_test_run ();

  test_node_free (victim);
  test_node_free (seed);
  test_tracker_host_free (tracker_host);
  return status;
}
