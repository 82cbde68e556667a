# SPDX-License-Identifier: GPL-3.0-or-later
"""What assistive technology sees of a GTK 4 program.

GTK says of no widget whether it is on the screen: one that is not has no size. So nothing below such a one is
looked at, which also keeps a walk quick. A walk takes the program's time: measure nothing during one.
"""

import warnings

import gi

warnings.simplefilter("ignore")
gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  pylint: disable=wrong-import-position

# What lies in them says nothing that they do not say themselves.
LEAVES = ("label", "image", "page tab", "check box", "separator", "icon", "progress bar", "slider")


def clean_name(name):
    """GTK 4.8 leaves the mark of the key in a button's name, and says twice what two say of one."""
    name = name.replace("_", "") if " " in name else name
    half = len(name) // 2
    return name[:half] if name[:half] == name[half + 1:] and name[half:half + 1] == " " else name


class Item:
    """One widget, as it was when it was found."""

    def __init__(self, source):
        self.source = source
        self.role = source.get_role_name()
        self.name = clean_name(source.get_name() or "")

    def __repr__(self):
        return f"{self.role} “{self.name}”"

    @property
    def extents(self):
        """Left, top, width and height in its window, in pixels; None: it has none."""
        try:
            component = self.source.get_component_iface()
            if component is None:
                return None
            box = component.get_extents(Atspi.CoordType.WINDOW)
        except GLib.Error:
            return None
        return box.x, box.y, box.width, box.height

    @property
    def description(self):
        return self.source.get_description() or ""

    @property
    def text(self):
        length = Atspi.Text.get_character_count(self.source)
        return Atspi.Text.get_text(self.source, 0, length)

    @property
    def value(self):
        return self.source.get_value_iface().get_current_value()

    def has(self, state):
        return self.source.get_state_set().contains(getattr(Atspi.StateType, state))

    def children(self):
        found = []
        for i in range(self.source.get_child_count()):
            child = self.source.get_child_at_index(i)
            if child is not None:
                found.append(Item(child))
        return found

    def do(self, action):
        """Does one of the things that can be done with it, as a screen reader would."""
        names = [self.source.get_action_name(i) for i in range(self.source.get_n_actions())]
        return self.source.do_action(names.index(action))

    def focus(self):
        return self.source.get_component_iface().grab_focus()

    def set_text(self, text):
        return Atspi.EditableText.set_text_contents(self.source, text)

    def can_be_hit(self):
        """Whether a click on this label would reach it, so that it is on the screen."""
        left, top, width, height = self.extents
        return self.source.get_component_iface().get_accessible_at_point(
            left + width // 2, top + height // 2, Atspi.CoordType.WINDOW) is not None

    def walk(self):
        """Itself and what can be seen below it, in reading order."""
        yield self
        if self.role in LEAVES:
            return
        children = [(child, child.extents) for child in self.children()]
        boxes = [box for _child, box in children]
        for child, box in children:
            # What has no place, as GTK's word for a page of a stack, has something in it that has one.
            if box is not None and (box[2] <= 0 or box[3] <= 0):
                continue
            # Of what lies at one place only one can be seen; the others keep the place that they had.
            piled = self.name == "GtkStackPage" or (box is not None and boxes.count(box) > 1)
            yield from child.walk_if_shown() if piled else child.walk()

    def walk_if_shown(self):
        """As walk, but nothing of a page that is not on the screen: its first label tells."""
        before = []
        rest = self.walk()
        for item in rest:
            before.append(item)
            if item.role == "label":
                if not item.can_be_hit():
                    return
                break
        yield from before
        yield from rest

    def labels(self):
        return [item.name for item in self.walk() if item.role == "label"]


def find_program(process_id):
    """The program as accessibility knows it, or None as long as it does not."""
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    for i in range(desktop.get_child_count()):
        try:
            program = desktop.get_child_at_index(i)
            if (program is not None and program.get_process_id() == process_id
                    and program.get_child_count() > 0):
                return program
        except GLib.Error:
            pass
    return None


def read_frames(program):
    """The windows of a program, freshly looked at."""
    program.clear_cache()
    return Item(program).children()


Gone = GLib.Error
