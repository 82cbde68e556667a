/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Runs a fuzz target without libFuzzer: its valid inputs, the files of a corpus folder (inputs that
 * once did harm), then mutations of all of them, until a number of rounds or a time is reached.
 * Prints TAP. An input that kills the process is left in crash-<target> in the current folder.
 *
 *   fuzz-TARGET [--rounds N] [--time-ms N] [--random N] [CORPUS]
 */

#define MAX_INPUT_BYTES (256u * 1024)
#define MAX_POOL 512u
#define HEAD_BYTES 64u

static gint opt_rounds = 2000000;
static gint opt_time_ms = 2000;
static gint opt_random = 1;

static struct
{
  const guint8 *data;
  gsize size;
  char *path;
} current;

/* From the sanitizers' run-time library, when it is there. */
void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

static void
save_current (void)
{
  int fd = open (current.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  gsize at = 0;

  while (fd >= 0 && at < current.size)
    {
      ssize_t n = write (fd, current.data + at, current.size - at);

      if (n <= 0)
        break;
      at += n;
    }
  if (fd >= 0)
    close (fd);
}

static void
on_fatal_signal (int number)
{
  save_current ();
  signal (number, SIG_DFL);
  raise (number);
}

static void
catch_death (void)
{
  static const int always[] = { SIGABRT, SIGTRAP, SIGTERM };
  static const int without_sanitizer[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };

  for (gsize i = 0; i < G_N_ELEMENTS (always); i++)
    signal (always[i], on_fatal_signal);
  if (__sanitizer_set_death_callback != NULL)
    {
      __sanitizer_set_death_callback (save_current);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (without_sanitizer); i++)
    signal (without_sanitizer[i], on_fatal_signal);
}

static gboolean
run_one (GByteArray *input)
{
  /* Exactly sized, so that a sanitizer sees a read past the end; at an odd address. */
  g_autofree guint8 *copy = g_malloc (input->len + 1);
  guint8 *data = copy + 1;

  if (input->len > 0)
    memcpy (data, input->data, input->len);
  current.data = data;
  current.size = input->len;
  return fuzz_run (data, input->len);
}

static guint
pick (GRand *random, guint below)
{
  return below == 0 ? 0 : g_rand_int_range (random, 0, (gint)below);
}

/* A place in the input: half of them near its beginning, where headers are. */
static guint
pick_place (GRand *random, guint below)
{
  return pick (random, pick (random, 2) == 0 ? MIN (below, HEAD_BYTES) : below);
}

static void
flip_bit (GByteArray *input, GRand *random)
{
  if (input->len > 0)
    input->data[pick_place (random, input->len)] ^= 1u << pick (random, 8);
}

static void
set_byte (GByteArray *input, GRand *random)
{
  static const guint8 values[]
      = { 0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff, ' ', '/', '.', '%', ':', '&' };

  if (input->len > 0)
    input->data[pick_place (random, input->len)]
        = pick (random, 2) == 0 ? values[pick (random, sizeof values)] : pick (random, 256);
}

/* Lengths, offsets and indexes, of one to four bytes and in either byte order. */
static void
edit_number (GByteArray *input, GRand *random)
{
  static const guint32 values[]
      = { 0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff };
  guint width = 1u << pick (random, 3);
  gboolean little = pick (random, 2) == 0;
  guint32 number = 0;
  guint8 *at;

  if (input->len < width)
    return;
  at = input->data + pick_place (random, input->len - width + 1);
  for (guint i = 0; i < width; i++)
    number = number << 8 | at[little ? width - 1 - i : i];
  if (pick (random, 2) == 0)
    number = values[pick (random, G_N_ELEMENTS (values))];
  else
    number += pick (random, 9) - 4u;
  for (guint i = width; i > 0; i--, number >>= 8)
    at[little ? width - i : i - 1] = number & 0xff;
}

static void
cut_end (GByteArray *input, GRand *random)
{
  g_byte_array_set_size (input, pick (random, input->len + 1));
}

static void
cut_middle (GByteArray *input, GRand *random)
{
  guint at = pick (random, input->len);
  guint len = pick (random, MIN (input->len - at, 64) + 1);

  if (len > 0)
    g_byte_array_remove_range (input, at, len);
}

static void
insert_at (GByteArray *input, guint at, const guint8 *data, guint len)
{
  guint tail = input->len - at;

  if (len == 0 || input->len + len > MAX_INPUT_BYTES)
    return;
  g_byte_array_set_size (input, input->len + len);
  memmove (input->data + at + len, input->data + at, tail);
  memcpy (input->data + at, data, len);
}

static void
insert_random (GByteArray *input, GRand *random)
{
  guint8 bytes[16];
  guint len = 1 + pick (random, sizeof bytes);

  for (guint i = 0; i < len; i++)
    bytes[i] = pick (random, 256);
  insert_at (input, pick (random, input->len + 1), bytes, len);
}

static void
splice_in (GByteArray *input, GRand *random, GBytes *other)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (other, &size);
  guint from, len;

  if (size == 0)
    return;
  from = pick (random, size);
  len = 1 + pick (random, size - from);
  insert_at (input, pick (random, input->len + 1), data + from, len);
}

static void
mutate (GByteArray *input, GRand *random, GPtrArray *pool)
{
  switch (pick (random, 8))
    {
    case 0:
    case 1:
      flip_bit (input, random);
      break;
    case 2:
      set_byte (input, random);
      break;
    case 3:
    case 4:
      edit_number (input, random);
      break;
    case 5:
      if (pick (random, 2) == 0)
        cut_end (input, random);
      else
        cut_middle (input, random);
      break;
    case 6:
      insert_random (input, random);
      break;
    default:
      splice_in (input, random, g_ptr_array_index (pool, pick (random, pool->len)));
      break;
    }
}

static void
add_corpus (GPtrArray *pool, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    g_error ("%s", error->message);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_build_filename (folder, name, NULL));
  for (guint i = 0; i < names->len; i++)
    {
      char *data;
      gsize size;

      if (!g_file_get_contents (g_ptr_array_index (names, i), &data, &size, &error))
        g_error ("%s", error->message);
      g_ptr_array_add (pool, g_bytes_new_take (data, size));
    }
}

static void
set_input (GByteArray *input, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  g_byte_array_set_size (input, 0);
  g_byte_array_append (input, data, size);
}

/* What the decoder accepts is worth mutating again. */
static void
keep (GPtrArray *pool, guint n_fixed, GRand *random, GByteArray *input)
{
  GBytes *bytes = g_bytes_new (input->data, input->len);

  if (pool->len < MAX_POOL)
    {
      g_ptr_array_add (pool, bytes);
      return;
    }
  if (n_fixed < pool->len)
    {
      gpointer *slot = &pool->pdata[n_fixed + pick (random, pool->len - n_fixed)];

      g_bytes_unref (*slot);
      *slot = bytes;
      return;
    }
  g_bytes_unref (bytes);
}

static void
run_all (GPtrArray *pool, guint64 *n_inputs, guint64 *n_accepted)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (opt_random);
  g_autoptr (GByteArray) input = g_byte_array_new ();
  gint64 end_us = g_get_monotonic_time () + (gint64)opt_time_ms * 1000;
  guint n_fixed = pool->len;

  for (guint i = 0; i < n_fixed; i++, (*n_inputs)++)
    {
      set_input (input, g_ptr_array_index (pool, i));
      *n_accepted += run_one (input);
    }
  for (gint round = 0; round < opt_rounds && g_get_monotonic_time () < end_us; round++)
    {
      guint n_mutations = 1 + pick (random, 4);

      set_input (input, g_ptr_array_index (pool, pick (random, pool->len)));
      for (guint i = 0; i < n_mutations; i++)
        mutate (input, random, pool);
      (*n_inputs)++;
      if (run_one (input))
        {
          (*n_accepted)++;
          keep (pool, n_fixed, random, input);
        }
    }
}

static char *
parse_options (int argc, char **argv)
{
  static const GOptionEntry entries[] = {
    { "rounds", 0, 0, G_OPTION_ARG_INT, &opt_rounds, "At most this many mutations", "N" },
    { "time-ms", 0, 0, G_OPTION_ARG_INT, &opt_time_ms, "At most this long", "N" },
    { "random", 0, 0, G_OPTION_ARG_INT, &opt_random, "Another order of mutations", "N" },
    { 0 },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[CORPUS]");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  return argc > 1 ? g_strdup (argv[1]) : NULL;
}

int
main (int argc, char *argv[])
{
  g_autofree char *base = g_path_get_basename (argv[0]);
  g_autofree char *corpus = parse_options (argc, argv);
  g_autoptr (GPtrArray) pool = NULL;
  guint64 n_inputs = 0, n_accepted = 0;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  current.path = g_strconcat ("crash-", base, NULL);
  pool = fuzz_dup_seeds ();
  if (corpus != NULL)
    add_corpus (pool, corpus);

  catch_death ();
  g_print ("1..1\n");
  run_all (pool, &n_inputs, &n_accepted);
  g_print ("ok 1 - %" G_GUINT64_FORMAT " inputs, %" G_GUINT64_FORMAT " accepted\n", n_inputs,
           n_accepted);
  g_free (current.path);
  return EXIT_SUCCESS;
}
