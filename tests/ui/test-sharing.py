# SPDX-License-Identifier: GPL-3.0-or-later
"""Sharing from the window, by dragging and by the button, and stopping it."""

import os

from redes_programs import MIB, Peer, Tracker, check, check_equal, main, read_file, test, wait_until
from redes_window import (DragSource, Window, find_x_window, many_words, press, read_geometry,
                          type_text, uses, words, xdotool)


def drag_in(place, window, *paths):
    """Drags files onto the page that is shown; looks at the highlight on the way."""
    source = DragSource(place, *paths)
    xdotool("windowmove", source.window, 1020, 500)
    wait_until(lambda: read_geometry(source.window)[0] > 980, "the drag source is beside the window")
    target = window.place_of(window.wait("label", words("Nothing Is Shared")))
    source.drag_to(*target, hover=lambda: window.wait("label", words("Drop to Share")))
    window.wait_gone("label", words("Drop to Share"))
    source.clean_up()


@test
def files_and_folders_are_dragged_in_and_fetched_by_another(place):
    tracker = Tracker(place)
    other = Peer(place, "bia", tracker)
    path = place.make_file("here", "Relatório #1.txt", size=MIB)
    place.make_file("here", "photos", "beach.jpg", size=1000)
    window = Window(place, settings=uses(tracker))
    window.show_page("Shared")
    drag_in(place, window, path, place.path("here", "photos"))
    window.wait_row("Relatório #1.txt")
    window.wait_row("beach.jpg")
    other.wait_sources("beach", 1)
    found = other.wait_sources("relatorio", 1)
    check_equal(found["name"], "Relatório #1.txt", "the name that the other found")
    other.write("download 1")
    downloaded = other.wait_downloaded()
    check_equal(read_file(downloaded["path"]), read_file(path), "what was fetched")
    window.quit()


@test
def a_file_is_chosen_and_taken_back(place):
    tracker = Tracker(place)
    other = Peer(place, "bia", tracker)
    path = place.make_file("here", "notes.txt", size=1000)
    window = Window(place, settings=uses(tracker))
    window.show_page("Shared")
    window.press("ctrl+o")
    window.activate(words("Share Files"))
    # GTK's dialog asks for a path as soon as one is typed.
    type_text(path)
    press("Return")
    wait_until(lambda: find_x_window(window.process.pid, words("Share Files")) is None,
               "the dialog goes")
    window.click(window.wait_row("notes.txt"))
    other.wait_sources("notes", 1)
    press("Delete")
    window.wait_no_row("notes.txt")
    wait_until(lambda: not other.search("notes"), "nobody has it")
    window.click(window.wait("push button", words("_Undo")))
    window.wait_row("notes.txt")
    other.wait_sources("notes", 1)
    check_equal(os.path.getsize(path), 1000, "the file's size")
    window.quit()


@test
def many_are_taken_back_and_shared_again_at_once(place):
    for i in range(4):
        place.make_file("here", f"song {i}.txt", data=b"%d" % i)
    window = Window(place, *[place.path("here", f"song {i}.txt") for i in range(4)])
    window.click(window.wait("push button", words("_Show")))
    window.wait_row("song 3.txt")
    window.click(window.wait("label", words("Name"), where=lambda label: label.extents[1] > 0))
    window.click_row("song 1.txt")
    press("shift+Down")
    window.wait("label", many_words("%'u selected", "%'u selected", 2).format(2))
    window.wait("push button", words("Copy Links")).do("click")
    window.wait("label", many_words("%u link copied", "%u links copied", 2).format(2))
    window.wait("push button", words("S_top Sharing")).do("click")
    window.wait("label", many_words("%'u file is not shared any more",
                                    "%'u files are not shared any more", 2).format(2))
    window.wait_no_row("song 1.txt")
    window.wait_no_row("song 2.txt")
    # The next one is selected, and the keyboard is in the list.
    press("Delete")
    window.wait_no_row("song 3.txt")
    # By the key, because the toast of the two may still be on its way out, with a button like this one's.
    press("ctrl+z")
    window.wait_row("song 3.txt")
    window.quit()


@test
def a_folder_that_goes_is_told_of_once(place):
    for i in range(60):
        place.make_file("drive", "photos", f"IMG_{i}.jpg", data=b"%d" % i)
    window = Window(place, place.path("drive", "photos"))
    window.click(window.wait("push button", words("_Show")))
    window.wait("label", where=lambda label: label.name.startswith("60 "))
    os.rename(place.path("drive", "photos"), place.path("taken away"))
    told = many_words("%'u file in “%s” is not shared any more: %s",
                      "%'u files in “%s” are not shared any more: %s", 60).format(60, "photos", "")
    toast = window.wait("label", where=lambda label: label.name.startswith(told))
    window.wait_gone("label", toast.name)
    # None of the files has a toast of its own, which would have come behind this one.
    check(window.is_gone("label", where=lambda label: "IMG_" in label.name), window.describe())
    window.quit()


main()
