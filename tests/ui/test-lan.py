# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is found on the local network: hosts on a segment, all made here."""

import subprocess
import sys

from redes_networks import Networks
from redes_programs import Peer, Tracker, check, main, test, wait_until
from redes_window import Window, words


def find_row_of(window, tracker_port, frame):
    """The preferences' row of the tracker, by its labels: what it is called, and how it is."""
    def fits(item):
        labels = item.labels()
        return bool(labels) and labels[0].endswith(f":{tracker_port}")
    return window.wait("list item", where=fits, frame=frame)


@test
def a_tracker_that_was_found_is_listed_and_can_be_refused(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.8.{i + 2}/24")
                 for i, name in enumerate(("t", "w"))]
        tracker = Tracker(place, listen=":0", host=hosts[0])
        port = tracker.address.rsplit(":", maxsplit=1)[1]
        window = Window(place, host=hosts[1],
                        settings={"lan": "true", "listen-host": "''", "lan-interfaces": "['lan0']"})
        frame = window.open_preferences("Network")
        row = find_row_of(window, port, frame)
        check(row.labels()[0] == f"10.7.8.2:{port}", f"where it is: {row.labels()}")
        connected = words("Found on the local network · %s") % words("Connected")
        window.wait("label", connected, frame=frame)
        buttons = [item.name for item in row.walk() if item.role == "push button"]
        refuse = words("Use No Trackers Found on the Local Network")
        check(refuse in buttons, f"what can be done with it: {buttons}")
        window.wait("push button", refuse, frame=frame).do("click")
        window.wait_setting("use-found-trackers", "false")
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
            window.show_page("Search")
            def is_found():
                window.search("old-song.txt")
                return window.find_row("old-song.txt")
            row = wait_until(is_found, "it is found: the tracker is looked for, first")
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


main()
