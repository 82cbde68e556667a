/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/hasher.h"
#include "engine/content/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MIB (1024u * 1024)
#define WAIT_S 30

typedef struct
{
  char *folder;
  RedesWorkers *workers;
  RedesHasher *hasher;
  guint n_answered;
  gint highest_fd; /* atomic */
} Scene;

/* One file and what came of it. */
typedef struct
{
  Scene *scene;
  char *path;
  RedesJobFunc while_open; /* (nullable): pushed to the workers when the file is opened */

  guint answer_number;
  RedesDigest *blocks;
  guint32 n_blocks;
  guint64 size;
  gint64 mtime_ns;
  GError *error;
} Item;

static void
set_up (Scene *scene, gconstpointer n_threads)
{
  scene->folder = g_dir_make_tmp ("redes-hasher-XXXXXX", NULL);
  g_assert_nonnull (scene->folder);
  scene->workers = redes_workers_new ("hash", GPOINTER_TO_UINT (n_threads), NULL);
  scene->hasher = redes_hasher_new (scene->workers);
}

static void
tear_down (Scene *scene, gconstpointer n_threads)
{
  g_clear_pointer (&scene->hasher, redes_hasher_free);
  redes_workers_free (scene->workers);
  g_assert_cmpint (g_rmdir (scene->folder), ==, 0);
  g_free (scene->folder);
}

static Item *
item_new (Scene *scene, const char *name)
{
  Item *item = g_new0 (Item, 1);

  item->scene = scene;
  item->path = g_build_filename (scene->folder, name, NULL);

  return item;
}

static void
item_free (Item *item)
{
  g_unlink (item->path);
  g_free (item->path);
  g_free (item->blocks);
  g_clear_error (&item->error);
  g_free (item);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Item, item_free)

static int
open_item (gpointer data, GError **error)
{
  Item *item = data;
  int fd = g_open (item->path, O_RDONLY | O_CLOEXEC, 0);
  gint highest;

  if (fd < 0)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "no such thing");
      return -1;
    }

  do
    highest = g_atomic_int_get (&item->scene->highest_fd);
  while (fd > highest
         && !g_atomic_int_compare_and_exchange (&item->scene->highest_fd, highest, fd));

  if (item->while_open != NULL)
    redes_workers_push_urgent (item->scene->workers, item->while_open, NULL, item);

  return fd;
}

static void
on_hashed (const RedesDigest *blocks,
           guint32 n_blocks,
           guint64 size,
           gint64 mtime_ns,
           const GError *error,
           gpointer data)
{
  Item *item = data;

  g_assert_cmpuint (item->answer_number, ==, 0);
  item->answer_number = ++item->scene->n_answered;
  item->blocks = g_memdup2 (blocks, n_blocks * sizeof *blocks);
  item->n_blocks = n_blocks;
  item->size = size;
  item->mtime_ns = mtime_ns;
  item->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
add (Item *item, GCancellable *cancellable)
{
  redes_hasher_add (item->scene->hasher, open_item, on_hashed, item, cancellable);
}

static gboolean
on_too_late (gpointer unused)
{
  g_error ("the files were not hashed in time");
  return G_SOURCE_REMOVE;
}

static void
wait_for_all (Scene *scene)
{
  guint timeout = g_timeout_add_seconds (WAIT_S, on_too_late, NULL);

  while (redes_hasher_get_pending (scene->hasher) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (timeout);
}

/* Different in every leaf, unlike a pattern that repeats. */
static guint8 *
make_data (gsize len)
{
  guint8 *data = g_malloc (len);
  guint32 state = 12345;

  for (gsize i = 0; i < len; i++)
    {
      state = state * 1103515245 + 12345;
      data[i] = (guint8)(state >> 16);
    }

  return data;
}

static void
write_item (Item *item, const guint8 *data, gsize len)
{
  g_assert_true (g_file_set_contents_full (item->path, (const char *)data, (gssize)len,
                                           G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL));
}

static void
assert_hashed_as (Item *item, const guint8 *data, gsize len)
{
  RedesGeometry geometry = { len, redes_block_size_for (len) };
  guint32 n_blocks = redes_geometry_get_n_blocks (&geometry);
  GStatBuf info;

  g_assert_no_error (item->error);
  g_assert_cmpuint (item->size, ==, len);
  g_assert_cmpuint (item->n_blocks, ==, n_blocks);
  g_assert_cmpint (g_stat (item->path, &info), ==, 0);
  g_assert_cmpint (item->mtime_ns, ==,
                   info.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + info.st_mtim.tv_nsec);

  for (guint32 i = 0; i < n_blocks; i++)
    {
      RedesDigest digest;

      redes_geometry_hash_block (&geometry, i, data + (gsize)i * geometry.block_size,
                                 redes_geometry_get_block_length (&geometry, i), &digest);
      g_assert_true (redes_digest_equal (&item->blocks[i], &digest));
    }
}

static void
test_sizes (Scene *scene, gconstpointer n_threads)
{
  static const gsize sizes[] = {
    0,           1,       16384,       16385,    256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1,
    8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 12 * MIB, 21 * MIB + 77,
  };
  g_autofree guint8 *data = make_data (22 * MIB);
  Item *items[G_N_ELEMENTS (sizes)];
  guint64 total = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("%" G_GSIZE_FORMAT, i);

      items[i] = item_new (scene, name);
      write_item (items[i], data, sizes[i]);
      add (items[i], NULL);
      total += sizes[i];
    }

  g_assert_cmpuint (redes_hasher_get_pending (scene->hasher), ==, G_N_ELEMENTS (sizes));
  wait_for_all (scene);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      assert_hashed_as (items[i], data, sizes[i]);
      g_assert_cmpuint (items[i]->answer_number, ==, i + 1);
      item_free (items[i]);
    }
  g_assert_cmpuint (redes_hasher_get_bytes (scene->hasher), ==, total);
}

/* Data here and there in a large file that is mostly holes, and a hole at its end. */
static void
test_holes (Scene *scene, gconstpointer n_threads)
{
  const gsize len = 20 * MIB + 5;
  g_autofree guint8 *data = g_malloc0 (len);
  g_autoptr (Item) item = item_new (scene, "sparse");
  g_autoptr (Item) hole = item_new (scene, "hole");
  static const gsize places[] = { 300000, 5 * MIB - 1, 13 * MIB };
  int fd = g_open (item->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

  g_assert_cmpint (fd, >=, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      memcpy (data + places[i], "here", 4);
      g_assert_cmpint (pwrite (fd, "here", 4, (off_t)places[i]), ==, 4);
    }
  g_assert_cmpint (ftruncate (fd, (off_t)len), ==, 0);
  close (fd);
  add (item, NULL);

  /* Nothing but a hole, in one block. */
  fd = g_open (hole->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  g_assert_cmpint (ftruncate (fd, 100000), ==, 0);
  close (fd);
  add (hole, NULL);

  wait_for_all (scene);
  assert_hashed_as (item, data, len);
  memset (data, 0, 100000);
  assert_hashed_as (hole, data, 100000);
}

static void
test_refusals (Scene *scene, gconstpointer n_threads)
{
  g_autoptr (Item) missing = item_new (scene, "missing");
  g_autoptr (Item) fine = item_new (scene, "fine");
  g_autoptr (Item) folder = item_new (scene, "folder");

  g_assert_cmpint (g_mkdir (folder->path, 0755), ==, 0);
  write_item (fine, (const guint8 *)"x", 1);
  add (missing, NULL);
  add (folder, NULL);
  add (fine, NULL);
  wait_for_all (scene);

  g_assert_error (missing->error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_null (missing->blocks);
  g_assert_cmpuint (missing->n_blocks, ==, 0);
  g_assert_error (folder->error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ);
  assert_hashed_as (fine, (const guint8 *)"x", 1);
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
}

static void
shorten (gpointer data)
{
  Item *item = data;

  g_assert_cmpint (truncate (item->path, 4 * MIB), ==, 0);
}

static void
lengthen (gpointer data)
{
  Item *item = data;

  g_assert_cmpint (truncate (item->path, 32 * MIB), ==, 0);
}

static void
touch (gpointer data)
{
  Item *item = data;
  int fd = g_open (item->path, O_WRONLY | O_CLOEXEC, 0);
  struct timespec times[2] = { { 1, 0 }, { 1, 1 } };

  g_assert_cmpint (pwrite (fd, "y", 1, 0), ==, 1);
  g_assert_cmpint (futimens (fd, times), ==, 0);
  close (fd);
}

/*
 * With one thread the job that opens a large file ends after its first stripe, and what was pushed
 * urgently comes before the next: the change falls between two stripes.
 */
static void
test_changes (Scene *scene, gconstpointer n_threads)
{
  static const RedesJobFunc changes[] = { shorten, lengthen, touch };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree guint8 *data = make_data (16 * MIB);
      g_autoptr (Item) item = item_new (scene, "changing");

      write_item (item, data, 16 * MIB);
      item->while_open = changes[i];
      add (item, NULL);
      wait_for_all (scene);

      g_assert_error (item->error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_READ);
      g_assert_nonnull (strstr (item->error->message, "changed while it was being read"));
      g_assert_null (item->blocks);
    }
}

static void
cancel (gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancel (Scene *scene, gconstpointer n_threads)
{
  g_autofree guint8 *data = make_data (16 * MIB);
  g_autoptr (GCancellable) before = g_cancellable_new ();
  g_autoptr (GCancellable) during = g_cancellable_new ();
  g_autoptr (Item) never = item_new (scene, "never");
  g_autoptr (Item) begun = item_new (scene, "begun");
  g_autoptr (Item) other = item_new (scene, "other");

  write_item (never, data, 1);
  write_item (begun, data, 16 * MIB);
  write_item (other, data, 10);

  g_cancellable_cancel (before);
  add (never, before);
  add (begun, during);
  add (other, NULL);
  /* Comes after the jobs pushed so far, of which none has done all of the file. */
  redes_workers_push_urgent (scene->workers, cancel, NULL, during);
  wait_for_all (scene);

  g_assert_error (never->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (begun->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_hashed_as (other, data, 10);
  g_assert_cmpuint (never->answer_number, ==, 1);
  g_assert_cmpuint (begun->answer_number, ==, 2);
}

/* The hasher ends while large and small files wait and run: each is answered, in order, once. */
static void
test_free_early (Scene *scene, gconstpointer n_threads)
{
  g_autofree guint8 *data = make_data (16 * MIB);
  Item *items[50];

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      items[i] = item_new (scene, name);
      write_item (items[i], data, i % 10 == 1 ? 16 * MIB : 5);
      add (items[i], NULL);
    }

  g_clear_pointer (&scene->hasher, redes_hasher_free);

  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    {
      g_assert_cmpuint (items[i]->answer_number, ==, i + 1);
      if (items[i]->error != NULL)
        g_assert_error (items[i]->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        assert_hashed_as (items[i], data, i % 10 == 1 ? 16 * MIB : 5);
      item_free (items[i]);
    }
}

/* A thousand files behind a large one: answered in order, few of them open at any time. */
static void
test_many (Scene *scene, gconstpointer n_threads)
{
  enum
  {
    N = 1000
  };
  g_autofree guint8 *data = make_data (12 * MIB);
  g_autofree Item **items = g_new (Item *, N);
  int spare_fd = dup (0);

  for (guint i = 0; i < N; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      items[i] = item_new (scene, name);
      if (i == 0)
        write_item (items[i], data, 12 * MIB);
      else
        g_assert_true (g_file_set_contents_full (items[i]->path, (const char *)&i, sizeof i,
                                                 G_FILE_SET_CONTENTS_NONE, 0644, NULL));
      add (items[i], NULL);
    }
  close (spare_fd);
  wait_for_all (scene);

  assert_hashed_as (items[0], data, 12 * MIB);
  for (guint i = 0; i < N; i++)
    {
      if (i > 0)
        assert_hashed_as (items[i], (const guint8 *)&i, sizeof i);
      g_assert_cmpuint (items[i]->answer_number, ==, i + 1);
      item_free (items[i]);
    }
  g_assert_cmpint (g_atomic_int_get (&scene->highest_fd), <, spare_fd + 10);
}

#define ADD(name, n_threads, func)                                                                 \
  g_test_add ("/content/hasher/" name, Scene, GUINT_TO_POINTER (n_threads), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("sizes/one-thread", 1, test_sizes);
  ADD ("sizes/three-threads", 3, test_sizes);
  ADD ("holes", 2, test_holes);
  ADD ("refusals", 2, test_refusals);
  ADD ("changes", 1, test_changes);
  ADD ("cancel", 1, test_cancel);
  ADD ("free-early/one-thread", 1, test_free_early);
  ADD ("free-early/three-threads", 3, test_free_early);
  ADD ("many", 2, test_many);

  return g_test_run ();
}
