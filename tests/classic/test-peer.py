# SPDX-License-Identifier: GPL-3.0-or-later
"""Our peer among original ones: registers, serves GET, fetches what nobody has signed."""

import os

from original_programs import OriginalPeer, OriginalTracker, ask, ask_all, \
    download_by_chunks, to_address
from redes_programs import Peer, Tracker, check, check_equal, main, make_bytes, read_file, test, \
    wait_until


def make_peer(place, name, tracker, *paths, options=()):
    return Peer(place, name, None, *paths, options=["--classic-tracker", tracker, *options])


@test
def registers_and_leaves(place):
    tracker = OriginalTracker()
    names = ["one.txt", "two words.txt", "three.txt"]
    paths = [place.make_file("shared", name, data=name.encode()) for name in names]
    ana = make_peer(place, "ana", tracker.address, *paths)
    wait_until(lambda: sorted(tracker.peers.get(ana.address, [])) == ["one.txt", "three.txt"],
               f"it has registered: {tracker.commands}")
    check(all(len(command) <= 1024 and "\n" not in command for command in tracker.commands),
          f"a command that one recv does not take: {tracker.commands}")
    wait_until(lambda: any(command.startswith("HEARTBEAT ") for command in tracker.commands),
               "a heartbeat", 40)
    tracker.peers.clear()
    # An UPDATE that is refused, or the next time to register, brings it back.
    ana.write("exit")
    check_equal(ana.wait_exit(), 0, "the status")
    check_equal(tracker.commands[-1], f"UNREGISTER {ana.address.replace(':', ' ')}", "the last word")
    tracker.stop()


@test
def lists_those_who_are_there(place):
    """What an original tracker lists is shown, and marked as what nobody has proven; with no other
    tracker that is an answer and no error."""
    tracker = OriginalTracker()
    other = OriginalPeer(tracker.address, {"song.bin": b"song"})
    ana = make_peer(place, "ana", tracker.address)
    row = wait_until(lambda: other.address in ana.ask("list", "peers")["original_peers"] and
                     ana.ask("list", "peers"), "the other is listed")
    check_equal(row["peers"], [], "those who have proven who they are")
    check(ana.address in row["original_peers"], f"it is not listed itself: {row}")
    tracker.stop()


@test
def serves_chunks(place):
    tracker = OriginalTracker()
    data = make_bytes(700 * 1024 + 13)
    ana = make_peer(place, "ana", tracker.address, place.make_file("shared", "film.bin", data=data))
    ana.wait_shared("film.bin")
    address = to_address(ana.address)
    check_equal(ask(address, "GET film.bin 0 0"), str(len(data)).encode(), "its length")
    check_equal(ask(address, "GET other.bin 0 0"), "ERROR: Arquivo não encontrado".encode(),
                "what is not there")
    check_equal(ask(address, "GET film.bin 0 50"), data[:50], "fifty bytes")
    offset = 256 * 1024 - 20
    check_equal(ask(address, f"GET film.bin {offset} 50"), data[offset:offset + 50],
                "fifty bytes over a block's end")
    check_equal(ask_all(address, f"GET film.bin 0 {len(data)}"), data, "all at once")
    check_equal(ask_all(address, f"GET film.bin {len(data) - 5} 4096"), data[-5:], "past the end")
    check_equal(ask_all(address, f"GET film.bin {len(data)} 10"), b"", "beyond the end")
    copy = b"".join(ask(address, f"GET film.bin {i} 50") for i in range(0, 20000, 50))
    check_equal(copy, data[:20000], "four hundred connections of fifty bytes")
    tracker.stop()


@test
def hundreds_of_connections_at_once(place):
    """The original's client opens one connection for each 50 bytes: a whole file passes without one
    that fails, so that nothing has to be asked twice."""
    tracker = OriginalTracker()
    data = make_bytes(341 * 1024)
    ana = make_peer(place, "ana", tracker.address, place.make_file("shared", "film.bin", data=data))
    ana.wait_shared("film.bin")
    copy, n_failed = download_by_chunks(to_address(ana.address), "film.bin", len(data))
    check_equal(n_failed, 0, "connections that failed")
    check(copy == data, "the copy is the file")
    tracker.stop()


@test
def fetches_from_several(place):
    tracker = OriginalTracker()
    data = make_bytes(1024 * 1024 + 7)
    whole = OriginalPeer(tracker.address, {"song.bin": data})
    short = OriginalPeer(tracker.address, {"song.bin": data}, short=4000)
    lazy = OriginalPeer(tracker.address, {"song.bin": data}, lazy=True)
    ana = make_peer(place, "ana", tracker.address)
    row = wait_until(lambda: ana.search("song.bin"), "it is found")[0]
    check_equal((row["name"], row["size"], row["unsigned"], row["sources"], row["link"]),
                ("song.bin", len(data), True, 3, ""), "the result")
    # A name typed is no consent to bytes that nobody has signed.
    failed = ana.ask("download song.bin", "failed")
    check("by its number" in failed["reason"], f"{failed}")
    ana.write("download 1")
    done = wait_until(lambda: ana.find("downloaded"), lambda: ana.describe())
    check_equal(done["unsigned"], True, "plainly unsigned")
    check("publisher" not in done, f"somebody is said to have signed it: {done}")
    check_equal(os.path.basename(os.path.dirname(done["path"])), "unsigned", "its folder")
    check(read_file(done["path"]) == data, "the copy differs")
    check(whole.sent > 0 and short.sent > 0, f"sent: {whole.sent}, {short.sent}")
    check_equal(lazy.sent, 0, "what the lazy one sent")
    check_equal(os.listdir(os.path.dirname(done["path"])), ["song.bin"], "what is left")
    check_equal(ana.ask("shared", "shares")["shares"], [], "unsigned content is shared as ours")
    for program in (whole, short, lazy, tracker):
        program.stop()


@test
def kept_apart_from_the_signed(place):
    original = OriginalTracker()
    tracker = Tracker(place)
    guest = OriginalPeer(original.address, {"notes.txt": b"false"})
    publisher = Peer(place, "publisher", tracker, place.make_file("shared", "notes.txt", data=b"true"))
    publisher.wait_shared("notes.txt")
    ana = Peer(place, "ana", tracker, options=["--classic-tracker", original.address])
    rows = wait_until(lambda: len(ana.search("notes.txt")) == 2 and ana.search("notes.txt"), "both")
    check_equal([row["unsigned"] for row in rows], [False, True], "the order")
    ana.write("download notes.txt")
    done = ana.wait_downloaded("notes.txt")
    check_equal((done["unsigned"], read_file(done["path"])), (False, b"true"), "by name: the signed")
    for program in (guest, original):
        program.stop()


@test
def peers_that_go(place):
    tracker = OriginalTracker()
    guest = OriginalPeer(tracker.address, {"gone.bin": make_bytes(300000)}, lazy=True)
    ana = make_peer(place, "ana", tracker.address)
    wait_until(lambda: ana.search("gone.bin"), "it is found")
    ana.write("download 1")
    failed = ana.wait("failed")
    check("original" in failed["reason"], f"{failed}")
    folder = os.path.join(ana.downloads, "unsigned")
    wait_until(lambda: os.listdir(folder) == [], "what is left")
    guest.stop()
    tracker.stop()


@test
def among_each_other_by_our_tracker(place):
    tracker = Tracker(place, options=["--classic"])
    data = make_bytes(200000)
    ana = make_peer(place, "ana", tracker.address, place.make_file("shared", "a.bin", data=data))
    ana.wait_shared("a.bin")
    address = to_address(tracker.address)
    wait_until(lambda: ask(address, "SEARCH a.bin") == ana.address.encode(), "guests find it")
    bruno = make_peer(place, "bruno", tracker.address)
    row = wait_until(lambda: bruno.search("a.bin"), "found by the classic way")[0]
    check_equal(row["unsigned"], True, "what was found by the classic way")
    bruno.write("download 1")
    check(read_file(bruno.wait_downloaded("a.bin")["path"]) == data, "the copy differs")


@test
def found_by_words_at_our_tracker(place):
    """What guests of our tracker have is found by words as everything else, marked as unsigned."""
    tracker = Tracker(place, options=["--classic"])
    data = make_bytes(300000)
    whole = OriginalPeer(tracker.address, {"Rios-de-Portugal.MP3": data, "other.txt": b"other"})
    second = OriginalPeer(tracker.address, {"Rios-de-Portugal.MP3": data, "rios.txt": b"two"})
    silent = OriginalPeer(tracker.address, {"rios-gone.bin": b"gone"})
    silent.stop()
    ana = Peer(place, "ana", tracker, options=["--classic"])
    rows = ana.search_until("portugal rio", lambda found: len(found) == 1, "one is found")
    check_equal([(row["name"], row["size"], row["unsigned"], row["sources"], row["link"])
                 for row in rows], [("Rios-de-Portugal.MP3", len(data), True, 2, "")], "the result")
    # Who does not say how long it is has it no more.
    names = sorted(row["name"] for row in ana.search("rios"))
    check_equal(names, ["Rios-de-Portugal.MP3", "rios.txt"], "all that are there")
    check_equal(ana.search("nothing"), [], "a word that is in no name")
    rows = ana.search("portugal")
    ana.write("download 1")
    done = ana.wait_downloaded("Rios-de-Portugal.MP3")
    check_equal((done["unsigned"], read_file(done["path"]) == data), (True, True), "the copy")
    # Plain text is spoken by those alone who have switched it on.
    bruno = Peer(place, "bruno", tracker)
    check_equal(bruno.search("portugal"), [], "without --classic")
    for program in (whole, second):
        program.stop()


main()
