# SPDX-License-Identifier: GPL-3.0-or-later
"""`get --stream`: a file on the standard output while it is being downloaded; `get` of several things."""

import os
import signal
import time
import urllib.error
import urllib.request

from redes_programs import MIB, PATIENCE_S, Peer, Skip, Tracker, check, check_equal, main, read_file, test, wait_until

# More than is fetched ahead of a reader, with all that may be on its way.
AHEAD_MIB = 16


def start(place, size, options=()):
    tracker = Tracker(place)
    path = place.make_file("shared", "film.mkv", size=size, seed=5)
    sharer = Peer(place, "sharer", tracker, path, options=options)
    sharer.wait_shared("film.mkv")
    return tracker, sharer, read_file(path)


def uploaded(sharer):
    """Bytes that the sharer has handed out, in blocks of 256 KiB."""
    stats = sharer.ask("cache", "cache")
    return (stats["hits"] + stats["misses"]) * 256 * 1024


def read_all(process):
    data = process.stdout.read()
    check_equal(process.wait(PATIENCE_S), 0, f"status; stderr {process.stderr.read()!r}")
    return data


@test
def whole_and_in_order(place):
    tracker, _sharer, data = start(place, 40 * MIB + 123)
    process = place.start_raw("get", "--tracker", tracker.address, "--stream", "film.mkv")
    check(read_all(process) == data, "the bytes are others")
    check_equal(os.listdir(place.env["TMPDIR"]), [], "what it leaves behind")


@test
def small_files(place):
    tracker = Tracker(place)
    for name, size in (("nothing.bin", 0), ("one.bin", 1), ("block.bin", 256 * 1024)):
        place.make_file("shared", name, size=size, seed=3)
    sharer = Peer(place, "sharer", tracker, place.path("shared"))
    for name in ("nothing.bin", "one.bin", "block.bin"):
        sharer.wait_shared(name)
        process = place.start_raw("get", "--tracker", tracker.address, "--stream", name)
        check(read_all(process) == read_file(place.path("shared", name)), f"the bytes of {name} are others")


@test
def first_bytes_long_before_the_last(place):
    """With a limit that would take ten seconds for all."""
    tracker, _sharer, data = start(place, 20 * MIB)
    process = place.start_raw("get", "--tracker", tracker.address, "--max-down", "2M", "--stream", "film.mkv")
    first = process.stdout.read(4096)
    began = time.monotonic()
    check(first == data[:4096], "the first bytes are others")
    check(process.stdout.read() == data[4096:], "the other bytes are others")
    seconds = time.monotonic() - began
    check_equal(process.wait(PATIENCE_S), 0, "status")
    check(seconds >= 5, f"the other bytes came within {seconds:.1f} s: the first did not come before them, "
                        "or the limit did not hold")


@test
def a_slow_reader_holds_it_back(place):
    tracker, sharer, data = start(place, 96 * MIB)
    before = uploaded(sharer)
    process = place.start_raw("get", "--tracker", tracker.address, "--stream", "film.mkv")
    check(process.stdout.read(1) == data[:1], "the first byte is another")
    seen = [0, 0]

    def is_at_rest():
        """Nothing was sent for two seconds."""
        now = uploaded(sharer)
        if now != seen[0]:
            seen[:] = [now, time.monotonic()]
        return now - before > 4 * MIB and time.monotonic() - seen[1] > 2

    wait_until(is_at_rest, "the sharer does not come to rest")
    sent = seen[0] - before
    check(sent < (AHEAD_MIB + 12) * MIB, f"{sent / MIB:.0f} MiB were sent to a reader that does not read")
    with open(f"/proc/{process.pid}/status", encoding="ascii") as stream:
        resident = int(next(line for line in stream if line.startswith("VmRSS")).split()[1]) // 1024
    check(resident < 96, f"it has {resident} MiB in memory")
    check(read_all(process) == data[1:], "the other bytes are others")


@test
def the_reader_goes(place):
    tracker, _sharer, data = start(place, 64 * MIB)
    process = place.start_raw("get", "--tracker", tracker.address, "--stream", "film.mkv")
    check(process.stdout.read(100) == data[:100], "the first bytes are others")
    process.stdout.close()
    check_equal(process.wait(PATIENCE_S), 1, "status when the pipe is closed")
    check_equal(process.stderr.read(), b"", "what it says of that")


@test
def interrupted(place):
    """Also while its reader does not read."""
    tracker, _sharer, data = start(place, 64 * MIB)
    process = place.start_raw("get", "--tracker", tracker.address, "--stream", "film.mkv")
    check(process.stdout.read(100) == data[:100], "the first bytes are others")
    process.send_signal(signal.SIGINT)
    check_equal(process.wait(PATIENCE_S), 1, "status after Ctrl-C")
    check_equal(os.listdir(place.env["TMPDIR"]), [], "what it leaves behind")


@test
def the_source_goes_and_comes(place):
    """What was written is right, and the rest comes from another."""
    tracker, sharer, data = start(place, 48 * MIB, options=("--max-up", "4M"))
    second = Peer(place, "second", tracker, place.path("shared", "film.mkv"), options=("--max-up", "8M"))
    second.wait_shared("film.mkv")
    process = place.start_raw("get", "--tracker", tracker.address, "--stream", "film.mkv")
    check(process.stdout.read(MIB) == data[:MIB], "the first bytes are others")
    sharer.kill()
    check(read_all(process) == data[MIB:], "the other bytes are others")


def fetch(address, span):
    request = urllib.request.Request(address, headers={"Range": f"bytes={span[0]}-{span[1] - 1}"})
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
        check_equal(answer.status, 206, "status")
        return answer.read()


@test
def read_by_other_programs(place):
    """From any place in it, long before it is whole; the address is nobody's when it was removed."""
    tracker, _sharer, data = start(place, 48 * MIB, options=("--max-up", "4M"))
    taker = Peer(place, "taker", tracker)
    taker.ask('download "film.mkv"', "download-started")
    since = taker.mark()
    taker.write("stream film.mkv")
    answer = wait_until(lambda: taker.find("stream", None, since) or taker.find("error", None, since), "an answer")
    if answer["event"] == "error":
        raise Skip(f"no other program can read it: {answer['message']}")
    for first in (0, 24 * MIB + 5, 48 * MIB - 1000, 7):
        span = (first, min(first + 1000, len(data)))
        check(fetch(answer["address"], span) == data[span[0]:span[1]], f"the bytes from {first} on are others")
    check(taker.find("downloaded") is None, "it was whole before it was read")
    taker.ask("remove film.mkv", "removed")
    try:
        fetch(answer["address"], (0, 10))
        check(False, "it can be read after it was removed")
    except urllib.error.HTTPError as error:
        check_equal(error.code, 404, "status afterwards")


@test
def nobody_has_it(place):
    tracker = Tracker(place)
    process = place.start_raw("get", "--tracker", tracker.address, "--wait", "0", "--stream", "nothing.mkv")
    check_equal(process.stdout.read(), b"", "what is written")
    check_equal(process.wait(PATIENCE_S), 1, "status")


@test
def options_that_do_not_fit(place):
    for options in (["--stream", "--json", "a"], ["--stream", "-o", "x", "a"], ["--stream", "--list", "a"],
                    ["--stream", "a", "b"], ["-o", "-", "a", "b"], ["--stream", "--only", "*", "a"]):
        check_equal(place.run("get", "--tracker", "127.0.0.1:9", *options).status, 2, f"status of {options}")


@test
def a_folder_is_no_stream(place):
    tracker = Tracker(place)
    place.make_file("album", "one.jpg", size=1000)
    sharer = Peer(place, "sharer", tracker, place.path("album"))
    sharer.wait_shared("one.jpg")
    sharer.search_until("album", lambda rows: any(row["kind"] == "folder" for row in rows), "the folder")
    done = place.run("get", "--tracker", tracker.address, "--stream", "album")
    check_equal(done.status, 1, "status")
    check("a folder cannot go to the standard output" in done.errors, f"{done}")


@test
def several_at_once(place):
    """Names, links and folders; one that nobody has makes the status 1, and the others come all the same."""
    tracker = Tracker(place)
    names = [f"song {i}.ogg" for i in range(40)]
    for i, name in enumerate(names):
        place.make_file("shared", name, size=1000 + i, seed=i)
    place.make_file("shared", "album", "one.jpg", size=70_000)
    sharer = Peer(place, "sharer", tracker, place.path("shared"))
    for name in [*names, "one.jpg"]:
        sharer.wait_shared(name)
    rows = sharer.search_until("album", lambda rows: any(row["name"] == "album" for row in rows), "the folder")
    link = next(row["link"] for row in rows if row["name"] == "album")
    target = place.path("target")
    os.makedirs(target)
    options = ["--json", "--tracker", tracker.address, "-o", target]
    got = place.run("get", *options, link, *names)
    check_equal(got.status, 0, f"status: {got}")
    check_equal({key: got.find("summary")[key] for key in ("downloaded", "already_there", "failed")},
                {"downloaded": 41, "already_there": 0, "failed": 0}, "the summary")
    check_equal(sorted(os.listdir(target)), sorted([*names, "album"]), "what is there")
    for name in names:
        check(read_file(os.path.join(target, name)) == read_file(place.path("shared", name)), name)
    again = place.run("get", "--wait", "0", *options, names[0], "nothing of that name", names[0], names[1])
    check_equal(again.status, 1, f"status: {again}")
    check_equal({key: again.find("summary")[key] for key in ("downloaded", "already_there", "failed")},
                {"downloaded": 0, "already_there": 3, "failed": 1}, "the second summary")
    check_equal(sorted(os.listdir(target)), sorted([*names, "album"]), "what is there afterwards")
    words = place.run("get", "--tracker", tracker.address, "-o", place.path("no", "folder"), *names[:2])
    check_equal(words.status, 1, "status without a folder")
    file_target = place.run("get", "--tracker", tracker.address, "-o", place.path("one name"), *names[:2])
    check_equal(file_target.status, 1, "status with one name for two")


main()
