/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/notice.h"

#include "engine/base/error.h"

#include <string.h>

/* How deep one notice may stand within another in what is read from a disk. */
#define MAX_DEPTH 6u
#define MAX_SERIALIZED_BYTES 65536u

#define NO_PLURAL (-1)

/**
 * Row:
 * @many: (nullable): the words for another number than one
 * @place: of the argument whose number decides, or NO_PLURAL
 */
typedef struct
{
  const char *name;
  const char *one;
  const char *many;
  gint place;
} Row;

static const Row rows[REDES_N_NOTICES] = {
#define ROW(NAME, words) [REDES_NOTICE_##NAME] = { #NAME, words, NULL, NO_PLURAL },
#define PLURAL_ROW(NAME, place, one, many) [REDES_NOTICE_##NAME] = { #NAME, one, many, place },
#include "engine/base/notice-table.h"
#undef ROW
#undef PLURAL_ROW
};

typedef struct
{
  RedesNoticeArgKind kind;
  union
  {
    char *text;
    gint64 number;
    guint64 count;
    RedesNotice *notice;
  };
} Arg;

/**
 * RedesNotice:
 * @english: made with it, so that many threads may read it
 */
struct _RedesNotice
{
  gatomicrefcount n_refs;
  RedesNoticeCode code;
  char *english;
  guint n_args;
  Arg args[];
};

static char *
dup_arg_words (const Arg *arg, const char *domain)
{
  switch (arg->kind)
    {
    case REDES_NOTICE_ARG_TEXT:
      return g_strdup (arg->text);
    case REDES_NOTICE_ARG_SIGNED:
      return g_strdup_printf ("%" G_GINT64_FORMAT, arg->number);
    case REDES_NOTICE_ARG_UNSIGNED:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, arg->count);
    case REDES_NOTICE_ARG_SIZE:
      return g_format_size (arg->count);
    case REDES_NOTICE_ARG_ERRNO:
      return g_strdup (g_strerror ((int)arg->number));
    case REDES_NOTICE_ARG_NOTICE:
      return redes_notice_dup_words (arg->notice, domain);
    }
  g_return_val_if_reached (NULL);
}

/* Reads "%s" or "%2$s" at @p. Returns: what follows it, or NULL if it is none of both. */
static const char *
read_place (const char *p, guint *place, guint *next)
{
  if (p[1] == 's')
    {
      *place = (*next)++;
      return p + 2;
    }
  if (g_ascii_isdigit (p[1]) && p[2] == '$' && p[3] == 's')
    {
      *place = (guint)(p[1] - '1');
      return p + 4;
    }
  return NULL;
}

/* Replaces each %s by its text. printf() is not used, because a translation is data, and could have
 * a directive without an argument. */
static char *
fill_in (const char *format, char *const *texts, guint n_texts)
{
  GString *words = g_string_new (NULL);
  guint next = 0;

  for (const char *p = format; *p != '\0';)
    {
      guint place;
      const char *end = *p == '%' ? read_place (p, &place, &next) : NULL;

      if (end != NULL)
        {
          g_string_append (words, place < n_texts ? texts[place] : "");
          p = end;
          continue;
        }
      if (p[0] == '%' && p[1] == '%')
        p++;
      g_string_append_c (words, *p++);
    }
  return g_string_free (words, FALSE);
}

static guint
count_places (const char *format)
{
  guint n = 0, next = 0, place;

  for (const char *p = strchr (format, '%'); p != NULL; p = strchr (p, '%'))
    {
      const char *end = read_place (p, &place, &next);

      n += end != NULL;
      p = end != NULL ? end : p + (p[1] == '%' ? 2 : 1);
    }
  return n;
}

static const char *
choose_words (const RedesNotice *self, const char *domain)
{
  const Row *row = &rows[self->code];
  gulong n;

  if (row->place == NO_PLURAL)
    return domain != NULL ? g_dgettext (domain, row->one) : row->one;
  n = (gulong)self->args[row->place].count;
  if (domain != NULL)
    return g_dngettext (domain, row->one, row->many, n);
  return n == 1 ? row->one : row->many;
}

char *
redes_notice_dup_words (const RedesNotice *self, const char *domain)
{
  char *texts[REDES_NOTICE_MAX_ARGS];
  char *words;

  if (self == NULL)
    return NULL;
  for (guint i = 0; i < self->n_args; i++)
    texts[i] = dup_arg_words (&self->args[i], domain);
  words = fill_in (choose_words (self, domain), texts, self->n_args);
  for (guint i = 0; i < self->n_args; i++)
    g_free (texts[i]);
  return words;
}

const char *
redes_notice_get_english (const RedesNotice *self)
{
  return self != NULL ? self->english : NULL;
}

RedesNoticeCode
redes_notice_get_code (const RedesNotice *self)
{
  return self->code;
}

gboolean
redes_notice_equal (const RedesNotice *a, const RedesNotice *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return a->code == b->code && g_str_equal (a->english, b->english);
}

G_DEFINE_BOXED_TYPE (RedesNotice, redes_notice, redes_notice_ref, redes_notice_unref)

/* --- Made and freed ------------------------------------------------------------------------- */

static void
copy_arg (Arg *to, const RedesNoticeArg *from)
{
  to->kind = from->kind;
  if (from->kind == REDES_NOTICE_ARG_TEXT)
    to->text = g_strdup (from->text != NULL ? from->text : "");
  else if (from->kind == REDES_NOTICE_ARG_NOTICE)
    to->notice = from->owned != NULL ? from->owned : redes_notice_ref (from->notice);
  else
    to->count = from->count;
}

static gboolean
is_number (const Arg *arg)
{
  return arg->kind == REDES_NOTICE_ARG_SIGNED || arg->kind == REDES_NOTICE_ARG_UNSIGNED;
}

/* Whether the arguments are those that the words ask for. */
static gboolean
fits (RedesNoticeCode code, guint n_args, const Arg *args)
{
  const Row *row = &rows[code];

  return n_args == count_places (row->one)
         && (row->place == NO_PLURAL
             || ((guint)row->place < n_args && is_number (&args[row->place])));
}

RedesNotice *
redes_notice_new_array (RedesNoticeCode code, guint n_args, const RedesNoticeArg *args)
{
  RedesNotice *self;

  g_assert (code > REDES_NOTICE_NONE && code < REDES_N_NOTICES && n_args <= REDES_NOTICE_MAX_ARGS);
  self = g_malloc0 (sizeof *self + n_args * sizeof (Arg));
  g_atomic_ref_count_init (&self->n_refs);
  self->code = code;
  self->n_args = n_args;
  for (guint i = 0; i < n_args; i++)
    copy_arg (&self->args[i], &args[i]);
  if (!fits (code, n_args, self->args))
    g_error ("the notice %s was given %u arguments, or others than its words have", rows[code].name,
             n_args);
  self->english = redes_notice_dup_words (self, NULL);
  return self;
}

RedesNotice *
redes_notice_new_text (const char *text)
{
  return text != NULL ? redes_notice_new (REDES_NOTICE_TEXT, text) : NULL;
}

RedesNotice *
redes_notice_new_of_error (const GError *error)
{
  const RedesNotice *notice = redes_error_get_notice (error);

  return notice != NULL ? redes_notice_ref (notice) : redes_notice_new_text (error->message);
}

RedesNotice *
redes_notice_ref (const RedesNotice *self)
{
  RedesNotice *ref = (RedesNotice *)self;

  if (ref != NULL)
    g_atomic_ref_count_inc (&ref->n_refs);
  return ref;
}

void
redes_notice_unref (RedesNotice *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->n_refs))
    return;
  for (guint i = 0; i < self->n_args; i++)
    if (self->args[i].kind == REDES_NOTICE_ARG_TEXT)
      g_free (self->args[i].text);
    else if (self->args[i].kind == REDES_NOTICE_ARG_NOTICE)
      redes_notice_unref (self->args[i].notice);
  g_free (self->english);
  g_free (self);
}

/* --- Arguments ------------------------------------------------------------------------------ */

RedesNoticeArg
redes_notice_arg_text (const char *text)
{
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_TEXT, .text = text };
}

RedesNoticeArg
redes_notice_arg_signed (gint64 number)
{
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_SIGNED, .number = number };
}

RedesNoticeArg
redes_notice_arg_unsigned (guint64 number)
{
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_UNSIGNED, .count = number };
}

RedesNoticeArg
redes_notice_arg_size (guint64 bytes)
{
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_SIZE, .count = bytes };
}

RedesNoticeArg
redes_notice_arg_errno (int saved_errno)
{
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_ERRNO, .number = saved_errno };
}

RedesNoticeArg
redes_notice_arg_notice (const RedesNotice *notice)
{
  if (notice == NULL)
    return redes_notice_arg_text (NULL);
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_NOTICE, .notice = notice };
}

RedesNoticeArg
redes_notice_arg_take (RedesNotice *notice)
{
  return (RedesNoticeArg){ .kind = REDES_NOTICE_ARG_NOTICE, .notice = notice, .owned = notice };
}

RedesNoticeArg
redes_notice_arg_error (const GError *error)
{
  const RedesNotice *notice = redes_error_get_notice (error);

  return notice != NULL ? redes_notice_arg_notice (notice) : redes_notice_arg_text (error->message);
}

RedesNoticeArg
redes_notice_arg_code (RedesNoticeCode code)
{
  return redes_notice_arg_take (redes_notice_new (code));
}

RedesNoticeArg
redes_notice_arg_same (RedesNoticeArg arg)
{
  return arg;
}

/* --- Kept from run to run ------------------------------------------------------------------- */

/* The name, the English words, and the arguments. */
#define SERIALIZED_TYPE G_VARIANT_TYPE ("(ssav)")

static GVariant *to_variant (const RedesNotice *self);
static RedesNotice *from_variant (GVariant *variant, guint depth);

static GVariant *
arg_to_variant (const Arg *arg)
{
  switch (arg->kind)
    {
    case REDES_NOTICE_ARG_TEXT:
      return g_variant_new_string (arg->text);
    case REDES_NOTICE_ARG_SIGNED:
      return g_variant_new_int64 (arg->number);
    case REDES_NOTICE_ARG_UNSIGNED:
      return g_variant_new_uint64 (arg->count);
    case REDES_NOTICE_ARG_SIZE:
      return g_variant_new ("(t)", arg->count);
    case REDES_NOTICE_ARG_ERRNO:
      return g_variant_new_int32 ((gint32)arg->number);
    case REDES_NOTICE_ARG_NOTICE:
      return to_variant (arg->notice);
    }
  g_return_val_if_reached (NULL);
}

static GVariant *
to_variant (const RedesNotice *self)
{
  GVariantBuilder args;

  g_variant_builder_init (&args, G_VARIANT_TYPE ("av"));
  for (guint i = 0; i < self->n_args; i++)
    g_variant_builder_add (&args, "v", arg_to_variant (&self->args[i]));
  return g_variant_new ("(ssav)", rows[self->code].name, self->english, &args);
}

char *
redes_notice_serialize (const RedesNotice *self)
{
  g_autoptr (GVariant) variant = NULL;

  if (self == NULL)
    return NULL;
  variant = g_variant_ref_sink (to_variant (self));
  return g_variant_print (variant, TRUE);
}

static gboolean
arg_from_variant (GVariant *variant, RedesNoticeArg *arg, guint depth)
{
  guint64 bytes;

  if (g_variant_is_of_type (variant, G_VARIANT_TYPE_STRING))
    *arg = redes_notice_arg_text (g_variant_get_string (variant, NULL));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT64))
    *arg = redes_notice_arg_signed (g_variant_get_int64 (variant));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_UINT64))
    *arg = redes_notice_arg_unsigned (g_variant_get_uint64 (variant));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE_INT32))
    *arg = redes_notice_arg_errno (g_variant_get_int32 (variant));
  else if (g_variant_is_of_type (variant, G_VARIANT_TYPE ("(t)")))
    {
      g_variant_get (variant, "(t)", &bytes);
      *arg = redes_notice_arg_size (bytes);
    }
  else if (g_variant_is_of_type (variant, SERIALIZED_TYPE) && depth < MAX_DEPTH)
    *arg = redes_notice_arg_take (from_variant (variant, depth + 1));
  else
    return FALSE;
  return TRUE;
}

static gboolean
find_code (const char *name, RedesNoticeCode *code)
{
  for (guint i = REDES_NOTICE_NONE + 1; i < REDES_N_NOTICES; i++)
    if (g_str_equal (rows[i].name, name))
      {
        *code = (RedesNoticeCode)i;
        return TRUE;
      }
  return FALSE;
}

/* Never returns %NULL: arguments that do not fit the code give a notice of the kept English words.
 */
static RedesNotice *
from_variant (GVariant *variant, guint depth)
{
  g_autoptr (GVariant) args = g_variant_get_child_value (variant, 2);
  gsize n_args = g_variant_n_children (args);
  RedesNoticeArg given[REDES_NOTICE_MAX_ARGS];
  GVariant *values[REDES_NOTICE_MAX_ARGS];
  const char *name, *english;
  RedesNoticeCode code;
  RedesNotice *self = NULL;
  guint n = 0;

  g_variant_get_child (variant, 0, "&s", &name);
  g_variant_get_child (variant, 1, "&s", &english);
  if (!find_code (name, &code) || n_args > REDES_NOTICE_MAX_ARGS
      || n_args != count_places (rows[code].one))
    return redes_notice_new_text (english);

  for (; n < n_args; n++)
    {
      g_variant_get_child (args, n, "v", &values[n]);
      if (!arg_from_variant (values[n], &given[n], depth))
        {
          g_variant_unref (values[n]);
          break;
        }
    }
  if (n == n_args
      && (rows[code].place == NO_PLURAL || given[rows[code].place].kind == REDES_NOTICE_ARG_SIGNED
          || given[rows[code].place].kind == REDES_NOTICE_ARG_UNSIGNED))
    self = redes_notice_new_array (code, n, given);
  for (guint i = 0; i < n; i++)
    {
      if (self == NULL)
        redes_notice_unref (given[i].owned);
      g_variant_unref (values[i]);
    }
  return self != NULL ? self : redes_notice_new_text (english);
}

RedesNotice *
redes_notice_parse (const char *serialized)
{
  g_autoptr (GVariant) variant = NULL;

  if (serialized == NULL)
    return NULL;
  if (serialized[0] == '(' && strlen (serialized) <= MAX_SERIALIZED_BYTES)
    variant = g_variant_parse (SERIALIZED_TYPE, serialized, NULL, NULL, NULL);
  return variant != NULL ? from_variant (variant, 0) : redes_notice_new_text (serialized);
}
