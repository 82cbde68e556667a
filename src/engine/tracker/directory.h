/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/result-entry.h"
#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesDirectory:
 *
 * The tracker's table of who has which content under which name, with an index of the names by
 * their words. It uses no sockets and no clock. Its calls take from microseconds to tens of
 * milliseconds, so the server has them made by one worker thread, in order. One thread at a time.
 */
typedef struct _RedesDirectory RedesDirectory;

/**
 * RedesDirectoryLimits:
 * @files_a_peer: 100,000 by default
 * @files_an_address: of all peers at one address (see redes_address_dup_group()); 1,000,000 by
 *   default
 * @files_in_all: 5,000,000 by default
 *
 * How many files are taken; 0 stands for the default.
 */
typedef struct
{
  guint files_a_peer;
  guint files_an_address;
  guint files_in_all;
} RedesDirectoryLimits;

/* So far results are counted exactly; to count on would take longer than to find the first ones. */
#define REDES_DIRECTORY_MAX_COUNTED 10000u
/* So many results are ordered by their names, which takes a look at each of them. */
#define REDES_DIRECTORY_MAX_ORDERED 2000u

#define REDES_DIRECTORY_MAX_FILES (100 * 1000)
#define REDES_DIRECTORY_MAX_FILES_AN_ADDRESS (1000 * 1000)
#define REDES_DIRECTORY_MAX_FILES_IN_ALL (5 * 1000 * 1000)

RedesDirectory *redes_directory_new (void);
void redes_directory_free (RedesDirectory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDirectory, redes_directory_free)

void redes_directory_set_limits (RedesDirectory *self, const RedesDirectoryLimits *limits);

/* Adds (or replaces, for the same peer, content and name) files of @peer, which belongs to no
 * address. */
gboolean redes_directory_add (RedesDirectory *self,
                              const RedesPeerId *peer,
                              GPtrArray *manifests,
                              GError **error);

/**
 * redes_directory_reserve:
 * @address: (nullable): what @peer's files are counted by, if nothing is known of it yet
 * @n_files: to be added
 *
 * Returns: %FALSE if that is more than the limits allow: G_IO_ERROR_NO_SPACE
 */
gboolean redes_directory_reserve (RedesDirectory *self,
                                  const RedesPeerId *peer,
                                  const char *address,
                                  guint n_files,
                                  GError **error);

/* As redes_directory_add(), but only the @n manifests from @first on, after
 * redes_directory_reserve(): so that thousands can be added a few at a time. */
void redes_directory_add_some (
    RedesDirectory *self, const RedesPeerId *peer, GPtrArray *manifests, guint first, guint n);
/* Removes a file of @peer. @name: (nullable): %NULL: the content under all its names */
void redes_directory_remove (RedesDirectory *self,
                             const RedesPeerId *peer,
                             const RedesContentId *content,
                             const char *name);

/* Removes all files of @peer, so that no search finds them any more; 100,000 take a few
 * milliseconds. Names that no peer uses any more are removed from the index later, by
 * redes_directory_tidy(). Returns: how many files the peer had */
guint redes_directory_remove_peer (RedesDirectory *self, const RedesPeerId *peer);

/* Removes at most @max_names unused names from the index. Returns: whether there are more */
gboolean redes_directory_tidy (RedesDirectory *self, guint max_names);

guint redes_directory_count_files (RedesDirectory *self, const RedesPeerId *peer);

/**
 * redes_directory_search:
 * @words: as typed: split at anything that is not a letter or a digit, whatever case or accents;
 * all must be in the name, the last one also as the beginning of a word
 * @first: the first row wanted
 * @n_rows: how many at most, 1 to 200
 * @total: (out): contents that match in all, if there are at most %REDES_DIRECTORY_MAX_COUNTED;
 * else more than that, and more than the rows up to the end of this page if there are others
 *
 * Ranked: first those that have all words whole, then those in which the last one is only the
 * beginning of one. Among these, those with fewer words come first, so that a name of nothing but
 * the words asked for is the first; then those that more peers have (1, 2, 3, from 4, 8, 16 and so
 * on); then by name, or, if there are more than %REDES_DIRECTORY_MAX_ORDERED, those that have been
 * there for longer. The order is the same at each call while nothing changes.
 *
 * Returns: (transfer full) (element-type RedesResultEntry): %NULL if there is no word in @words
 */
GPtrArray *redes_directory_search (
    RedesDirectory *self, const char *words, guint first, guint n_rows, guint *total);

/**
 * RedesDirectorySearch:
 *
 * A search in steps, between which the directory may change and be searched by others. What it
 * finds is of some moment between its beginning and its end.
 */
typedef struct _RedesDirectorySearch RedesDirectorySearch;

/* As redes_directory_search(). Returns: (nullable): %NULL if there is no word in @words */
RedesDirectorySearch *
redes_directory_search_begin (RedesDirectory *self, const char *words, guint first, guint n_rows);
/* Continues the search with a few thousand names. Returns: whether the search is at its end */
gboolean redes_directory_search_step (RedesDirectorySearch *search);
/* (transfer full): as redes_directory_search(), after the last step; frees @search. */
GPtrArray *redes_directory_search_finish (RedesDirectorySearch *search, guint *total);
/* @search: (nullable) */
void redes_directory_search_free (RedesDirectorySearch *search);

/* (transfer full) (element-type RedesPeerId): who has @content, at most 200, in random order. */
GPtrArray *redes_directory_sources (RedesDirectory *self, const RedesContentId *content);

G_END_DECLS
