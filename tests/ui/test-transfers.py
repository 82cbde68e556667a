# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding and fetching from the window: to the end, with pauses, and undone."""

import os
import urllib.request

from redes_programs import (MIB, Peer, Tracker, check, check_equal, list_tree, main, read_file, test,
                            wait_until)
from redes_window import Window, many_words, press, uses, words

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


def make_player(window, place, mime_type):
    """A program for files of that type, which writes down what it is given; returns where to."""
    note = place.path("given to the player")
    script = place.make_file("programs", "player.sh", data=(
        f'#!/bin/sh\nprintf %s "$1" > "{note}.part"\nmv "{note}.part" "{note}"\n').encode())
    os.chmod(script, 0o755)
    for folder, name, text in (
            (window.env["XDG_DATA_HOME"] + "/applications", "player.desktop",
             f'[Desktop Entry]\nType=Application\nName=Player\nExec=/bin/sh "{script}" %U\n'
             f'MimeType={mime_type};\n'),
            (window.env["XDG_CONFIG_HOME"], "mimeapps.list",
             f'[Default Applications]\n{mime_type}=player.desktop\n')):
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "w", encoding="utf-8") as stream:
            stream.write(text)
    return note


def take_note(note):
    """What the player was given last."""
    given = wait_until(lambda: os.path.exists(note) and read_file(note), "the player is started")
    os.remove(note)
    return given.decode()


@test
def a_film_is_opened_while_it_is_downloaded(place):
    tracker = Tracker(place)
    path = place.make_file("original", "film.webm", size=4 * MIB)
    source = Peer(place, "bia", tracker, path, options=SLOW)
    source.wait_shared("film.webm")
    window = Window(place, settings=uses(tracker))
    note = make_player(window, place, "video/webm")
    window.search_until_found("film", "film.webm")
    # From what was found: the download begins by itself, and what is asked for comes first.
    window.choose("film.webm", "_Open")
    address = take_note(note)
    check(address.startswith("http://127.0.0.1:"), f"the player was given {address}")
    question = urllib.request.Request(address, headers={"Range": f"bytes={3 * MIB}-{3 * MIB + 99}"})
    with urllib.request.urlopen(question, timeout=60) as answer:
        check_equal(answer.read(), read_file(path)[3 * MIB:3 * MIB + 100], "what was read of it")
    check(not os.path.exists(os.path.join(window.downloads, "film.webm")), "it was over before")
    # From its row, by a double click and from the menu.
    window.show_page("Transfers")
    window.double_click(window.wait_row("film.webm"))
    check_equal(take_note(note), address, "the address at a double click")
    window.choose("film.webm", "_Open")
    check_equal(take_note(note), address, "the address from the menu")
    Peer(place, "carla", tracker, path).wait_shared("film.webm")
    window.click(window.wait("push button", words("Pause")))
    window.click(window.wait("push button", words("Resume")))
    window.wait_row("film.webm", is_verified)
    # What is there is opened, and not fetched again.
    window.show_page("Search")
    window.double_click(window.wait_row("film.webm"))
    check_equal(take_note(note), os.path.join(window.downloads, "film.webm"), "the whole file")
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
def many_are_paused_removed_and_brought_back_at_once(place):
    tracker = Tracker(place)
    for i in range(3):
        path = place.make_file("original", f"film {i}.bin", data=b"%d" % i * MIB)
    source = Peer(place, "bia", tracker, os.path.dirname(path), options=["--max-up", 20])
    wait_until(lambda: len(source.all("shared")) == 3, "all are shared")
    links = [event["link"] for event in source.all("shared")]
    window = Window(place, *links, settings=uses(tracker))
    window.answer_link("_Download", 3)
    window.show_page("Transfers")
    window.click_row("film 0.bin")
    press("ctrl+a")
    window.wait("label", many_words("%'u selected", "%'u selected", 3).format(3))

    def click(english):
        """The button of the bar, which is below those of the rows and slides in."""
        buttons = [item for item in window.look()
                   if item.role == "push button" and item.name == words(english) and item.has_place()]
        max(buttons, key=lambda button: button.extents[1]).do("click")
    click("Pause")
    for i in range(3):
        window.wait_row(f"film {i}.bin", is_paused)
    click("Copy Links")
    window.wait("label", many_words("%u link copied", "%u links copied", 3).format(3))
    click("Remove")
    window.wait("label", many_words("%'u transfer removed", "%'u transfers removed", 3).format(3))
    window.wait("label", words("No Transfers"))
    press("ctrl+z")
    for i in range(3):
        window.wait_row(f"film {i}.bin", is_paused)
    # Who removes one goes on with the next.
    window.click(window.wait("label", words("Name"), where=lambda label: label.extents[1] > 0))
    window.click_row("film 1.bin")
    press("Delete")
    window.wait_no_row("film 1.bin")
    press("Delete")
    window.wait_no_row("film 2.bin")
    press("Delete")
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
