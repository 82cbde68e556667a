/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/rule.h"

#include "engine/base/error.h"
#include "engine/wire/error.h"
#include "engine/wire/message-limits.h"

#include <gio/gio.h>
#include <string.h>

static gboolean check_value (GVariant *value, const RedesRule *rule, GError **error);

static guint64
get_number (GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      return g_variant_get_byte (value);
    case G_VARIANT_CLASS_UINT16:
      return g_variant_get_uint16 (value);
    case G_VARIANT_CLASS_UINT32:
      return g_variant_get_uint32 (value);
    default:
      return g_variant_get_uint64 (value);
    }
}

static gboolean
check_number (GVariant *value, const RedesRule *rule, GError **error)
{
  guint64 number = get_number (value);

  if (rule->kind == REDES_RULE_BLOCK && number == REDES_NO_BLOCK)
    return TRUE;
  if (number >= rule->min && number <= rule->max)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_RANGE,
                   redes_notice_arg_code (rule->what), number, rule->min, rule->max);
  return FALSE;
}

static gboolean
check_length (gsize len, guint64 min, guint64 max, RedesNoticeCode what, GError **error)
{
  if (len >= min && len <= max)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_LENGTH,
                   redes_notice_arg_code (what), len, min, max);
  return FALSE;
}

static gboolean
check_path (GVariant *value, const RedesRule *rule, GError **error)
{
  gsize len = g_variant_get_size (value);

  if (!check_length (len, 0, rule->max, rule->what, error))
    return FALSE;
  if (len % REDES_DIGEST_SIZE == 0)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_NO_DIGESTS,
                   redes_notice_arg_code (rule->what), len);
  return FALSE;
}

static gboolean
check_host (GVariant *value, const RedesRule *rule, GError **error)
{
  gsize len;
  const char *host = g_variant_get_string (value, &len);

  if (!check_length (len, 1, rule->max, rule->what, error))
    return FALSE;
  /* A zone ("fe80::1%eth0") means something on one machine only. */
  if (g_hostname_is_ip_address (host) && strchr (host, '%') == NULL)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_NO_ADDRESS,
                   redes_notice_arg_code (rule->what));
  return FALSE;
}

static gboolean
check_text (GVariant *value, const RedesRule *rule, GError **error)
{
  gsize len;

  g_variant_get_string (value, &len);
  return check_length (len, rule->min, rule->max, rule->what, error);
}

static gboolean
check_list (GVariant *value, const RedesRule *rule, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n < rule->min)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_FEW,
                       redes_notice_arg_code (rule->what), n, rule->min);
      return FALSE;
    }
  if (n > rule->max)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_VALUE_MANY,
                       redes_notice_arg_code (rule->what), n, rule->max);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) item = g_variant_get_child_value (value, i);

      if (!check_value (item, rule->items, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_value (GVariant *value, const RedesRule *rule, GError **error)
{
  switch (rule->kind)
    {
    case REDES_RULE_ANY:
      return TRUE;
    case REDES_RULE_DIGEST:
      return check_length (g_variant_get_size (value), REDES_DIGEST_SIZE, REDES_DIGEST_SIZE,
                           rule->what, error);
    case REDES_RULE_PATH:
      return check_path (value, rule, error);
    case REDES_RULE_BYTES:
      return check_length (g_variant_get_size (value), rule->min, rule->max, rule->what, error);
    case REDES_RULE_TEXT:
      return check_text (value, rule, error);
    case REDES_RULE_HOST:
      return check_host (value, rule, error);
    case REDES_RULE_NUMBER:
    case REDES_RULE_BLOCK:
      return check_number (value, rule, error);
    case REDES_RULE_LIST:
      return check_list (value, rule, error);
    case REDES_RULE_TUPLE:
      return redes_rule_check_members (value, rule->items, error);
    }
  g_return_val_if_reached (FALSE);
}

gboolean
redes_rule_check_members (GVariant *value, const RedesRule *rules, GError **error)
{
  gsize n = g_variant_n_children (value);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) member = NULL;

      if (rules[i].kind == REDES_RULE_ANY)
        continue;
      member = g_variant_get_child_value (value, i);
      if (!check_value (member, &rules[i], error))
        return FALSE;
    }
  return TRUE;
}
