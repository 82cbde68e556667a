# SPDX-License-Identifier: GPL-3.0-or-later
"""What was downloaded is found again in the history: at once, after a restart, and when it is gone."""

import os
import subprocess

from redes_programs import (MIB, PATIENCE_S, Peer, Tracker, check_equal, main, read_file, test,
                            wait_until)
from redes_window import PROGRAM, Window, uses, press, words


def names_of(window):
    return [row[0] for row in window.rows()][1:]


def download(window, name):
    window.search(name)
    window.double_click(window.wait_row(name))
    window.wait("label", words("Downloading “%s”") % name)


def show_history(window):
    window.show_page("Transfers")
    window.click(window.wait("push button", words("History")))
    window.wait("entry", words("Search the history"))


@test
def the_history_tells_what_came_and_from_whom(place):
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=5 * MIB)
    place.make_file("original", "notes.txt", size=2000)
    source = Peer(place, "bia", tracker, place.path("original"))
    source.wait_shared("film.bin")
    link = source.wait_shared("notes.txt")["link"]
    window = Window(place, settings=uses(tracker))
    window.show_page("Transfers")
    window.click(window.wait("push button", words("_History")))
    window.wait("label", words("No Downloads Yet"))
    press("Escape")
    window.wait("label", words("No Transfers"))

    download(window, "film.bin")
    show_history(window)
    window.wait_row("film.bin")
    window.wait("label", words("Who Sent It"))
    window.wait("label", "bia")
    window.wait("label", "100 %")
    # One that ends meanwhile comes first, and the other stays selected.
    subprocess.run([PROGRAM, link], env=window.env, cwd=window.folder, timeout=PATIENCE_S, check=True)
    wait_until(lambda: names_of(window) == ["notes.txt", "film.bin"],
               lambda: f"the latest first: {window.rows()}")
    window.quit()

    # Another day.
    window = Window(place)
    window.press("ctrl+h")
    window.wait_row("notes.txt")
    window.click(window.wait("entry", words("Search the history")))
    press("f", "i", "l", "m")
    wait_until(lambda: names_of(window) == ["film.bin"], lambda: f"only what has it: {window.rows()}")
    copy = os.path.join(window.downloads, "film.bin")
    os.remove(copy)
    window.click(window.wait_row("film.bin"))
    window.wait("label", words("Not There Any More"))
    window.click(window.wait("push button", words("_Download Again")))
    wait_until(lambda: os.path.exists(copy), "it is there again")
    check_equal(read_file(copy), read_file(path), "the copy")
    window.quit()


main()
