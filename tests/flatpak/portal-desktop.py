#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desktop's side of the portals for background and notifications, which the desktops that can run here do
not have.

Usage: portal-desktop.py FOLDER

Puts the file that makes it known to xdg-desktop-portal into FOLDER. To it every program without a window is
in the background; what it is asked it allows. Prints the title of every notification.
"""

import os
import subprocess
import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.impl.portal.desktop.redestest"
BACKGROUND_INTERFACE = "org.freedesktop.impl.portal.Background"
NOTIFICATION_INTERFACE = "org.freedesktop.impl.portal.Notification"
PATH = "/org/freedesktop/portal/desktop"
APP_ID = "io.github.redes_p2p.Redes"

DESCRIPTION = f"""
<node>
  <interface name="{BACKGROUND_INTERFACE}">
    <method name="GetAppState"><arg type="a{{sv}}" direction="out"/></method>
    <method name="NotifyBackground">
      <arg type="o" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
      <arg type="u" direction="out"/><arg type="a{{sv}}" direction="out"/>
    </method>
    <method name="EnableAutostart">
      <arg type="s" direction="in"/><arg type="b" direction="in"/><arg type="as" direction="in"/>
      <arg type="u" direction="in"/><arg type="b" direction="out"/>
    </method>
    <signal name="RunningApplicationsChanged"/>
  </interface>
  <interface name="{NOTIFICATION_INTERFACE}">
    <method name="AddNotification">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{{sv}}" direction="in"/>
    </method>
    <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
    <signal name="ActionInvoked"><arg type="s"/><arg type="s"/><arg type="s"/><arg type="av"/></signal>
  </interface>
</node>
"""

BACKGROUND, RUNNING = 0, 1
ALLOW = 1


def has_window():
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Redes$"],
                           capture_output=True, check=False)
    return bool(found.stdout.strip())


def on_call(_bus, _sender, _path, _interface, method, parameters, invocation):
    answer = None
    if method == "AddNotification":
        app_id, _id, notification = parameters.unpack()
        print(f"{app_id}: {notification['title']}", flush=True)
    elif method == "GetAppState":
        state = RUNNING if has_window() else BACKGROUND
        answer = GLib.Variant("(a{sv})", ({APP_ID: GLib.Variant("u", state)},))
    elif method == "NotifyBackground":
        answer = GLib.Variant("(ua{sv})", (0, {"result": GLib.Variant("u", ALLOW)}))
    elif method == "EnableAutostart":
        answer = GLib.Variant("(b)", (False,))
    invocation.return_value(answer)


def tell(bus):
    bus.emit_signal(None, PATH, BACKGROUND_INTERFACE, "RunningApplicationsChanged", None)
    return GLib.SOURCE_CONTINUE


def main():
    with open(os.path.join(sys.argv[1], "redestest.portal"), "w", encoding="utf-8") as stream:
        stream.write(f"[portal]\nDBusName={NAME}\nInterfaces={BACKGROUND_INTERFACE};"
                     f"{NOTIFICATION_INTERFACE};\nUseIn=redes-test\n")
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    for interface in Gio.DBusNodeInfo.new_for_xml(DESCRIPTION).interfaces:
        bus.register_object(PATH, interface, on_call, None, None)
    Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE, None, None)
    # A real desktop knows when a window opens or closes; this one looks.
    GLib.timeout_add(500, tell, bus)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
