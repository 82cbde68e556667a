# SPDX-License-Identifier: GPL-3.0-or-later
"""Sharing from the window: by dragging, by a menu; and stopping it."""

from redes_programs import MIB, Peer, Tracker, check, check_equal, main, test, wait_until
from redes_window import DragSource, Window, read_geometry, words, xdotool


def tracker_setting(tracker):
    return {"trackers": repr([tracker.address])}


@test
def a_file_is_dragged_in_and_found_by_another(place):
    tracker = Tracker(place)
    other = Peer(place, "bia", tracker)
    path = place.make_file("here", "Relatório #1.txt", size=MIB)
    window = Window(place, settings=tracker_setting(tracker))
    window.show_page("Shared")
    window.wait("label", words("Nothing Is Shared"))
    source = DragSource(place, path)
    xdotool("windowmove", source.window, 1020, 500)
    wait_until(lambda: read_geometry(source.window)[0] > 950, "the source is beside")
    page = window.wait("label", words("Nothing Is Shared"))
    source.drag_to(*window.place_of(page))
    window.wait_row("Relatório #1.txt")
    found = other.wait_sources("relatorio", 1)
    check_equal(found["name"], "Relatório #1.txt", "the name that the other found")
    window.quit()


main()
