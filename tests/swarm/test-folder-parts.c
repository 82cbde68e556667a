/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-sources.h"
#include "engine/swarm/folder-writer.h"

#include "swarm-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Parts of a folder download alone: a clock that a test moves, and remotes that are no connections.
 */

/* ---- A remote that is asked for blocks of many contents ---- */

typedef struct
{
  RedesRemote remote;
  RedesPeerId id;
  gint64 now_us;
  gint64 gave_us;
  GArray *asked; /* of RedesBlockKey */
  guint n_cancelled;
  RedesBlockAsker *asker;
} Remote;

static Remote *
from_remote (RedesRemote *remote)
{
  return (Remote *)remote;
}

static RedesRemote *
remote_ref (RedesRemote *remote)
{
  return remote;
}

static void
remote_unref (RedesRemote *remote)
{
}

static const RedesPeerId *
get_id (RedesRemote *remote)
{
  return &from_remote (remote)->id;
}

static const char *
get_text (RedesRemote *remote)
{
  return "here";
}

static gboolean
is_never (RedesRemote *remote)
{
  return FALSE;
}

static void
cancel (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  from_remote (remote)->n_cancelled++;
}

static gboolean
ask (RedesRemote *remote,
     RedesBlockAsker *asker,
     const RedesContentId *content,
     guint32 index,
     guint32 length)
{
  RedesBlockKey key = { .content = *content, .index = index };

  from_remote (remote)->asker = asker;
  g_array_append_val (from_remote (remote)->asked, key);
  return TRUE;
}

static void
forget (RedesRemote *remote, RedesBlockAsker *asker)
{
  from_remote (remote)->asker = NULL;
}

static gint64
get_silence_us (RedesRemote *remote, gint64 now_us)
{
  return now_us - from_remote (remote)->gave_us;
}

static void
forgive_silence (RedesRemote *remote, gint64 now_us)
{
  from_remote (remote)->gave_us = now_us;
}

static const RedesRemoteInterface remote_interface = { .ref = remote_ref,
                                                       .unref = remote_unref,
                                                       .get_id = get_id,
                                                       .get_nickname = get_text,
                                                       .get_host = get_text,
                                                       .get_address = get_text,
                                                       .is_closed = is_never,
                                                       .is_held_back = is_never,
                                                       .cancel = cancel,
                                                       .ask = ask,
                                                       .forget = forget,
                                                       .get_silence_us = get_silence_us,
                                                       .forgive_silence = forgive_silence };

typedef struct
{
  FakeClock clock;
  Remote one;
  Remote other;
  RedesFolderSources *sources;
  guint n_given_back;
  guint n_lacked;
  guint n_blocks;
} Fixture;

static void
on_block (RedesFolderSource *source,
          const RedesFolderWish *wish,
          const RedesBlockHeader *header,
          GBytes *data,
          gpointer user_data)
{
  ((Fixture *)user_data)->n_blocks++;
}

static void
on_given_back (RedesFolderSource *source, const RedesFolderWish *wish, gpointer user_data)
{
  ((Fixture *)user_data)->n_given_back++;
}

static void
on_lacks (RedesFolderSource *source, const RedesFolderWish *wish, gpointer user_data)
{
  ((Fixture *)user_data)->n_lacked++;
}

static void
on_fill (RedesFolderSource *source, gpointer user_data)
{
}

static const RedesFolderSourceEvents events
    = { .block = on_block, .given_back = on_given_back, .lacks = on_lacks, .fill = on_fill };

static void
remote_init (Remote *self, guint number)
{
  self->remote.interface = &remote_interface;
  self->id = fake_peer_id (number);
  self->asked = g_array_new (FALSE, FALSE, sizeof (RedesBlockKey));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fake_clock_init (&fixture->clock);
  remote_init (&fixture->one, 1);
  remote_init (&fixture->other, 2);
  fixture->sources = redes_folder_sources_new (&fixture->clock.clock, &events, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  redes_folder_sources_drop (fixture->sources);
  redes_folder_sources_free (fixture->sources);
  g_array_unref (fixture->one.asked);
  g_array_unref (fixture->other.asked);
}

static RedesFolderWish
make_wish (guint item)
{
  RedesFolderWish wish = { .item = item, .length = 100 };

  wish.content.size_bytes = 100;
  redes_digest_of (&item, sizeof item, &wish.content.root);
  return wish;
}

static RedesFolderSource *
add (Fixture *fixture, Remote *remote)
{
  RedesFolderSource *source;

  remote->gave_us = fixture->clock.now_us;
  source = redes_folder_sources_add (fixture->sources, &remote->remote);
  g_assert_nonnull (source);
  return source;
}

static void
lack (RedesFolderSource *source, Remote *remote, guint item)
{
  RedesFolderWish wish = make_wish (item);

  g_assert_true (redes_folder_source_ask (source, &wish));
  remote->asker->rejected (remote->asker, &wish.content, 0, REDES_REJECT_UNKNOWN, NULL);
}

/* ---- Sources ---- */

/* What a source lacks it may be fetching itself. */
static void
test_lacks_for_a_while (Fixture *fixture, gconstpointer data)
{
  RedesFolderSource *source = add (fixture, &fixture->one);

  lack (source, &fixture->one, 7);
  g_assert_cmpuint (fixture->n_given_back, ==, 1);
  g_assert_cmpuint (fixture->n_lacked, ==, 1);
  g_assert_true (redes_folder_source_lacks (source, 7));
  g_assert_false (redes_folder_source_lacks (source, 8));
  fixture->clock.now_us += 5 * SECOND_US;
  g_assert_false (redes_folder_source_lacks (source, 7));
}

/* Who lacks much rests for longer and longer, but is never sent away for it. */
static void
test_lacks_much (Fixture *fixture, gconstpointer data)
{
  RedesFolderSource *source = add (fixture, &fixture->one);
  guint item = 0;

  for (guint round = 0; round < 3; round++)
    {
      g_assert_true (redes_folder_source_has_room (source));
      for (guint i = 0; i < 32; i++)
        lack (source, &fixture->one, item++);
      g_assert_false (redes_folder_source_has_room (source));
      fixture->clock.now_us += (SECOND_US / 2) << round;
    }
  redes_folder_sources_check (fixture->sources, FALSE);
  g_assert_true (redes_folder_sources_get (fixture->sources, &fixture->one.id) == source);
}

static void
test_silent (Fixture *fixture, gconstpointer data)
{
  RedesFolderSource *source = add (fixture, &fixture->one);
  RedesFolderWish wish = make_wish (1);

  g_assert_true (redes_folder_source_ask (source, &wish));
  fixture->clock.now_us += 5 * SECOND_US;
  redes_folder_sources_check (fixture->sources, FALSE);
  g_assert_cmpuint (fixture->n_given_back, ==, 1);
  g_assert_false (redes_folder_source_has_room (source));
  /* This process slept, and not it. */
  fixture->clock.now_us += 30 * SECOND_US;
  redes_folder_sources_check (fixture->sources, TRUE);
  g_assert_nonnull (redes_folder_sources_get (fixture->sources, &fixture->one.id));
  fixture->clock.now_us += 21 * SECOND_US;
  redes_folder_sources_check (fixture->sources, FALSE);
  g_assert_null (redes_folder_sources_get (fixture->sources, &fixture->one.id));
  g_assert_true (redes_folder_sources_want (fixture->sources, &fixture->one.id));
}

static void
test_lost_and_refused (Fixture *fixture, gconstpointer data)
{
  RedesFolderSource *source = add (fixture, &fixture->one);
  RedesFolderWish wish = make_wish (1);

  add (fixture, &fixture->other);
  g_assert_true (redes_folder_source_ask (source, &wish));
  g_assert_true (redes_folder_sources_lose (fixture->sources, &fixture->one.remote, FALSE));
  g_assert_cmpuint (fixture->n_given_back, ==, 1);
  g_assert_null (fixture->one.asker);
  g_assert_false (redes_folder_sources_lose (fixture->sources, &fixture->one.remote, FALSE));
  g_assert_true (redes_folder_sources_want (fixture->sources, &fixture->one.id));
  g_assert_true (redes_folder_sources_lose (fixture->sources, &fixture->other.remote, TRUE));
  g_assert_false (redes_folder_sources_want (fixture->sources, &fixture->other.id));
  g_assert_null (redes_folder_sources_add (fixture->sources, &fixture->other.remote));
  redes_folder_sources_begin_anew (fixture->sources);
  g_assert_true (redes_folder_sources_want (fixture->sources, &fixture->other.id));
}

static void
test_asking (Fixture *fixture, gconstpointer data)
{
  static const guint waits_s[] = { 2, 4, 8, 16, 32, 60, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (waits_s); i++)
    {
      g_assert_true (redes_folder_sources_begin_to_ask (fixture->sources));
      g_assert_false (redes_folder_sources_begin_to_ask (fixture->sources));
      redes_folder_sources_end_to_ask (fixture->sources);
      fixture->clock.now_us += (gint64)waits_s[i] * SECOND_US - 1;
      g_assert_false (redes_folder_sources_begin_to_ask (fixture->sources));
      fixture->clock.now_us += 1;
    }
}

/* ---- The writer ---- */

typedef struct
{
  gssize unwritten;
  guint n_took;
  guint n_wrong;
  guint n_given_back;
  guint n_held;
} Written;

static void
on_hold (gpointer user_data)
{
  ((Written *)user_data)->n_held++;
}

static void
on_ended (gpointer user_data)
{
  ((Written *)user_data)->n_held--;
}

static void
on_add_unwritten (gssize bytes, gpointer user_data)
{
  ((Written *)user_data)->unwritten += bytes;
}

static void
on_took (const RedesFolderBlock *block, gpointer user_data)
{
  ((Written *)user_data)->n_took++;
}

static void
on_wrong (const RedesFolderBlock *block, gpointer user_data)
{
  ((Written *)user_data)->n_wrong++;
}

static void
on_back (const RedesFolderWish *wish, gpointer user_data)
{
  ((Written *)user_data)->n_given_back++;
}

static void
on_failed (const GError *error, gpointer user_data)
{
  g_assert_not_reached ();
}

static void
test_writer (void)
{
  static const RedesFolderJobsEvents jobs_events = { on_hold, on_ended };
  static const RedesFolderWriterEvents writer_events
      = { on_add_unwritten, on_took, on_wrong, on_back, on_failed };
  RedesWorkers *workers = redes_workers_new ("test", 1, NULL);
  Written written = { 0 };
  RedesFolderJobs *jobs = redes_folder_jobs_new (workers, &jobs_events, &written);
  RedesFolderWriter *writer = redes_folder_writer_new (jobs, &writer_events, &written);
  g_autofree char *folder = g_dir_make_tmp ("redes-test-XXXXXX", NULL);
  FakeContent content;
  RedesFolderWish wish = { 0 };
  RedesPeerId peer = fake_peer_id (1);

  fake_content_init (&content, 3);
  {
    g_autoptr (RedesFolderBuild) build = redes_folder_build_open (folder, content.content, NULL);
    g_autoptr (RedesBitfield) blocks = NULL;
    g_autoptr (RedesHashTree) tree = NULL;

    wish.content = *content.content;
    wish.length = FAKE_BLOCK_SIZE;
    for (guint32 i = 0; i < 3; i++)
      {
        /* The second comes with the bytes of the third. */
        g_autoptr (GBytes) data = fake_content_dup_block (&content, i == 1 ? 2 : i);
        RedesBlockHeader header;

        wish.index = i;
        fake_content_get_header (&content, i, &header);
        redes_folder_writer_add (writer, &wish, &peer, &header, data);
      }
    g_assert_cmpint (written.unwritten, ==, 3 * FAKE_BLOCK_SIZE);
    redes_folder_writer_go_on (writer, build);
    while (redes_folder_writer_is_busy (writer))
      g_main_context_iteration (NULL, TRUE);
    g_assert_cmpint (written.unwritten, ==, 0);
    g_assert_cmpuint (written.n_took, ==, 2);
    g_assert_cmpuint (written.n_wrong, ==, 1);
    g_assert_cmpuint (written.n_given_back, ==, 1);
    /* The next run finds the two, and others can be shown what proves them. */
    blocks = redes_folder_build_check (build, content.content);
    g_assert_true (redes_bitfield_get (blocks, 0) && redes_bitfield_get (blocks, 2));
    g_assert_false (redes_bitfield_get (blocks, 1));
    g_assert_null (redes_folder_build_load_tree (build, content.content));
    /* What waits is given back. */
    {
      g_autoptr (GBytes) data = fake_content_dup_block (&content, 1);
      RedesBlockHeader header;

      wish.index = 1;
      fake_content_get_header (&content, 1, &header);
      redes_folder_writer_add (writer, &wish, &peer, &header, data);
      redes_folder_writer_drop (writer);
      g_assert_cmpuint (written.n_given_back, ==, 2);
      g_assert_cmpint (written.unwritten, ==, 0);
      redes_folder_writer_add (writer, &wish, &peer, &header, data);
      redes_folder_writer_go_on (writer, build);
      while (redes_folder_writer_is_busy (writer))
        g_main_context_iteration (NULL, TRUE);
    }
    tree = redes_folder_build_load_tree (build, content.content);
    g_assert_nonnull (tree);
    redes_folder_build_discard (build);
  }
  g_assert_cmpuint (written.n_held, ==, 0);
  redes_folder_writer_free (writer);
  redes_folder_jobs_free (jobs);
  redes_workers_free (workers);
  fake_content_clear (&content);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/folder-parts/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("lacks-for-a-while", test_lacks_for_a_while);
  ADD ("lacks-much", test_lacks_much);
  ADD ("silent", test_silent);
  ADD ("lost-and-refused", test_lost_and_refused);
  ADD ("asking", test_asking);
#undef ADD
  g_test_add_func ("/folder-parts/writer", test_writer);
  return g_test_run ();
}
