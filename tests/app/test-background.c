/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/background-portal.h"

#include <locale.h>

/*
 * The calls of the background portal, against a portal of the test's own on a bus of its own. Where
 * libportal was found, the same file is built twice: for its calls, and for those without it.
 */

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Background"
/* A bound for a machine that is busy; no test waits for it to end. */
#define PATIENCE_MS 60000

/* What the portal does with a request. */
typedef enum
{
  ANSWER_ALLOWED,
  ANSWER_ALLOWED_AT_ONCE, /* before the call has returned */
  ANSWER_NOT_ALLOWED,
  ANSWER_DISMISSED,
  ANSWER_FAILED,
  ANSWER_ERROR, /* the call itself fails */
} Answer;

typedef struct
{
  GDBusConnection *bus;
  guint name_id;
  guint object_id;
  gboolean named;
  Answer answer;
  char *reason;
  char *status;
  gboolean autostart;
} Portal;

static const char description[]
    = "<node><interface name='" PORTAL_INTERFACE "'>"
      "<method name='RequestBackground'><arg type='s' direction='in'/>"
      "<arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>"
      "<method name='SetStatus'><arg type='a{sv}' direction='in'/></method>"
      "<property name='version' type='u' access='read'/>"
      "</interface></node>";

static GTestDBus *test_bus;

static gboolean
on_patience_over (gpointer user_data)
{
  g_error ("nothing came of it");
  return G_SOURCE_REMOVE;
}

#define WAIT_UNTIL(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint patience_id = g_timeout_add (PATIENCE_MS, on_patience_over, NULL);                       \
                                                                                                   \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (patience_id);                                                                 \
  }                                                                                                \
  G_STMT_END

static void
respond (Portal *self, const char *sender, const char *path)
{
  guint32 response = self->answer == ANSWER_DISMISSED ? 1 : self->answer == ANSWER_FAILED ? 2 : 0;
  GVariantBuilder results;

  g_variant_builder_init (&results, G_VARIANT_TYPE_VARDICT);
  if (response == 0)
    {
      g_variant_builder_add (&results, "{sv}", "background",
                             g_variant_new_boolean (self->answer != ANSWER_NOT_ALLOWED));
      g_variant_builder_add (&results, "{sv}", "autostart", g_variant_new_boolean (FALSE));
    }
  g_assert_true (g_dbus_connection_emit_signal (
      self->bus, sender, path, "org.freedesktop.portal.Request", "Response",
      g_variant_new ("(ua{sv})", response, &results), NULL));
}

static void
take_request (Portal *self,
              const char *sender,
              GVariant *parameters,
              GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) options = g_variant_get_child_value (parameters, 1);
  g_autofree char *token = NULL;
  g_autofree char *path = NULL;
  g_autofree char *caller = g_strdelimit (g_strdup (sender + 1), ".", '_');

  g_assert_true (g_variant_lookup (options, "handle_token", "s", &token));
  g_assert_true (g_variant_lookup (options, "reason", "s", &self->reason));
  g_assert_true (g_variant_lookup (options, "autostart", "b", &self->autostart));
  path = g_strdup_printf (PORTAL_PATH "/request/%s/%s", caller, token);
  if (self->answer == ANSWER_ERROR)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, "org.freedesktop.DBus.Error.Failed",
                                                  "the portal is out of order");
      return;
    }
  if (self->answer == ANSWER_ALLOWED_AT_ONCE)
    respond (self, sender, path);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
  if (self->answer != ANSWER_ALLOWED_AT_ONCE)
    respond (self, sender, path);
}

static void
on_call (GDBusConnection *bus,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  Portal *self = user_data;
  g_autoptr (GVariant) options = NULL;

  if (g_str_equal (method, "RequestBackground"))
    {
      take_request (self, sender, parameters, invocation);
      return;
    }
  options = g_variant_get_child_value (parameters, 0);
  g_assert_true (g_variant_lookup (options, "message", "s", &self->status));
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static GVariant *
on_get (GDBusConnection *bus,
        const char *sender,
        const char *path,
        const char *interface,
        const char *property,
        GError **error,
        gpointer user_data)
{
  return g_variant_new_uint32 (2);
}

static void
on_name_acquired (GDBusConnection *bus, const char *name, gpointer user_data)
{
  ((Portal *)user_data)->named = TRUE;
}

static void
portal_begin (Portal *self, Answer answer)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call, .get_property = on_get };
  g_autoptr (GDBusNodeInfo) info = NULL;
  GError *error = NULL;

  *self = (Portal){ .answer = answer };
  self->bus = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (test_bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT
          | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);
  g_assert_no_error (error);
  info = g_dbus_node_info_new_for_xml (description, &error);
  g_assert_no_error (error);
  self->object_id = g_dbus_connection_register_object (self->bus, PORTAL_PATH, info->interfaces[0],
                                                       &vtable, self, NULL, &error);
  g_assert_no_error (error);
  self->name_id = g_bus_own_name_on_connection (self->bus, PORTAL_NAME, G_BUS_NAME_OWNER_FLAGS_NONE,
                                                on_name_acquired, NULL, self, NULL);
  WAIT_UNTIL (self->named);
}

static void
portal_end (Portal *self)
{
  g_bus_unown_name (self->name_id);
  g_dbus_connection_unregister_object (self->bus, self->object_id);
  g_assert_true (g_dbus_connection_close_sync (self->bus, NULL, NULL));
  g_object_unref (self->bus);
  g_free (self->reason);
  g_free (self->status);
}

static void
request_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **kept = user_data;

  g_assert_null (*kept);
  *kept = g_object_ref (result);
}

static gboolean
request (GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  redes_background_portal_request_async ("to go on", request_cb, &result);
  WAIT_UNTIL (result != NULL);
  return redes_background_portal_request_finish (result, error);
}

static void
check_answer (Answer answer, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  Portal portal;

  portal_begin (&portal, answer);
  g_assert_cmpint (request (&error), ==, expected);
  if (expected)
    g_assert_no_error (error);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_cmpstr (portal.reason, ==, "to go on");
  g_assert_false (portal.autostart);
  portal_end (&portal);
}

static void
test_answers (void)
{
  check_answer (ANSWER_ALLOWED, TRUE);
  check_answer (ANSWER_ALLOWED_AT_ONCE, TRUE);
  check_answer (ANSWER_NOT_ALLOWED, FALSE);
  check_answer (ANSWER_DISMISSED, FALSE);
}

/* A portal that does not work forbids nothing. */
static void
test_failures (void)
{
  check_answer (ANSWER_FAILED, TRUE);
  check_answer (ANSWER_ERROR, TRUE);
}

static void
test_without_portal (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (request (&error));
  g_assert_no_error (error);
}

static void
test_status (void)
{
  /* As GApplication does: the message is sent as long as there is a connection. */
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  Portal portal;

  g_assert_nonnull (bus);
  portal_begin (&portal, ANSWER_ALLOWED);
  redes_background_portal_set_status ("2 downloads go on");
  WAIT_UNTIL (portal.status != NULL);
  g_assert_cmpstr (portal.status, ==, "2 downloads go on");
  portal_end (&portal);
}

int
main (int argc, char **argv)
{
  g_autofree char *daemon = g_find_program_in_path ("dbus-daemon");
  int status;

  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  if (daemon == NULL)
    {
      g_print ("1..0 # SKIP there is no dbus-daemon\n");
      return 0;
    }
  test_bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (test_bus);
  g_test_add_func ("/background/answers", test_answers);
  g_test_add_func ("/background/failures", test_failures);
  g_test_add_func ("/background/without-portal", test_without_portal);
  g_test_add_func ("/background/status", test_status);
  status = g_test_run ();
  g_test_dbus_down (test_bus);
  g_object_unref (test_bus);
  return status;
}
