/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lan-events.h"

#include "cli/format.h"
#include "cli/nicknames.h"
#include "engine/base/peer-id.h"
#include "engine/base/text.h"

static const RedesPeerOrigin hows[]
    = { REDES_PEER_ORIGIN_TRACKER, REDES_PEER_ORIGIN_LAN, REDES_PEER_ORIGIN_EXCHANGE };

void
redes_json_add_how (JsonBuilder *builder, guint how)
{
  json_builder_set_member_name (builder, "how");
  json_builder_begin_array (builder);
  for (guint i = 0; i < G_N_ELEMENTS (hows); i++)
    if ((how & hows[i]) != 0)
      json_builder_add_string_value (builder, redes_peer_origin_get_name (hows[i]));
  json_builder_end_array (builder);
}

char *
redes_format_how (guint how)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hows); i++)
    if ((how & hows[i]) != 0)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              redes_peer_origin_get_name (hows[i]));
  return g_string_free (text, FALSE);
}

static void
tell (RedesOutput *output, const char *event, RedesFound *found)
{
  JsonBuilder *builder = redes_output_begin_event (output, event);

  if (builder == NULL)
    return;
  redes_json_add_text (builder, "what", redes_found_is_tracker (found) ? "tracker" : "peer");
  redes_json_add_digest (builder, "peer", redes_found_get_id (found));
  redes_json_add_text (builder, "nickname", redes_found_get_nickname (found));
  redes_json_add_text (builder, "address", redes_found_get_address (found));
  redes_json_add_text (builder, "how", redes_peer_origin_get_name (redes_found_get_how (found)));
  if (redes_found_is_tracker (found))
    {
      json_builder_set_member_name (builder, "used");
      json_builder_add_boolean_value (builder, redes_found_is_used (found));
    }
  redes_output_end_event (output, builder);
}

/* "ana (k3xw-7aqd) at 192.168.1.7:6001" */
static char *
describe (RedesFound *found)
{
  g_autofree char *nickname = redes_text_make_printable (redes_found_get_nickname (found), 40);
  g_autofree char *id = redes_peer_id_dup_short (redes_found_get_id (found), 2);

  return g_strdup_printf ("%s%s%s at %s", nickname, *nickname != '\0' ? " " : "", id,
                          redes_found_get_address (found));
}

static const char *
say_how (RedesFound *found)
{
  return redes_found_get_how (found) == REDES_PEER_ORIGIN_LAN ? "on this network"
                                                              : "by another peer";
}

/* Whether a tracker that was found is used for having been found, and why not. */
static const char *
say_use (RedesNode *node, RedesFound *found)
{
  GListModel *trackers = redes_node_get_trackers (node);

  if (redes_found_is_used (found))
    return ": it is used, and hears of what is shared and searched here";
  if (redes_found_is_known (found))
    return ", which is in use already";
  for (guint i = 0; i < g_list_model_get_n_items (trackers); i++)
    {
      g_autoptr (RedesTrackerItem) tracker = g_list_model_get_item (trackers, i);

      if (g_str_equal (redes_tracker_item_get_address (tracker), redes_found_get_address (found)))
        return ", which is in use already";
    }
  return "; it is only shown, as trackers that are found are not used here";
}

static void
on_found (RedesNode *node, RedesFound *found, gpointer user_data)
{
  RedesOutput *output = user_data;
  g_autofree char *who = describe (found);

  redes_nicknames_add (redes_found_get_id (found), redes_found_get_nickname (found));
  tell (output, "found", found);
  if (redes_found_is_tracker (found))
    redes_output_say (output, "Found the tracker %s %s%s", who, say_how (found),
                      say_use (node, found));
  else
    redes_output_say (output, "Found %s %s", who, say_how (found));
}

static void
on_lost (RedesNode *node, RedesFound *found, gpointer user_data)
{
  RedesOutput *output = user_data;
  g_autofree char *who = describe (found);

  tell (output, "lost", found);
  redes_output_say (output, "%s%s is gone", redes_found_is_tracker (found) ? "The tracker " : "",
                    who);
}

void
redes_lan_events_connect (RedesOutput *output, RedesNode *node)
{
  g_signal_connect (node, "found", G_CALLBACK (on_found), output);
  g_signal_connect (node, "lost", G_CALLBACK (on_lost), output);
}

void
redes_lan_events_disconnect (RedesOutput *output, RedesNode *node)
{
  g_signal_handlers_disconnect_by_data (node, output);
}
