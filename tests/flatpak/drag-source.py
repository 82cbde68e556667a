#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window that files can be dragged from, as from a file manager.

Usage: drag-source.py HOW PATH…

HOW is `portal` (a program that hands the files over to a sandbox by the file-transfer portal) or `names` (one
that only tells what they are called). Prints `begun` when a drag begins, `dropped` or `refused` when it ends.
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402  pylint: disable=wrong-import-position


def make_content(how, paths):
    if how == "portal":
        files = Gdk.FileList.new_from_list([Gio.File.new_for_path(path) for path in paths])
        return Gdk.ContentProvider.new_for_value(files)
    names = "".join(pathlib.Path(path).absolute().as_uri() + "\r\n" for path in paths)
    return Gdk.ContentProvider.new_for_bytes("text/uri-list", GLib.Bytes.new(names.encode("ascii")))


def main():
    how, paths = sys.argv[1], sys.argv[2:]

    def on_activate(application):
        window = Gtk.ApplicationWindow(application=application, title="Drag Source", default_width=240,
                                       default_height=240)
        source = Gtk.DragSource(actions=Gdk.DragAction.COPY)
        source.connect("prepare", lambda *_: make_content(how, paths))
        source.connect("drag-begin", lambda *_: print("begun", flush=True))
        source.connect("drag-end", lambda _source, drag, _delete: print(
            "dropped" if drag.get_selected_action() else "refused", flush=True))
        # Told once a drag is over; one that is cancelled ends with drag-end, too.
        label = Gtk.Label(label="Drag me", hexpand=True, vexpand=True)
        label.add_controller(source)
        window.set_child(label)
        window.present()

    application = Gtk.Application(application_id="io.github.redes_p2p.Redes.DragSource",
                                  flags=Gio.ApplicationFlags.NON_UNIQUE)
    application.connect("activate", on_activate)
    application.run([])


if __name__ == "__main__":
    main()
