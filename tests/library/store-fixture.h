/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store-private.h"
#include "fixture.h"

/*
 * A store in a folder of its own, and things to put into it. What it says of trouble is kept.
 */
typedef struct
{
  Folder folder;
  char *data_dir;
  char *path; /* of the database */
  GMainContext *context;
  RedesStore *store;
  RedesNotice *notice; /* of the last opening */
  guint n_troubles;
  char *trouble; /* the last words; %NULL when all is well */
} StoreFixture;

void store_fixture_init (StoreFixture *self);
void store_fixture_clear (StoreFixture *self);

/* Opens the store, which must succeed. */
void store_fixture_open (StoreFixture *self);
void store_fixture_close (StoreFixture *self);
/* Opens it, which must fail; the words. */
char *store_fixture_fail_to_open (StoreFixture *self);
/* Runs the main context until @trouble is as wanted. */
void store_fixture_wait_for_trouble (StoreFixture *self, gboolean wanted);

RedesDigest store_fixture_digest (const char *text);
RedesContentId store_fixture_content (const char *text);
/* @n files "file 0" ... of one batch below @root, of 100 bytes, but every tenth of 3 blocks. */
void store_fixture_put_files (StoreFixture *self, const char *root, guint n);
/* As in store_fixture_put_files() (transfer full). */
GPtrArray *store_fixture_sign (StoreFixture *self, guint n, GPtrArray *trees);
void store_fixture_put_transfer (StoreFixture *self, const char *content);

guint store_fixture_count_files (StoreFixture *self);
guint store_fixture_count_blocks (StoreFixture *self, const char *content, guint *n_safe);
guint store_fixture_count_transfers (StoreFixture *self);
/* Rows of a table, read by a connection of its own. */
gint64 store_fixture_count_rows (StoreFixture *self, const char *table);
/* Runs SQL by a connection of its own. */
void store_fixture_run_sql (StoreFixture *self, const char *sql);
/* Puts something of each kind, and sees that it is there afterwards. */
void store_fixture_assert_usable (StoreFixture *self);
