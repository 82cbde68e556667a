# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and fetching from the window: to the end, with pauses, and undone."""

import os

from redes_programs import (MIB, Peer, Tracker, check, check_equal, list_tree, main, read_file, test,
                            wait_until)
from redes_window import Window, uses, press, words

# Slow enough that there is a half way to stop at, in kB a second.
SLOW = ["--max-up", 200]


def start(place, size, options=()):
    """A tracker, a peer with a file, the file's path, and the window that has found it."""
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=size)
    source = Peer(place, "bia", tracker, path, options=options)
    source.wait_shared("film.bin")
    window = Window(place, settings=uses(tracker))
    window.search_until_found("film", "film.bin")
    return tracker, path, source, window


def is_paused(labels):
    beginning = words("Paused at %s of %s").split("%s", maxsplit=1)[0]
    return any(label.startswith(beginning) for label in labels)


def is_verified(labels):
    return any(words("%s, verified").replace("%s", "") in label for label in labels)


def begin(window):
    """Downloads the row that was found, and shows the transfers."""
    window.click_row("film.bin")
    press("Return")
    window.wait("label", words("Downloading “%s”") % "film.bin")
    window.show_page("Transfers")


@test
def a_file_is_found_and_downloaded_by_a_double_click(place):
    _tracker, path, _source, window = start(place, 5 * MIB)
    window.double_click(window.wait_row("film.bin"))
    window.show_page("Transfers")
    window.wait_row("film.bin", is_verified)
    copy = os.path.join(window.downloads, "film.bin")
    check_equal(read_file(copy), read_file(path), "the copy")
    check_equal(list_tree(window.downloads), ["film.bin"], "what is in the folder")
    window.show_page("Shared")
    window.wait_row("film.bin")
    # What an icon says is said to who does not see it, too.
    window.show_page("Search")
    window.wait("image", words("You have this file"))
    window.quit()


@test
def a_folder_is_found_and_downloaded_as_one_thing(place):
    tracker = Tracker(place)
    for name in ("IMG_2.jpg", "IMG_10.jpg"):
        path = place.make_file(os.path.join("Lisbon trip", "Day 1"), name, size=MIB // 4)
    top = os.path.dirname(os.path.dirname(path))
    source = Peer(place, "bia", tracker, top)
    source.wait_shared("IMG_10.jpg")
    window = Window(place, settings=uses(tracker))
    window.search_until_found("lisbon", "Lisbon trip")
    window.choose("Lisbon trip", "_Download")
    window.show_page("Transfers")
    window.wait_row("Lisbon trip", is_verified)
    copy = os.path.join(window.downloads, "Lisbon trip")
    check_equal(list_tree(copy), list_tree(top), "what is in the folder")
    for name in ("IMG_2.jpg", "IMG_10.jpg"):
        check_equal(read_file(os.path.join(copy, "Day 1", name)),
                    read_file(os.path.join(top, "Day 1", name)), name)
    window.show_page("Search")
    window.wait("image", words("You have this folder"))
    window.quit()


@test
def a_download_is_paused_and_resumed(place):
    tracker, path, source, window = start(place, 4 * MIB, SLOW)
    begin(window)
    pause = window.wait("push button", words("Pause"))
    window.click(pause)
    window.wait_row("film.bin", is_paused)
    check(not os.path.exists(os.path.join(window.downloads, "film.bin")), "it was over before")
    press("Return")
    window.wait("push button", words("Pause"))
    press("Return")
    window.wait_row("film.bin", is_paused)
    # The rest comes from somebody quicker.
    Peer(place, "carla", tracker, path).wait_shared("film.bin")
    window.click(window.wait("push button", words("Resume")))
    window.wait_row("film.bin", is_verified)
    check_equal(read_file(os.path.join(window.downloads, "film.bin")), read_file(path), "the copy")
    check(source.process.poll() is None, "the source ended")
    window.quit()


@test
def a_download_is_removed_and_that_is_undone(place):
    tracker, path, _source, window = start(place, 4 * MIB, SLOW)
    begin(window)
    # Who begins again asks again who has it: the rest comes from somebody quicker.
    Peer(place, "carla", tracker, path).wait_shared("film.bin")
    window.click(window.wait_row("film.bin"))
    press("Delete")
    window.wait("label", words("“%s” removed") % "film.bin")
    window.wait("label", words("No Transfers"))
    window.click(window.wait("push button", words("_Undo")))
    window.wait_row("film.bin", is_verified)
    copy = os.path.join(window.downloads, "film.bin")
    check_equal(read_file(copy), read_file(path), "the copy")
    # Of one that is over only the row goes; what was fetched stays.
    window.click(window.wait_row("film.bin"))
    press("Delete")
    window.wait("label", words("No Transfers"))
    window.quit()
    check_equal(read_file(copy), read_file(path), "the copy after its row was removed")
    window = Window(place)
    window.wait("label", words("No Transfers"))
    window.quit()


@test
def a_removed_download_leaves_nothing(place):
    _tracker, _path, _source, window = start(place, 4 * MIB, SLOW)
    begin(window)
    window.click(window.wait_row("film.bin"))
    press("Delete")
    window.wait("label", words("No Transfers"))
    window.quit()
    wait_until(lambda: list_tree(window.downloads) == [], "an empty folder")


@test
def a_sorted_list_is_left(place):
    tracker = Tracker(place)
    for i in range(12):
        place.make_file("original", f"film {i:02}.bin", size=1000 + i)
    source = Peer(place, "bia", tracker, place.path("original"))
    source.wait_shared("film 11.bin")
    wait_until(lambda: len(source.all("shared")) == 12, "all are shared")
    window = Window(place, *[event["link"] for event in source.all("shared")],
                    settings=uses(tracker))
    window.answer_link("_Download", 12)
    window.show_page("Transfers")
    wait_until(lambda: len(list_tree(window.downloads)) == 12, "all are there")
    window.click(window.wait_row("film 03.bin"))
    for _ in range(2):
        window.click(window.wait("label", words("Name")))
    wait_until(lambda: [row[0] for row in window.rows()][1:3] == ["film 11.bin", "film 10.bin"],
               f"the other way round: {window.rows()}")
    window.quit()


main()
