# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is found on the local network: hosts on a segment, all made here."""

import subprocess
import sys

from redes_networks import Networks
from redes_programs import Peer, Tracker, check, main, test, wait_until
from redes_window import Window, press, type_text, words


ASKED = "A tracker was found on this network: %1$s (%2$s). It would hear what you share and search."


def is_question(label):
    """Whether the window asks about a tracker: the words before its name will do."""
    return label.name.startswith(words(ASKED).split("%1$s", maxsplit=1)[0])


def has_registered(tracker):
    return any(event["event"] == "log" and "registered" in event["message"] for event in tracker.events)


@test
def a_tracker_is_used_where_the_person_agrees(place):
    with Networks() as networks:
        segments = [networks.make_segment(f"lan{i}") for i in range(2)]
        settings = {"lan": "true", "listen-host": "''", "lan-interfaces": "['lan0']"}
        home = networks.make_host("t", segments[0], "10.7.13.2/24")
        tracker = Tracker(place, listen=":0", name="home", host=home)
        port = tracker.address.rsplit(":", maxsplit=1)[1]
        window = Window(place, host=networks.make_host("w", segments[0], "10.7.13.3/24"),
                        settings=settings)
        asked = window.wait("label", where=is_question)
        check(f"10.7.13.2:{port}" in asked.name, f"what is asked: {asked.name}")
        check(not has_registered(tracker), "it is used before the answer")
        window.click(window.wait("push button", words("_Use It")))
        wait_until(lambda: has_registered(tracker), "it is used")
        wait_until(lambda: window.is_gone("label", where=is_question), "it asks no more")
        frame = window.open_preferences("Network")
        network = words("The network %1$s (%2$s)").replace("%1$s", "10.7.13.0/24").replace("%2$s", "lan0")
        window.wait("list item", where=lambda item: network in item.labels(), frame=frame)
        window.close_preferences()
        window.quit()

        # Elsewhere it asks again, and remembers the other answer.
        cafe = Tracker(place, listen=":0", name="cafe",
                       host=networks.make_host("c", segments[1], "10.7.14.2/24"))
        guest = networks.make_host("v", segments[1], "10.7.14.3/24")
        window = Window(place, host=guest)
        window.wait("label", where=is_question)
        window.click(window.wait("push button", words("_Not on This Network")))
        wait_until(lambda: window.is_gone("label", where=is_question), "it asks no more")
        window.quit()
        window = Window(place, host=guest)
        frame = window.open_preferences("Network")
        refused = words("Found on the local network · Not used")
        window.wait("list item", where=lambda item: refused in item.labels(), frame=frame)
        check(window.is_gone("label", where=is_question), "it asks again")
        check(not has_registered(cafe), "it is used")
        window.close_preferences()
        window.quit()


@test
def a_tracker_that_was_found_is_listed_and_can_be_refused(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.8.{i + 2}/24")
                 for i, name in enumerate(("t", "o", "w"))]
        ports = [Tracker(place, listen=":0", name=name, host=host).address.rsplit(":", maxsplit=1)[1]
                 for name, host in zip(("tracker", "other"), hosts)]
        addresses = [f"10.7.8.{i + 2}:{port}" for i, port in enumerate(ports)]
        connected = words("Found on the local network · %s") % words("Connected")
        refused = words("Found on the local network · Not used")

        def wait_row(i, state):
            row = window.wait("list item", where=lambda item: item.labels() == [addresses[i], state],
                              frame=frame)
            return [item.name for item in row.walk() if item.role == "push button"]
        window = Window(place, host=hosts[2],
                        settings={"lan": "true", "listen-host": "''", "lan-interfaces": "['lan0']"})
        window.wait("label", where=is_question)
        window.click(window.wait("push button", words("_Use It")))
        frame = window.open_preferences("Network")
        refuse = words("Stop Using %s") % addresses[0]
        use = words("Use %s") % addresses[0]
        check(refuse in wait_row(0, connected), "what can be done with it")
        wait_row(1, connected)
        window.wait("push button", refuse, frame=frame).do("click")
        check(use in wait_row(0, refused), "what can be done with it")
        wait_row(1, connected)
        window.close_preferences()
        window.quit()

        # Another day, all the same.
        window = Window(place, host=hosts[2])
        frame = window.open_preferences("Network")
        wait_row(1, connected)
        wait_row(0, refused)
        window.wait("push button", use, frame=frame).do("click")
        wait_row(0, connected)
        window.wait_setting("refused-trackers", "[]")
        window.close_preferences()
        window.quit()


@test
def a_peer_that_was_found_is_browsed_by_a_double_click(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.9.{i + 2}/24")
                 for i, name in enumerate(("p", "w"))]
        path = place.make_file("shared", "one.txt", data=b"one")
        Peer(place, "bia", None, path, listen=":0", host=hosts[0]).wait_shared("one.txt")
        window = Window(place, host=hosts[1],
                        settings={"lan": "true", "listen-host": "''", "lan-interfaces": "['lan0']"})
        window.show_page("Peers")
        window.double_click(window.wait_row("bia"))
        window.wait("page tab", words("Search"), where=lambda tab: tab.has("SELECTED"))
        window.wait_row("one.txt")
        window.quit()


GUEST = """
import time
from original_programs import OriginalPeer
OriginalPeer("10.7.10.2:5000", {"old-song.txt": b"la" * 50000}, host="10.7.10.2")
time.sleep(120)
"""


@test
def what_original_peers_have_is_found_unsigned(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.10.{i + 2}/24")
                 for i, name in enumerate(("t", "w"))]
        Tracker(place, listen=":5000", options=["--classic"], host=hosts[0])
        guest = subprocess.Popen([*hosts[0].prefix, sys.executable, "-c", GUEST])
        try:
            window = Window(place, host=hosts[1],
                            settings={"lan": "true", "classic": "true", "listen-host": "''",
                                      "lan-interfaces": "['lan0']"})
            window.wait("label", where=is_question)
            window.click(window.wait("push button", words("_Use It")))
            # By its own protocol, too: as one of both kinds.
            frame = window.open_preferences("Network")
            connected = words("Found on the local network · %s") % words("Connected")

            def count_rows():
                return sum(item.role == "list item" and item.labels() == ["10.7.10.2:5000", connected]
                           for item in window.look(frame))
            wait_until(lambda: count_rows() == 2, "it is listed twice")
            window.close_preferences()
            # The tracker is looked for, first.
            row = window.search_until_found("old-song.txt", "old-song.txt")
            check(words("Unsigned, not verified") in row.labels(), f"its row: {row.labels()}")
            window.double_click(row)
            window.show_page("Transfers")
            row = window.wait_row("old-song.txt")
            wait_until(lambda: any(label.endswith(words("%s, unsigned, not verified")[3:])
                                   for label in window.find_row("old-song.txt").labels()),
                       f"it has come, and says what it is: {row.labels()}")
        finally:
            guest.kill()
            guest.wait()
        window.quit()


@test
def a_setting_that_is_no_address_names_no_tracker(place):
    nonsense = "a <b> & c"
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.11.{i + 2}/24")
                 for i, name in enumerate(("t", "w"))]
        tracker = Tracker(place, listen=":5000", options=["--classic"], host=hosts[0])
        window = Window(place, host=hosts[1],
                        settings={"lan": "true", "classic": "true", "use-found-trackers": "false",
                                  "listen-host": "''", "lan-interfaces": "['lan0']"})
        frame = window.open_preferences("Network")
        connected = words("Found on the local network · %s") % words("Connected")
        found = ["10.7.11.2:5000", connected]
        window.wait("list item", where=lambda item: item.labels() == found, frame=frame)
        window.write_setting("classic-trackers", f"['{nonsense}']")
        window.wait("list item", where=lambda item: nonsense in item.labels(), frame=frame)
        window.click(window.wait("text", words("Add an original tracker, such as 192.0.2.7:5000"),
                                 frame=frame), frame)
        type_text("10.7.11.2")
        press("Return")
        named = ["10.7.11.2:5000", words("Connected")]
        window.wait("list item", where=lambda item: item.labels()[:2] == named, frame=frame)
        window.close_preferences()
        window.quit()

        # The one that was found was kept to the end: to name it changed only what it is called.
        def find_farewells():
            return [event["message"] for event in tracker.events
                    if event["event"] == "log" and event["message"].endswith(" left")]
        wait_until(find_farewells, "it has left")
        check(len(find_farewells()) == 1, f"and only once: {find_farewells()}")


@test
def with_no_address_named_the_network_is_left(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.12.{i + 2}/24")
                 for i, name in enumerate(("t", "w"))]
        Tracker(place, listen=":5000", options=["--classic"], host=hosts[0])
        window = Window(place, host=hosts[1],
                        settings={"lan": "true", "classic": "true", "use-found-trackers": "false",
                                  "listen-host": "''", "lan-interfaces": "['lan0']",
                                  "classic-trackers": "['no address']"})
        frame = window.open_preferences("Network")
        window.wait("list item", "10.7.12.2:5000", frame=frame)
        window.write_setting("lan", "false")
        window.wait_gone("list item", "10.7.12.2:5000")
        window.close_preferences()
        window.quit()


main()
