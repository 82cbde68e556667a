# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: each with a clear message and a status that is not 0."""

import os
import socket
import subprocess
import sys

from redes_programs import Peer, Skip, Tracker, check, check_equal, main, test, wait_until

# What is given, the status wanted, and words that the message must have.
NOT_UNDERSTOOD = [
    ([], "Usage"),
    (["frobnicate"], "no command"),
    (["--frobnicate"], "no command"),
    (["tracker", "--frobnicate"], "frobnicate"),
    (["tracker", "extra"], "extra"),
    (["tracker", "--listen"], "--listen"),
    (["tracker", "--listen", "nonsense"], "--listen"),
    (["tracker", "--listen", "127.0.0.1:99999"], "--listen"),
    (["tracker", "--listen", "127.0.0.1:-1"], "--listen"),
    (["tracker", "--listen", "127.0.0.1:"], "--listen"),
    (["tracker", "--listen", "[::1:5000"], "--listen"),
    (["tracker", "--listen", "some.name:5000"], "--listen"),
    (["tracker", "--heartbeat-timeout", "0"], "--heartbeat-timeout"),
    (["tracker", "--heartbeat-timeout", "-5"], "--heartbeat-timeout"),
    (["tracker", "--heartbeat-timeout", "soon"], "--heartbeat-timeout"),
    (["tracker", "--heartbeat-timeout", "1e3"], "--heartbeat-timeout"),
    (["peer", "--frobnicate"], "frobnicate"),
    (["peer", "--listen", "127.0.0.1:70000"], "--listen"),
    (["peer", "--tracker", "non sense"], "--tracker"),
    (["peer", "--tracker", "127.0.0.1:0"], "--tracker"),
    (["peer", "--tracker", "127.0.0.1:x"], "--tracker"),
    (["peer", "--tracker", "127.0.0.1:5000#abc"], "--tracker"),
    (["peer", "--tracker", ""], "--tracker"),
    (["peer", "--max-up", "-1"], "--max-up"),
    (["peer", "--max-up", "lots"], "--max-up"),
    (["peer", "--max-down", "99999999999999999999"], "--max-down"),
    (["peer", "--cache", "-64"], "--cache"),
    (["peer", "--nickname", ""], "--nickname"),
    (["peer", "--data-dir", ""], "--data-dir"),
    (["peer", "--download-dir", ""], "--download-dir"),
    (["tracker", "--data-dir", ""], "--data-dir"),
    (["peer", "--nickname", "x" * 65], "--nickname"),
    (["search"], "WORDS"),
    (["search", "words"], "--tracker"),
    (["search", "--tracker", "::::", "words"], "--tracker"),
    (["search", "--tracker", "127.0.0.1:1", "--limit", "0", "words"], "--limit"),
    (["get"], "NAME|LINK"),
    (["get", "name"], "--tracker"),
    (["get", "redes:broken"], "redes:"),
    (["get", "--tracker", "127.0.0.1:1", "redes:"], "redes:"),
    (["get", "redes:" + "a" * 52 + "?t=nonsense"], ""),
    (["demo", "extra"], "extra"),
]


@test
def what_is_not_understood_is_status_2(place):
    for arguments, words in NOT_UNDERSTOOD:
        done = place.run(*arguments)
        check_equal(done.status, 2, f"{arguments}: {done}")
        check(words in done.errors, f"{arguments}: no {words!r} in {done}")
        check_equal(done.output, "", f"{arguments}: prose on the standard output")
        if arguments and arguments[0] in ("tracker", "peer", "search", "get", "demo"):
            told = place.run(arguments[0], "--json", *arguments[1:])
            check_equal(told.status, 2, f"--json {arguments}: {told}")
            check(words in told.find("error")["message"], f"--json {arguments}: {told}")


@test
def not_utf8(place):
    done = place.run("search", "--tracker", "127.0.0.1:1", os.fsdecode(b"\xff\xfe"))
    check_equal(done.status, 2, f"{done}")
    check("UTF-8" in done.errors, f"{done}")


@test
def help_and_version_everywhere(place):
    for arguments in ([], ["tracker"], ["peer"], ["search"], ["get"], ["demo"]):
        helped = place.run(*arguments, "--help")
        check_equal(helped.status, 0, f"{arguments} --help: {helped}")
        check("Usage:" in helped.output and helped.errors == "", f"{arguments} --help: {helped}")
        if arguments:
            check("redes-cli " + arguments[0] in helped.output, f"{arguments} --help: {helped}")
            check("Examples:" in helped.output, f"{arguments} --help: {helped}")
        version = place.run(*arguments, "--version")
        check_equal(version.status, 0, f"{arguments} --version: {version}")
        check(version.output.startswith("redes-cli "), f"{arguments} --version: {version}")


@test
def paths_that_cannot_be_shared(place):
    place.make_file("good.txt", data=b"good")
    os.mkfifo(place.path("pipe"))
    for path, words in ((place.path("nothing"), "No such file"), (place.path("pipe"), "neither"),
                        ("", "No such file"), ("/dev/null", "neither")):
        done = place.run("peer", "--listen", "127.0.0.1:0", place.path("good.txt"), path)
        check_equal(done.status, 1, f"{path!r}: {done}")
        check(words in done.errors, f"{path!r}: {done}")
        check("listens" not in done.output, f"it served first: {done}")


@test
def folders_that_cannot_be_read(place):
    if os.geteuid() == 0:
        raise Skip("root may read everything")
    os.mkdir(place.path("closed"))
    os.chmod(place.path("closed"), 0)
    done = place.run("peer", "--listen", "127.0.0.1:0", place.path("closed"))
    check_equal(done.status, 1, f"{done}")
    check("closed" in done.errors and "ermission" in done.errors, f"{done}")


@test
def a_port_in_use(place):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for command in ("tracker", "peer"):
            done = place.run(command, "--listen", address, "--data-dir", place.path(command))
            check_equal(done.status, 1, f"{command}: {done}")
            check(address in done.errors and "use" in done.errors, f"{command}: {done}")


@test
def an_address_of_another_machine(place):
    done = place.run("tracker", "--listen", "192.0.2.1:5000", "--data-dir", place.path("data"))
    check_equal(done.status, 1, f"{done}")
    check("192.0.2.1" in done.errors, f"{done}")


def unused_address():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@test
def a_tracker_that_is_not_there(place):
    address = unused_address()
    searched = place.run("search", "--tracker", address, "words")
    check_equal(searched.status, 1, f"{searched}")
    check(address in searched.errors, f"{searched}")
    got = place.run("get", "--tracker", address, "name")
    check_equal(got.status, 1, f"{got}")
    check(len(got.errors.split()) > 5, f"{got}")
    link = "redes:" + "a" * 52 + f"?s=1&n=x&t={address}"
    got = place.run("get", "--json", link)
    check_equal(got.status, 1, f"{got}")
    check(got.find("failed") is not None, f"{got}")
    peer = Peer(place, "patient", address, registered=False)
    lost = peer.wait("tracker-lost")
    check(lost["tracker"] == address and lost["message"] != "", f"{lost}")
    answer = peer.ask("search words", "error")
    check(answer["message"] != "", f"{answer}")
    peer.ask("list", "error")
    peer.ask("download something", "failed")
    check(peer.process.poll() is None, "the peer has given up")


@test
def a_tracker_that_is_something_else(place):
    """A port that accepts and says nothing, or closes at once."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        done = place.run("search", "--tracker", address, "words", timeout=60)
        check_equal(done.status, 1, f"{done}")
        check(done.errors != "", f"{done}")


@test
def a_tracker_with_another_identity(place):
    tracker = Tracker(place)
    right = place.run("search", "--wait", "0", "--tracker", f"{tracker.address}#{tracker.id}", "words")
    check("Nothing found" in right.output and right.status == 1, f"{right}")
    wrong = place.run("search", "--tracker", f"{tracker.address}#{'0' * 64}", "words", timeout=60)
    check_equal(wrong.status, 1, f"{wrong}")


@test
def unknown_names_and_contents(place):
    tracker = Tracker(place)
    got = place.run("get", "--json", "--tracker", tracker.address, "no such file.txt")
    check_equal(got.status, 1, f"{got}")
    check("no such file.txt" in got.find("failed")["name"], f"{got}")
    got = place.run("get", "--json", "--tracker", tracker.address, "redes:" + "a" * 52 + "?s=1&n=ghost.txt")
    check_equal(got.status, 1, f"{got}")
    check(len(got.find("failed")["reason"].split()) >= 3, f"{got}")
    check_equal([name for name in os.listdir(place.folder) if "ghost" in name], [], "what is left")
    found = place.run("search", "--tracker", tracker.address, "!!! ???")
    check_equal(found.status, 1, f"{found}")


@test
def places_to_download_to(place):
    tracker = Tracker(place)
    for output, words in ((place.path("nothing", "file"), "does not exist"),
                          (place.path("nothing") + "/", "no such folder")):
        got = place.run("get", "--tracker", tracker.address, "-o", output, "name")
        check_equal(got.status, 1, f"{got}")
        check(words in got.errors, f"{got}")


@test
def identities_that_cannot_be_used(place):
    first = Peer(place, "owner", None)
    first.write("exit")
    first.wait_exit()
    data = place.path("owner", "data")
    files = [os.path.join(data, name) for name in os.listdir(data)]
    keys = [path for path in files if os.path.isfile(path) and b"PRIVATE KEY" in open(path, "rb").read()]
    check_equal(len(keys), 1, f"identity files among {files}")
    check_equal(os.stat(keys[0]).st_mode & 0o777, 0o600, "its mode")
    arguments = ["peer", "--listen", "127.0.0.1:0", "--data-dir", data]

    os.chmod(keys[0], 0o644)
    done = place.run(*arguments)
    check_equal(done.status, 1, f"an open identity: {done}")
    check(keys[0] in done.errors, f"an open identity: {done}")
    os.chmod(keys[0], 0o600)

    with open(keys[0], "r+b") as stream:
        stream.truncate(100)
    done = place.run(*arguments)
    check_equal(done.status, 1, f"a damaged identity: {done}")
    check(keys[0] in done.errors, f"a damaged identity: {done}")
    check_equal(os.path.getsize(keys[0]), 100, "a damaged identity was overwritten; its size")


@test
def a_data_folder_has_one_peer_at_a_time(place):
    first = Peer(place, "one", None)
    data = place.path("one", "data")
    arguments = ["peer", "--listen", "127.0.0.1:0", "--data-dir", data, "--exit-when-done"]
    done = place.run(*arguments)
    check_equal(done.status, 1, f"{done}")
    check("Another Redes" in done.errors and data in done.errors, f"{done}")
    first.kill()
    done = place.run(*arguments)
    check_equal(done.status, 0, f"after the first was killed: {done}")


@test
def lines_that_are_no_commands(place):
    peer = Peer(place, "reader", Tracker(place))
    check_equal(peer.search("nothing"), [], "the results")
    mark = peer.mark()
    peer.ask("download 99999999999999999999999", "failed")
    peer.write("list\0")
    peer.wait("error", since=mark)
    check(peer.find("peers", since=mark) is None, "a line with a zero byte was obeyed")
    peer.ask("list", "peers")
    check(not any("CRITICAL" in line for line in peer.errors), f"{peer.describe()}")


@test
def a_data_folder_that_cannot_be_made(place):
    place.make_file("in the way", data=b"")
    done = place.run("peer", "--listen", "127.0.0.1:0", "--data-dir", place.path("in the way", "data"))
    check_equal(done.status, 1, f"{done}")
    check("in the way" in done.errors, f"{done}")


@test
def closed_standard_descriptors(place):
    """Nothing may be written into a socket that got a closed descriptor's number."""
    tracker = Tracker(place)
    script = ('exec "$0" peer --no-lan --listen 127.0.0.1:0 --nickname closed --tracker "$1" --data-dir "$2" '
              '<&- >&- 2>&-')
    process = subprocess.Popen(["/bin/sh", "-c", script, os.path.abspath(sys.argv[1]), tracker.address,
                                place.path("data")], env=place.env)
    try:
        watcher = Peer(place, "watcher", tracker)
        wait_until(lambda: len(watcher.list_peers()) == 2, "it has registered")
        process.terminate()
        check_equal(process.wait(5), 0, "the status")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


main()
