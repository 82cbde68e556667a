/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * RedesNoticeCode:
 *
 * A code for each row of the table in engine/base/notice-table.h, which has the words. No notice
 * has the code @REDES_NOTICE_NONE: a variable of this type has it while there is nothing to report.
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
 * A message of the engine for a person, as a code and its arguments: why a download waits, what
 * went wrong, what happened at a tracker. The front end that shows it makes it a sentence, in the
 * person's language. A notice is immutable, so any thread may read it and hold a reference.
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
 * One argument for redes_notice_new_array(), which copies it or takes a reference to it.
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
  RedesNotice *owned; /* (nullable): a reference that redes_notice_new_array() drops */
} RedesNoticeArg;

#define REDES_NOTICE_MAX_ARGS 6u

/**
 * redes_notice_new:
 * @...: a RedesNoticeCode, then the arguments that replace each %s of its words, in their order,
 *   at most REDES_NOTICE_MAX_ARGS: a string (%NULL: an empty one), an integer of any type, a
 *   RedesNotice, a GError, redes_notice_arg_size() or redes_notice_arg_errno()
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

/* (nullable) (transfer full): a notice of text that is not translated, such as a library's message;
 * %NULL if @text is. */
RedesNotice *redes_notice_new_text (const char *text);

/* (transfer full): the notice of @error, or its message if its domain has no notices. */
RedesNotice *redes_notice_new_of_error (const GError *error);

/* @self: (nullable) */
RedesNotice *redes_notice_ref (const RedesNotice *self);
void redes_notice_unref (RedesNotice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesNotice, redes_notice_unref)

RedesNoticeCode redes_notice_get_code (const RedesNotice *self);
/* Whether both have the same code and equal arguments, or are both %NULL. @a, @b: (nullable) */
gboolean redes_notice_equal (const RedesNotice *a, const RedesNotice *b);

/* (transfer none) (nullable): the sentence in English, for a log, a terminal or a program; %NULL if
 * @self is. */
const char *redes_notice_get_english (const RedesNotice *self);

/**
 * redes_notice_dup_words:
 * @domain: (nullable): the gettext domain with the translations; %NULL: English
 *
 * Returns: (transfer full) (nullable): the sentence with its arguments; %NULL if @self is
 */
char *redes_notice_dup_words (const RedesNotice *self, const char *domain);

/* (transfer full) (nullable): a text for a file or a database, from which redes_notice_parse()
 * makes an equal notice; %NULL if @self is. */
char *redes_notice_serialize (const RedesNotice *self);
/* (transfer full) (nullable): %NULL if @serialized is. A notice whose code this version does not
 * know, and a text that is no notice, become a notice of plain text. */
RedesNotice *redes_notice_parse (const char *serialized);

/* --- Arguments ------------------------------------------------------------------------------ */

RedesNoticeArg redes_notice_arg_size (guint64 bytes);
RedesNoticeArg redes_notice_arg_errno (int saved_errno);
RedesNoticeArg redes_notice_arg_text (const char *text);
RedesNoticeArg redes_notice_arg_signed (gint64 number);
RedesNoticeArg redes_notice_arg_unsigned (guint64 number);
RedesNoticeArg redes_notice_arg_notice (const RedesNotice *notice);
RedesNoticeArg redes_notice_arg_error (const GError *error);
/* @notice: (transfer full): for a notice that was made as this argument only */
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
