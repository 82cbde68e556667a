/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * RedesNoticeCode:
 *
 * One for each row of the table in engine/base/notice-table.h, which holds the words. No notice has
 * @REDES_NOTICE_NONE: it says in a variable that there is nothing to tell.
 */
typedef enum
{
  REDES_NOTICE_NONE,
#define ROW(NAME, words) REDES_NOTICE_##NAME,
#define PLURAL_ROW(NAME, place, one, many) REDES_NOTICE_##NAME,
#include "engine/base/notice-table.h"
#undef ROW
#undef PLURAL_ROW
  REDES_N_NOTICES,
} RedesNoticeCode;

/**
 * RedesNotice:
 *
 * What the engine has to tell a person, as a code and its arguments: why a download waits, what
 * went wrong, what happened at a tracker. It becomes a sentence where it is shown, in the language
 * of who reads it. It never changes, so any thread may read it and hold a reference.
 */
typedef struct _RedesNotice RedesNotice;

#define REDES_TYPE_NOTICE (redes_notice_get_type ())
GType redes_notice_get_type (void);

/**
 * RedesNoticeArgKind:
 * @REDES_NOTICE_ARG_TEXT: a name, an address: shown as it is
 * @REDES_NOTICE_ARG_SIGNED, @REDES_NOTICE_ARG_UNSIGNED: a number
 * @REDES_NOTICE_ARG_SIZE: bytes, shown in a unit that fits
 * @REDES_NOTICE_ARG_ERRNO: shown in the system's words
 * @REDES_NOTICE_ARG_NOTICE: a sentence within the sentence
 */
typedef enum
{
  REDES_NOTICE_ARG_TEXT,
  REDES_NOTICE_ARG_SIGNED,
  REDES_NOTICE_ARG_UNSIGNED,
  REDES_NOTICE_ARG_SIZE,
  REDES_NOTICE_ARG_ERRNO,
  REDES_NOTICE_ARG_NOTICE,
} RedesNoticeArgKind;

/**
 * RedesNoticeArg:
 *
 * One argument while a notice is made, which copies it or takes a reference to it.
 */
typedef struct
{
  RedesNoticeArgKind kind;
  union
  {
    const char *text;
    gint64 number;
    guint64 count;
    const RedesNotice *notice;
  };
  RedesNotice *owned; /* to be dropped when the notice is made */
} RedesNoticeArg;

#define REDES_NOTICE_MAX_ARGS 6u

/**
 * redes_notice_new:
 * @...: a RedesNoticeCode, then what stands for each %s of its words, in their order: a string
 *   (%NULL: an empty one), an integer of any type, a RedesNotice, a GError,
 *   redes_notice_arg_size() or redes_notice_arg_errno()
 *
 * Returns: (transfer full)
 */
#ifdef REDES_CPPCHECK
/* cppcheck cannot read _Generic within a conditional expression. */
RedesNotice *redes_notice_new (RedesNoticeCode code, ...);
#else
#define redes_notice_new(...)                                                                      \
  REDES_NOTICE_PICK (__VA_ARGS__, REDES_NOTICE_6, REDES_NOTICE_5, REDES_NOTICE_4, REDES_NOTICE_3,  \
                     REDES_NOTICE_2, REDES_NOTICE_1, REDES_NOTICE_0, )                             \
  (__VA_ARGS__)
#endif

RedesNotice *
redes_notice_new_array (RedesNoticeCode code, guint n_args, const RedesNoticeArg *args);

/* (nullable) (transfer full): words from elsewhere, such as a library's, as they are; NULL of NULL.
 */
RedesNotice *redes_notice_new_text (const char *text);

/* (transfer full): what @error says: its notice, or the words of a domain that has none. */
RedesNotice *redes_notice_new_of_error (const GError *error);

/* Both (nullable). */
RedesNotice *redes_notice_ref (const RedesNotice *self);
void redes_notice_unref (RedesNotice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesNotice, redes_notice_unref)

RedesNoticeCode redes_notice_get_code (const RedesNotice *self);
/* Both (nullable): whether they say the same. */
gboolean redes_notice_equal (const RedesNotice *a, const RedesNotice *b);

/* The sentence in English, for a log, a terminal or a program: (nullable), NULL of NULL. */
const char *redes_notice_get_english (const RedesNotice *self);

/**
 * redes_notice_dup_words:
 * @domain: (nullable): the gettext domain that knows the person's language; %NULL: English
 *
 * Returns: (transfer full) (nullable): the sentence with all that is within it; NULL of NULL
 */
char *redes_notice_dup_words (const RedesNotice *self, const char *domain);

/* A text to be kept from run to run: (transfer full) (nullable), NULL of NULL. What another version
 * wrote, or no notice, is read as text: (transfer full) (nullable). */
char *redes_notice_serialize (const RedesNotice *self);
RedesNotice *redes_notice_parse (const char *serialized);

/* --- Arguments ------------------------------------------------------------------------------ */

RedesNoticeArg redes_notice_arg_size (guint64 bytes);
RedesNoticeArg redes_notice_arg_errno (int saved_errno);
RedesNoticeArg redes_notice_arg_text (const char *text);
RedesNoticeArg redes_notice_arg_signed (gint64 number);
RedesNoticeArg redes_notice_arg_unsigned (guint64 number);
RedesNoticeArg redes_notice_arg_notice (const RedesNotice *notice);
RedesNoticeArg redes_notice_arg_error (const GError *error);
/* (transfer full): a notice that is made for this place only. */
RedesNoticeArg redes_notice_arg_take (RedesNotice *notice);
/* A notice without arguments. */
RedesNoticeArg redes_notice_arg_code (RedesNoticeCode code);
RedesNoticeArg redes_notice_arg_same (RedesNoticeArg arg);

#define redes_notice_arg(value)                                                                    \
  _Generic ((value),                                                                               \
      char *: redes_notice_arg_text,                                                               \
      const char *: redes_notice_arg_text,                                                         \
      signed char: redes_notice_arg_signed,                                                        \
      short: redes_notice_arg_signed,                                                              \
      int: redes_notice_arg_signed,                                                                \
      long: redes_notice_arg_signed,                                                               \
      long long: redes_notice_arg_signed,                                                          \
      unsigned char: redes_notice_arg_unsigned,                                                    \
      unsigned short: redes_notice_arg_unsigned,                                                   \
      unsigned int: redes_notice_arg_unsigned,                                                     \
      unsigned long: redes_notice_arg_unsigned,                                                    \
      unsigned long long: redes_notice_arg_unsigned,                                               \
      RedesNotice *: redes_notice_arg_notice,                                                      \
      const RedesNotice *: redes_notice_arg_notice,                                                \
      GError *: redes_notice_arg_error,                                                            \
      const GError *: redes_notice_arg_error,                                                      \
      RedesNoticeArg: redes_notice_arg_same) (value)

#define REDES_NOTICE_PICK(_0, _1, _2, _3, _4, _5, _6, NAME, ...) NAME
#define REDES_NOTICE_0(code) redes_notice_new_array (code, 0, NULL)
#define REDES_NOTICE_ARRAY(code, ...)                                                              \
  redes_notice_new_array (                                                                         \
      code, sizeof ((const RedesNoticeArg[]){ __VA_ARGS__ }) / sizeof (RedesNoticeArg),            \
      (const RedesNoticeArg[]){ __VA_ARGS__ })
#define REDES_NOTICE_1(code, a) REDES_NOTICE_ARRAY (code, redes_notice_arg (a))
#define REDES_NOTICE_2(code, a, b)                                                                 \
  REDES_NOTICE_ARRAY (code, redes_notice_arg (a), redes_notice_arg (b))
#define REDES_NOTICE_3(code, a, b, c)                                                              \
  REDES_NOTICE_ARRAY (code, redes_notice_arg (a), redes_notice_arg (b), redes_notice_arg (c))
#define REDES_NOTICE_4(code, a, b, c, d)                                                           \
  REDES_NOTICE_ARRAY (code, redes_notice_arg (a), redes_notice_arg (b), redes_notice_arg (c),      \
                      redes_notice_arg (d))
#define REDES_NOTICE_5(code, a, b, c, d, e)                                                        \
  REDES_NOTICE_ARRAY (code, redes_notice_arg (a), redes_notice_arg (b), redes_notice_arg (c),      \
                      redes_notice_arg (d), redes_notice_arg (e))
#define REDES_NOTICE_6(code, a, b, c, d, e, f)                                                     \
  REDES_NOTICE_ARRAY (code, redes_notice_arg (a), redes_notice_arg (b), redes_notice_arg (c),      \
                      redes_notice_arg (d), redes_notice_arg (e), redes_notice_arg (f))

G_END_DECLS
