/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"

G_BEGIN_DECLS

/*
 * What the values of a body may be, as data: message.c has a rule for each member of each message,
 * and one walk checks them all.
 */

typedef enum
{
  REDES_RULE_ANY,
  REDES_RULE_DIGEST, /* `ay` of 32 bytes */
  REDES_RULE_PATH,   /* `ay`: whole digests, max bytes */
  REDES_RULE_BYTES,  /* `ay`: min to max bytes */
  REDES_RULE_TEXT,   /* `s`: min to max bytes */
  REDES_RULE_HOST,   /* `s`: a numeric address without a zone, max bytes */
  REDES_RULE_NUMBER, /* min to max */
  REDES_RULE_BLOCK,  /* `u`: up to max, or REDES_NO_BLOCK */
  REDES_RULE_LIST,   /* min to max elements, each by the one rule in items */
  REDES_RULE_TUPLE,  /* a rule a member in items */
} RedesRuleKind;

typedef struct _RedesRule RedesRule;

/**
 * RedesRule:
 * @what: the value's name in an error message
 */
struct _RedesRule
{
  RedesRuleKind kind;
  RedesNoticeCode what;
  guint64 min;
  guint64 max;
  const RedesRule *items;
};

/**
 * redes_rule_check_members:
 * @value: a tuple, in normal form and the machine's byte order
 * @rules: one for each member, of the kind that its type calls for
 *
 * Errors: REDES_WIRE_ERROR_VALUE, saying what is out of range.
 */
gboolean redes_rule_check_members (GVariant *value, const RedesRule *rules, GError **error);

G_END_DECLS
