# SPDX-License-Identifier: GPL-3.0-or-later
"""A first start says what to do next on every page; and the window can be a tracker at once."""

from redes_programs import Peer, Tracker, check, main, test, wait_until
from redes_window import Window, words

STATUS_PAGES = {"Transfers": "No Transfers", "Shared": "Nothing Is Shared", "Peers": "Nobody Here",
                "Search": "Find Files"}


def find_address(window):
    """The address that the tracker page gives, or None."""
    label = window.find("label", where=lambda item: item.name.startswith("127.0.0.1:"))
    return label.name if label else None


@test
def every_page_says_what_to_do(place):
    window = Window(place)
    for page, title in STATUS_PAGES.items():
        window.show_page(page)
        window.wait("label", words(title))
    window.wait_gone("page tab", words("Tracker"))
    window.type_search("anything")
    window.wait_answer()
    window.wait("label", words("No Tracker Yet"))
    window.wait("push button", words("_Add a Tracker…"))
    window.quit()


@test
def a_tracker_at_the_press_of_a_button(place):
    window = Window(place)
    window.search("anything")
    window.click(window.wait("push button", words("_Be a Tracker")))
    window.wait("page tab", words("Tracker"), where=lambda tab: tab.has("SELECTED"))
    address = wait_until(lambda: find_address(window), "the address to give to others")
    # It is a tracker's guest itself, and others find it there.
    window.wait_row("ana")
    other = Peer(place, "bia", address)
    wait_until(lambda: any(peer["nickname"] == "ana" for peer in other.list_peers()), "ana is listed")
    window.wait_row("bia")
    frame = window.open_preferences("Network")
    switch = window.wait("check box", words("Be a Tracker"), frame=frame)
    check(switch.has("CHECKED"), "the switch does not say that this is a tracker")
    switch.do("toggle")
    other.wait("tracker-lost")
    window.close_preferences()
    window.wait_gone("page tab", words("Tracker"))
    window.quit()


@test
def a_port_in_use_is_told_on_its_row(place):
    tracker = Tracker(place)
    port = tracker.address.rpartition(":")[2]
    window = Window(place, settings={"tracker-port": f"uint32 {port}"})
    frame = window.open_preferences("Network")
    window.wait("check box", words("Be a Tracker"), frame=frame).do("toggle")
    row = window.wait("list item", words("Be a Tracker"), frame=frame,
                      where=lambda item: any(port in label for label in item.labels()))
    check(any(words("Be a Tracker") == label for label in row.labels()), f"the row's title: {row}")
    window.wait_gone("label", words("Address to Give to Others"), frame)
    # The way out: another port, on the row below.
    tracker.kill()
    switch = window.wait("check box", words("Be a Tracker"), frame=frame)
    switch.do("toggle")
    window.wait("check box", words("Be a Tracker"), lambda item: not item.has("CHECKED"), frame)
    switch.do("toggle")
    window.wait("label", words("Address to Give to Others"), frame=frame)
    window.close_preferences()
    window.quit()


main()
