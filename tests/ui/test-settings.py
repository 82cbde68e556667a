# SPDX-License-Identifier: GPL-3.0-or-later
"""What is changed in the preferences has its effect at once; so has blocking a publisher."""

from original_programs import OriginalPeer, OriginalTracker
from redes_programs import MIB, Peer, Tracker, check, main, test, wait_until
from redes_window import Window, uses, press, type_text, words


def is_known_as(peer, nickname):
    return any(other["nickname"] == nickname for other in peer.list_peers())


def set_limit(window, frame, value):
    limit = window.wait("spin button", words("Download Limit"), frame=frame)
    # A click in the middle is one on its number.
    window.click(limit, frame)
    press("ctrl+a")
    type_text(str(value))
    press("Tab")


@test
def a_nickname_is_seen_by_others(place):
    tracker = Tracker(place)
    other = Peer(place, "bia", tracker)
    window = Window(place, settings=uses(tracker))
    wait_until(lambda: is_known_as(other, "ana"), "the first nickname is known")
    frame = window.open_preferences("General")
    window.click(window.wait("text", words("Nickname, which others see"), frame=frame), frame)
    press("ctrl+a")
    type_text("carolina")
    press("Return")
    wait_until(lambda: is_known_as(other, "carolina"), "the new nickname is known")
    check(not is_known_as(other, "ana"), "the old nickname is known, too")
    window.close_preferences()
    window.quit()


@test
def its_addresses_are_those_of_this_machine(place):
    window = Window(place, settings={"listen-host": "'0.0.0.0'"})
    frame = window.open_preferences("Network")
    said = words("On its networks this peer is at %s").replace("%s", "")
    label = window.wait("label", where=lambda item: item.name.startswith(said), frame=frame)
    check("0.0.0.0" not in label.name, f"where it is: {label.name}")
    window.close_preferences()
    window.quit()


@test
def nobody_has_a_name_that_was_not_chosen(place):
    tracker = Tracker(place)
    other = Peer(place, "bia", tracker)
    window = Window(place, settings={**uses(tracker), "nickname": "''"})
    wait_until(lambda: is_known_as(other, ""), "it has no name")
    check({peer["nickname"] for peer in other.list_peers()} == {"", "bia"}, "nor a second one")
    window.show_page("Peers")
    asked = words("You have no name here: others see a short code")
    window.wait("label", asked)
    window.click(window.wait("push button", words("Choose _One")))
    frame = words("Preferences")
    entry = window.wait("text", words("Nickname, which others see"), frame=frame)
    wait_until(lambda: entry.text == "", "no name is in the entry")
    window.activate(frame)
    type_text("carolina")
    wait_until(lambda: entry.text == "carolina", "the entry takes what is typed")
    press("Return")
    wait_until(lambda: is_known_as(other, "carolina"), "the name that was chosen is known")
    window.close_preferences()
    window.wait_gone("label", asked)
    window.quit()


@test
def who_stays_nameless_is_not_asked_again(place):
    asked = words("You have no name here: others see a short code")
    window = Window(place, settings={"nickname": "''"})
    window.show_page("Peers")
    window.wait("label", asked)
    window.click(window.wait("push button", words("_Stay Nameless")))
    window.wait_gone("label", asked)
    window.wait_setting("nickname-asked", "true")
    window.quit()
    window = Window(place)
    window.show_page("Peers")
    window.wait("label", words("Nobody Here"))
    check(window.find("label", asked) is None, "it asks again")
    window.quit()


@test
def a_tracker_is_added_and_removed(place):
    tracker = Tracker(place)
    other = Peer(place, "bia", tracker)
    window = Window(place)
    window.search("anything")
    window.click(window.wait("push button", words("_Add a Tracker…")))
    frame = words("Preferences")
    entry = words("Add a tracker, such as 192.0.2.7:5000")
    window.click(window.wait("text", entry, frame=frame), frame)
    type_text("not an address")
    press("Return")
    window.wait_gone("label", words("They know who is there and find files by their names"))
    press("ctrl+a")
    type_text(tracker.address)
    press("Return")
    window.wait("list item", tracker.address, frame=frame,
                where=lambda row: words("Connected") in row.labels())
    wait_until(lambda: is_known_as(other, "ana"), "ana is there")
    window.wait("push button", words("Remove %s") % tracker.address, frame=frame).do("click")
    window.wait_gone("list item", tracker.address)
    wait_until(lambda: not is_known_as(other, "ana"), "ana is gone")
    window.close_preferences()
    window.quit()


@test
def an_original_tracker_is_named(place):
    original = OriginalTracker()
    OriginalPeer(original.address, {"old-song.txt": b"la" * 5000})
    other_kind = Tracker(place)
    path = place.make_file("mine", "new-song.txt", data=b"di")
    window = Window(place, path)
    frame = window.open_preferences("Network")
    entry = words("Add an original tracker, such as 192.0.2.7:5000")
    check(window.find("text", entry, frame=frame) is None, "it is asked for only where it is of use")
    window.wait("check box", words("Classic Peers"), frame=frame).do("toggle")

    def add(address):
        window.click(window.wait("text", entry, frame=frame), frame)
        press("ctrl+a")
        type_text(address)
        press("Return")

    def wait_state(address, state):
        window.wait("list item", address, frame=frame, where=lambda row: state in row.labels())
    add(other_kind.address)
    wait_state(other_kind.address, words("What is there is no tracker of the original system"))
    add(original.address)
    wait_state(original.address, words("Connected"))
    wait_until(lambda: any("new-song.txt" in names for names in original.peers.values()),
               "what is shared is registered")
    window.wait("push button", words("Remove %s") % other_kind.address, frame=frame).do("click")
    window.wait_gone("list item", other_kind.address)
    window.close_preferences()
    window.search("old-song.txt")
    row = window.wait_row("old-song.txt")
    check(words("Unsigned, not verified") in row.labels(), f"its row: {row.labels()}")

    frame = window.open_preferences("Network")
    window.wait("push button", words("Remove %s") % original.address, frame=frame).do("click")
    wait_until(lambda: len(original.peers) == 1, "it has left")
    window.wait_setting("classic-trackers", "[]")
    window.close_preferences()
    window.quit()


@test
def a_download_limit_holds_and_is_lifted(place):
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=24 * MIB)
    Peer(place, "bia", tracker, path).wait_shared("film.bin")
    window = Window(place, settings=uses(tracker))
    frame = window.open_preferences("Network")
    set_limit(window, frame, 300)
    window.wait_setting("max-down-kb-per-s", "300")
    window.close_preferences()
    window.search_until_found("film", "film.bin")
    window.click_row("film.bin")
    window.press("Return")
    window.wait("label", words("Downloading “%s”") % "film.bin")
    window.show_page("Transfers")
    # At 300 kB/s it takes longer than any wait here.
    window.wait_row("film.bin", lambda labels: any("kB/s" in label for label in labels))
    window.open_preferences("Network")
    set_limit(window, frame, 0)
    window.close_preferences()
    verified = words("%s, verified").replace("%s", "")
    window.wait_row("film.bin", lambda labels: any(verified in label for label in labels))
    window.quit()


@test
def a_blocked_publisher_is_not_found(place):
    tracker = Tracker(place)
    for name in ("bia", "carla"):
        path = place.make_file(name, "files", f"film of {name}.bin", size=1000, seed=ord(name[0]))
        Peer(place, name, tracker, path).wait_shared(f"film of {name}.bin")
    window = Window(place, settings=uses(tracker))
    window.search_until_found("film", "film of carla.bin")
    window.choose("film of bia.bin", "_Block This Publisher")
    window.wait_no_row("film of bia.bin")
    window.wait_row("film of carla.bin")
    frame = window.open_preferences("Publishers")
    window.wait("push button", words("Unblock"), frame=frame).do("click")
    window.wait("label", words("No publisher named or blocked"), frame=frame)
    window.close_preferences()
    window.wait_row("film of bia.bin")
    window.quit()


main()
