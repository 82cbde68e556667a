# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads that survive: killed, paused, retried, removed, their partial file taken away."""

import glob
import os
import random
import signal
import sys

from redes_programs import (BIG, FILE_MIB, MIB, Peer, Program, Tracker, check, check_equal, list_tree, main,
                            read_file, test, wait_until, write_file)

INJECTOR = os.path.abspath(sys.argv.pop(2)) if len(sys.argv) > 2 else ""

KILLS = 100 if BIG else 4
SIZE_MIB = max(FILE_MIB, 512 if BIG else 0)


def start_sources(place, tracker, n_sources, size=SIZE_MIB * MIB, limit=0):
    path = place.make_file("original", "film.bin", size=size)
    options = ["--max-up", limit] if limit else []
    sources = [Peer(place, f"source{i}", tracker, path, options=options) for i in range(n_sources)]
    for source in sources:
        source.wait_shared("film.bin")
    return path, sources


def start_again(place, program, tracker, **more):
    program.kill()
    return Peer(place, program.name, tracker, **more)


def blocks_done(program):
    events = program.all("progress")
    return events[-1]["blocks_done"] if events else 0


def partial_files(peer):
    return glob.glob(os.path.join(peer.downloads, ".redes-*.part"))


def check_copy(downloaded, original):
    check(read_file(downloaded["path"]) == read_file(original), "the copy is not the original")


def check_alone(peer):
    check_equal(list_tree(peer.downloads), ["film.bin"], "what is in the download folder")


@test
def killed_at_random_moments(place):
    """Each time it goes on, and what was verified is neither fetched nor, where safe, read again."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 2)
    chance = random.Random(os.getpid())
    for turn in range(KILLS):
        name = f"taker{turn}"
        taker = Peer(place, name, tracker)
        taker.wait_sources("film", 2)
        taker.ask("download 1", "download-started")
        fraction = chance.random() * 0.95
        taker.wait("progress", lambda event: event["blocks"] > 0
                   and event["blocks_done"] >= fraction * event["blocks"])
        had = blocks_done(taker)
        taker = start_again(place, taker, tracker)
        if taker.find("downloaded") is None and not os.path.exists(
                os.path.join(taker.downloads, "film.bin")):
            taker.wait_downloaded("film.bin", timeout=120)
            resumed = taker.find("resumed")
            if had > 0:
                # Nothing is resumed if all was still on its way to disk and store, which may be as
                # much as below; of 512 MiB that is 1.6 %.
                kept = (resumed["blocks_kept"] + resumed["blocks_to_check"]
                        if resumed is not None else 0)
                lost = had - kept
                block_size = 1024 * 1024 if SIZE_MIB > 256 else 256 * 1024
                check(lost * block_size <= 8 * MIB + block_size,
                      f"{lost} of {had} blocks that were there are fetched again")
        check(read_file(os.path.join(taker.downloads, "film.bin")) == read_file(original),
              "the copy is not the original")
        wait_until(lambda: not partial_files(taker), "the partial file is gone")
        check_alone(taker)
        taker.write("exit")
        taker.wait_exit()
        os.unlink(os.path.join(taker.downloads, "film.bin"))


@test
def a_source_killed_at_random_moments(place):
    tracker = Tracker(place)
    original, sources = start_sources(place, tracker, 2)
    chance = random.Random(os.getpid())
    for turn in range(KILLS):
        taker = Peer(place, f"taker{turn}", tracker)
        taker.wait_sources("film", 2)
        taker.ask("download 1", "download-started")
        fraction = chance.random() * 0.9
        taker.wait("progress", lambda event: event["blocks"] > 0
                   and event["blocks_done"] >= fraction * event["blocks"])
        sources[0] = start_again(place, sources[0], tracker)
        downloaded = taker.wait_downloaded("film.bin", timeout=120)
        check_copy(downloaded, original)
        check_alone(taker)
        check(not sources[0].all("hashing"), "the source hashed its file again")
        taker.write("exit")
        taker.wait_exit()
        os.unlink(downloaded["path"])


@test
def what_was_safe_is_not_read_again(place):
    """Left in order, nothing is in doubt."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=16 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 16)
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")
    check_equal(len(partial_files(taker)), 1, "partial files")
    taker = Peer(place, "taker", tracker)
    resumed = taker.wait("resumed")
    check(resumed["blocks_kept"] >= 16, f"{resumed}")
    check_equal(resumed["blocks_to_check"], 0, "blocks to check")
    check_copy(taker.wait_downloaded(), original)


@test
def paused_stays_paused(place):
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=16 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    taker.ask("pause 1", "progress", lambda event: event["state"] == "paused")
    taker = start_again(place, taker, tracker)
    listed = wait_until(lambda: taker.ask("transfers", "transfers")["transfers"], "it is listed")
    check_equal(listed[0]["state"], "paused", "its state")
    check(listed[0]["blocks_done"] >= 8, f"what it has: {listed[0]}")
    check_equal(listed[0]["name"], "film.bin", "its name")
    taker.write("resume film.bin")
    check_copy(taker.wait_downloaded(), original)
    check_alone(taker)


@test
def removed_leaves_nothing(place):
    tracker = Tracker(place)
    start_sources(place, tracker, 1, size=16 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    taker.ask("remove 1", "removed")
    wait_until(lambda: not list_tree(taker.downloads), "the folder is empty")
    check_equal(taker.ask("transfers", "transfers")["transfers"], [], "transfers")
    taker = start_again(place, taker, tracker)
    check_equal(taker.ask("transfers", "transfers")["transfers"], [], "transfers after a restart")
    check_equal(list_tree(taker.downloads), [], "what is in the folder")


@test
def removed_while_its_drive_is_away(place):
    """Its partial file goes when the drive is back."""
    tracker = Tracker(place)
    start_sources(place, tracker, 1, size=8 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    taker.ask("pause 1", "progress", lambda event: event["state"] == "paused")
    taker.write("exit")
    taker.wait_exit()
    taker = Peer(place, "taker", tracker)
    wait_until(lambda: taker.ask("transfers", "transfers")["transfers"], "it is listed")
    os.rename(taker.downloads, taker.downloads + "-away")
    taker.ask("remove 1", "removed")
    taker.write("exit")
    taker.wait_exit()
    os.rename(taker.downloads + "-away", taker.downloads)
    check_equal(len(partial_files(taker)), 1, "partial files")
    taker = Peer(place, "taker", tracker)
    wait_until(lambda: not list_tree(taker.downloads), "the folder is empty")
    check_equal(taker.ask("transfers", "transfers")["transfers"], [], "transfers")


@test
def removed_and_fetched_again_at_once(place):
    """The one that leaves takes nothing of the new one's with it."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=8 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    def fetch(n_blocks):
        since = taker.mark()
        taker.write("download 1")
        wait_until(lambda: taker.find("progress", lambda event: event["blocks_done"] >= n_blocks,
                                      since), taker.describe)
    for _ in range(5):
        fetch(4)
        taker.ask("remove film.bin", "removed")
    fetch(8)
    taker = start_again(place, taker, tracker)
    resumed = taker.wait("resumed")
    check(resumed["blocks_kept"] + resumed["blocks_to_check"] >= 7, f"{resumed}")
    check_copy(taker.wait_downloaded(), original)
    check_alone(taker)


@test
def paused_and_resumed_at_once(place):
    """Also while much is under way on its disk."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=16 * MIB, limit=8192)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    for turn in range(20):
        taker.write("pause film.bin")
        taker.write("resume film.bin")
        # Each answer shows that what came before it has been read, so the turns meet the disk at different stages.
        for _ in range(turn % 4):
            taker.ask("transfers", "transfers")
    check_copy(taker.wait_downloaded(), original)
    check_alone(taker)


@test
def no_source_left_until_after_a_restart(place):
    tracker = Tracker(place, timeout=2)
    original, sources = start_sources(place, tracker, 1, size=16 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    sources[0].kill()
    waiting = taker.wait("waiting")
    check(waiting["reason"] != "", "no reason")
    taker = start_again(place, taker, tracker)
    taker.wait("resumed")
    taker.wait("waiting")
    Peer(place, "source0", tracker).wait_shared("film.bin")
    check_copy(taker.wait_downloaded(timeout=60), original)


@test
def a_link_to_what_nobody_has_yet(place):
    tracker = Tracker(place, timeout=2)
    original, sources = start_sources(place, tracker, 1, size=4 * MIB)
    link = sources[0].wait_shared("film.bin")["link"]
    sources[0].write("exit")
    sources[0].wait("stopped")
    taker = Peer(place, "taker", tracker)
    taker.wait("registered")
    taker.write(f"download {link}")
    check("nobody" in taker.wait("waiting")["reason"], "another reason")
    Peer(place, "source0", tracker).wait_shared("film.bin")
    check_copy(taker.wait_downloaded(timeout=60), original)


@test
def its_partial_file_is_deleted_meanwhile(place):
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=8 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    taker.kill()
    for path in partial_files(taker):
        os.unlink(path)
    taker = Peer(place, "taker", tracker)
    resumed = taker.wait("resumed")
    check_equal(resumed["blocks_kept"], 0, "blocks kept")
    check_copy(taker.wait_downloaded(), original)


@test
def its_partial_file_is_altered_meanwhile(place):
    """What somebody did to it is found, and fetched again; the rest is kept."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=8 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    taker.ask("pause 1", "progress", lambda event: event["state"] == "paused")
    taker.write("exit")
    taker.wait_exit()
    [path] = partial_files(taker)
    with open(path, "r+b") as stream:
        data = bytearray(stream.read())
        stream.seek(0)
        stream.write(bytes(byte ^ 0xff for byte in data[:100]))
    taker = Peer(place, "taker", tracker)
    taker.ask("resume 1", "resumed", lambda event: event["blocks_to_check"] >= 8)
    check_copy(taker.wait_downloaded(), original)


@test
def its_partial_file_is_deleted_while_it_runs(place):
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=12 * MIB, limit=2048)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    for path in partial_files(taker):
        os.unlink(path)
    waiting = taker.wait("waiting")
    check("removed" in waiting["reason"], f"{waiting}")
    check_copy(taker.wait_downloaded(timeout=60), original)
    check_alone(taker)


@test
def a_failed_one_is_tried_again(place):
    """Everybody who had it lied; somebody honest comes."""
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=4 * MIB)
    usual = place.env
    place.env = {**usual, "LD_PRELOAD": INJECTOR, "REDES_FAULT_LIES": place.path("lies"),
                 "REDES_FAULT_FOLDER": os.path.realpath(os.path.dirname(path))}
    # Two sanitizers of one process would not bear another that comes first.
    if "ASAN_OPTIONS" in usual:
        place.env["ASAN_OPTIONS"] = usual["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
    liar = Peer(place, "liar", tracker, path)
    place.env = usual
    liar.wait_shared("film.bin")
    data = read_file(path)
    write_file(place.path("lies"), b"")
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    failed = taker.wait("failed")
    check("signature" in failed["reason"], f"{failed}")
    check_equal(taker.ask("transfers", "transfers")["transfers"][0]["state"], "failed", "its state")
    good = write_file(place.path("good", "film.bin"), data)
    # It was told, and does not share that any more.
    liar.wait("withdrawn")
    Peer(place, "honest", tracker, good).wait_shared("film.bin")
    taker.wait_sources("film", 1)
    taker.write("retry 1")
    downloaded = taker.wait("downloaded")
    check(read_file(downloaded["path"]) == data, "the copy is not the original")


@test
def never_over_another_file(place):
    """Somebody's file has the name already, and a download that is resumed takes the next."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=8 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    mine = write_file(os.path.join(taker.downloads, "film.bin"), b"mine")
    taker = start_again(place, taker, tracker)
    downloaded = taker.wait_downloaded()
    check_copy(downloaded, original)
    check_equal(os.path.basename(downloaded["path"]), "film (2).bin", "the name")
    check_equal(read_file(mine), b"mine", "the other file")


@test
def the_history_tells_who_sent_what(place):
    tracker = Tracker(place)
    _original, sources = start_sources(place, tracker, 2, size=16 * MIB, limit=4096)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 2)
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 16)
    taker = start_again(place, taker, tracker)
    downloaded = taker.wait_downloaded()
    check_equal(sum(downloaded["sources"].values()), downloaded["blocks"], "the sum of blocks")
    data_dir = place.path("taker", "data")
    # Also while the peer runs.
    told = place.run("history", "--json", "--data-dir", data_dir)
    check_equal(told.status, 0, f"{told}")
    [row] = told.find("history")["downloads"]
    check_equal(row["name"], "film.bin", "its name")
    check_equal(row["size"], 16 * MIB, "its size")
    check_equal(row["peers"], 2, "its peers")
    check_equal(sum(peer["blocks"] for peer in row["sources"]), row["blocks"], "blocks of the history")
    check_equal({peer["peer"] for peer in row["sources"]}, {s.id for s in sources}, "who")
    table = place.run("history", "--csv", "--data-dir", data_dir)
    lines = table.output.splitlines()
    check(lines[0].startswith("finished,name,") and len(lines) == 2, f"{table}")
    # Who has it in use is who clears it.
    refused = place.run("history", "--clear", "--data-dir", data_dir)
    check_equal(refused.status, 1, f"{refused}")
    check("uses the data folder" in refused.errors, f"{refused}")
    taker.write("exit")
    taker.wait_exit()
    cleared = place.run("history", "--clear", "--json", "--data-dir", data_dir)
    check_equal(cleared.status, 0, f"{cleared}")
    check_equal(cleared.find("history-cleared")["removed"], 1, "how many went")
    told = place.run("history", "--json", "--data-dir", data_dir)
    check_equal(told.find("history")["downloads"], [], "what is left")
    # Not that nothing ever was: it was only forgotten.
    told = place.run("history", "--data-dir", data_dir)
    check_equal(told.output.strip(), "Nothing is in the history.", f"{told}")
    check(os.path.exists(downloaded["path"]), "the file stays")


@test
def many_at_once_paused_resumed_removed(place):
    """At random: nothing hangs, nothing is left behind."""
    n_files, n_steps = (50, 3000) if BIG else (20, 250)
    tracker = Tracker(place)
    folder = place.path("many")
    for i in range(n_files):
        place.make_file("many", f"film-{i:03}.bin", size=3 * MIB, seed=i)
    source = Peer(place, "source", tracker, folder, options=["--max-up", 8192])
    wait_until(lambda: len(source.all("shared")) == n_files, "all are shared")
    taker = Peer(place, "taker", tracker)
    taker.search_until("film", lambda found: len(found) == n_files, "all are found")
    for i in range(n_files):
        taker.write(f"download {i + 1}")
    chance = random.Random(os.getpid())
    removed = set()
    for _ in range(n_steps):
        name = f"film-{chance.randrange(n_files):03}.bin"
        what = chance.choice(["pause", "resume", "pause", "resume", "retry", "remove"])
        if what == "remove":
            if len(removed) > n_files // 3:
                continue
            removed.add(name)
        taker.write(f"{what} {name}")
        # Its answer shows that the step has been taken.
        taker.ask("transfers", "transfers")
    def listed():
        return taker.ask("transfers", "transfers")["transfers"]
    def all_done():
        states = {transfer["state"] for transfer in listed()}
        if states & {"paused", "failed"}:
            taker.write("resume all")
        return states <= {"done"}
    wait_until(all_done, "the rest are done", timeout=120)
    names = {transfer["name"] for transfer in listed()}
    check(names >= {f"film-{i:03}.bin" for i in range(n_files)} - removed, "one was lost")
    wait_until(lambda: not partial_files(taker), "no partial file is left")
    for name in os.listdir(taker.downloads):
        check(read_file(os.path.join(taker.downloads, name)) == read_file(os.path.join(folder, name)),
              f"{name} is not the original")
    seconds, status = taker.signal_and_time(15)
    check_equal(status, 0, "the status")
    check(seconds < 5, f"it took {seconds:.2f} s to stop")

@test
def killed_while_hashing(place):
    """What was safe before is shared again, and not a byte of it is hashed a second time."""
    n_safe, n_more, size = 4, 24, 16 * MIB
    data = bytearray(os.urandom(size))
    for i in range(n_safe + n_more):
        data[0] = i
        place.make_file("safe" if i < n_safe else "more", f"film-{i:03}.bin", data=data)
    peer = Peer(place, "peer", None, place.path("safe"))

    def count_written():
        told = place.run("check", "--json", "--data-dir", place.path("peer", "data"))
        return told.find("checked")["files"]
    wait_until(lambda: count_written() == n_safe, peer.describe)
    peer.ask(f"share {place.path('more')}", "hashing")
    peer.kill()
    peer = Peer(place, "peer", None, place.path("more"))
    wait_until(lambda: len(peer.all("shared")) == n_safe + n_more, peer.describe)
    hashed = max((event["bytes_total"] for event in peer.all("hashing")), default=0)
    check(hashed <= n_more * size, f"{hashed} bytes were hashed: more than was not safe")
    wait_until(lambda: count_written() == n_safe + n_more, peer.describe)
    peer.kill()
    peer = Peer(place, "peer", None)
    wait_until(lambda: len(peer.all("shared")) == n_safe + n_more, peer.describe)
    check(not peer.all("hashing"), f"hashed again: {peer.describe()}")


def start_get(place, tracker, folder, *options):
    return Program(place, "get", "--tracker", tracker.address, "-o", folder, *options, "film.bin")


def wait_blocks(get, n_blocks):
    get.wait("progress", lambda event: event["blocks_done"] >= n_blocks)


@test
def get_goes_on_after_each_kind_of_end(place):
    """Killed, interrupted, and left by its source: the next one of the same begins where it ended."""
    tracker = Tracker(place, timeout=2)
    original, [source] = start_sources(place, tracker, 1, size=24 * MIB, limit=4096)
    folder = place.path("here")
    os.mkdir(folder)

    get = start_get(place, tracker, folder)
    wait_blocks(get, 20)
    get.kill()
    check_equal(len(list_tree(folder)), 2, "what a kill leaves: a partial file and what is known of it")

    get = start_get(place, tracker, folder)
    resumed = get.wait("resumed")
    check(resumed["blocks_kept"] >= 20 and resumed["blocks"] == 96, f"after a kill: {resumed}")
    wait_blocks(get, resumed["blocks_kept"] + 20)
    _seconds, status = get.signal_and_time(signal.SIGINT)
    kept = get.find("kept")
    check_equal((status, kept["folder"]), (1, folder), "after Ctrl-C")
    check(kept["blocks_kept"] >= resumed["blocks_kept"] + 20, f"after Ctrl-C: {kept}")

    get = start_get(place, tracker, folder, "--patience", 2)
    check_equal(get.wait("resumed")["blocks_kept"], kept["blocks_kept"], "what the next one finds")
    wait_blocks(get, kept["blocks_kept"] + 5)
    source.kill()
    check_equal(get.wait_exit(), 1, "the status without a source")
    check("2 s" in get.find("failed")["reason"], f"the reason: {get.find('failed')}")
    kept = get.find("kept")

    again = Peer(place, "again", tracker, original)
    again.wait_shared("film.bin")
    get = start_get(place, tracker, folder)
    check_equal(get.wait_exit(), 0, "the last one's status")
    downloaded = get.find("downloaded")
    check_equal(get.find("resumed")["blocks_kept"], kept["blocks_kept"], "what the last one finds")
    check_equal(sum(downloaded["sources"].values()), 96 - kept["blocks_kept"], "blocks that it fetched")
    check_copy(downloaded, original)
    check_equal(list_tree(folder), ["film.bin"], "what is left")


@test
def get_believes_nothing_that_it_finds(place):
    """What was kept is read again: altered blocks are fetched anew, a journal of rubbish is none."""
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 1, size=24 * MIB, limit=8192)
    folder = place.path("here")
    os.mkdir(folder)
    get = start_get(place, tracker, folder)
    wait_blocks(get, 40)
    get.kill()
    [part] = glob.glob(os.path.join(folder, ".redes-*.part"))
    with open(part, "r+b") as stream:
        for block in range(0, 96, 2):
            stream.seek(block * 256 * 1024 + 5)
            stream.write(b"altered")
    get = start_get(place, tracker, folder)
    resumed = get.wait("resumed")
    check(0 < resumed["blocks_kept"] <= 48, f"blocks that are as they were: {resumed}")
    wait_blocks(get, resumed["blocks_kept"] + 10)
    get.kill()
    with open(part + ".blocks", "r+b") as stream:
        stream.seek(40)
        stream.write(b"\xff" * 100)
    get = start_get(place, tracker, folder)
    check_equal(get.wait_exit(), 0, "the status")
    check_equal(get.find("resumed"), None, "what a damaged journal is worth")
    check_copy(get.find("downloaded"), original)
    check_equal(list_tree(folder), ["film.bin"], "what is left")


@test
def two_gets_do_not_share_a_partial_file(place):
    tracker = Tracker(place)
    _original, _sources = start_sources(place, tracker, 1, size=24 * MIB, limit=1024)
    folder = place.path("here")
    os.mkdir(folder)
    get = start_get(place, tracker, folder)
    wait_blocks(get, 4)
    second = start_get(place, tracker, folder)
    check_equal(second.wait_exit(), 1, "the second one's status")
    check("another program" in second.find("failed")["reason"], f"why: {second.find('failed')}")
    n_blocks = get.all("progress")[-1]["blocks_done"]
    wait_blocks(get, n_blocks + 4)


main()
