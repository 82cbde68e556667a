/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/message.h"
#include "engine/wire/rule.h"

G_BEGIN_DECLS

/**
 * RedesMessageTypeInfo:
 * @signature: (nullable): of its body, a GVariant; %NULL of BLOCK
 * @links: a bit for each RedesLinkKind on which it may come
 *
 * What a message of one type may be.
 */
typedef struct
{
  const char *name; /* NULL: no such type */
  const char *signature;
  const RedesRule *rules;                     /* one a member of the body */
  gboolean (*relate) (GVariant *, GError **); /* what members say of each other */
  gsize max_body;
  guint links;
} RedesMessageTypeInfo;

/* (nullable) */
const RedesMessageTypeInfo *redes_message_type_find (guint8 type);

G_END_DECLS
