/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/name-index.h"

#include "engine/tracker/words.h"

#include <string.h>

/*
 * Rows only ever rise: a name whose rank changes gets a new one. So all lists are appended to, and
 * stay sorted. A row that is gone is gone from the table of rows at once, and from the lists when
 * half of a list is such rows.
 */

/* Characters of the longest beginning that has a list of its own. */
#define MAX_PREFIX 4u
/* Before the text of a beginning, so that it is no word. */
#define PREFIX_MARK '\x01'
#define MAX_LONGER_TERMS 4096u
#define MAX_LONGER_ROWS 65536u

#define ROWS_A_PAGE 1024u
#define NO_ROW G_MAXUINT32
#define NO_KEY G_MAXUINT

/**
 * Slot:
 * @key: the rank: words, then the level turned round, so that smaller is better
 * @n: rows, those that are gone among them
 * @allocated: 0: there is one row at most, in @one
 *
 * The rows of one word, or beginning, with one rank: sorted.
 */
typedef struct
{
  guint16 key;
  guint32 n;
  guint32 n_gone;
  guint32 allocated;
  union
  {
    guint32 one;
    guint32 *rows;
  };
} Slot;

/**
 * Term:
 * @longer: (nullable) (element-type Term): of a beginning of MAX_PREFIX characters: the words that
 * are longer, in order
 * @place: (nullable): of such a word: its place there
 * @slots: by rising keys; @first while there is one at most
 * @text: a word, or PREFIX_MARK and a beginning
 */
typedef struct
{
  GSequence *longer;
  GSequenceIter *place;
  Slot *slots;
  guint n_slots;
  Slot first;
  char text[];
} Term;

/**
 * Page:
 * @n: of @items that are not %NULL
 * @marked: a bit for each of @items
 */
typedef struct
{
  guint n;
  guint32 marked[ROWS_A_PAGE / 32];
  gpointer items[ROWS_A_PAGE];
} Page;

/**
 * RedesNameIndex:
 * @terms: Term.text -> Term
 * @pages: (element-type Page) (nullable elements): of rows, by their number
 * @generation: counts how often all rows were numbered anew
 * @scratch: for the text of a beginning
 */
struct _RedesNameIndex
{
  GHashTable *terms;
  GPtrArray *pages;
  guint32 last_row;
  guint32 max_row;
  RedesNameMovedFunc moved;
  guint generation;
  GString *scratch;
};

/* ---- Lists ---- */

static guint
make_key (guint n_words, guint level)
{
  return (MIN (n_words, REDES_NAME_INDEX_MAX_WORDS) << 8)
         | (REDES_NAME_INDEX_MAX_LEVEL - MIN (level, REDES_NAME_INDEX_MAX_LEVEL));
}

static const guint32 *
slot_get_rows (const Slot *slot)
{
  return slot->allocated > 0 ? slot->rows : &slot->one;
}

static void
slot_append (Slot *slot, guint32 row)
{
  if (slot->n == 0 && slot->allocated == 0)
    slot->one = row;
  else
    {
      guint32 wanted = slot->n + 1;

      if (wanted > slot->allocated)
        {
          guint32 *rows = slot->allocated > 0 ? slot->rows : NULL;
          guint32 one = slot->one;
          guint32 allocated = MAX (wanted + wanted / 2, 4);

          rows = g_renew (guint32, rows, allocated);
          if (slot->allocated == 0)
            rows[0] = one;
          slot->rows = rows;
          slot->allocated = allocated;
        }
      slot->rows[slot->n] = row;
    }
  slot->n++;
}

static void
slot_clear (Slot *slot)
{
  if (slot->allocated > 0)
    g_free (slot->rows);
  *slot = (Slot){ .key = slot->key };
}

/* The first place in @rows, from @at on, of a row that is not smaller than @row: looks in steps
 * that double, as what is looked for is mostly near. */
static guint
find_row (const guint32 *rows, guint n, guint at, guint32 row)
{
  guint step = 1;
  guint low = at;
  guint high;

  if (at >= n || rows[at] >= row)
    return at;
  while (low + step < n && rows[low + step] < row)
    {
      low += step;
      step *= 2;
    }
  high = MIN (low + step, n);
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (rows[middle] < row)
        low = middle;
      else
        high = middle;
    }
  return high;
}

/* The place of the first slot whose key is @key or more. */
static guint
find_slot (const Term *term, guint key)
{
  guint low = 0;
  guint high = term->n_slots;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (term->slots[middle].key < key)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

/* (nullable) */
static Slot *
lookup_slot (const Term *term, guint key)
{
  guint place = find_slot (term, key);

  return place < term->n_slots && term->slots[place].key == key ? &term->slots[place] : NULL;
}

static Slot *
ensure_slot (Term *term, guint key)
{
  guint place = find_slot (term, key);

  if (place < term->n_slots && term->slots[place].key == key)
    return &term->slots[place];
  if (term->n_slots == 1)
    {
      term->slots = g_new (Slot, 2);
      term->slots[0] = term->first;
    }
  else if (term->n_slots > 1)
    term->slots = g_renew (Slot, term->slots, term->n_slots + 1);
  memmove (&term->slots[place + 1], &term->slots[place], (term->n_slots - place) * sizeof (Slot));
  term->slots[place] = (Slot){ .key = (guint16)key };
  term->n_slots++;
  return &term->slots[place];
}

static void
drop_slot (Term *term, Slot *slot)
{
  guint place = (guint)(slot - term->slots);

  slot_clear (slot);
  memmove (slot, slot + 1, (term->n_slots - place - 1) * sizeof (Slot));
  term->n_slots--;
  if (term->n_slots == 1)
    {
      Slot *slots = term->slots;

      term->first = slots[0];
      term->slots = &term->first;
      g_free (slots);
    }
}

/* ---- Terms ---- */

static void
term_free (gpointer data)
{
  Term *term = data;

  for (guint i = 0; i < term->n_slots; i++)
    slot_clear (&term->slots[i]);
  if (term->slots != &term->first)
    g_free (term->slots);
  g_clear_pointer (&term->longer, g_sequence_free);
  g_free (term);
}

static gint
compare_terms (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return strcmp (((const Term *)a)->text, ((const Term *)b)->text);
}

/* (nullable) */
static Term *
lookup_term (RedesNameIndex *self, const char *text)
{
  return g_hash_table_lookup (self->terms, text);
}

static Term *
ensure_term (RedesNameIndex *self, const char *text)
{
  Term *term = lookup_term (self, text);
  gsize len;

  if (term != NULL)
    return term;
  len = strlen (text) + 1;
  term = g_malloc0 (sizeof (Term) + len);
  term->slots = &term->first;
  memcpy (term->text, text, len);
  g_hash_table_insert (self->terms, term->text, term);
  return term;
}

/* In the scratch: the beginning of @word up to @end. */
static const char *
make_prefix (RedesNameIndex *self, const char *word, const char *end)
{
  g_string_truncate (self->scratch, 0);
  g_string_append_c (self->scratch, PREFIX_MARK);
  g_string_append_len (self->scratch, word, end - word);
  return self->scratch->str;
}

/* Where the first MAX_PREFIX characters of @word end. Returns: (nullable): %NULL: it has no more */
static const char *
find_long_end (const char *word)
{
  const char *p = word;

  for (guint i = 0; i < MAX_PREFIX; i++)
    {
      if (*p == '\0')
        return NULL;
      p = g_utf8_next_char (p);
    }
  return *p != '\0' ? p : NULL;
}

static void
drop_term_if_unused (RedesNameIndex *self, Term *term)
{
  if (term->n_slots > 0 || (term->longer != NULL && !g_sequence_is_empty (term->longer)))
    return;
  if (term->place != NULL)
    g_sequence_remove (term->place);
  g_hash_table_remove (self->terms, term->text);
}

static gint
compare_pointers (gconstpointer a, gconstpointer b)
{
  gsize one = GPOINTER_TO_SIZE (*(gpointer const *)a);
  gsize other = GPOINTER_TO_SIZE (*(gpointer const *)b);

  return one < other ? -1 : one > other;
}

/* (transfer container) (element-type Term): those of @words, each once; made if @make, else only
 * those that are there */
static GPtrArray *
list_terms (RedesNameIndex *self, const char *words, gboolean make)
{
  g_auto (GStrv) split = g_strsplit (*words == ' ' ? words + 1 : words, " ", -1);
  GPtrArray *terms = g_ptr_array_new ();
  guint n = 0;

  for (guint i = 0; split[i] != NULL; i++)
    {
      const char *word = split[i];
      const char *end = word;
      Term *whole, *prefix = NULL;

      if (*word == '\0')
        continue;
      whole = make ? ensure_term (self, word) : lookup_term (self, word);
      if (whole != NULL)
        g_ptr_array_add (terms, whole);
      for (guint length = 1; length <= MAX_PREFIX && *(end = g_utf8_next_char (end)) != '\0';
           length++)
        {
          const char *text = make_prefix (self, word, end);

          prefix = make ? ensure_term (self, text) : lookup_term (self, text);
          if (prefix != NULL)
            g_ptr_array_add (terms, prefix);
        }
      if (make && whole->place == NULL && find_long_end (word) != NULL)
        {
          if (prefix->longer == NULL)
            prefix->longer = g_sequence_new (NULL);
          whole->place = g_sequence_insert_sorted (prefix->longer, whole, compare_terms, NULL);
        }
    }
  g_ptr_array_sort (terms, compare_pointers);
  for (guint i = 0; i < terms->len; i++)
    if (i == 0 || terms->pdata[i] != terms->pdata[n - 1])
      terms->pdata[n++] = terms->pdata[i];
  g_ptr_array_set_size (terms, (gint)n);
  return terms;
}

/* ---- Rows ---- */

/* (nullable): %NULL if there is no row of this page */
static const Page *
lookup_page (RedesNameIndex *self, guint32 row)
{
  return row / ROWS_A_PAGE < self->pages->len ? g_ptr_array_index (self->pages, row / ROWS_A_PAGE)
                                              : NULL;
}

static gboolean
has_item (RedesNameIndex *self, guint32 row)
{
  const Page *page = lookup_page (self, row);

  return page != NULL && page->items[row % ROWS_A_PAGE] != NULL;
}

static gboolean
is_marked (const Page *page, guint32 row)
{
  return (page->marked[row % ROWS_A_PAGE / 32] >> row % 32 & 1) != 0;
}

void
redes_name_index_mark (RedesNameIndex *self, guint32 row)
{
  Page *page = g_ptr_array_index (self->pages, row / ROWS_A_PAGE);

  page->marked[row % ROWS_A_PAGE / 32] |= 1u << row % 32;
}

static void
set_item (RedesNameIndex *self, guint32 row, gpointer item)
{
  guint number = row / ROWS_A_PAGE;
  Page *page;

  if (number >= self->pages->len)
    g_ptr_array_set_size (self->pages, (gint)number + 1);
  page = g_ptr_array_index (self->pages, number);
  if (page == NULL)
    self->pages->pdata[number] = page = g_new0 (Page, 1);
  page->items[row % ROWS_A_PAGE] = item;
  page->n++;
}

static void
clear_item (RedesNameIndex *self, guint32 row)
{
  Page *page = g_ptr_array_index (self->pages, row / ROWS_A_PAGE);

  page->items[row % ROWS_A_PAGE] = NULL;
  if (--page->n == 0)
    g_clear_pointer (&self->pages->pdata[row / ROWS_A_PAGE], g_free);
}

/* Leaves out the rows that are gone. */
static void
slot_compact (RedesNameIndex *self, Slot *slot)
{
  Slot kept = { .key = slot->key };
  const guint32 *rows = slot_get_rows (slot);

  for (guint i = 0; i < slot->n; i++)
    if (has_item (self, rows[i]))
      slot_append (&kept, rows[i]);
  slot_clear (slot);
  *slot = kept;
}

/* One of the rows of @term is gone. */
static void
note_gone (RedesNameIndex *self, Term *term, guint key)
{
  Slot *slot = lookup_slot (term, key);

  if (slot == NULL)
    return;
  slot->n_gone++;
  if (slot->n_gone == slot->n)
    drop_slot (term, slot);
  else if (slot->n_gone > slot->n / 2)
    slot_compact (self, slot);
  drop_term_if_unused (self, term);
}

/* ---- Numbering anew ---- */

/* What is in @slot, by the new numbers: those in @old, which are sorted, are from 1 on now. */
static void
slot_renumber (Slot *slot, const GArray *old)
{
  Slot kept = { .key = slot->key };
  const guint32 *rows = slot_get_rows (slot);
  const guint32 *numbers = (const guint32 *)(void *)old->data;
  guint at = 0;

  for (guint i = 0; i < slot->n; i++)
    {
      at = find_row (numbers, old->len, at, rows[i]);
      if (at < old->len && numbers[at] == rows[i])
        slot_append (&kept, at + 1);
    }
  slot_clear (slot);
  *slot = kept;
}

static void
renumber (RedesNameIndex *self)
{
  g_autoptr (GPtrArray) pages = g_steal_pointer (&self->pages);
  g_autoptr (GArray) old = g_array_new (FALSE, FALSE, sizeof (guint32));
  GHashTableIter iter;
  gpointer value;

  self->pages = g_ptr_array_new_with_free_func (g_free);
  for (guint number = 0; number < pages->len; number++)
    {
      const Page *page = g_ptr_array_index (pages, number);

      for (guint i = 0; page != NULL && i < ROWS_A_PAGE; i++)
        {
          guint32 row = number * ROWS_A_PAGE + i;

          if (page->items[i] == NULL)
            continue;
          g_array_append_val (old, row);
          set_item (self, old->len, page->items[i]);
          if (is_marked (page, row))
            redes_name_index_mark (self, old->len);
          self->moved (page->items[i], old->len);
        }
    }
  self->last_row = old->len;
  self->generation++;
  /* A list of which all rows were gone would not be there any more, so none becomes empty. */
  g_hash_table_iter_init (&iter, self->terms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    for (guint i = 0; i < ((Term *)value)->n_slots; i++)
      slot_renumber (&((Term *)value)->slots[i], old);
}

/* ---- The index ---- */

RedesNameIndex *
redes_name_index_new (guint32 max_row, RedesNameMovedFunc moved)
{
  RedesNameIndex *self = g_new0 (RedesNameIndex, 1);

  self->terms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, term_free);
  self->pages = g_ptr_array_new_with_free_func (g_free);
  self->max_row = max_row != 0 ? max_row : NO_ROW - 1;
  self->moved = moved;
  self->scratch = g_string_new (NULL);
  return self;
}

void
redes_name_index_free (RedesNameIndex *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->terms);
  g_ptr_array_unref (self->pages);
  g_string_free (self->scratch, TRUE);
  g_free (self);
}

guint32
redes_name_index_add (
    RedesNameIndex *self, const char *words, guint n_words, guint level, gpointer item)
{
  guint key = make_key (n_words, level);
  g_autoptr (GPtrArray) terms = NULL;
  guint32 row;

  if (self->last_row >= self->max_row)
    renumber (self);
  row = ++self->last_row;
  set_item (self, row, item);
  terms = list_terms (self, words, TRUE);
  for (guint i = 0; i < terms->len; i++)
    slot_append (ensure_slot (g_ptr_array_index (terms, i), key), row);
  return row;
}

void
redes_name_index_remove (
    RedesNameIndex *self, guint32 row, const char *words, guint n_words, guint level)
{
  guint key = make_key (n_words, level);
  g_autoptr (GPtrArray) terms = list_terms (self, words, FALSE);

  clear_item (self, row);
  /* Words leave before the beginnings that list them: see drop_term_if_unused(). */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < terms->len; i++)
      {
        Term *term = g_ptr_array_index (terms, i);

        if (term == NULL || (*term->text == PREFIX_MARK) != (pass == 1))
          continue;
        note_gone (self, term, key);
        terms->pdata[i] = NULL;
      }
}

/* ---- Looking ---- */

/**
 * RedesNameLook:
 * @generation: the index's when it began
 * @words: each once, but for the last one, which may have come before
 * @is_in_prefixes: the last word is looked for as a beginning now
 * @key, @last: where it goes on: after the row @last of that rank
 */
struct _RedesNameLook
{
  RedesNameIndex *index;
  guint generation;
  char **words;
  guint n_words;
  gboolean is_in_prefixes;
  guint key;
  guint32 last;
  gboolean is_at_end;
};

/* Rows of one rank that have a word: those of at most two lists, or what was put together from
 * many. */
typedef struct
{
  const guint32 *rows[2];
  guint n[2];
  guint at[2];
  GArray *own;
} Cursor;

RedesNameLook *
redes_name_look_new (RedesNameIndex *index, const char *const *words)
{
  RedesNameLook *self = g_new0 (RedesNameLook, 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  guint n = g_strv_length ((char **)words);

  self->index = index;
  self->generation = index->generation;
  /* Each once; the last one stays the last. */
  g_hash_table_add (seen, (gpointer)words[n - 1]);
  for (guint i = 0; i + 1 < n; i++)
    if (g_hash_table_add (seen, (gpointer)words[i]))
      g_ptr_array_add (kept, g_strdup (words[i]));
  /* A word that is asked for before, and is the last one, too, has to be there whole. */
  for (guint i = 0; i + 1 < n; i++)
    if (g_str_equal (words[i], words[n - 1]))
      {
        g_ptr_array_add (kept, g_strdup (words[i]));
        break;
      }
  g_ptr_array_add (kept, g_strdup (words[n - 1]));
  self->n_words = kept->len;
  g_ptr_array_add (kept, NULL);
  self->words = (char **)g_ptr_array_free (g_steal_pointer (&kept), FALSE);
  return self;
}

void
redes_name_look_free (RedesNameLook *self)
{
  if (self == NULL)
    return;
  g_strfreev (self->words);
  g_free (self);
}

/* Adds the lists of @word's beginnings. */
static void
add_prefix_terms (RedesNameIndex *index, const char *word, GPtrArray *terms)
{
  const char *end = find_long_end (word);
  gsize len = strlen (word);
  Term *term = lookup_term (index, make_prefix (index, word, end != NULL ? end : word + len));
  g_autofree Term *probe = NULL;
  GSequenceIter *iter;

  if (term == NULL)
    return;
  if (end == NULL)
    {
      g_ptr_array_add (terms, term);
      return;
    }
  if (term->longer == NULL)
    return;
  probe = g_malloc0 (sizeof (Term) + len + 1);
  memcpy (probe->text, word, len + 1);
  /* Where it would stand: after itself, and before all that begin with it. */
  for (iter = g_sequence_search (term->longer, probe, compare_terms, NULL);
       !g_sequence_iter_is_end (iter) && terms->len < MAX_LONGER_TERMS;
       iter = g_sequence_iter_next (iter))
    {
      Term *longer = g_sequence_get (iter);

      if (strncmp (longer->text, word, len) != 0)
        return;
      g_ptr_array_add (terms, longer);
    }
}

/* (element-type GPtrArray of Term): for each word the lists that have it. */
static GPtrArray *
list_parts (RedesNameLook *self)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);

  for (guint i = 0; i < self->n_words; i++)
    {
      const char *word = self->words[i];
      GPtrArray *terms = g_ptr_array_new ();
      gboolean is_last = i + 1 == self->n_words;
      Term *whole = is_last && self->is_in_prefixes ? NULL : lookup_term (self->index, word);

      if (whole != NULL)
        g_ptr_array_add (terms, whole);
      if (redes_words_is_open (word) || (is_last && self->is_in_prefixes))
        add_prefix_terms (self->index, word, terms);
      g_ptr_array_add (parts, terms);
    }
  return parts;
}

/* The best rank from @key on that @terms have; NO_KEY: none */
static guint
next_key_of (GPtrArray *terms, guint key)
{
  guint best = NO_KEY;

  for (guint i = 0; i < terms->len; i++)
    {
      const Term *term = g_ptr_array_index (terms, i);
      guint place = find_slot (term, key);

      if (place < term->n_slots)
        best = MIN (best, term->slots[place].key);
    }
  return best;
}

/* The best rank from @key on that all have. */
static guint
next_key (GPtrArray *parts, guint key)
{
  guint n_same = 0;

  for (guint i = 0; n_same < parts->len; i = (i + 1) % parts->len)
    {
      guint next = next_key_of (g_ptr_array_index (parts, i), key);

      if (next == NO_KEY)
        return NO_KEY;
      n_same = next == key ? n_same + 1 : 1;
      key = next;
    }
  return key;
}

static gint
compare_rows (gconstpointer a, gconstpointer b)
{
  guint32 one = *(const guint32 *)a;
  guint32 other = *(const guint32 *)b;

  return one < other ? -1 : one > other;
}

/* All rows after @last of many lists. */
static void
cursor_gather (Cursor *self, GPtrArray *terms, guint key, guint32 last)
{
  self->own = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < terms->len && self->own->len < MAX_LONGER_ROWS; i++)
    {
      const Slot *slot = lookup_slot (g_ptr_array_index (terms, i), key);
      const guint32 *rows = slot != NULL ? slot_get_rows (slot) : NULL;
      guint at;

      if (slot == NULL)
        continue;
      at = find_row (rows, slot->n, 0, last + 1);
      g_array_append_vals (self->own, rows + at,
                           MIN (slot->n - at, MAX_LONGER_ROWS - self->own->len));
    }
  g_array_sort (self->own, compare_rows);
  self->rows[0] = (const guint32 *)(void *)self->own->data;
  self->n[0] = self->own->len;
}

static void
cursor_init (Cursor *self, GPtrArray *terms, guint key, guint32 last)
{
  guint n = 0;

  *self = (Cursor){ 0 };
  if (terms->len > G_N_ELEMENTS (self->rows))
    {
      cursor_gather (self, terms, key, last);
      return;
    }
  for (guint i = 0; i < terms->len; i++)
    {
      const Slot *slot = lookup_slot (g_ptr_array_index (terms, i), key);

      if (slot == NULL)
        continue;
      self->rows[n] = slot_get_rows (slot);
      self->n[n++] = slot->n;
    }
}

static guint
cursor_count (const Cursor *self)
{
  return self->n[0] + self->n[1];
}

/* The first row that is not smaller than @row. */
static guint32
cursor_seek (Cursor *self, guint32 row)
{
  guint32 best = NO_ROW;

  for (guint i = 0; i < G_N_ELEMENTS (self->rows); i++)
    {
      if (self->n[i] == 0)
        continue;
      self->at[i] = find_row (self->rows[i], self->n[i], self->at[i], row);
      if (self->at[i] < self->n[i])
        best = MIN (best, self->rows[i][self->at[i]]);
    }
  return best;
}

static gint
compare_cursors (gconstpointer a, gconstpointer b)
{
  guint one = cursor_count (a);
  guint other = cursor_count (b);

  return one < other ? -1 : one > other;
}

static void
cursor_clear (gpointer data)
{
  g_clear_pointer (&((Cursor *)data)->own, g_array_unref);
}

/* The first row from @row on that all have; NO_ROW: none. Counts in @work what it looked at. */
static guint32
next_common_row (GArray *cursors, guint32 row, guint *work)
{
  guint n_same = 0;

  for (guint i = 0; n_same < cursors->len; i = (i + 1) % cursors->len)
    {
      guint32 next = cursor_seek (&g_array_index (cursors, Cursor, i), row);

      (*work)++;
      if (next == NO_ROW)
        return NO_ROW;
      n_same = next == row ? n_same + 1 : 1;
      row = next;
    }
  return row;
}

static guint
get_rank (const RedesNameLook *self)
{
  return self->key + (self->is_in_prefixes ? 1u << 16 : 0);
}

/* Goes on in one rank. Returns: whether it is at its end, or, with is_at_end, nothing more is
 * wanted */
static gboolean
look_in_rank (RedesNameLook *self,
              GPtrArray *parts,
              guint *work,
              guint max_work,
              RedesNameFoundFunc found,
              gpointer user_data)
{
  g_autoptr (GArray) cursors = g_array_sized_new (FALSE, FALSE, sizeof (Cursor), parts->len);
  const Term *whole
      = self->is_in_prefixes ? lookup_term (self->index, self->words[self->n_words - 1]) : NULL;
  const Slot *whole_slot = whole != NULL ? lookup_slot (whole, self->key) : NULL;
  guint whole_at = 0;

  g_array_set_clear_func (cursors, cursor_clear);
  for (guint i = 0; i < parts->len; i++)
    {
      Cursor cursor;

      cursor_init (&cursor, g_ptr_array_index (parts, i), self->key, self->last);
      g_array_append_val (cursors, cursor);
    }
  /* The list that has the fewest leads. */
  g_array_sort (cursors, compare_cursors);
  for (;;)
    {
      guint32 row = next_common_row (cursors, self->last + 1, work);
      const Page *page;

      if (row == NO_ROW)
        return TRUE;
      self->last = row;
      if (whole_slot != NULL)
        {
          const guint32 *rows = slot_get_rows (whole_slot);

          whole_at = find_row (rows, whole_slot->n, whole_at, row);
        }
      page = lookup_page (self->index, row);
      /* What has the word whole has come before. */
      if (page != NULL && page->items[row % ROWS_A_PAGE] != NULL
          && (whole_slot == NULL || whole_at == whole_slot->n
              || slot_get_rows (whole_slot)[whole_at] != row)
          && !found (page->items[row % ROWS_A_PAGE], get_rank (self), is_marked (page, row),
                     user_data))
        {
          self->is_at_end = TRUE;
          return TRUE;
        }
      if (*work >= max_work)
        return FALSE;
    }
}

/* From words to beginnings, or to the end. */
static void
look_further (RedesNameLook *self)
{
  if (self->is_in_prefixes || redes_words_is_open (self->words[self->n_words - 1]))
    self->is_at_end = TRUE;
  self->is_in_prefixes = TRUE;
  self->key = 0;
  self->last = 0;
}

gboolean
redes_name_look_step (RedesNameLook *self,
                      guint max_work,
                      RedesNameFoundFunc found,
                      gpointer user_data)
{
  g_autoptr (GPtrArray) parts = NULL;
  guint work = 0;

  /* Its place is not known any more; what it has met must do. */
  if (self->generation != self->index->generation)
    self->is_at_end = TRUE;
  while (!self->is_at_end && work < max_work)
    {
      guint key;

      if (parts == NULL)
        parts = list_parts (self);
      key = next_key (parts, self->key);
      work++;
      if (key == NO_KEY)
        {
          look_further (self);
          g_clear_pointer (&parts, g_ptr_array_unref);
          continue;
        }
      if (key != self->key)
        self->last = 0;
      self->key = key;
      if (!look_in_rank (self, parts, &work, max_work, found, user_data))
        break;
      self->key++;
      self->last = 0;
    }
  return self->is_at_end;
}
