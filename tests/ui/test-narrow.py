# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page and window fits 360 pixels, the width of a telephone, with what a person meets there."""

import re
import subprocess

import accessible
from redes_programs import MIB, Peer, Tracker, check, main, test, wait_until
from redes_window import Window, find_x_window, press, read_geometry, uses, words, xdotool

WIDTH, HEIGHT = 360, 640
NARROW = {"window-width": str(WIDTH), "window-height": str(HEIGHT)}
LONG_NAME = "Uma gravação de família com um nome tão comprido que não cabe em linha nenhuma.bin"
ROLES = ("push button", "label", "check box", "entry", "spin button")


class NarrowWindow(Window):
    """Its tabs are at the bottom; those in the header are there, too, but not in sight."""

    def show_page(self, english):
        self.wait("page tab", words(english)).do("click")
        self.wait("page tab", words(english), where=lambda tab: tab.has("SELECTED"))


def read_least_width(window):
    """The width below which the program does not let the window manager make a window."""
    hints = subprocess.run(["xprop", "-id", window, "WM_NORMAL_HINTS"], capture_output=True, text=True,
                           check=False).stdout
    found = re.search(r"minimum size: (\d+) by", hints)
    return int(found.group(1)) if found else 0


def read_frame(window, frame):
    return next((top for top in window.frames() if top.name == frame), None)


def find_cut_off(window, frame):
    """What can be seen, but not all of it, at the right edge of its window; None while things change."""
    try:
        top = read_frame(window, frame)
        return top and [f"{item.role} {item.name} {item.extents}" for item in top.walk()
                        if item.role in ROLES
                        and item.extents[0] < top.extents[2] < item.extents[0] + item.extents[2]]
    except accessible.Gone:
        return None


def check_fits(window, what, frame="Redes"):
    """Makes a window as narrow as a telephone, and looks whether all is in it."""
    state = {}

    def is_narrow():
        found = find_x_window(window.process.pid, frame)
        top = read_frame(window, frame)
        if found is None or top is None:
            return False
        # Where nothing is drawn beneath windows GTK puts a border around its own, which is no part of it.
        border = read_geometry(found)[2] - top.extents[2]
        xdotool("windowsize", found, WIDTH + border, HEIGHT)
        state["least"] = read_least_width(found) - border
        state["width"] = top.extents[2]
        return state["least"] <= WIDTH == state["width"]

    wait_until(is_narrow, lambda: f"{what} fits {WIDTH} pixels: {state}")
    wait_until(lambda: find_cut_off(window, frame) == [],
               lambda: f"{what} is there as a whole, without {find_cut_off(window, frame)}")


def start(place, size, *options):
    """A tracker, somebody who shares a file through it, and a window that has found it."""
    tracker = Tracker(place)
    source = Peer(place, "bia", tracker, place.make_file("original", LONG_NAME, size=size), options=options)
    source.wait_shared(LONG_NAME)
    window = NarrowWindow(place, settings={**uses(tracker), **NARROW})
    window.search_until_found("família", LONG_NAME)
    return window


def begin(window):
    window.click_row(LONG_NAME)
    press("Return")
    window.show_page("Transfers")
    window.wait_row(LONG_NAME)


@test
def empty_pages_are_narrow(place):
    window = NarrowWindow(place, settings=NARROW)
    for page in ("Search", "Transfers", "Shared", "Peers"):
        window.show_page(page)
        check_fits(window, f"the empty page {page}")
    window.press("ctrl+h")
    window.wait("label", words("Nothing in the History"))
    check_fits(window, "the empty history")
    window.search("anything")
    window.wait("label", words("No Tracker Yet"))
    check_fits(window, "a search without trackers")
    window.wait("push button", words("_Be a Tracker")).do("click")
    window.wait("page tab", words("Tracker"), where=lambda tab: tab.has("SELECTED"))
    window.wait_row("ana")
    check_fits(window, "the page of the tracker")
    window.quit()


@test
def a_download_under_way_is_narrow(place):
    window = start(place, 8 * MIB, "--max-up", 100)
    check_fits(window, "a search's results")
    begin(window)
    window.wait("push button", words("Pause"))
    check_fits(window, "the transfers")
    window.click(window.wait("push button", words("Details")))
    window.wait("label", words("Publisher"))
    check_fits(window, "a download's details")
    window.quit()


@test
def a_download_that_is_over_is_narrow(place):
    window = start(place, MIB)
    begin(window)
    window.click(window.wait("push button", words("Details")))
    window.wait("push button", words("Open"))
    check_fits(window, "the details of a download that is over")
    for page in ("Shared", "Peers"):
        window.show_page(page)
        window.wait("table row")
        check_fits(window, f"the page {page}")
    window.press("ctrl+h")
    window.wait_row(LONG_NAME)
    check_fits(window, "the history")
    window.quit()


@test
def the_preferences_are_narrow(place):
    window = NarrowWindow(place, settings={**uses(Tracker(place)), **NARROW})
    frame = window.open_preferences()
    pages = {item.name for item in window.look(frame) if item.role == "page tab"}
    check(len(pages) >= 3, f"the pages of the preferences: {pages}")
    for page in sorted(pages):
        window.wait("page tab", page, frame=frame).do("click")
        window.wait("page tab", page, lambda tab: tab.has("SELECTED"), frame)
        check_fits(window, f"the preferences, {page}", frame)
    window.close_preferences()
    window.quit()


main()
