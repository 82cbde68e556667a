/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/cache/block-cache.h"

#include <gio/gio.h>

#define BOUND_MS 20000

typedef struct
{
  GMainContext *context;
  RedesWorkers *workers;
  RedesBlockCache *cache;
  /* Touched by the workers too. */
  gint n_reads;
  gint n_freed;
  /* A read waits while this is locked. */
  GMutex gate;
} Fixture;

typedef struct
{
  Fixture *fixture;
  gsize size;
  guint8 fill;
  gboolean fails;
} Source;

typedef struct
{
  guint n_answers;
  gsize size;
  guint8 fill;
  GQuark domain;
  gint code;
} Answer;

static RedesContentId
content_of (guint number)
{
  RedesContentId content = { .size_bytes = number };

  redes_digest_of (&number, sizeof number, &content.root);
  return content;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->context = g_main_context_new ();
  fixture->workers = redes_workers_new ("test", 2, fixture->context);
  fixture->cache = redes_block_cache_new (GPOINTER_TO_SIZE (data), fixture->workers);
  g_mutex_init (&fixture->gate);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->cache, redes_block_cache_free);
  redes_workers_free (fixture->workers);
  g_main_context_unref (fixture->context);
  g_mutex_clear (&fixture->gate);
}

static GBytes *
bytes_of (gsize size, guint8 fill)
{
  guint8 *data = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    data[i] = fill;
  return g_bytes_new_take (data, size);
}

static GBytes *
read_source (gpointer data, GError **error)
{
  Source *source = data;

  g_mutex_lock (&source->fixture->gate);
  g_mutex_unlock (&source->fixture->gate);
  g_atomic_int_inc (&source->fixture->n_reads);

  if (source->fails)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "The disk is gone");
      return NULL;
    }
  return bytes_of (source->size, source->fill);
}

static void
source_free (gpointer data)
{
  Source *source = data;

  g_atomic_int_inc (&source->fixture->n_freed);
  g_free (source);
}

static void
on_answer (GBytes *bytes, const GError *error, gpointer user_data)
{
  Answer *answer = user_data;

  g_assert_true ((bytes == NULL) != (error == NULL));
  answer->n_answers++;
  if (bytes != NULL)
    {
      const guint8 *data = g_bytes_get_data (bytes, &answer->size);

      answer->fill = data[0];
    }
  else
    {
      answer->domain = error->domain;
      answer->code = error->code;
    }
}

static void
get_full (Fixture *fixture,
          guint content_number,
          guint32 index,
          gsize size,
          guint8 fill,
          gboolean fails,
          RedesBlockCacheFunc func,
          gpointer user_data)
{
  RedesContentId content = content_of (content_number);
  Source *source = g_new (Source, 1);

  source->fixture = fixture;
  source->size = size;
  source->fill = fill;
  source->fails = fails;
  redes_block_cache_get (fixture->cache, &content, index, read_source, source, source_free, func,
                         user_data);
}

static void
get (Fixture *fixture, guint content_number, guint32 index, gsize size, guint8 fill, Answer *answer)
{
  get_full (fixture, content_number, index, size, fill, FALSE, on_answer, answer);
}

static void
put (Fixture *fixture, guint content_number, guint32 index, gsize size, guint8 fill)
{
  RedesContentId content = content_of (content_number);
  g_autoptr (GBytes) bytes = bytes_of (size, fill);

  redes_block_cache_put (fixture->cache, &content, index, bytes);
}

static void
drop (Fixture *fixture, guint content_number)
{
  RedesContentId content = content_of (content_number);

  redes_block_cache_drop (fixture->cache, &content);
}

static gboolean
on_bound (gpointer data)
{
  g_error ("nothing came in time");
  return G_SOURCE_REMOVE;
}

static void
wait (Fixture *fixture)
{
  g_autoptr (GSource) bound = g_timeout_source_new (BOUND_MS);

  g_source_set_callback (bound, on_bound, NULL, NULL);
  g_source_attach (bound, fixture->context);
  while (redes_workers_get_pending (fixture->workers) > 0)
    g_main_context_iteration (fixture->context, TRUE);
  g_source_destroy (bound);
}

static void
assert_stats (
    Fixture *fixture, guint64 hits, guint64 misses, guint64 evictions, gsize bytes, guint blocks)
{
  RedesBlockCacheStats stats;

  redes_block_cache_get_stats (fixture->cache, &stats);
  g_assert_cmpuint (stats.hits, ==, hits);
  g_assert_cmpuint (stats.misses, ==, misses);
  g_assert_cmpuint (stats.evictions, ==, evictions);
  g_assert_cmpuint (stats.bytes, ==, bytes);
  g_assert_cmpuint (stats.blocks, ==, blocks);
}

static void
test_miss_then_hit (Fixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  get (fixture, 1, 0, 100, 7, &answer);
  g_assert_cmpuint (answer.n_answers, ==, 0);
  wait (fixture);
  g_assert_cmpuint (answer.n_answers, ==, 1);
  g_assert_cmpuint (answer.size, ==, 100);
  g_assert_cmpuint (answer.fill, ==, 7);

  get (fixture, 1, 0, 999, 9, &answer);
  g_assert_cmpuint (answer.n_answers, ==, 2);
  g_assert_cmpuint (answer.size, ==, 100);
  assert_stats (fixture, 1, 1, 0, 100, 1);
  g_assert_cmpint (fixture->n_reads, ==, 1);
  g_assert_cmpint (fixture->n_freed, ==, 2);

  /* Another block of it, and the same index of another content. */
  get (fixture, 1, 1, 50, 1, &answer);
  get (fixture, 2, 0, 50, 2, &answer);
  wait (fixture);
  assert_stats (fixture, 1, 3, 0, 200, 3);
}

static void
test_concurrent_wishes_cost_one_read (Fixture *fixture, gconstpointer data)
{
  Answer answers[50] = { 0 };

  g_mutex_lock (&fixture->gate);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    get (fixture, 1, 3, 100, 7, &answers[i]);
  g_mutex_unlock (&fixture->gate);
  wait (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_assert_cmpuint (answers[i].n_answers, ==, 1);
      g_assert_cmpuint (answers[i].fill, ==, 7);
    }
  g_assert_cmpint (fixture->n_reads, ==, 1);
  g_assert_cmpint (fixture->n_freed, ==, 50);
  assert_stats (fixture, 49, 1, 0, 100, 1);
}

static void
test_error_is_not_kept (Fixture *fixture, gconstpointer data)
{
  Answer answers[3] = { 0 };

  g_mutex_lock (&fixture->gate);
  get_full (fixture, 1, 0, 100, 7, TRUE, on_answer, &answers[0]);
  get (fixture, 1, 0, 100, 7, &answers[1]);
  g_mutex_unlock (&fixture->gate);
  wait (fixture);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpuint (answers[i].n_answers, ==, 1);
      g_assert_cmpint (answers[i].domain, ==, G_IO_ERROR);
      g_assert_cmpint (answers[i].code, ==, G_IO_ERROR_FAILED);
    }
  assert_stats (fixture, 1, 1, 0, 0, 0);

  /* The next wish tries again. */
  get (fixture, 1, 0, 100, 7, &answers[2]);
  wait (fixture);
  g_assert_cmpuint (answers[2].fill, ==, 7);
  assert_stats (fixture, 1, 2, 0, 100, 1);
}

static void
test_order_of_leaving (Fixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  put (fixture, 1, 0, 300, 0);
  put (fixture, 1, 1, 300, 1);
  put (fixture, 1, 2, 300, 2);
  /* Block 0 was used last but one: 1 has to go. */
  get (fixture, 1, 0, 1, 99, &answer);
  put (fixture, 1, 3, 300, 3);
  assert_stats (fixture, 1, 0, 1, 900, 3);
  get (fixture, 1, 2, 1, 99, &answer);
  get (fixture, 1, 0, 1, 99, &answer);
  g_assert_cmpuint (answer.n_answers, ==, 3);
  get (fixture, 1, 1, 1, 99, &answer);
  g_assert_cmpuint (answer.n_answers, ==, 3);
  wait (fixture);
  g_assert_cmpuint (answer.fill, ==, 99);
}

static void
test_larger_than_budget (Fixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  put (fixture, 1, 0, 400, 1);
  get (fixture, 2, 0, 1001, 5, &answer);
  wait (fixture);
  g_assert_cmpuint (answer.size, ==, 1001);
  put (fixture, 2, 1, 1001, 5);
  assert_stats (fixture, 0, 1, 0, 400, 1);
  put (fixture, 2, 2, 1000, 5);
  assert_stats (fixture, 0, 1, 1, 1000, 1);
}

static void
test_no_budget (Fixture *fixture, gconstpointer data)
{
  Answer answers[3] = { 0 };

  g_mutex_lock (&fixture->gate);
  get (fixture, 1, 0, 100, 5, &answers[0]);
  get (fixture, 1, 0, 100, 5, &answers[1]);
  g_mutex_unlock (&fixture->gate);
  wait (fixture);
  get (fixture, 1, 0, 100, 5, &answers[2]);
  wait (fixture);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (answers[i].size, ==, 100);
  put (fixture, 1, 0, 100, 5);
  assert_stats (fixture, 1, 2, 0, 0, 0);
}

static void
test_change_of_budget (Fixture *fixture, gconstpointer data)
{
  RedesBlockCacheStats stats;

  for (guint i = 0; i < 10; i++)
    put (fixture, 1, i, 100, 1);
  redes_block_cache_set_budget (fixture->cache, 350);
  assert_stats (fixture, 0, 0, 7, 300, 3);
  redes_block_cache_set_budget (fixture->cache, 0);
  assert_stats (fixture, 0, 0, 10, 0, 0);
  redes_block_cache_set_budget (fixture->cache, G_MAXSIZE);
  put (fixture, 1, 0, 100, 1);
  assert_stats (fixture, 0, 0, 10, 100, 1);
  redes_block_cache_get_stats (fixture->cache, &stats);
  g_assert_cmpuint (stats.budget_bytes, ==, G_MAXSIZE);
}

/* What was verified stays; who waited for the read gets the read. */
static void
test_put_while_loading (Fixture *fixture, gconstpointer data)
{
  Answer waiting = { 0 };
  Answer later = { 0 };

  g_mutex_lock (&fixture->gate);
  get (fixture, 1, 0, 100, 1, &waiting);
  put (fixture, 1, 0, 200, 2);
  get (fixture, 1, 0, 100, 1, &later);
  g_assert_cmpuint (later.fill, ==, 2);
  g_mutex_unlock (&fixture->gate);
  wait (fixture);
  g_assert_cmpuint (waiting.fill, ==, 1);
  assert_stats (fixture, 1, 1, 0, 200, 1);
  get (fixture, 1, 0, 100, 1, &later);
  g_assert_cmpuint (later.fill, ==, 2);

  /* Putting again replaces. */
  put (fixture, 1, 0, 50, 3);
  assert_stats (fixture, 2, 1, 0, 50, 1);
}

static void
test_drop (Fixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  for (guint i = 0; i < 4; i++)
    {
      put (fixture, 1, i, 100, 1);
      put (fixture, 2, i, 100, 2);
    }
  g_mutex_lock (&fixture->gate);
  get (fixture, 1, 9, 100, 1, &answer);
  drop (fixture, 1);
  g_mutex_unlock (&fixture->gate);
  wait (fixture);
  /* The one under way was handed out, and not kept. */
  g_assert_cmpuint (answer.n_answers, ==, 1);
  assert_stats (fixture, 0, 1, 0, 400, 4);
  drop (fixture, 77);
  drop (fixture, 2);
  assert_stats (fixture, 0, 1, 0, 0, 0);
  put (fixture, 1, 0, 100, 1);
  assert_stats (fixture, 0, 1, 0, 100, 1);
}

static void
test_free_while_loading (Fixture *fixture, gconstpointer data)
{
  Answer answers[3] = { 0 };

  g_mutex_lock (&fixture->gate);
  get (fixture, 1, 0, 100, 1, &answers[0]);
  get (fixture, 1, 0, 100, 1, &answers[1]);
  get (fixture, 2, 0, 100, 1, &answers[2]);
  g_clear_pointer (&fixture->cache, redes_block_cache_free);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (answers[i].n_answers, ==, 1);
      g_assert_cmpint (answers[i].code, ==, G_IO_ERROR_CANCELLED);
    }
  g_mutex_unlock (&fixture->gate);
  wait (fixture);
  g_assert_cmpint (fixture->n_freed, ==, 3);
  g_assert_cmpuint (answers[0].n_answers, ==, 1);
}

static void
on_answer_ask_again (GBytes *bytes, const GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_no_error (error);
  if (g_bytes_get_size (bytes) < 5)
    get_full (fixture, 1, 0, g_bytes_get_size (bytes) + 1, 1, FALSE, on_answer_ask_again, fixture);
}

/* A waiter may ask for the same block from inside its answer (with no budget, a read each time). */
static void
test_ask_from_answer (Fixture *fixture, gconstpointer data)
{
  get_full (fixture, 1, 0, 1, 1, FALSE, on_answer_ask_again, fixture);
  wait (fixture);
  g_assert_cmpint (fixture->n_reads, ==, 5);
}

/* The model: an array, the block used last at its end. */
typedef struct
{
  guint content;
  guint32 index;
  gsize size;
} ModelBlock;

typedef struct
{
  GArray *blocks;
  gsize budget;
  guint64 hits, misses, evictions;
} Model;

static gsize
model_bytes (Model *model)
{
  gsize bytes = 0;

  for (guint i = 0; i < model->blocks->len; i++)
    bytes += g_array_index (model->blocks, ModelBlock, i).size;
  return bytes;
}

static void
model_shrink (Model *model, gsize max_bytes)
{
  while (model_bytes (model) > max_bytes)
    {
      g_array_remove_index (model->blocks, 0);
      model->evictions++;
    }
}

static gint
model_find (Model *model, guint content, guint32 index)
{
  for (guint i = 0; i < model->blocks->len; i++)
    {
      ModelBlock *block = &g_array_index (model->blocks, ModelBlock, i);

      if (block->content == content && block->index == index)
        return (gint)i;
    }
  return -1;
}

static void
model_insert (Model *model, ModelBlock block)
{
  gint at = model_find (model, block.content, block.index);

  if (at >= 0)
    g_array_remove_index (model->blocks, (guint)at);
  if (block.size > model->budget)
    return;
  model_shrink (model, model->budget - block.size);
  g_array_append_val (model->blocks, block);
}

static void
model_get (Model *model, ModelBlock block)
{
  gint at = model_find (model, block.content, block.index);

  if (at < 0)
    {
      model->misses++;
      model_insert (model, block);
      return;
    }
  model->hits++;
  block = g_array_index (model->blocks, ModelBlock, at);
  g_array_remove_index (model->blocks, (guint)at);
  g_array_append_val (model->blocks, block);
}

static void
model_drop (Model *model, guint content)
{
  for (guint i = model->blocks->len; i > 0; i--)
    if (g_array_index (model->blocks, ModelBlock, i - 1).content == content)
      g_array_remove_index (model->blocks, i - 1);
}

static void
test_against_model (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20240229);
  Model model = { g_array_new (FALSE, FALSE, sizeof (ModelBlock)), GPOINTER_TO_SIZE (data), 0 };

  for (guint step = 0; step < 20000; step++)
    {
      gint what = g_rand_int_range (rand, 0, 1000);
      ModelBlock block
          = { (guint)g_rand_int_range (rand, 0, 4), (guint32)g_rand_int_range (rand, 0, 8),
              (gsize)g_rand_int_range (rand, 1, 300) };
      Answer answer = { 0 };

      if (what < 600)
        {
          get (fixture, block.content, block.index, block.size, 1, &answer);
          wait (fixture);
          g_assert_cmpuint (answer.n_answers, ==, 1);
          model_get (&model, block);
        }
      else if (what < 970)
        {
          put (fixture, block.content, block.index, block.size, 1);
          model_insert (&model, block);
        }
      else if (what < 990)
        {
          drop (fixture, block.content);
          model_drop (&model, block.content);
        }
      else
        {
          model.budget = (gsize)g_rand_int_range (rand, 0, 2000);
          redes_block_cache_set_budget (fixture->cache, model.budget);
          model_shrink (&model, model.budget);
        }

      assert_stats (fixture, model.hits, model.misses, model.evictions, model_bytes (&model),
                    model.blocks->len);
    }

  /* All of both kinds happened. */
  g_assert_cmpuint (model.hits, >, 1000);
  g_assert_cmpuint (model.misses, >, 1000);
  g_assert_cmpuint (model.evictions, >, 1000);
  g_array_unref (model.blocks);
}

#define ADD(name, budget, function)                                                                \
  g_test_add ("/block-cache/" name, Fixture, GSIZE_TO_POINTER (budget), set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("miss-then-hit", 1000, test_miss_then_hit);
  ADD ("concurrent-wishes-cost-one-read", 1000, test_concurrent_wishes_cost_one_read);
  ADD ("error-is-not-kept", 1000, test_error_is_not_kept);
  ADD ("order-of-leaving", 1000, test_order_of_leaving);
  ADD ("larger-than-budget", 1000, test_larger_than_budget);
  ADD ("no-budget", 0, test_no_budget);
  ADD ("change-of-budget", 1000, test_change_of_budget);
  ADD ("put-while-loading", 1000, test_put_while_loading);
  ADD ("drop", 1000, test_drop);
  ADD ("free-while-loading", 1000, test_free_while_loading);
  ADD ("ask-from-answer", 0, test_ask_from_answer);
  ADD ("against-model", 1000, test_against_model);
  return g_test_run ();
}
