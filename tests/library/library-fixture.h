/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/library-private.h"
#include "fixture.h"

/*
 * A library over a folder, and what it told. With a store it can be closed and opened again, as if
 * the program had been. Paths are relative to the folder.
 */
typedef struct
{
  Folder folder;
  GMainContext *context;
  RedesWorkers *workers;
  RedesStore *store; /* (nullable) */
  RedesLibrary *library;
  GPtrArray *shared;    /* of RedesHolding */
  GPtrArray *withdrawn; /* likewise */
  GPtrArray *reasons;   /* of strings, some %NULL: for each withdrawn one */
  GHashTable *skipped;  /* path -> message */
  guint n_skipped;
  GPtrArray *notices; /* of strings */
  guint n_idle;
  guint n_progress;
  RedesHashingProgress progress; /* the last one */
} LibraryFixture;

/* Without a store, unless @data is not %NULL. */
void fixture_set_up (LibraryFixture *fixture, gconstpointer data);
void fixture_tear_down (LibraryFixture *fixture, gconstpointer data);

/* fixture_set_up() and fixture_tear_down() do that too. What was told is kept. */
void fixture_open (LibraryFixture *fixture);
void fixture_close (LibraryFixture *fixture);
/* Closes and opens, forgets what was told, and restores. */
void fixture_restart (LibraryFixture *fixture);

void fixture_share (LibraryFixture *fixture, const char *relative);
guint fixture_unshare (LibraryFixture *fixture, const char *relative);
/* Until nothing is being hashed; then exactly one more idle event has come. */
void fixture_share_and_wait (LibraryFixture *fixture, const char *relative);
void fixture_wait_until_idle (LibraryFixture *fixture);
/* Runs the main context until @is_true, for a bounded time. */
void fixture_wait_until (LibraryFixture *fixture, gboolean (*is_true) (LibraryFixture *fixture));
/* Until nothing is being looked at, hashed, or waited for. */
void fixture_wait_until_calm (LibraryFixture *fixture);
/* Until so many have been shared or withdrawn, and it is calm. */
void fixture_wait_for (LibraryFixture *fixture, guint n_shared, guint n_withdrawn);

/* The last that was shared by that name. */
RedesHolding *fixture_find_shared (LibraryFixture *fixture, const char *name);
guint fixture_count_files (LibraryFixture *fixture);
void fixture_assert_skipped (LibraryFixture *fixture, const char *relative, const char *words);
/* The last reason contains @words; %NULL: there is none. */
void fixture_assert_reason (LibraryFixture *fixture, const char *words);
