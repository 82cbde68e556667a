/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/picker.h"

#define SEED 20240607
#define MAX_BLOCKS 40
#define N_SOURCES 6
#define N_STEPS 20000

/* The picker as plainly as it can be said: every answer is looked for from scratch. */
typedef struct
{
  guint32 n_blocks;
  guint asked[MAX_BLOCKS];
  gboolean done[MAX_BLOCKS];
  GQueue on_the_way;
  RedesBitfield *has[N_SOURCES]; /* NULL: not there */
  gboolean counted[N_SOURCES];
} Model;

static gboolean
model_is_wanted (Model *model, guint32 index)
{
  return model->asked[index] == 0 && !model->done[index];
}

static guint
model_get_rarity (Model *model, guint32 index)
{
  guint rarity = 0;

  for (guint s = 0; s < N_SOURCES; s++)
    if (model->has[s] != NULL && model->counted[s] && redes_bitfield_get (model->has[s], index))
      rarity++;
  return rarity;
}

/* The rarest wanted block that @has has, or G_MAXUINT. */
static guint
model_get_best_rarity (Model *model, const RedesBitfield *has)
{
  guint best = G_MAXUINT;

  for (guint32 i = 0; i < model->n_blocks; i++)
    if (model_is_wanted (model, i) && redes_bitfield_get (has, i))
      best = MIN (best, model_get_rarity (model, i));
  return best;
}

static RedesBitfield *
random_blocks (GRand *rand, guint32 n_blocks)
{
  RedesBitfield *has = redes_bitfield_new (n_blocks);
  gint density = g_rand_int_range (rand, 0, 4);

  if (density == 3)
    redes_bitfield_set_all (has);
  else
    for (guint32 i = 0; i < n_blocks; i++)
      if (g_rand_int_range (rand, 0, 3) < density)
        redes_bitfield_set (has, i);
  return has;
}

static gboolean
skip_even (guint32 index, gpointer user_data)
{
  guint modulus = GPOINTER_TO_UINT (user_data);

  return modulus != 0 && index % modulus == 0;
}

static void
step_source (RedesPicker *picker, Model *model, GRand *rand, guint s)
{
  guint32 index;

  if (model->has[s] == NULL)
    {
      model->has[s] = random_blocks (rand, model->n_blocks);
      model->counted[s] = redes_picker_add_source (picker, model->has[s]);
      g_assert_true (model->counted[s] == !redes_bitfield_is_full (model->has[s]));
      return;
    }
  index = g_rand_int_range (rand, 0, model->n_blocks);
  if (g_rand_int_range (rand, 0, 4) > 0)
    {
      if (redes_bitfield_set (model->has[s], index) && model->counted[s])
        redes_picker_add_availability (picker, index);
      return;
    }
  if (model->counted[s])
    redes_picker_remove_source (picker, model->has[s]);
  g_clear_pointer (&model->has[s], redes_bitfield_free);
}

static void
step_pick (RedesPicker *picker, Model *model, guint s)
{
  guint best = model_get_best_rarity (model, model->has[s]);
  guint32 index = redes_picker_pick (picker, model->has[s]);

  if (best == G_MAXUINT)
    {
      g_assert_cmpuint (index, ==, REDES_PICKER_NONE);
      return;
    }
  g_assert_cmpuint (index, <, model->n_blocks);
  g_assert_true (model_is_wanted (model, index));
  g_assert_true (redes_bitfield_get (model->has[s], index));
  g_assert_cmpuint (model_get_rarity (model, index), ==, best);
  model->asked[index] = 1;
  g_queue_push_tail (&model->on_the_way, GUINT_TO_POINTER (index));
}

static void
step_pick_again (RedesPicker *picker, Model *model, GRand *rand, guint s)
{
  gpointer modulus = GUINT_TO_POINTER (g_rand_int_range (rand, 0, 3));
  guint32 expected = REDES_PICKER_NONE;
  guint32 index;

  for (GList *l = model->on_the_way.head; l != NULL; l = l->next)
    {
      guint32 each = GPOINTER_TO_UINT (l->data);

      if (model->asked[each] < REDES_PICKER_MAX_ASKED && redes_bitfield_get (model->has[s], each)
          && !skip_even (each, modulus)
          && (expected == REDES_PICKER_NONE || model->asked[each] < model->asked[expected]))
        expected = each;
    }
  index = redes_picker_pick_again (picker, model->has[s], skip_even, modulus);
  g_assert_cmpuint (index, ==, expected);
  if (index != REDES_PICKER_NONE)
    model->asked[index]++;
}

static void
step_block (RedesPicker *picker, Model *model, GRand *rand, guint32 index)
{
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0:
      if (model->asked[index] == 0)
        return;
      redes_picker_give_back (picker, index);
      if (--model->asked[index] == 0)
        g_queue_remove (&model->on_the_way, GUINT_TO_POINTER (index));
      break;
    case 1:
      redes_picker_set_done (picker, index);
      model->done[index] = TRUE;
      g_queue_remove (&model->on_the_way, GUINT_TO_POINTER (index));
      break;
    default:
      if (!model->done[index])
        return;
      redes_picker_set_undone (picker, index);
      model->done[index] = FALSE;
      if (model->asked[index] > 0)
        g_queue_push_head (&model->on_the_way, GUINT_TO_POINTER (index));
      break;
    }
}

static void
check (RedesPicker *picker, Model *model)
{
  guint wanted = 0;

  for (guint32 i = 0; i < model->n_blocks; i++)
    {
      wanted += model_is_wanted (model, i);
      g_assert_cmpuint (redes_picker_get_asked (picker, i), ==, model->asked[i]);
    }
  g_assert_cmpuint (redes_picker_count_wanted (picker), ==, wanted);
}

static void
test_model (gconstpointer data)
{
  guint32 n_blocks = GPOINTER_TO_UINT (data);
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED + n_blocks);
  g_autoptr (RedesPicker) picker = redes_picker_new (n_blocks, g_rand_int (rand));
  Model model = { .n_blocks = n_blocks };
  guint n_picked = 0;

  for (guint step = 0; step < N_STEPS; step++)
    {
      guint s = g_rand_int_range (rand, 0, N_SOURCES);
      gint what = g_rand_int_range (rand, 0, 10);
      guint on_the_way = model.on_the_way.length;

      if (what < 3 || model.has[s] == NULL)
        step_source (picker, &model, rand, s);
      else if (what < 6)
        step_pick (picker, &model, s);
      else if (what < 7)
        step_pick_again (picker, &model, rand, s);
      else
        step_block (picker, &model, rand, g_rand_int_range (rand, 0, n_blocks));
      n_picked += model.on_the_way.length > on_the_way;
      check (picker, &model);
    }
  g_assert_cmpuint (n_picked, >, 100);
  g_queue_clear (&model.on_the_way);
  for (guint s = 0; s < N_SOURCES; s++)
    g_clear_pointer (&model.has[s], redes_bitfield_free);
}

/* One seed: the blocks come in the order of the file, from the first one asked for round to it. */
static void
test_runs (void)
{
  const guint32 n_blocks = 1000;
  static const guint32 firsts[] = { 0, 1, 700, 999, 1700 };

  for (guint f = 0; f < G_N_ELEMENTS (firsts); f++)
    {
      g_autoptr (RedesPicker) picker = redes_picker_new (n_blocks, firsts[f]);
      g_autoptr (RedesBitfield) all = redes_bitfield_new (n_blocks);

      redes_bitfield_set_all (all);
      g_assert_false (redes_picker_add_source (picker, all));
      for (guint32 i = 0; i < n_blocks; i++)
        g_assert_cmpuint (redes_picker_pick (picker, all), ==, (firsts[f] + i) % n_blocks);
      g_assert_cmpuint (redes_picker_pick (picker, all), ==, REDES_PICKER_NONE);
    }
}

/* A block that only one of several partial sources has goes before what all have. */
static void
test_rarest_first (void)
{
  g_autoptr (RedesPicker) picker = redes_picker_new (8, 0);
  g_autoptr (RedesBitfield) all = redes_bitfield_new (8);
  g_autoptr (RedesBitfield) most = redes_bitfield_new (8);
  g_autoptr (RedesBitfield) one = redes_bitfield_new (8);

  redes_bitfield_set_all (all);
  for (guint i = 0; i < 6; i++)
    redes_bitfield_set (most, i);
  redes_bitfield_set (one, 6);
  g_assert_true (redes_picker_add_source (picker, most));
  g_assert_true (redes_picker_add_source (picker, one));
  g_assert_false (redes_picker_add_source (picker, all));

  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 7);
  g_assert_cmpuint (redes_picker_pick (picker, one), ==, 6);
  g_assert_cmpuint (redes_picker_pick (picker, one), ==, REDES_PICKER_NONE);
  redes_picker_add_availability (picker, 0);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (redes_picker_pick (picker, all), !=, 0);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 0);
}

/* What came to nothing is asked for first; what was refused as wrong, too. */
static void
test_comes_back (void)
{
  g_autoptr (RedesPicker) picker = redes_picker_new (4, 0);
  g_autoptr (RedesBitfield) all = redes_bitfield_new (4);

  redes_bitfield_set_all (all);
  for (guint32 i = 0; i < 3; i++)
    g_assert_cmpuint (redes_picker_pick (picker, all), ==, i);
  redes_picker_give_back (picker, 1);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 1);
  redes_picker_set_done (picker, 0);
  redes_picker_give_back (picker, 0);
  g_assert_cmpuint (redes_picker_count_wanted (picker), ==, 1);
  redes_picker_set_undone (picker, 0);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 0);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 3);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, REDES_PICKER_NONE);
}

static void
test_no_blocks (void)
{
  g_autoptr (RedesPicker) picker = redes_picker_new (0, 12345);
  g_autoptr (RedesBitfield) none = redes_bitfield_new (0);

  g_assert_false (redes_picker_add_source (picker, none));
  g_assert_cmpuint (redes_picker_pick (picker, none), ==, REDES_PICKER_NONE);
  g_assert_cmpuint (redes_picker_count_wanted (picker), ==, 0);
}

/* What is about to be read goes before all else, in its order; the most urgent window first. */
static void
test_windows (void)
{
  static const RedesPickerWindow windows[] = { { 6, 8 }, { 2, 4 } };
  static const guint32 expected[] = { 6, 7, 2, 3 };
  g_autoptr (RedesPicker) picker = redes_picker_new (8, 0);
  g_autoptr (RedesBitfield) all = redes_bitfield_new (8);
  g_autoptr (RedesBitfield) part = redes_bitfield_new (8);

  redes_bitfield_set_all (all);
  redes_bitfield_set (part, 3);
  redes_picker_set_windows (picker, windows, 2, FALSE);
  g_assert_true (redes_picker_is_in_window (picker, 7));
  g_assert_false (redes_picker_is_in_window (picker, 4));
  g_assert_cmpuint (redes_picker_pick (picker, part), ==, 3);
  redes_picker_give_back (picker, 3);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (redes_picker_pick (picker, all), ==, expected[i]);
  for (guint i = 0; i < 4; i++)
    g_assert_false (redes_picker_is_in_window (picker, redes_picker_pick (picker, all)));
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, REDES_PICKER_NONE);
  /* What is done is not picked again, and what came to nothing is. */
  redes_picker_set_done (picker, 6);
  redes_picker_give_back (picker, 7);
  redes_picker_give_back (picker, 0);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 7);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 0);
}

/* Nothing beyond the windows is asked for while a reader holds the download back. */
static void
test_only_windows (void)
{
  static const RedesPickerWindow window = { 1, 3 };
  g_autoptr (RedesPicker) picker = redes_picker_new (8, 0);
  g_autoptr (RedesBitfield) all = redes_bitfield_new (8);

  redes_bitfield_set_all (all);
  redes_picker_set_windows (picker, NULL, 0, TRUE);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, REDES_PICKER_NONE);
  redes_picker_set_windows (picker, &window, 1, TRUE);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 1);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 2);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, REDES_PICKER_NONE);
  redes_picker_set_windows (picker, NULL, 0, FALSE);
  g_assert_cmpuint (redes_picker_pick (picker, all), ==, 0);
}

int
main (int argc, char **argv)
{
  static const guint sizes[] = { 1, 2, 7, MAX_BLOCKS };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *path = g_strdup_printf ("/swarm/picker/model/%u", sizes[i]);

      g_test_add_data_func (path, GUINT_TO_POINTER (sizes[i]), test_model);
    }
  g_test_add_func ("/swarm/picker/runs", test_runs);
  g_test_add_func ("/swarm/picker/rarest-first", test_rarest_first);
  g_test_add_func ("/swarm/picker/comes-back", test_comes_back);
  g_test_add_func ("/swarm/picker/windows", test_windows);
  g_test_add_func ("/swarm/picker/only-windows", test_only_windows);
  g_test_add_func ("/swarm/picker/no-blocks", test_no_blocks);
  return g_test_run ();
}
