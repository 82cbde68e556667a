# SPDX-License-Identifier: GPL-3.0-or-later
"""What assistive technology sees of a GTK 4 program: its widgets as items in a tree.

Spoken to directly over the accessibility bus, a whole level of the tree at a time: asked one by one, with
an answer awaited each time, a window takes a second or two. While it answers the program does nothing else:
measure nothing meanwhile.
"""

import warnings

import gi

warnings.simplefilter("ignore")
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402  pylint: disable=wrong-import-position

ATSPI = "org.a11y.atspi."
TIMEOUT_MS = 20000
COORDS_WINDOW = 1
# Their numbers among AT-SPI's states.
STATES = {"CHECKED": 4, "FOCUSED": 12, "SELECTED": 23, "SENSITIVE": 24}
# Roles go by number, as their names are each version's own. Those that are not here have no name.
ROLES = {2: "alert", 7: "check box", 16: "dialog", 23: "frame", 27: "image", 29: "label", 31: "list",
         32: "list item", 37: "page tab", 38: "page tab list", 42: "progress bar", 43: "push button",
         50: "separator", 51: "slider", 52: "spin button", 61: "text", 62: "toggle button", 79: "entry",
         90: "table row"}
# What lies in them says nothing that they do not say themselves.
LEAVES = ("label", "image", "page tab", "check box", "separator", "progress bar", "slider")

MANY_LABELS = 4

Gone = GLib.Error
_bus = None


def get_bus():
    global _bus
    if _bus is None:
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        address = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress",
                                    None, None, 0, TIMEOUT_MS, None).unpack()[0]
        _bus = Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)
    return _bus


class Batch:
    """Calls that are all sent before the first answer is waited for."""

    def __init__(self):
        self.waiting = 0

    def call(self, item, interface, method, arguments, keep):
        """keep: called with the answer, or with None where there is none."""
        def on_answer(bus, result):
            self.waiting -= 1
            try:
                keep(bus.call_finish(result).unpack())
            except GLib.Error:
                keep(None)
        self.waiting += 1
        get_bus().call(item.owner, item.path, interface, method, arguments, None, 0, TIMEOUT_MS,
                       None, on_answer)

    def wait(self):
        while self.waiting:
            GLib.MainContext.default().iteration(True)


class Item:
    """One widget, as it was when it was looked at."""

    def __init__(self, owner, path):
        self.owner = owner
        self.path = path
        self.role = self.name = ""
        self.extents = None  # left, top, width and height in its window, in pixels
        self.children = []

    def __repr__(self):
        return f"{self.role} “{self.name}”"

    def call(self, interface, method, arguments=None):
        return get_bus().call_sync(self.owner, self.path, ATSPI + interface, method, arguments, None,
                                   0, TIMEOUT_MS, None).unpack()

    def get(self, interface, prop):
        return get_bus().call_sync(
            self.owner, self.path, "org.freedesktop.DBus.Properties", "Get",
            GLib.Variant("(ss)", (ATSPI + interface, prop)), None, 0, TIMEOUT_MS, None).unpack()[0]

    @property
    def text(self):
        return self.call("Text", "GetText", GLib.Variant("(ii)", (0, self.get("Text", "CharacterCount"))))[0]

    def has(self, state):
        bit = STATES[state]
        return bool(self.call("Accessible", "GetState")[0][bit // 32] >> bit % 32 & 1)

    def do(self, action):
        """Does one of the things that can be done with it, as a screen reader would."""
        names = [self.call("Action", "GetName", GLib.Variant("(i)", (i,)))[0]
                 for i in range(self.get("Action", "NActions"))]
        return self.call("Action", "DoAction", GLib.Variant("(i)", (names.index(action),)))[0]

    def set_text(self, text):
        return self.call("EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))[0]

    def read_extents(self):
        return self.call("Component", "GetExtents", GLib.Variant("(u)", (COORDS_WINDOW,)))[0]

    def can_be_hit(self):
        """Whether a click on this label would reach it, so that it is on the screen."""
        left, top, width, height = self.extents
        found = self.call("Component", "GetAccessibleAtPoint", GLib.Variant(
            "(iiu)", (left + width // 2, top + height // 2, COORDS_WINDOW)))[0]
        return not found[1].endswith("/null")

    def ask(self, batch):
        def keep_role(answer):
            self.role = ROLES.get(answer[0], f"role {answer[0]}") if answer else ""

        def keep_name(answer):
            self.name = clean_name(answer[0]) if answer else ""

        def keep_extents(answer):
            self.extents = answer[0] if answer else None

        def keep_children(answer):
            self.children = [Item(*child) for child in answer[0]] if answer else []

        batch.call(self, ATSPI + "Accessible", "GetRole", None, keep_role)
        batch.call(self, "org.freedesktop.DBus.Properties", "Get",
                   GLib.Variant("(ss)", (ATSPI + "Accessible", "Name")), keep_name)
        batch.call(self, ATSPI + "Component", "GetExtents", GLib.Variant("(u)", (COORDS_WINDOW,)),
                   keep_extents)
        batch.call(self, ATSPI + "Accessible", "GetChildren", None, keep_children)

    def has_place(self):
        # What is known to have none, as GTK's word for a page of a stack, has something in it that has one.
        return self.extents is None or (self.extents[2] > 0 and self.extents[3] > 0)

    def walk(self):
        """Itself and what can be seen below it, in reading order."""
        yield self
        boxes = [child.extents for child in self.children]
        for child in self.children:
            # Of what lies at one place only one can be seen; the others keep the place that they had.
            piled = (self.name == "GtkStackPage"
                     or (child.extents is not None and boxes.count(child.extents) > 1))
            yield from child.walk_if_shown() if piled else child.walk()

    def walk_if_shown(self):
        """As walk, but nothing of a page that is not on the screen: its first labels tell."""
        before = []
        n_missed = 0
        rest = self.walk()
        for item in rest:
            before.append(item)
            if item.role == "label":
                if item.can_be_hit():
                    break
                n_missed += 1
                # Some may be hidden on a page that is shown, as a title that has no room.
                if n_missed == MANY_LABELS:
                    return
        else:
            if n_missed > 0:
                return
        yield from before
        yield from rest

    def labels(self):
        return [item.name for item in self.walk() if item.role == "label"]


def clean_name(name):
    """GTK 4.8 leaves the mark of the key in a button's name, and says twice what two say of one."""
    name = name.replace("_", "") if " " in name else name
    half = len(name) // 2
    return name[:half] if name[:half] == name[half + 1:] and name[half:half + 1] == " " else name


def find_program(process_id):
    """The program as accessibility knows it, or None as long as it does not."""
    registry = Item(ATSPI + "Registry", "/org/a11y/atspi/accessible/root")
    for owner, path in registry.call("Accessible", "GetChildren")[0]:
        try:
            found = get_bus().call_sync(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                "GetConnectionUnixProcessID", GLib.Variant("(s)", (owner,)), None, 0, TIMEOUT_MS, None)
        except GLib.Error:
            continue  # It has just left.
        if found.unpack()[0] == process_id:
            return Item(owner, path)
    return None


def read_frames(program):
    """The windows of a program with all that is in them, as they are now."""
    frames = [Item(*child) for child in program.call("Accessible", "GetChildren")[0]]
    level = frames
    while level:
        batch = Batch()
        for item in level:
            item.ask(batch)
        batch.wait()
        for item in level:
            if item.role in LEAVES or not item.has_place():
                item.children = []
        level = [child for item in level for child in item.children]
    for item in frames:
        drop_what_has_no_place(item)
    return frames


def drop_what_has_no_place(item):
    item.children = [child for child in item.children if child.has_place()]
    for child in item.children:
        drop_what_has_no_place(child)
