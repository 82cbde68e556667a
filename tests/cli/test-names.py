# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person chose names the file, and whose signature it comes with."""

import os
import unicodedata

from redes_programs import Peer, Tracker, check, check_equal, main, read_file, test

DATA = b"the same bytes, whatever they are called\n" * 1000


def share(place, tracker, who, *names, data=DATA):
    for name in names:
        place.make_file(f"{who} shares", name, data=data)
    peer = Peer(place, who, tracker, place.path(f"{who} shares"))
    for name in names:
        peer.wait_shared(name)
    return peer


@test
def the_name_typed_names_the_file(place):
    tracker = Tracker(place)
    share(place, tracker, "ana", "holiday.jpg")
    share(place, tracker, "rui", "holiday.desktop")
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("holiday", 2)
    for name in ("holiday.jpg", "holiday.desktop"):
        folder = place.path(f"got {name}")
        os.makedirs(folder)
        got = place.run("get", "--json", "--tracker", tracker.address, "-o", folder, name)
        check_equal(got.status, 0, f"{name}: {got}")
        check_equal(os.listdir(folder), [name], "what was saved")
        check_equal(read_file(os.path.join(folder, name)), DATA, "its bytes")


@test
def the_link_names_the_file_and_its_publisher(place):
    tracker = Tracker(place)
    ana = share(place, tracker, "ana", "report.pdf")
    link = ana.wait_shared("report.pdf")["link"]
    ana.kill()
    rui = share(place, tracker, "rui", "virus.exe")
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("virus", 1)

    refused = place.run("get", "--json", "-o", place.path("taker"), link)
    check(refused.status != 0, f"another publisher's manifest was taken: {refused}")
    check("another publisher" in refused.find("failed")["reason"], refused)
    check(rui.id in refused.find("failed")["reason"], f"it does not say who signed it: {refused}")

    # A peer waits until the person agrees, and takes it then.
    taker.ask(f"download {link}", "download-started")
    waiting = taker.wait("waiting", lambda event: "other_publisher" in event)
    check_equal(waiting["other_publisher"], rui.id, "who signed it instead")
    check_equal(os.path.isdir(taker.downloads) and os.listdir(taker.downloads) or [], [],
                "what was saved unasked")
    taker.write("accept 1")
    downloaded = taker.wait_downloaded("report.pdf")
    check_equal(os.path.basename(downloaded["path"]), "report.pdf", "the name of the file")
    check_equal(downloaded["published_name"], "virus.exe", "what its publisher calls it")
    check_equal(downloaded["publisher"], rui.id, "the publisher")

    folder = place.path("any")
    os.makedirs(folder)
    got = place.run("get", "--json", "--any-publisher", "-o", folder, link)
    check_equal(got.status, 0, got)
    check_equal(os.listdir(folder), ["report.pdf"], "what was saved")


@test
def all_names_are_to_be_seen(place):
    tracker = Tracker(place)
    share(place, tracker, "ana", "song of the sea.mp3")
    share(place, tracker, "rui", "song of the sea.mp3")
    share(place, tracker, "eva", "song.exe")
    taker = Peer(place, "taker", tracker)
    found = taker.wait_sources("song", 3)
    check_equal(found["name"], "song of the sea.mp3", "what most call it")
    check_equal([name["name"] for name in found["names"]], ["song of the sea.mp3", "song.exe"], "its names")
    got = place.run("get", "--json", "--tracker", tracker.address, "-o", place.path("eva shares"), "song.exe")
    check_equal(got.status, 0, f"what only one calls so is not found by that name: {got}")


@test
def accents_may_be_typed_either_way(place):
    tracker = Tracker(place)
    composed = unicodedata.normalize("NFC", "amélie.txt")
    apart = unicodedata.normalize("NFD", "amélie.txt")
    check(composed != apart, "the two are the same")
    share(place, tracker, "ana", apart)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("amélie", 1)
    for typed in (composed, apart, "Amelie.TXT"):
        folder = place.path("got", str(len(typed)) + typed[:2])
        os.makedirs(folder)
        got = place.run("get", "--json", "--tracker", tracker.address, "-o", folder, typed)
        check_equal(got.status, 0, f"{typed!r}: {got}")
        # Who reads it sees no difference.
        os.unlink(os.path.join(folder, os.listdir(folder)[0]))
        got = place.run("get", "--tracker", tracker.address, "-o", folder, typed)
        check("publisher calls it" not in got.output, f"{typed!r}: {got}")
    # With both there, the one that was typed.
    share(place, tracker, "rui", composed, data=b"another file")
    taker.search_until("amélie", lambda found: len(found) == 2, "both files")
    folder = place.path("both")
    os.makedirs(folder)
    got = place.run("get", "--json", "--tracker", tracker.address, "-o", folder, composed)
    check_equal(got.status, 0, got)
    check_equal(read_file(os.path.join(folder, composed)), b"another file", "the bytes of the one that was typed")


@test
def names_without_letters_are_found(place):
    """From the beginning of a search to its end, not only in the index."""
    tracker = Tracker(place)
    share(place, tracker, "ana", "🎉.mp3", "!!!.txt", "名前一覧.pdf")
    for typed, name in (("🎉", "🎉.mp3"), ("!!!", "!!!.txt"), ("前一", "名前一覧.pdf")):
        found = place.run("search", "--json", "--tracker", tracker.address, typed)
        check_equal(found.status, 0, f"{typed}: {found}")
        check(name in found.output, f"{typed}: {found}")
    nothing = place.run("search", "--tracker", tracker.address, " ")
    check(nothing.status != 0 and "no word to search for" in nothing.errors, nothing)


@test
def two_names_of_equal_content_are_two_files(place):
    tracker = Tracker(place)
    data = os.urandom(3 * 1024 * 1024)
    ana = share(place, tracker, "ana", "one.bin", "two.bin", data=data)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("bin", 1)
    taker.write("download one.bin")
    taker.write("download two.bin")
    taker.wait_downloaded("one.bin")
    second = taker.wait_downloaded("two.bin")
    check_equal(sorted(os.listdir(taker.downloads)), ["one.bin", "two.bin"], "what was saved")
    for name in ("one.bin", "two.bin"):
        check(read_file(os.path.join(taker.downloads, name)) == data, f"{name} is not the original")
    check_equal(sum(second["sources"].values()), 0, "blocks that were fetched a second time")

    # A third name, with nobody there who could send it.
    link = ana.wait_shared("one.bin")["link"].replace("one.bin", "three.bin")
    ana.kill()
    taker.ask(f"download {link}", "download-started")
    taker.wait_downloaded("three.bin")
    check(read_file(os.path.join(taker.downloads, "three.bin")) == data, "the copy is not the original")


main()
