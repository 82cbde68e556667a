/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stdint.h>

/*
 * What a fuzz target provides. Mutations of valid inputs go deep into a decoder and random bytes do
 * not, so each target makes valid inputs, and whoever runs it insists that they are accepted.
 */

/* Whether the decoder accepted the input. Aborts if what it made of it is not as it must be. */
gboolean fuzz_run (const guint8 *data, gsize size);

/* Valid inputs: adds one GBytes or more. */
void fuzz_seeds (GPtrArray *seeds);

/* libFuzzer's entry point: fuzz_run() without its answer. */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* From seeds.c: fuzz_seeds(), each of which has been seen to be accepted. (transfer full) */
GPtrArray *fuzz_dup_seeds (void);

/*
 * From input.c: an input as a row of fields. A read past the end gives zeroes and an empty rest.
 */
typedef struct
{
  const guint8 *data;
  gsize left;
} FuzzInput;

guint64 fuzz_input_number (FuzzInput *self, guint n_bytes);
/* A u16 that says how long it is (at most what is left), then the bytes; exactly sized memory. */
GBytes *fuzz_input_bytes (FuzzInput *self);

/* Their counterparts, for seeds. */
void fuzz_output_number (GByteArray *out, guint64 number, guint n_bytes);
void fuzz_output_bytes (GByteArray *out, gconstpointer data, gsize len);
