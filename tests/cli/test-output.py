# SPDX-License-Identifier: GPL-3.0-or-later
"""Output that cannot be written, and readers that do not read."""

import json
import os
import re
import subprocess
import sys

from redes_programs import (Peer, Skip, Tracker, check, check_equal, keep_off_the_network, main, test,
                            wait_until)


def run_into_full(place, *arguments, input=b""):
    """Runs a command whose standard output has no room."""
    if not os.path.exists("/dev/full"):
        raise Skip("this system has no /dev/full")
    with open("/dev/full", "wb") as full:
        return subprocess.run([sys.argv[1], *keep_off_the_network(arguments)], env=place.env, input=input,
                              stdout=full, stderr=subprocess.PIPE, cwd=place.folder, timeout=60,
                              check=False)


@test
def no_room_for_the_output(place):
    tracker = Tracker(place)
    place.make_file("shared", "one.txt", data=b"one")
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_sources("one", 1)
    bruno = Peer(place, "bruno", tracker)
    bruno.write("download one.txt")
    bruno.wait_downloaded("one.txt")
    data = os.path.join(place.folder, "bruno", "data")
    ask = ["--tracker", tracker.address]
    for arguments in ([], ["--help"], ["help"], ["help", "get"], ["--version"],
                      *[[command, "--help"] for command in
                        ("tracker", "peer", "search", "get", "history", "check", "demo")],
                      ["history", "--data-dir", data], ["history", "--csv", "--data-dir", data],
                      ["history", "--json", "--data-dir", data], ["check", "--data-dir", data],
                      ["check", "--json", "--data-dir", data], ["search", *ask, "one"],
                      ["search", "--json", *ask, "one"], ["get", *ask, "-o", "copy", "one.txt"],
                      ["tracker", "--listen", "127.0.0.1:0", "--data-dir", "t"],
                      ["peer", "--listen", "127.0.0.1:0", "--data-dir", "p", "shared"],
                      ["history", "--clear", "--data-dir", place.path("nobody")]):
        done = run_into_full(place, *arguments)
        check(done.returncode != 0, f"status 0 of {arguments}: {done}")
        check(done.stderr != b"", f"no word of {arguments}: {done}")
        if arguments and "--clear" not in arguments:
            check(b"No space left" in done.stderr, f"no reason of {arguments}: {done}")


@test
def a_flood_of_searches_is_a_few_lines_of_a_log(place):
    reader, writer = os.pipe()
    with subprocess.Popen([sys.argv[1], "tracker", "--json", "--no-lan", "--listen", "127.0.0.1:0",
                           "--data-dir", place.path("tracker")], stdout=writer, env=place.env) as process:
        os.close(writer)
        stream = os.fdopen(reader, encoding="utf-8")
        try:
            address = next(event["address"] for event in map(json.loads, stream)
                           if event["event"] == "listening")
            # Each search could be a line of some 200 bytes, and nobody reads them meanwhile. Equal ones that
            # follow each other would be one line.
            ana = Peer(place, "ana", address)
            words = ("word " * 15).strip()
            for turn in range(70):
                lines = (f"search {words} {turn * 100 + i}\n" for i in range(100))
                ana.process.stdin.write("".join(lines).encode())
                ana.process.stdin.flush()
            wait_until(lambda: len(ana.all("results")) == 7000, "all searches", 240)
            n_counted = n_told = 0
            process.terminate()
            for line in stream:
                event = json.loads(line)
                message = event.get("message", "")
                counted = re.search(r"(\d+) more events", message)
                n_counted += int(counted.group(1)) if counted else 0
                n_told += "searched" in message
            process.wait(60)
        finally:
            if process.poll() is None:
                process.kill()
            stream.close()
    check(n_told < 2000, f"{n_told} of 7000 searches are lines of their own")
    check(n_counted + n_told >= 7000, f"{n_told} are told and {n_counted} counted, of 7000")


main()
