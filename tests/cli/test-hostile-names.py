# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that would command a terminal, fed to every output there is."""

import csv
import io
import os
import re
import subprocess
import sys

from redes_programs import (Peer, Tracker, check, check_equal, keep_off_the_network, main, test,
                            wait_until)

ESCAPES = "report \x1b[2J\x1b]0;X\a\nfake.txt"
C1 = "report \u009b31m c1.txt"
BIDI = "report \u202etxt.exe"
INVISIBLE = "\u200b\u3164"
BLANKS = "  report with blanks.txt "
NAMES = (ESCAPES, C1, BIDI, INVISIBLE, BLANKS)
NICKNAME = "ana \x1b[31m\u009b1m\u202e"
# Line feeds end lines; everything else of these never reaches a terminal.
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def check_harmless(text, what):
    found = FORBIDDEN.search(text)
    check(found is None, f"{what} has {found and found.group()!r}: {text!r}")
    check(not any(line.startswith("fake.txt") for line in text.splitlines()),
          f"a name brought a line of its own into {what}: {text!r}")


class Prose:
    """redes-cli for a person, its outputs into one file."""

    def __init__(self, place, *arguments):
        self.path = place.path(f"prose-{len(place.programs)}-{arguments[0]}")
        self.output = open(self.path, "wb")
        self.process = subprocess.Popen(
            [sys.argv[1], *keep_off_the_network(arguments)], env=place.env, stdin=subprocess.PIPE,
            stdout=self.output, stderr=self.output, cwd=place.folder)
        place.programs.append(self)

    def read(self):
        with open(self.path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()

    def wait(self, words):
        wait_until(lambda: words in self.read(), lambda: f"{words!r} in {self.read()!r}")

    def ask(self, line, words):
        before = len(self.read())
        self.process.stdin.write((line + "\n").encode("utf-8"))
        self.process.stdin.flush()
        wait_until(lambda: words in self.read()[before:],
                   lambda: f"{words!r} after {line!r} in {self.read()!r}")

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        self.process.stdin.close()
        self.output.close()


def share_all(place):
    for number, name in enumerate(NAMES):
        place.make_file("shared", name, data=b"content %d" % number)
    os.mkfifo(place.path("shared", "pipe \x1b[2J\u009b\n fake.txt"))
    os.mkdir(place.path("shared", "folder \x1b[2J\u009b"))
    place.make_file("shared", "folder \x1b[2J\u009b", "report inside.txt", data=b"inside")


@test
def prose_of_a_peer_and_a_tracker(place):
    share_all(place)
    tracker = Prose(place, "tracker", "--listen", "127.0.0.1:0", "--data-dir", place.path("tracker"))
    tracker.wait("listens on")
    address = re.search(r"listens on (\S+)", tracker.read()).group(1)
    ana = Prose(place, "peer", "--listen", "127.0.0.1:0", "--tracker", address, "--nickname", NICKNAME,
                "--data-dir", place.path("ana"), place.path("shared"))
    ana.wait("Registered")
    ana.wait("report inside.txt")
    ana.ask("shared", "report inside.txt")
    ana.ask("share no such \x1b[2J\u009b", "does not exist")
    # A line feed would end the command; a sign that ends nothing is still an error that shows it.
    ana.ask("frobnicate\x1b[2J\u009b", "no command")
    ana.ask("pause \x1b[2J\u202e", "No transfer")
    bruno = Prose(place, "peer", "--listen", "127.0.0.1:0", "--tracker", address, "--nickname", "bruno",
                  "--data-dir", place.path("bruno"), "--download-dir", place.path("bruno-downloads"))
    bruno.wait("Registered")
    wait_until(lambda: "6 files" in tracker.read() or "report" in search(place, address), "registered")
    bruno.ask("list", "ana")
    bruno.ask("search report", "report inside.txt")
    address_of_ana = re.search(r"^ana .* (127\S+)  \(", bruno.read(), re.M).group(1)
    bruno.ask(f"browse {address_of_ana}", "<U+200B><U+3164>")
    bruno.ask("download report.txt", "imilar")
    bruno.ask("search report", "report inside.txt")
    for number in range(1, 6):
        bruno.ask(f"download {number}", "Downloading")
    wait_until(lambda: bruno.read().count("Downloaded ") == 5, bruno.read)
    bruno.ask("transfers", "100%")
    bruno.ask("remove 1", "Removed")
    bruno.ask('download "  report with blanks.txt "', "Downloading")
    for name in NAMES[:2]:
        os.remove(place.path("shared", name))
    ana.ask(f"unshare {place.path('shared')}", "any more")
    for program, what in ((tracker, "the tracker's log"), (ana, "the sharer"), (bruno, "the taker")):
        check_harmless(program.read(), what)
    check('"  report with blanks.txt "' in bruno.read(), f"no quotes: {bruno.read()}")
    check("<U+200B><U+3164>" in ana.read(), f"nothing to be seen: {ana.read()}")
    for arguments in (["check"], ["check", "--read"], ["history"]):
        done = place.run(*arguments, "--data-dir", place.path("bruno"))
        check_harmless(done.output + done.errors, str(arguments))
    table = place.run("history", "--csv", "--data-dir", place.path("bruno"))
    check_harmless(table.output + table.errors, "the table")
    names = [row["name"] for row in csv.DictReader(io.StringIO(table.output))]
    check("report \\u009b31m c1.txt" in names, f"{names}")


def search(place, address):
    return place.run("search", "--tracker", address, "report").output


@test
def one_shot_commands(place):
    share_all(place)
    tracker = Tracker(place)
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_shared("report inside.txt")
    ana.wait_sources("inside", 1)
    for arguments in (["search", "report"], ["search", "--links", "report"], ["get", "report.txt"],
                      ["get", C1], ["get", BIDI], ["get", "no such \x1b[2J\n\u009b"],
                      ["get", "-o", "no \x1b[2J\u009b/such", "report.txt"], ["search", "\x1b[2J\u009b"]):
        done = place.run(arguments[0], "--tracker", tracker.address, *arguments[1:])
        check_harmless(done.output + done.errors, str(arguments))
    for arguments in (["frob\x1b[2J\u009b"], ["peer", "--frob\x1b[2J"], ["peer", "no \x1b[2J\u009b"],
                      ["peer", "--listen", "\x1b[2J\u009b"], ["search", "--tracker", "\u009b:1", "x"],
                      ["peer", "--lan-interface", "\x1b[2J\u009b"], ["help", "\x1b[2J"],
                      ["check", "--data-dir", "no \x1b[2J\u009b"]):
        done = place.run(*arguments)
        check(done.errors != "", f"no words: {done}")
        check_harmless(done.output + done.errors, str(arguments))


@test
def json_has_them_as_escapes(place):
    share_all(place)
    tracker = Tracker(place)
    ana = Peer(place, "ana", tracker, place.path("shared"))
    ana.wait_shared("report inside.txt")
    ana.wait_sources("inside", 1)
    done = place.run("search", "--json", "--tracker", tracker.address, "report")
    check_harmless(done.output, "the results")
    check("\\u009b31m" in done.output and "\\u202e" in done.output, f"no escapes: {done}")
    names = {row["name"] for row in done.find("results")["results"]}
    check(C1 in names and BIDI in names and ESCAPES in names, f"the names are not whole: {names}")
    check_equal(done.status, 0, f"{done}")


main()
