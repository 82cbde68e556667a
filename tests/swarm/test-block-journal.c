/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/block-journal.h"

#include "engine/library/partial-file.h"

#include "swarm-fixture.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_BLOCKS 4u

static char *
dup_journal_path (const char *folder, const RedesContentId *content)
{
  g_autofree char *partial = redes_partial_file_dup_path (folder, content);

  return g_strconcat (partial, ".blocks", NULL);
}

/* What a program that was killed leaves: the blocks before @n. */
static void
write_journal (const FakeContent *content, const char *folder, guint32 n)
{
  RedesBlockJournal *journal = redes_block_journal_new (folder, content->content);

  for (guint32 i = 0; i < n; i++)
    {
      RedesBlockHeader header;
      RedesDigest digest;

      fake_content_get_header (content, i, &header);
      g_assert_true (redes_hash_tree_get_block (content->tree, i, &digest));
      redes_block_journal_add (journal, content->manifest, i, &digest, header.proof);
    }
  redes_block_journal_free (journal);
}

/* How many blocks the journal has; G_MAXUINT: it cannot be used. */
static guint
count_blocks (const FakeContent *content, const char *folder)
{
  RedesBlockJournal *journal = redes_block_journal_new (folder, content->content);
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (RedesBitfield) blocks = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_assert_true (redes_block_journal_read (journal, &manifest, &tree, &blocks, &error));
  g_assert_no_error (error);
  redes_block_journal_free (journal);
  if (manifest == NULL)
    return G_MAXUINT;
  for (guint32 i = 0; i < N_BLOCKS; i++)
    n += redes_bitfield_get (blocks, i) ? 1 : 0;
  return n;
}

static void
test_read_again (void)
{
  FakeContent content;
  g_autofree char *path = NULL;

  fake_content_init (&content, N_BLOCKS);
  path = dup_journal_path (content.folder.path, content.content);
  g_assert_cmpuint (count_blocks (&content, content.folder.path), ==, G_MAXUINT);
  write_journal (&content, content.folder.path, 3);
  g_assert_cmpuint (count_blocks (&content, content.folder.path), ==, 3);
  g_assert_cmpint (truncate (path, 10), ==, 0);
  g_assert_cmpuint (count_blocks (&content, content.folder.path), ==, G_MAXUINT);
  g_unlink (path);
  fake_content_clear (&content);
}

/* A file that somebody can also reach by another name may be changed while it is in use. */
static void
test_second_name (void)
{
  FakeContent content;
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;

  fake_content_init (&content, N_BLOCKS);
  path = dup_journal_path (content.folder.path, content.content);
  other = g_strconcat (path, ".other", NULL);
  write_journal (&content, content.folder.path, 3);
  g_assert_cmpint (link (path, other), ==, 0);
  g_assert_cmpuint (count_blocks (&content, content.folder.path), ==, G_MAXUINT);
  g_unlink (other);
  g_assert_cmpuint (count_blocks (&content, content.folder.path), ==, 3);
  g_unlink (path);
  fake_content_clear (&content);
}

static void
test_foreign (void)
{
  FakeContent content;
  g_autofree char *path = NULL;

  if (geteuid () != 0)
    {
      g_test_skip ("only root can make a file of another user's, to see that it is not used");
      return;
    }
  fake_content_init (&content, N_BLOCKS);
  path = dup_journal_path (content.folder.path, content.content);
  write_journal (&content, content.folder.path, 3);
  g_assert_cmpint (chown (path, 65534, 65534), ==, 0);
  g_assert_cmpuint (count_blocks (&content, content.folder.path), ==, G_MAXUINT);
  g_unlink (path);
  fake_content_clear (&content);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/block-journal/read-again", test_read_again);
  g_test_add_func ("/swarm/block-journal/second-name", test_second_name);
  g_test_add_func ("/swarm/block-journal/foreign", test_foreign);
  return g_test_run ();
}
