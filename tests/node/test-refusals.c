/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "node-fixture.h"

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
  g_ptr_array_set_size (victim->offences, 0);
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
  limit = 100 + (gint) ((g_get_monotonic_time () - start_us) / 10000);
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

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  seed = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "seed" });
  victim = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "victim", .patience_s = 20 });
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path = g_strconcat ("/node/refusals/", refusals[i].name, NULL);

      g_test_add_data_func (path, &refusals[i], test_refusal);
    }
  status = g_test_run ();

  test_node_free (victim);
  test_node_free (seed);
  test_tracker_host_free (tracker_host);
  return status;
}
