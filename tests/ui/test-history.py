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
    window.double_click(window.search_until_found(name, name))
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
    window.wait("label", words("Nothing in the History"))
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
    window.answer_link("_Download")
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


@test
def what_is_removed_can_be_brought_back_until_it_is_forgotten(place):
    tracker = Tracker(place)
    names = ["notes one.txt", "notes three.txt", "notes two.txt"]
    for i, name in enumerate(names):
        place.make_file("original", name, data=b"%d" % i)
    source = Peer(place, "bia", tracker, place.path("original"))
    links = [source.wait_shared(name)["link"] for name in names]
    window = Window(place, *links, settings=uses(tracker))
    window.answer_link("_Download", len(links))
    wait_until(lambda: len(os.listdir(window.downloads)) == 3, "all are there")
    show_history(window)

    def wait_names(*expected):
        wait_until(lambda: sorted(names_of(window)) == sorted(expected),
                   lambda: f"{expected}: {window.rows()}")
    wait_names(*names)
    window.click(window.wait_row("notes two.txt"))
    press("Delete")
    window.wait("label", words("“%s” removed from the history; the file stays") % "notes two.txt")
    wait_names("notes one.txt", "notes three.txt")
    press("ctrl+z")
    wait_names(*names)
    window.choose("notes one.txt", "_Remove from History")
    wait_names("notes three.txt", "notes two.txt")
    window.click(window.wait("push button", words("_Undo")))
    wait_names(*names)

    # While words are typed the same key belongs to them.
    window.click(window.wait("entry", words("Search the history")))
    press("t", "w", "o", "Delete", "Delete")
    wait_names("notes two.txt")
    press("Escape")
    wait_names(*names)

    # One alone, then all; each comes back alone, or not at all.
    window.click(window.wait_row("notes one.txt"))
    press("Delete")
    wait_names("notes three.txt", "notes two.txt")
    window.click(window.wait("push button", words("Clear History")))
    window.wait("label", words("History cleared; the files stay"))
    window.wait("label", words("Nothing in the History"))
    press("ctrl+z")
    wait_names("notes three.txt", "notes two.txt")
    window.wait_gone("label", words("History cleared; the files stay"))
    window.click(window.wait("push button", words("_Undo")))
    wait_names(*names)
    window.click(window.wait_row("notes three.txt"))
    window.click(window.wait("push button", words("Remove from History")))
    wait_names("notes one.txt", "notes two.txt")
    window.quit()

    window = Window(place)
    show_history(window)
    wait_names("notes one.txt", "notes two.txt")
    # A menu that comes and goes leaves the keys to the row.
    window.click(window.wait_row("notes one.txt"))
    window.click(window.wait_row("notes one.txt"), button=3)
    press("Escape", "Delete")
    wait_names("notes two.txt")
    window.click(window.wait("push button", words("Clear History")))
    window.wait("label", words("Nothing in the History"))
    window.quit()
    check_equal(sorted(os.listdir(window.downloads)), names, "the files")
    window = Window(place)
    show_history(window)
    window.wait("label", words("Nothing in the History"))
    window.quit()


def make_hebrew(place):
    """What a program needs to be laid out from right to left: some translation of its own."""
    folder = place.path("locale", "he", "LC_MESSAGES")
    os.makedirs(folder)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    subprocess.run(["msgfmt", "-o", os.path.join(folder, "redes.mo"), "-"], input=header.encode(),
                   timeout=PATIENCE_S, check=True)
    return {"LANGUAGE": "he", "REDES_LOCALE_DIR": place.path("locale")}


@test
def back_is_where_the_arrow_points(place):
    for name, env, keys in (("ana", {}, ("alt+Right", "alt+Left")),
                            ("rut", make_hebrew(place), ("alt+Left", "alt+Right"))):
        window = Window(place, name=name, env=env)
        window.show_page("Transfers")
        window.wait("label", "No Transfers")
        window.press("ctrl+h")
        entry = window.wait("entry", "Search the history")
        back = window.wait("push button", "Back to Transfers")
        check_equal(back.extents[0] > entry.extents[0], name == "rut", "the button is at the right")
        # The first is none of the page's, and moves the cursor among the words at most.
        press(keys[0], "b")
        wait_until(lambda: entry.text == "b", "it is still there")
        press("BackSpace", keys[1])
        window.wait("label", "No Transfers")
        window.quit()


main()
