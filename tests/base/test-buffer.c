/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/buffer.h"

#include <string.h>

#define BLOCK (256u * 1024)

/* The store gives back what was freed last: seen by the address, while nothing else is allocated.
 */
static void
test_reuse (void)
{
  guint8 *first = redes_buffer_alloc (BLOCK);
  guint8 *second;
  guint8 *other_size;

  memset (first, 1, BLOCK);
  redes_buffer_free (first, BLOCK);
  other_size = redes_buffer_alloc (2 * BLOCK);
  g_assert_true (other_size != first);
  second = redes_buffer_alloc (BLOCK);
  g_assert_true (second == first);

  redes_buffer_free (second, BLOCK);
  redes_buffer_free (other_size, 2 * BLOCK);
}

static void
test_sizes (void)
{
  static const gsize sizes[]
      = { 0, 1, 100, 65535, 65536, 65537, BLOCK, BLOCK + 24, 8u << 20, (8u << 20) + 1, 20u << 20 };

  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      {
        guint8 *buffer = redes_buffer_alloc (sizes[i]);

        g_assert_nonnull (buffer);
        memset (buffer, 0xa5, sizes[i]);
        redes_buffer_free (buffer, sizes[i]);
      }
  redes_buffer_free (NULL, 0);
}

static void
test_more_than_fits (void)
{
  guint8 *buffers[200];

  for (guint round = 0; round < 3; round++)
    {
      gsize size = BLOCK >> round;

      for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        {
          buffers[i] = redes_buffer_alloc (size);
          memset (buffers[i], (int)i, size);
        }
      for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
        {
          g_assert_cmpuint (buffers[i][0], ==, i);
          g_assert_cmpuint (buffers[i][size - 1], ==, i);
          redes_buffer_free (buffers[i], size);
        }
    }
}

static void
test_bytes (void)
{
  guint8 *buffer = redes_buffer_alloc (BLOCK);
  guint8 *again;
  GBytes *bytes;

  memcpy (buffer, "hello", 5);
  bytes = redes_buffer_to_bytes (buffer, BLOCK, 5);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "hello", 5);
  g_bytes_unref (bytes);

  again = redes_buffer_alloc (BLOCK);
  g_assert_true (again == buffer);
  redes_buffer_free (again, BLOCK);

  bytes = redes_buffer_to_bytes (redes_buffer_alloc (10), 10, 0);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 0);
  g_bytes_unref (bytes);
}

static gpointer
churn (gpointer data)
{
  guint seed = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < 3000; i++)
    {
      gsize size = BLOCK * (1 + (i + seed) % 3);
      guint8 *buffer = redes_buffer_alloc (size);

      buffer[0] = (guint8)seed;
      buffer[size - 1] = (guint8)seed;
      g_thread_yield ();
      g_assert_cmpuint (buffer[0], ==, seed);
      g_assert_cmpuint (buffer[size - 1], ==, seed);
      redes_buffer_free (buffer, size);
    }

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("churn", churn, GUINT_TO_POINTER (i));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/buffer/reuse", test_reuse);
  g_test_add_func ("/buffer/sizes", test_sizes);
  g_test_add_func ("/buffer/more-than-fits", test_more_than_fits);
  g_test_add_func ("/buffer/bytes", test_bytes);
  g_test_add_func ("/buffer/threads", test_threads);
  return g_test_run ();
}
