# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources whose file is not any more what they signed.

The second argument is the library that makes a disk lie (tests/support/fault-inject.c).
"""

import os
import sys

from redes_programs import (MIB, Peer, Tracker, check, check_equal, list_tree, main, read_file, test,
                            wait_until)

INJECTOR = os.path.abspath(sys.argv.pop(2)) if len(sys.argv) > 2 else ""
SIZE = 8 * MIB


def alter(path, offset=3 * MIB + 12345, keep_time=True):
    info = os.stat(path)
    with open(path, "r+b") as stream:
        stream.seek(offset)
        byte = stream.read(1)
        stream.seek(offset)
        stream.write(bytes([byte[0] ^ 1]))
    if keep_time:
        os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def lie(place, i):
    """From now on the disk of that source gives other bytes than were written, and does not say so."""
    with open(place.path(f"lies{i}"), "w", encoding="utf-8"):
        pass


def start_sources(place, tracker, n_sources):
    usual = place.env
    sources = []
    for i in range(n_sources):
        path = place.make_file(f"shared{i}", "report.bin", size=SIZE)
        place.env = {**usual, "LD_PRELOAD": INJECTOR,
                     "REDES_FAULT_LIES": place.path(f"lies{i}"),
                     "REDES_FAULT_FOLDER": os.path.realpath(place.path(f"shared{i}"))}
        # Two sanitizers of one process would not bear another that comes first.
        if "ASAN_OPTIONS" in usual:
            place.env["ASAN_OPTIONS"] = usual["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
        # Slow enough that every source is asked for its share of the blocks.
        source = Peer(place, f"source{i}", tracker, path, options=["--max-up", "4096"])
        source.wait_shared("report.bin")
        source.file = path
        sources.append(source)
    place.env = usual
    return sources


@test
def an_altered_source_is_rejected_and_named_and_the_others_complete(place):
    tracker = Tracker(place)
    sources = start_sources(place, tracker, 3)
    original = read_file(sources[0].file)
    # Whichever blocks it is asked for, it lies.
    lie(place, 1)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("report", 3)
    taker.write("download 1")
    downloaded = taker.wait_downloaded()
    rejected = taker.wait("rejected")
    check_equal(rejected["peer"], sources[1].id, "the rejected peer")
    check(rejected["block"] >= 0, f"no block is named: {rejected}")
    check_equal(rejected["name"], "report.bin", "the rejected file")
    check(rejected["reason"] != "", "no reason is given")
    check(read_file(downloaded["path"]) == original, "the copy is not the original")
    check_equal(downloaded["sources"].get(sources[1].id, 0), 0, "blocks taken from the liar")
    # It is told, looks at its file again, and does not go on lying.
    withdrawn = sources[1].wait("withdrawn")
    check("altered" in withdrawn["reason"], f"the reason: {withdrawn}")


@test
def only_an_altered_source_fails_in_words(place):
    tracker = Tracker(place)
    source = start_sources(place, tracker, 1)[0]
    lie(place, 0)
    source.wait_sources("report", 1)
    os.mkdir(place.path("here"))
    got = place.run("get", "--json", "--tracker", tracker.address, "report.bin",
                    cwd=place.path("here"), timeout=60)
    check_equal(got.status, 1, f"the status of {got}")
    failed = got.find("failed")
    check(failed is not None and len(failed["reason"].split()) >= 3, f"no words: {got}")
    check_equal(failed["name"], "report.bin", "the failed file")
    rejected = got.find("rejected")
    check(rejected is not None and rejected["peer"] == source.id, f"the source is not named: {got}")
    # Nothing under the file's name; the blocks that were as they should be are kept for another try.
    left = list_tree(place.path("here"))
    check(all(name.startswith(".redes-") for name in left), f"what is left in the folder: {left}")
    check_equal(bool(left), got.find("kept") is not None, "what is said to be kept")


@test
def a_peer_with_only_an_altered_source_fails_in_words(place):
    """What it got of it is kept for another try, out of sight, until it is removed."""
    tracker = Tracker(place)
    source = start_sources(place, tracker, 1)[0]
    lie(place, 0)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("report", 1)
    taker.write("download 1")
    taker.wait("failed", timeout=60)
    check(all(name.startswith(".redes-") for name in list_tree(taker.downloads)),
          "what is left in the folder")
    listed = taker.ask("transfers", "transfers")["transfers"]
    check_equal([row["state"] for row in listed], ["failed"], "the transfers")
    taker.ask("remove 1", "removed")
    wait_until(lambda: list_tree(taker.downloads) == [], "the folder is empty")
    check(taker.list_peers(), "the process is not well")


@test
def an_altered_source_is_withdrawn_by_its_peer(place):
    tracker = Tracker(place)
    source = start_sources(place, tracker, 1)[0]
    alter(source.file, keep_time=False)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("report", 1)
    taker.write("download 1")
    withdrawn = source.wait("withdrawn")
    check(withdrawn["reason"] != "", "no reason")
    source.wait("shared", since=source.events.index(withdrawn))
    taker.wait("waiting")


@test
def a_source_altered_within_the_same_time_sends_no_wrong_block(place):
    """Size and modification time are as they were: what the system notes of the file tells."""
    tracker = Tracker(place)
    sources = start_sources(place, tracker, 2)
    original = read_file(sources[0].file)
    for offset in range(0, SIZE, 256 * 1024):
        alter(sources[1].file, offset)
    taker = Peer(place, "taker", tracker)
    taker.search_until("report", lambda found: found, "a source")
    taker.write("download 1")
    check(read_file(taker.wait_downloaded()["path"]) == original, "the copy is not the original")
    check_equal(taker.all("rejected"), [], "the blocks rejected")
    sources[1].wait("withdrawn")


@test
def a_source_whose_file_is_gone(place):
    tracker = Tracker(place)
    sources = start_sources(place, tracker, 2)
    original = read_file(sources[0].file)
    os.remove(sources[1].file)
    taker = Peer(place, "taker", tracker)
    taker.search_until("report", lambda found: found, "a source")
    taker.write("download 1")
    check(read_file(taker.wait_downloaded()["path"]) == original, "the copy is not the original")


@test
def a_source_whose_file_is_shorter_now(place):
    tracker = Tracker(place)
    sources = start_sources(place, tracker, 2)
    original = read_file(sources[0].file)
    os.truncate(sources[1].file, 1000)
    taker = Peer(place, "taker", tracker)
    taker.search_until("report", lambda found: found, "a source")
    taker.write("download 1")
    check(read_file(taker.wait_downloaded()["path"]) == original, "the copy is not the original")


def start_folder_sources(place, tracker, n_sources):
    """Each shares the same folder, from a disk that may lie."""
    sources = []
    usual = place.env
    for i in range(n_sources):
        top = place.path(f"shared{i}", "Album")
        for j in range(60):
            path = place.make_file(f"shared{i}", "Album", f"part {j % 3}", f"song {j}.bin",
                                   size=700_000 if j == 0 else 100_000 + j, seed=j)
            os.utime(path, (1_600_000_000, 1_600_000_000 + j))
        place.env = {**usual, "LD_PRELOAD": INJECTOR,
                     "REDES_FAULT_LIES": place.path(f"lies{i}"),
                     "REDES_FAULT_FOLDER": os.path.realpath(place.path(f"shared{i}"))}
        if "ASAN_OPTIONS" in usual:
            place.env["ASAN_OPTIONS"] = usual["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
        source = Peer(place, f"source{i}", tracker, top, options=["--max-up", "3000"])
        source.wait_shared("song 59.bin")
        sources.append(source)
    place.env = usual
    return sources


@test
def a_source_of_a_folder_that_lies_is_rejected_and_the_others_complete(place):
    tracker = Tracker(place)
    sources = start_folder_sources(place, tracker, 3)
    lie(place, 1)
    taker = Peer(place, "taker", tracker)
    found = taker.search_until("album", lambda rows: any(
        row["name"] == "Album" and row["sources"] == 3 for row in rows), "the folder that three have")
    link = next(row["link"] for row in found if row["name"] == "Album")
    taker.ask(f"download {link}", "download-started")
    downloaded = taker.wait_downloaded()
    rejected = taker.wait("rejected")
    check_equal(rejected["peer"], sources[1].id, "the rejected peer")
    check_equal(downloaded["sources"].get(sources[1].id, 0), 0, "blocks taken from the liar")
    for i in range(3):
        for j in range(i, 60, 3):
            name = os.path.join(f"part {j % 3}", f"song {j}.bin")
            check(read_file(os.path.join(downloaded["path"], name))
                  == read_file(place.path("shared0", "Album", name)), f"{name} is not the original")


main()
