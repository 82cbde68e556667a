# SPDX-License-Identifier: GPL-3.0-or-later
"""Downloads from several real peers at once."""

import os

from redes_programs import (FILE_MIB, MIB, Peer, Program, Tracker, check, check_equal, main, read_file,
                            test, wait_until)

# Slow enough that there is a half way to stop at, for a file of any size: about two seconds in all.
SOURCE_KIB_S = FILE_MIB * 1024 // 6


def start_sources(place, tracker, n_sources, limit=SOURCE_KIB_S):
    path = place.make_file("original", "film.bin", size=FILE_MIB * MIB)
    options = ["--max-up", limit] if limit else []
    sources = [Peer(place, f"source{i}", tracker, path, options=options) for i in range(n_sources)]
    for source in sources:
        source.wait_shared("film.bin")
    return path, sources


def wait_half_way(program):
    return program.wait("progress", lambda event: event["blocks_done"] * 2 >= event["blocks"] > 0)


def check_copy(downloaded, original):
    check(read_file(downloaded["path"]) == read_file(original), "the copy is not the original")


@test
def three_sources_send_at_least_a_fifth_each(place):
    tracker = Tracker(place)
    original, sources = start_sources(place, tracker, 3)
    taker = Peer(place, "taker", tracker)
    found = taker.wait_sources("film", 3)
    check_equal(found["size"], FILE_MIB * MIB, "the size in the results")
    taker.ask("download 1", "download-started")
    downloaded = taker.wait_downloaded("film.bin")
    check_copy(downloaded, original)
    check_equal(downloaded["size"], FILE_MIB * MIB, "the size")
    check_equal(sum(downloaded["sources"].values()), downloaded["blocks"], "the sum of blocks")
    check_equal(downloaded["content"], found["content"], "the content id")
    check(downloaded["publisher"] in [source.id for source in sources], "an unknown publisher")
    for source in sources:
        blocks = downloaded["sources"].get(source.id, 0)
        check(blocks * 5 >= downloaded["blocks"],
              f"{source.name} sent {blocks} of {downloaded['blocks']} blocks")
    check_equal(os.path.dirname(downloaded["path"]), taker.downloads, "the folder")
    check_equal(os.listdir(taker.downloads), ["film.bin"], "what is in the folder")


@test
def a_slow_source_shows_its_bytes_as_they_come(place):
    """A block takes minutes: it is not 0 meanwhile."""
    tracker = Tracker(place)
    start_sources(place, tracker, 1, limit=2)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download film.bin")
    shown = taker.wait("progress",
                       lambda event: event["bytes_received"] > 4096 and event["rate"] > 0)
    check_equal(shown["bytes"], 0, "verified bytes")
    check(shown["rate"] < 64 * 1024, f"the rate is {shown['rate']}")
    later = taker.wait("progress", lambda event: event["bytes_received"] > shown["bytes_received"])
    check_equal(later["blocks_done"], 0, "blocks that are there")


@test
def one_of_three_killed_half_way(place):
    tracker = Tracker(place)
    original, sources = start_sources(place, tracker, 3)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 3)
    taker.write("download film.bin")
    wait_half_way(taker)
    sources[1].kill()
    check(taker.find("downloaded") is None, "it was over before one could be killed")
    check_copy(taker.wait_downloaded("film.bin"), original)


@test
def get_from_three_and_leave_nothing_else(place):
    tracker = Tracker(place)
    original, sources = start_sources(place, tracker, 3, limit=0)
    sources[0].wait_sources("film", 3)
    os.mkdir(place.path("here"))
    got = place.run("get", "--json", "--tracker", tracker.address, "film.bin", cwd=place.path("here"))
    check_equal(got.status, 0, f"the status of {got}")
    check_equal(os.listdir(place.path("here")), ["film.bin"], "what is in the folder")
    check_copy(got.find("downloaded"), original)
    check(got.find("progress") is not None, "no progress was told")


@test
def a_taker_serves_what_it_has(place):
    tracker = Tracker(place)
    original, sources = start_sources(place, tracker, 1)
    first = Peer(place, "first", tracker)
    first.wait_sources("film", 1)
    first.write("download 1")
    wait_half_way(first)
    second = Peer(place, "second", tracker)
    second.wait_sources("film", 2)
    second.write("download 1")
    check_copy(first.wait_downloaded(), original)
    downloaded = second.wait_downloaded()
    check_copy(downloaded, original)
    check(downloaded["sources"].get(first.id, 0) > 0, "the first taker gave nothing on")
    check_equal(downloaded["publisher"], sources[0].id, "the publisher of what was passed on")


@test
def the_tracker_dies_during_a_download(place):
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 2)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 2)
    taker.write("download 1")
    wait_half_way(taker)
    tracker.kill()
    check(taker.find("downloaded") is None, "it was over before the tracker could be killed")
    check_copy(taker.wait_downloaded(), original)
    taker.wait("tracker-lost")


@test
def all_sources_die_and_one_comes_back(place):
    tracker = Tracker(place, timeout=2)
    original, sources = start_sources(place, tracker, 1)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 1)
    taker.write("download 1")
    wait_half_way(taker)
    sources[0].kill()
    taker.wait("progress", lambda event: event["state"] == "waiting")
    Peer(place, "returned", tracker, original).wait_shared("film.bin")
    check_copy(taker.wait_downloaded(), original)


@test
def a_limit_on_the_taker_holds(place):
    tracker = Tracker(place)
    path = place.make_file("original", "small.bin", size=3 * MIB)
    source = Peer(place, "source", tracker, path)
    source.wait_shared("small.bin")
    taker = Peer(place, "taker", tracker, options=["--max-down", 2048])
    taker.wait_sources("small", 1)
    taker.write("download 1")
    downloaded = taker.wait_downloaded()
    # A quarter of a second's worth may pass at once.
    check(downloaded["seconds"] >= 1.0, f"3 MiB at 2 MiB/s took {downloaded['seconds']} s")
    check_copy(downloaded, path)


@test
def interrupted_get_leaves_nothing(place):
    tracker = Tracker(place)
    _original, sources = start_sources(place, tracker, 1)
    sources[0].wait_sources("film", 1)
    os.mkdir(place.path("here"))
    getting = Program(place, "get", "--tracker", tracker.address, "film.bin", cwd=place.path("here"))
    getting.wait("progress", lambda event: event["blocks_done"] > 0)
    seconds, status = getting.signal_and_time(15)
    check(status != 0, "an interrupted get said that it was done")
    check(seconds < 1.5, f"it took {seconds:.2f} s to stop")
    check(not os.path.exists(place.path("here", "film.bin")), "something stands under the file's name")


@test
def downloaded_files_are_shared_again(place):
    tracker = Tracker(place)
    path = place.make_file("original", "small.bin", size=MIB)
    source = Peer(place, "source", tracker, path)
    source.wait_shared("small.bin")
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("small", 1)
    taker.write("download 1")
    taker.wait_downloaded()
    taker.wait_sources("small", 2)
    source.write("exit")
    source.wait_exit()
    other = Peer(place, "other", tracker)
    other.wait_sources("small", 1)
    other.write("download 1")
    downloaded = other.wait_downloaded()
    check_copy(downloaded, path)
    check_equal(list(downloaded["sources"]), [taker.id], "who sent it")
    check_equal(downloaded["publisher"], source.id, "the publisher")


@test
def one_content_twice_at_once_is_one_download(place):
    tracker = Tracker(place)
    original, _sources = start_sources(place, tracker, 2)
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film", 2)
    taker.write("download 1")
    taker.write("download film.bin")
    check_copy(taker.wait_downloaded(), original)
    wait_until(lambda: len(taker.all("download-started")) == 2, "both were taken")
    listed = taker.ask("transfers", "transfers")["transfers"]
    check_equal(len(listed), 1, "transfers")
    check_equal(listed[0]["state"], "done", "its state")
    check_equal(os.listdir(taker.downloads), ["film.bin"], "what is in the folder")


main()
