# SPDX-License-Identifier: GPL-3.0-or-later
"""Quit and start again: all is as it was. And links, from the command line and to the running window."""

import os
import subprocess

from redes_programs import MIB, PATIENCE_S, Peer, Tracker, check, check_equal, main, read_file, test
from redes_window import PROGRAM, Window, uses, press, words


def start_source(place, options=()):
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=3 * MIB)
    source = Peer(place, "bia", tracker, path, options=options)
    link = source.wait_shared("film.bin")["link"]
    return tracker, path, source, link


def is_verified(labels):
    return any(words("%s, verified").replace("%s", "") in label for label in labels)


def is_paused(labels):
    beginning = words("Paused at %s of %s").split("%s", maxsplit=1)[0]
    return any(label.startswith(beginning) for label in labels)


@test
def all_is_as_it_was(place):
    tracker, path, source, link = start_source(place, ["--max-up", 40])
    shared = place.make_file("here", "notes.txt", size=2000)
    window = Window(place, shared, link, settings=uses(tracker))
    window.answer_link("_Download")
    window.show_page("Shared")
    window.wait_row("notes.txt")
    window.show_page("Transfers")
    window.click(window.wait_row("film.bin"))
    window.click(window.wait("push button", words("Pause")))
    before = window.wait_row("film.bin", is_paused)
    status = next(label for label in before.labels() if is_paused([label]))
    window.quit()
    check(not os.path.exists(os.path.join(window.downloads, "film.bin")), "it was over before")

    window = Window(place)
    # The page is the one that was left, and what was fetched is not fetched again.
    window.wait("page tab", words("Transfers"), where=lambda tab: tab.has("SELECTED"))
    after = window.wait_row("film.bin", is_paused)
    check(status in after.labels(), f"“{status}” became {after.labels()}")
    window.show_page("Shared")
    window.wait_row("notes.txt")
    source.wait_sources("notes", 1)
    window.show_page("Transfers")
    # The rest comes from somebody quicker.
    Peer(place, "carla", tracker, path).wait_shared("film.bin")
    window.click(window.wait("push button", words("Resume")))
    window.wait_row("film.bin", is_verified)
    check_equal(read_file(os.path.join(window.downloads, "film.bin")), read_file(path), "the copy")
    window.quit()


@test
def a_link_goes_to_the_window_that_runs(place):
    tracker, path, _source, link = start_source(place)
    window = Window(place, settings=uses(tracker))
    second = subprocess.run([PROGRAM, link], env=window.env, cwd=window.folder, capture_output=True,
                            timeout=PATIENCE_S, check=False)
    check_equal((second.returncode, second.stderr), (0, b""), "the second redes")
    window.answer_link("_Download")
    window.show_page("Transfers")
    window.wait_row("film.bin", is_verified)
    check_equal(read_file(os.path.join(window.downloads, "film.bin")), read_file(path), "the copy")
    window.quit()


@test
def a_link_is_typed_and_a_bad_one_explained(place):
    tracker, path, _source, link = start_source(place)
    window = Window(place, settings=uses(tracker))
    window.type_search(link[:20])
    window.wait("label", words("This is not a whole link: copy all of it, from “redes:” to its end"))
    entry = window.wait("entry", words("Search files"))
    entry.set_text(link)
    press("Return")
    window.answer_link("_Download")
    window.show_page("Transfers")
    window.wait_row("film.bin", is_verified)
    check_equal(read_file(os.path.join(window.downloads, "film.bin")), read_file(path), "the copy")
    window.quit()


main()
