# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders: found, listed before anything is fetched, chosen from."""

import os

import accessible
from redes_programs import MIB, Peer, Tracker, check, check_equal, list_tree, main, read_file, test, wait_until
from redes_window import Window, many_words, press, uses, words

FILES = (("Day 1", "IMG_2.jpg"), ("Day 1", "IMG_10.jpg"), ("Day 2", "IMG_3.jpg"), ("notes.txt",))


def start(place):
    """Somebody shares a folder, and a window has found it."""
    tracker = Tracker(place)
    for seed, names in enumerate(FILES):
        place.make_file("Lisbon trip", *names, size=MIB // 4, seed=seed + 1)
    source = Peer(place, "bia", tracker, place.path("Lisbon trip"))
    source.wait_shared("notes.txt")
    window = Window(place, settings=uses(tracker))
    window.search_until_found("lisbon", "Lisbon trip")
    return window, source, place.path("Lisbon trip")


def read_list(window):
    """What each row of the list that is shown says first: its name."""
    try:
        rows = [item for item in window.look() if item.role == "list item"]
        return [labels[0] for labels in (row.labels() for row in rows) if labels]
    except accessible.Gone:
        return None


def wait_list(window, *names, others=0):
    """Waits until these rows are there, and so many of another list behind them."""
    def is_there():
        found = read_list(window)
        return found is not None and found[:len(names)] == list(names) and len(found) == len(names) + others
    wait_until(is_there, lambda: f"{names}, not {read_list(window)}")


def wait_chosen(window, n, total):
    """Waits until the line at the bottom says that so many files are chosen."""
    wanted = many_words("%'u of %'u file chosen · %s", "%'u of %'u files chosen · %s",
                        total).format(n, total, "")
    window.wait("label", where=lambda label: label.name.startswith(wanted))


@test
def a_folder_is_listed_before_anything_is_fetched(place):
    window, _source, top = start(place)
    row = window.wait_row("Lisbon trip")
    check(many_words("%'u file", "%'u files", 4).format(4) in row.labels(),
          f"the number of files: {row.labels()}")
    window.double_click(row)
    wait_list(window, "Day 1", "Day 2", "notes.txt")
    wait_chosen(window, 4, 4)
    check_equal(list_tree(window.downloads), [], "what is in the download folder")
    # Natural order, and the keyboard: the row is opened, and its first file is not wanted.
    window.click(window.wait("label", "Day 1"))
    press("Return")
    wait_list(window, "Day 1", "IMG_2.jpg", "IMG_10.jpg", "Day 2", "notes.txt")
    press("Down", "space")
    wait_chosen(window, 3, 4)
    # A folder's box is for all in it.
    window.click(window.wait("check box", "Day 2"))
    wait_chosen(window, 2, 4)
    window.click(window.wait("push button", words("_Download")))
    window.show_page("Transfers")
    window.wait_row("Lisbon trip")
    copy = os.path.join(window.downloads, "Lisbon trip")
    wait_until(lambda: os.path.exists(copy), "the folder is there")
    check_equal(list_tree(copy), ["Day 1", "Day 1/IMG_10.jpg", "notes.txt"], "what was chosen")
    check_equal(read_file(os.path.join(copy, "notes.txt")),
                read_file(os.path.join(top, "notes.txt")), "the copy")
    window.quit()


@test
def a_transfer_shows_the_files_in_its_folder(place):
    window, _source, _top = start(place)
    window.choose("Lisbon trip", "_Download")
    window.show_page("Transfers")
    files = many_words("%'u file · %s", "%'u files · %s", 4).format(4, "")
    row = window.wait_row("Lisbon trip", lambda labels: any(label.startswith(files) for label in labels))
    check_equal(len(window.rows()), 1 + len([row]), "rows: the header's and one for the folder")
    # Behind them come the source and the publisher.
    wait_list(window, "Day 1", "Day 2", "notes.txt", others=2)
    window.wait("image", words("All of it is there, verified"))
    window.wait("image", words("It is there, verified"))
    window.click(window.wait("label", "Day 1"))
    press("Return")
    wait_list(window, "Day 1", "IMG_2.jpg", "IMG_10.jpg", "Day 2", "notes.txt", others=2)
    window.quit()


@test
def a_folder_is_filtered(place):
    window, _source, _top = start(place)
    window.double_click(window.wait_row("Lisbon trip"))
    wait_list(window, "Day 1", "Day 2", "notes.txt")
    entry = window.wait("entry", words("Filter this folder"))
    entry.set_text("img DAY 1")
    wait_list(window, "IMG_2.jpg", "IMG_10.jpg")
    window.click(window.wait("check box", "IMG_10.jpg"))
    wait_chosen(window, 3, 4)
    entry.set_text("nowhere")
    window.wait("label", words("Nothing Found"))
    entry.set_text("")
    wait_list(window, "Day 1", "Day 2", "notes.txt")
    # All or nothing; nothing cannot be downloaded.
    all_check = window.wait("check box", words("Choose All or Nothing"))
    window.click(all_check)
    wait_chosen(window, 4, 4)
    window.click(all_check)
    wait_chosen(window, 0, 4)
    button = window.wait("push button", words("_Download"))
    wait_until(lambda: not button.has("SENSITIVE"), "nothing to download")
    # Back to the results, by the keyboard.
    window.click(entry)
    press("Escape")
    window.wait_row("Lisbon trip")
    check_equal(list_tree(window.downloads), [], "what is in the download folder")
    window.quit()


@test
def a_link_to_a_folder_shows_its_files(place):
    tracker = Tracker(place)
    for seed, names in enumerate(FILES):
        place.make_file("Lisbon trip", *names, size=1000, seed=seed + 1)
    source = Peer(place, "bia", tracker, place.path("Lisbon trip"))
    source.wait_shared("notes.txt")
    found = source.search_until("lisbon", lambda rows: any(row["kind"] == "folder" for row in rows),
                                "the folder is found")
    link = next(row["link"] for row in found if row["kind"] == "folder")
    window = Window(place, link, settings=uses(tracker))
    window.wait("push button", words("Show _Files…")).do("click")
    wait_list(window, "Day 1", "Day 2", "notes.txt")
    window.click(window.wait("push button", words("Back to Search")))
    window.wait("label", words("Find Files"))
    check_equal(list_tree(window.downloads), [], "what is in the download folder")
    window.quit()


@test
def a_list_that_nobody_has_is_waited_for(place):
    window, source, _top = start(place)
    source.kill()
    window.double_click(window.wait_row("Lisbon trip"))
    window.wait("label", where=lambda label: label.name.startswith(words("Looking for sources"))
                or label.name.startswith(words("Waiting")))
    press("Escape")
    window.wait_row("Lisbon trip")
    window.quit()


main()
