# SPDX-License-Identifier: GPL-3.0-or-later
"""Links that came from elsewhere: nothing is done because of one before the person has agreed."""

import os
import socket
import subprocess
import threading

from redes_programs import PATIENCE_S, Peer, Tracker, check, check_equal, main, read_file, test, wait_until
from redes_window import PROGRAM, Window, press, type_text, words

CONTENT = "ny2axhh7wn5jrhffittlw6akfr4jahj7wm3tq5ufcgrqmf5puaoq"
PUBLISHER = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"


class Listener:
    """Counts who connects."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.n_accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.n_accepted += 1
            connection.close()


def hand_over(window, *links):
    """As a browser does, by a second program that ends at once."""
    subprocess.run([PROGRAM, *links], env=window.env, cwd=window.folder, timeout=PATIENCE_S, check=True)


@test
def nothing_is_dialled_before_the_person_agrees(place):
    listener = Listener()
    link = (f"redes:{CONTENT}?n=Summer%20photos.zip&s=5000000&p={PUBLISHER}&t={listener.address}"
            "&t=tracker.example.org:5000")
    window = Window(place)
    window.show_page("Transfers")
    hand_over(window, link)
    rows = window.answer_link("_Cancel")
    check_equal(rows[words("Name")], "Summer photos.zip", "the name")
    check("5" in rows[words("Size")] and "MB" in rows[words("Size")], f"the size: {rows}")
    check(rows[words("Publisher")].count("-") >= 1, f"the publisher's code: {rows}")
    check_equal(rows[words("Trackers That Are Asked for It")],
                words("%s, on this computer") % listener.address + "\ntracker.example.org:5000",
                "the trackers")
    check_equal(rows[words("Saved In")], window.downloads, "the folder")
    check_equal(listener.n_accepted, 0, "connections before the answer")
    check(window.find("label", "Summer photos.zip") is None, "it is downloaded")
    # Now the person agrees: it is asked.
    hand_over(window, link)
    window.answer_link("_Download")
    wait_until(lambda: listener.n_accepted > 0, "the link's tracker is asked")
    window.wait_row("Summer photos.zip")
    window.quit()


@test
def a_links_tracker_is_asked_for_that_link_alone(place):
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=3000000)
    source = Peer(place, "bia", tracker, path)
    link = source.wait_shared("film.bin")["link"]
    source.wait_sources("film", 1)
    check("&t=" in link, f"the link names its tracker: {link}")
    window = Window(place)
    entry = window.wait("entry", words("Search files"))
    window.click(entry)
    entry.set_text(link)

    def ask():
        if window.find("label", words("Saved In")):
            return True
        # It is kept in the entry while the program is still starting.
        press("Return")
        return window.find("label", words("Saved In"))
    wait_until(ask, "it asks")
    window.answer_link("_Download")
    copy = os.path.join(window.downloads, "film.bin")
    wait_until(lambda: os.path.exists(copy), lambda: f"it is here: {window.describe()}, {tracker.events}")
    check_equal(read_file(copy), read_file(path), "the copy")
    window.search("anything else")
    window.wait("label", words("No Tracker Yet"))
    told = [event["message"] for event in tracker.events if event["event"] == "log"]
    check(any("asked for sources" in line for line in told), f"it was asked: {told}")
    check(not any("anything else" in line or line.startswith("ana") for line in told),
          f"and hears nothing more: {told}")
    frame = window.open_preferences("Network")
    check(window.find("list item", tracker.address, frame=frame) is None, "it is listed")
    window.close_preferences()
    window.quit()


@test
def many_links_are_one_question(place):
    listener = Listener()
    links = [f"redes:{CONTENT[:-2]}{letter}q?n={letter}.bin&s=1000&t={listener.address}"
             for letter in "abcdefgh"]
    window = Window(place)
    hand_over(window, *links[:7])
    wait_until(lambda: window.find("label", words("Saved In")), "it asks")
    # One that comes while it asks is asked about next.
    hand_over(window, links[7])
    rows = window.answer_link("_Cancel", 7)
    check_equal(len(rows[words("Names")].splitlines()), 5, f"so many lines: {rows}")
    rows = window.answer_link("_Cancel")
    check_equal(rows[words("Name")], "h.bin", "the next")
    check_equal(listener.n_accepted, 0, "connections")
    window.quit()


@test
def what_is_typed_takes_the_place_of_the_link_from_the_clipboard(place):
    window = Window(place, place.make_file("here", "notes.txt", size=1000))
    window.click(window.wait("push button", words("_Show")))
    window.choose("notes.txt", "_Copy Link")
    window.wait("label", words("Link copied"))
    window.press("ctrl+l")
    entry = window.wait(where=lambda item: item.name == words("Link") and item.role in ("text", "entry"))
    wait_until(lambda: entry.text.startswith("redes:"), "the link is there already")
    type_text("redes:other")
    wait_until(lambda: entry.text == "redes:other", lambda: f"what was typed, not {entry.text}")
    press("Escape")
    window.quit()


main()
