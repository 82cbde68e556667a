#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the installed window does inside its sandbox. Usage: test-window.py REDES-CLI [TEST…]"""

import glob
import os
import re
import sqlite3

from desk import (APP_ID, Desk, find_application, find_window, read_notifications, run, take_picture,
                  wait)
from redes_programs import Peer, Tracker, check, check_equal, main, read_file, test

MIB = 1024 * 1024
DOCUMENTS = f"/run/user/{os.getuid()}/doc"


def check_fetched(peer, words, original):
    """That somebody outside the sandbox finds the file, and gets all of it."""
    peer.wait_sources(words, 1)
    peer.ask("download 1", "download-started")
    downloaded = peer.wait_downloaded(os.path.basename(original), 60)
    check(read_file(downloaded["path"]) == read_file(original), "the copy is not the original")
    # It would be a source for whoever asks next.
    peer.kill()


def read_store(desk, question):
    """What the program's store says, while the program may be using it."""
    path = glob.glob(os.path.join(desk.data, "**", "*.db"), recursive=True)
    check(len(path) == 1, f"one store in {desk.data}: {path}")
    with sqlite3.connect(f"file:{path[0]}?mode=ro", uri=True) as store:
        return store.execute(question).fetchall()


def find_document(name):
    """The document that the portal made of the dropped file: its id."""
    found = [path for path in glob.glob(f"{DOCUMENTS}/by-app/{APP_ID}/*/{name}")]
    check_equal(len(found), 1, f"documents of that name ({found})")
    return found[0].split("/")[-2]


def revoke(desk, document):
    """Takes the permission away, as the system's settings do."""
    run("gdbus", "call", "--session", "--dest", "org.freedesktop.portal.Documents", "--object-path",
        "/org/freedesktop/portal/documents", "--method",
        "org.freedesktop.portal.Documents.RevokePermissions", document, APP_ID,
        "['read', 'write', 'grant-permissions', 'delete']", env=desk.env)


@test
def a_file_dropped_through_the_portal_is_shared_and_stays_shared(place):
    tracker = Tracker(place)
    original = place.make_file("somewhere", "dropped words.bin", size=3 * MIB)
    desk = Desk(place, tracker)
    desk.start()
    desk.wait_label("Nothing Is Shared")
    take_picture("empty")
    check(desk.drop("portal", original, picture="dragged-over"), "the drop was refused")
    desk.wait_label("dropped words.bin")
    take_picture("shared")
    document = find_document("dropped words.bin")
    check_fetched(Peer(place, "outside", tracker), "dropped words", original)
    desk.quit()
    desk.start()
    desk.wait_label("dropped words.bin")
    check_equal(find_document("dropped words.bin"), document, "the document after a restart")
    check_fetched(Peer(place, "later", tracker), "dropped words", original)
    take_picture("shared-after-restart")
    desk.quit()


@test
def a_dropped_folder_is_shared_or_explained(place):
    """Older portals hand over files only (xdg-desktop-portal 1.16 does)."""
    tracker = Tracker(place)
    original = place.make_file("somewhere", "album", "inner", "song of folders.bin", size=MIB)
    desk = Desk(place, tracker)
    desk.start()
    desk.wait_label("Nothing Is Shared")
    desk.drop("portal", place.path("somewhere", "album"))
    words = desk.wait_label("^song of folders.bin$|could not be dropped.*Share a Folder…")
    take_picture("folder-dropped")
    check("Drop to Share" not in desk.read_labels(), "the place to drop at is still shown")
    if "could not" in words:
        print("# this portal hands over no folders, and that is said")
        return
    check("album/inner" in desk.read_labels(), f"the folder's name: {desk.read_labels()}")
    check_fetched(Peer(place, "outside", tracker), "folders song", original)
    desk.quit()


@test
def a_folder_that_was_chosen_is_shared_and_stays_shared(place):
    tracker = Tracker(place)
    original = place.make_file("somewhere", "album", "inner", "song of folders.bin", size=MIB)
    desk = Desk(place, tracker)
    desk.start()
    desk.wait_label("Nothing Is Shared")
    desk.choose_folder(place.path("somewhere", "album"))
    desk.wait_label("^song of folders.bin$")
    check("album/inner" in desk.read_labels(), f"the folder's name: {desk.read_labels()}")
    take_picture("folder-shared")
    desk.quit()
    # Nobody is told of a change below a document: the program has to look by itself.
    later = place.make_file("somewhere", "album", "late song.bin", size=MIB, seed=4)
    desk.start()
    desk.wait_label("^song of folders.bin$")
    check_fetched(Peer(place, "outside", tracker), "folders song", original)
    check_fetched(Peer(place, "later", tracker), "late song", later)
    desk.quit()


def check_downloaded(desk, original):
    path = os.path.join(desk.downloads, os.path.basename(original))
    wait(lambda: os.path.exists(path), "the download's end")
    check(read_file(path) == read_file(original), "the copy is not the original")


@test
def links_are_downloaded_from_a_peer_outside(place):
    tracker = Tracker(place)
    wanted = [place.make_file("outside", f"{name} wanted.bin", size=size * MIB, seed=size)
              for name, size in (("first", 8), ("second", 1), ("third", 2))]
    peer = Peer(place, "outside", tracker, *wanted)
    links = [peer.wait_shared(os.path.basename(path))["link"] for path in wanted]
    desk = Desk(place, tracker, page="transfers")
    for open_link, link, path in zip((desk.start, desk.call, desk.open_link), links, wanted):
        open_link(link)
        desk.agree_to_link()
        check_downloaded(desk, path)
    for path in wanted:
        desk.wait_label(os.path.basename(path))
    take_picture("downloaded")
    desk.quit()


@test
def a_download_that_ends_unseen_is_told_by_a_notification(place):
    tracker = Tracker(place)
    wanted = place.make_file("outside", "long awaited.bin", size=6 * MIB)
    # Slow enough that the window is out of sight long before the end.
    peer = Peer(place, "outside", tracker, wanted, options=["--max-up", "256"])
    link = peer.wait_shared("long awaited.bin")["link"]
    desk = Desk(place, tracker, page="transfers")
    # The link comes later, as its dialog is a window, too, and has the same title.
    window = desk.start()
    desk.open_link(link)
    desk.agree_to_link()
    desk.wait_label("long awaited.bin")
    run("xdotool", "windowminimize", "--sync", window)
    check("awaited" not in read_notifications(), f"told too early: {read_notifications()}")
    check_downloaded(desk, wanted)
    wait(lambda: f"{APP_ID}: “long awaited.bin” is here" in read_notifications(), "the notification")
    desk.quit()


@test
def peers_in_the_local_network_are_found_and_find_it(place):
    """There is no network here but loopback."""
    desk = Desk(place, None, page="peers", lan=True)
    neighbour = Peer(place, "neighbour", None, options=["--lan-interface", "lo"])
    desk.start()
    desk.wait_label("neighbour")
    take_picture("local-network")
    neighbour.wait("found", lambda event: event["what"] == "peer", timeout=60)
    desk.quit()


@test
def a_screen_reader_asks_for_a_window_that_is_gone(place):
    desk = Desk(place, Tracker(place))
    desk.start()
    desk.wait_label("Nothing Is Shared")
    for _ in range(2):
        find_application().get_child_at_index(7)
        desk.press("F1")
        desk.wait_label("^Search files$")
        run("xdotool", "key", "Escape")
        wait(lambda: find_application().get_child_count() == 1, "the end of the shortcuts")
    find_application().get_child_at_index(7)
    desk.wait_label("Nothing Is Shared")
    desk.quit()


@test
def it_speaks_the_language_of_who_uses_it(place):
    desk = Desk(place, Tracker(place))
    desk.env.update(LC_ALL="pt_BR.UTF-8")
    desk.start()
    desk.wait_label("^Nada compartilhado$")
    take_picture("portuguese")
    desk.quit()


@test
def a_dropped_path_that_cannot_be_read_is_explained(place):
    hidden = place.make_file("somewhere", "out of reach.bin", size=MIB)
    desk = Desk(place, Tracker(place))
    desk.start()
    desk.wait_label("Nothing Is Shared")
    desk.drop("names", hidden)
    words = desk.wait_label("out of reach.bin")
    take_picture("out-of-reach")
    check("sandbox" in words and "Share Files…" in words, f"words that help: {words}")


@test
def a_lost_permission_is_told_and_the_hashes_are_kept(place):
    tracker = Tracker(place)
    original = place.make_file("somewhere", "lent.bin", size=2 * MIB)
    desk = Desk(place, tracker)
    desk.start()
    desk.drop("portal", original)
    desk.wait_label("lent.bin")
    document = find_document("lent.bin")
    desk.quit()
    revoke(desk, document)
    desk.start()
    words = desk.wait_label("lent.bin.*choose the file again")
    take_picture("permission-lost")
    check_equal(Peer(place, "outside", tracker).search("lent"), [], "what is found while it is lost")
    desk.quit()
    kept = read_store(desk, "SELECT count(*) FROM files")
    check_equal(kept, [(1,)], f"files that the store remembers ({words})")
    desk.start()
    desk.drop("portal", original)
    desk.wait_label("^lent.bin$")
    check_fetched(Peer(place, "again", tracker), "lent", original)


@test
def a_lost_folder_is_told_and_can_be_chosen_again(place):
    tracker = Tracker(place)
    originals = [place.make_file("somewhere", "album", f"{name} song.bin", size=MIB, seed=seed)
                 for seed, name in enumerate(("first", "second"))]
    desk = Desk(place, tracker)
    desk.start()
    desk.wait_label("Nothing Is Shared")
    desk.choose_folder(place.path("somewhere", "album"))
    desk.wait_label("^second song.bin$")
    document = find_document("album")
    desk.quit()
    revoke(desk, document)
    desk.start()
    desk.wait_label("“album”.*choose the folder again")
    take_picture("folder-lost")
    desk.choose_folder(place.path("somewhere", "album"))
    desk.wait_label("^second song.bin$")
    check_fetched(Peer(place, "again", tracker), "first song", originals[0])
    desk.quit()


@test
def it_runs_on_in_the_background_once_the_desktop_allows_it(place):
    tracker = Tracker(place)
    original = place.make_file("somewhere", "kept.bin", size=MIB)
    desk = Desk(place, tracker, background=True)
    desk.start()
    desk.drop("portal", original)
    desk.wait_label("kept.bin")
    desk.press("ctrl+w")
    wait(lambda: find_window("Redes") is None, "the window has gone")
    check(desk.window.poll() is None, "the program has ended")
    wait(lambda: f"{APP_ID}: Redes keeps running in the background" in read_notifications(), "a word of it")
    wait(lambda: "yes" in run("flatpak", "permissions", "background", env=desk.env),
         "the portal remembers that it was asked")
    status = wait(lambda: read_background_status(desk), "the status line")
    check("fetched" in status, f"what the status line says: {status}")
    check_fetched(Peer(place, "outside", tracker), "kept", original)
    desk.quit()


def read_background_status(desk):
    said = run("gdbus", "call", "--session", "--dest", "org.freedesktop.background.Monitor",
               "--object-path", "/org/freedesktop/background/monitor", "--method",
               "org.freedesktop.DBus.Properties.Get", "org.freedesktop.background.Monitor",
               "BackgroundApps", env=desk.env)
    found = re.search(r"'message': <'([^']*)'>", said)
    return found.group(1) if found is not None and APP_ID in said else None


@test
def it_does_not_hide_when_the_desktop_forbids_it(place):
    desk = Desk(place, Tracker(place), background=True)
    desk.start()
    desk.wait_label("Nothing Is Shared")
    run("flatpak", "permission-set", "background", "background", APP_ID, "no", env=desk.env)
    try:
        desk.press("ctrl+w")
        desk.wait_label("does not let Redes run in the background")
        take_picture("background-forbidden")
        desk.press("ctrl+w")
        desk.window.wait(60)
    finally:
        run("flatpak", "permission-remove", "background", "background", APP_ID, env=desk.env)


if __name__ == "__main__":
    main()
