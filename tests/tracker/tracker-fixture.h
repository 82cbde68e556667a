/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"

G_BEGIN_DECLS

/* What the tracker's tests share. Identities are made once a program (2048 bits: 30 ms each). */

#define FIXTURE_N_IDENTITIES 3

/* (transfer none) */
RedesIdentity *fixture_get_identity (guint index);

/* An id that depends on @text only: for peers and contents that need no key. */
/* Of every file that is made here. */
#define FIXTURE_SIZE_BYTES 1000

RedesDigest fixture_digest (const char *text);
RedesContentId fixture_content (const char *text);

/* (transfer full): content ids depend on @content, or, if that is %NULL, on the name. */
RedesManifest *fixture_manifest (guint identity, const char *name, const char *content);

/* (transfer full): "file 0.txt" to "file N-1.txt", signed in batches of @batch_size. */
GPtrArray *fixture_manifests (guint identity, guint n, guint batch_size);

/* (transfer full): an array of manifests with those names, NULL at the end. */
GPtrArray *fixture_manifests_named (guint identity, const char *name, ...) G_GNUC_NULL_TERMINATED;

/* (transfer full): the same with a signature that is not @manifest's. */
RedesManifest *fixture_forge (RedesManifest *manifest);

/* Runs the default context until @condition holds; ends the test program after 20 s. */
#define fixture_wait_for(condition)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 fixture_end_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                         \
    guint fixture_tick = fixture_start_tick ();                                                    \
    while (!(condition) && g_get_monotonic_time () < fixture_end_us)                               \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (fixture_tick);                                                                \
    if (!(condition))                                                                              \
      g_error ("%s:%d: waited in vain for %s", __FILE__, __LINE__, #condition);                    \
  }                                                                                                \
  G_STMT_END

/* Wakes the default context now and then, so that the bound above is looked at. */
guint fixture_start_tick (void);

G_END_DECLS
