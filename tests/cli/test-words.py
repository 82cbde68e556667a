# SPDX-License-Identifier: GPL-3.0-or-later
"""What commands say and take: small things that people met."""

import os
import re
import subprocess
import sys
import time

from redes_programs import Peer, Tracker, check, check_equal, main, read_file, test


@test
def waiting_for_a_peer_that_is_just_starting(place):
    tracker = Tracker(place)
    place.make_file("shared", "late song.txt", data=b"late")
    for arguments in (["search", "late"], ["get", "-o", "-", "late song.txt"]):
        asks = subprocess.Popen([sys.argv[1], arguments[0], "--no-lan", "--wait", "60", "--tracker",
                                 tracker.address, *arguments[1:]], env=place.env, cwd=place.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        # Only after it has asked in vain.
        tracker.wait("log", lambda event: "searched" in event["message"]
                     and "(0 results)" in event["message"], since=tracker.mark())
        ana = Peer(place, "ana", tracker, place.path("shared"))
        output, errors = asks.communicate(timeout=60)
        check_equal(asks.returncode, 0, f"the status of {arguments}: {output} {errors}")
        check(b"late" in output, f"{arguments}: {output} {errors}")
        ana.write("exit")
        ana.wait_exit()
    start = time.monotonic()
    done = place.run("search", "--wait", "0", "--tracker", tracker.address, "late")
    check_equal(done.status, 1, f"nothing was found: {done}")
    check(time.monotonic() - start < 60, "no end")


@test
def nobody_waits_when_all_have_answered(place):
    """A search in vain ends soon once somebody is there; alone it waits, as it does when it was told to."""
    def count_searches():
        # The tracker's log has one line for equal searches that follow each other.
        done = place.run("search", "--no-lan", "--tracker", tracker.address, "nothing",
                         env={**place.env, "G_MESSAGES_DEBUG": "redes-lookup"})
        check_equal(done.status, 1, done)
        count = done.errors.count("query of kind 0 ends")
        check(count > 0, f"no search is told of: {done}")
        return count

    tracker = Tracker(place)
    n_alone = count_searches()
    Peer(place, "ana", tracker)
    took = time.monotonic()
    n_done = count_searches()
    took = time.monotonic() - took
    check(n_done < n_alone, f"{n_done} searches with somebody there ({took:.1f} s), {n_alone} alone")


@test
def waiting_for_a_tracker_that_is_just_starting(place):
    first = Tracker(place)
    address = first.address
    first.kill()
    with subprocess.Popen([sys.argv[1], "search", "--json", "--no-lan", "--wait", "60", "--tracker", address,
                           "song"], env=place.env, stdout=subprocess.PIPE) as asks:
        place.make_file("shared", "song.txt", data=b"la")
        tracker = Tracker(place, listen=address, name="other")
        Peer(place, "ana", tracker, place.path("shared"))
        output = asks.communicate(timeout=60)[0]
    check_equal(asks.returncode, 0, f"{output}")
    check(b"song.txt" in output, f"{output}")


@test
def nobody_is_told_the_login_name(place):
    place.env["USER"] = place.env["LOGNAME"] = "secret-login"
    tracker = Tracker(place)
    ana = Peer(place, "ana", tracker)
    place.run("search", "--wait", "0", "--tracker", tracker.address, "words")
    place.run("get", "--wait", "0", "--tracker", tracker.address, "words.txt")
    nameless = place.run("peer", "--listen", "127.0.0.1:0", "--data-dir", place.path("n"), "--tracker",
                         tracker.address, "--exit-when-done", input="list\n")
    check_equal(nameless.status, 0, f"{nameless}")
    login = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    for event in tracker.all("log"):
        words = event["message"].split()
        check("secret-login" not in words and login not in words, f"{event}")
    check_equal({peer["nickname"] for peer in ana.list_peers()} - {"ana", ""}, set(), "nicknames")


@test
def a_file_to_the_standard_output(place):
    tracker = Tracker(place)
    data = bytes(range(256)) * 4096
    place.make_file("shared", "all bytes.bin", data=data)
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_sources("bytes", 1)
    got = subprocess.run([sys.argv[1], "get", "--no-lan", "--tracker", tracker.address, "-o", "-",
                          "all bytes.bin"], env=place.env, capture_output=True, timeout=60, check=False)
    check_equal(got.returncode, 0, f"{got.stderr}")
    check(got.stdout == data, f"{len(got.stdout)} bytes, of which some differ")
    check_equal([name for name in os.listdir(place.env["TMPDIR"]) if "redes" in name], [], "what is left")
    both = place.run("get", "--json", "--tracker", tracker.address, "-o", "-", "all bytes.bin")
    check_equal(both.status, 2, f"{both}")


@test
def what_is_in_the_way_is_told_first(place):
    long_name = place.run("get", "--tracker", "127.0.0.1:1", "-o", "x" * 300, "name")
    check(long_name.status == 1 and "too long" in long_name.errors, f"{long_name}")
    tracker = Tracker(place)
    place.make_file("shared", "one.txt", data=b"one")
    place.make_file("here", "one.txt", data=b"mine")
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_sources("one", 1)
    got = place.run("get", "--tracker", tracker.address, "one.txt", cwd=place.path("here"))
    check(got.output.index("one.txt is there already") < got.output.index("Downloaded"), f"{got}")
    check_equal(read_file(place.path("here", "one.txt")), b"mine", "the file that was there")


@test
def what_is_there_already_is_not_fetched_again(place):
    tracker = Tracker(place)
    place.make_file("shared", "one.bin", size=600_000)
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_sources("one", 1)
    here = place.path("here")
    os.makedirs(here)

    def get(*options):
        return place.run("get", "--json", "--tracker", tracker.address, *options, "one.bin", cwd=here)

    get().find("downloaded")
    again = get()
    check_equal(again.status, 0, f"{again}")
    check_equal(again.find("already-there")["path"], os.path.join(here, "one.bin"), "the path")
    check_equal(os.listdir(here), ["one.bin"], "what is there")
    # Another name that is asked for is another file.
    get("-o", "two.bin").find("downloaded")
    check_equal(sorted(os.listdir(here)), ["one.bin", "two.bin"], "what is there")
    # The same size is not the same content.
    with open(os.path.join(here, "one.bin"), "r+b") as file:
        file.seek(599_999)
        last = file.read(1)
        file.seek(599_999)
        file.write(bytes([last[0] ^ 1]))
    changed = get()
    check_equal(os.path.basename(changed.find("downloaded")["path"]), "one (2).bin", "the name")


@test
def a_peer_tells_what_is_downloaded_already(place):
    tracker = Tracker(place)
    place.make_file("shared", "one.bin", size=300_000)
    ana = Peer(place, "ana", tracker, place.path("shared"))
    bia = Peer(place, "bia", tracker)
    bia.wait_sources("one", 1)
    bia.ask("download one.bin", "download-started")
    first = bia.wait_downloaded("one.bin")
    check_equal(first["already_there"], False, f"{first}")
    path = first["path"]
    again = bia.ask("download one.bin", "downloaded")
    check_equal((again["path"], again["already_there"]), (path, True), f"{again}")
    check_equal(os.listdir(bia.downloads), ["one.bin"], "the copies")
    # What was taken away is fetched again.
    os.unlink(path)
    third = bia.ask("download one.bin", "downloaded")
    check_equal((third["path"], third["already_there"]), (path, False), f"{third}")
    check_equal(read_file(path), read_file(place.path("shared", "one.bin")), "the copy")


@test
def addresses_and_amounts(place):
    os.makedirs(place.path("home", "data"), exist_ok=True)
    done = place.run("peer", "--listen", "0.0.0.0:0", "--max-up", "2M", "--max-down", "1g", "--cache", "16M",
                     "--data-dir=~/data", "--tracker", "127.0.0.1", "--exit-when-done")
    check(re.search(r"Others reach it at \S+:\d+", done.output), f"{done}")
    check(os.path.exists(os.path.join(place.env["HOME"], "data", "library.db")), f"~ was taken as a name: {done}")
    check("127.0.0.1:5000" in done.output or done.status == 0, f"{done}")
    port = Tracker(place).address.rsplit(":", 1)[1]
    taken = place.run("tracker", "--listen", port, "--data-dir", place.path("other"))
    check(port in taken.errors and taken.status == 1, f"a port alone was not understood: {taken}")
    helped = place.run("help", "get")
    check(helped.status == 0 and "--output" in helped.output, f"{helped}")


@test
def two_files_of_one_name_and_publishers(place):
    tracker = Tracker(place)
    for folder in ("a", "b"):
        place.make_file("shared", folder, "same.txt", data=folder.encode())
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.search_until("same", lambda found: len(found) == 2, "both")
    found = place.run("search", "--tracker", tracker.address, "same")
    check("by ana (" in found.output, f"no nickname: {found}")
    check_equal(len(set(re.findall(r"redes:\w+", found.output))), 2, f"the links of {found}")
    prose = place.run("peer", "--listen", "127.0.0.1:0", "--data-dir", os.path.join(place.folder, "b2"),
                      "--exit-when-done", place.path("shared"), input="cache\n")
    check(" 0 blocks" in " " + prose.output or "0 blocks" in prose.output, f"{prose}")


@test
def one_is_not_many(place):
    tracker = Tracker(place)
    place.make_file("shared", "one.txt", data=b"one")
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_sources("one", 1)
    bruno = Peer(place, "bruno", tracker)
    bruno.write("download one.txt")
    bruno.wait_downloaded("one.txt")
    history = place.run("history", "--data-dir", place.path("bruno", "data"))
    check("1 block from 1 peer" in history.output, f"{history}")


main()
