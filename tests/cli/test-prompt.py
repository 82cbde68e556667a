# SPDX-License-Identifier: GPL-3.0-or-later
"""The prompt, as a person at a terminal has it: a pseudo terminal, and what would be on its screen."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

from redes_programs import (MIB, Failure, Peer, Skip, Tracker, check, check_equal, main, read_file, test,
                            wait_until)

COLUMNS = 100


class Screen:
    """The lines of a terminal that knows the few controls that are used."""

    def __init__(self):
        self.lines = [""]
        self.row = 0
        self.column = 0

    def feed(self, text):
        for token in re.findall(r"\x1b\[[?0-9;]*[A-Za-z@]|\x1b.|[\s\S]", text):
            self._take(token)

    def _take(self, token):
        if token == "\r":
            self.column = 0
        elif token == "\n":
            self.row += 1
            while len(self.lines) <= self.row:
                self.lines.append("")
        elif token == "\b":
            self.column = max(0, self.column - 1)
        elif token.startswith("\x1b["):
            number = int(re.sub(r"\D", "", token) or 1)
            if token[-1] == "A":
                self.row = max(0, self.row - number)
            elif token[-1] == "K":
                self.lines[self.row] = self.lines[self.row][:self.column]
            elif token[-1] == "C":
                self.column += number
            elif token[-1] == "D":
                self.column = max(0, self.column - number)
            elif token[-1] == "P":
                line = self.lines[self.row]
                self.lines[self.row] = line[:self.column] + line[self.column + number:]
            elif token[-1] == "@":
                line = self.lines[self.row]
                self.lines[self.row] = line[:self.column] + " " * number + line[self.column:]
        elif token >= " ":
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + token + line[self.column + 1:]
            self.column += 1

    def last(self):
        return next((line for line in reversed(self.lines) if line.strip()), "")


class Terminal:
    def __init__(self, place, name, *arguments):
        self.raw = ""
        self.screen = Screen()
        self.pending = b""
        try:
            self.master, slave = pty.openpty()
        except OSError as error:
            raise Skip(f"the prompt was not tried: this system gives no terminal: {error}") from None
        env = {**place.env, "TERM": "xterm", "COLUMNS": str(COLUMNS), "INPUTRC": "/dev/null"}
        os.makedirs(place.path(name), exist_ok=True)
        self.process = subprocess.Popen(
            [sys.argv[1], "peer", "--no-lan", "--listen", "127.0.0.1:0", "--data-dir",
             place.path(name, "data"), "--download-dir", place.path(name), *arguments],
            stdin=slave, stdout=slave, stderr=slave, env=env, cwd=place.folder, start_new_session=True,
            preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0))
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def type(self, text):
        os.write(self.master, text.encode("utf-8"))

    def read(self, seconds=0.05):
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return
        try:
            self.pending += os.read(self.master, 65536)
        except OSError:
            return
        text = self.pending.decode("utf-8", "ignore")
        self.pending = b""
        self.raw += text
        self.screen.feed(text)

    def wait(self, condition, words):
        deadline = time.monotonic() + 60
        while not condition(self.screen):
            if time.monotonic() > deadline:
                raise Failure(f"{words}: {self.screen.lines!r}, {self.raw[-600:]!r}")
            self.read()

    def wait_line(self, text):
        self.wait(lambda screen: any(text in line for line in screen.lines), f"no line with {text!r}")

    def wait_prompt(self, typed=""):
        self.wait(lambda screen: screen.last().rstrip() == ("redes> " + typed).rstrip(),
                  f"the last line is not the prompt with {typed!r}")


def start(place):
    tracker = Tracker(place)
    place.make_file("shared", "summer photos.txt", data=b"photos")
    place.make_file("shared", "summer notes.txt", data=b"notes")
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_sources("photos", 1)
    source.wait_sources("notes", 1)
    if b"readline" not in subprocess.run(["ldd", sys.argv[1]], capture_output=True, check=False).stdout:
        raise Skip("editing at the prompt was not tried: this build has no readline")
    return tracker, source


@test
def what_is_half_typed_survives_news(place):
    tracker, _source = start(place)
    with Terminal(place, "ana", "--tracker", tracker.address) as terminal:
        terminal.wait_line("Registered")
        terminal.wait_prompt()
        terminal.type("search sum")
        terminal.wait_prompt("search sum")
        place.make_file("ana", "late.txt", data=b"late")
        tracker.kill()
        terminal.wait_line("out of reach")
        terminal.wait_prompt("search sum")
        check(not any("search sum" in line and "reach" in line for line in terminal.screen.lines),
              f"{terminal.screen.lines}")
        terminal.type("\x15exit\n")
        check_equal(terminal.process.wait(20), 0, "the status")


@test
def editing_history_and_completion(place):
    tracker, _source = start(place)
    with Terminal(place, "ana", "--tracker", tracker.address) as terminal:
        terminal.wait_line("Registered")
        terminal.wait_prompt()
        # The left arrow, and a letter put between others.
        terminal.type("seach summer\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[D\x1b[Dr")
        terminal.wait_prompt("search summer")
        terminal.type("\n")
        terminal.wait_line("summer photos.txt")
        terminal.wait_prompt()
        terminal.type("downl\t")
        terminal.wait_prompt("download ")
        terminal.type("summer p\t")
        terminal.wait_prompt("download summer photos.txt")
        terminal.type("\n")
        terminal.wait_line("Downloaded summer photos.txt")
        terminal.wait_prompt()
        terminal.type("share ~/none\n")
        terminal.wait_line(place.env["HOME"] + "/none")
        terminal.wait_prompt()
        terminal.type("\x1b[A\x1b[A")
        terminal.wait_prompt("download summer photos.txt")
        # Ctrl-C clears the line, and ends at an empty one.
        terminal.type("\x03")
        terminal.wait_prompt()
        check(terminal.process.poll() is None, "Ctrl-C has ended it")
        terminal.type("\x03")
        check_equal(terminal.process.wait(20), 0, "the status")
    history = read_file(place.path("ana", "data", "console-history")).decode()
    check("download summer photos.txt" in history, f"{history!r}")
    check_equal(os.stat(place.path("ana", "data", "console-history")).st_mode & 0o077, 0, "the mode")
    with Terminal(place, "ana", "--tracker", tracker.address) as terminal:
        terminal.wait_line("Registered")
        terminal.wait_prompt()
        terminal.type("\x1b[A")
        terminal.wait_prompt("share ~/none")
        terminal.type("\x03")
        terminal.wait_prompt()
        terminal.type("\x04")
        check_equal(terminal.process.wait(20), 0, "the status after Ctrl-D")


@test
def the_live_line_of_downloads(place):
    tracker = Tracker(place)
    place.make_file("shared", "slow.bin", size=3 * MIB)
    source = Peer(place, "slow", tracker, place.path("shared"), options=["--max-up", "512"])
    source.wait_sources("slow", 1)
    with Terminal(place, "ana", "--tracker", tracker.address) as terminal:
        terminal.wait_line("Registered")
        terminal.type("download slow.bin\n")
        terminal.wait_line("1 download, ")
        terminal.type("tran")
        terminal.wait_prompt("tran")
        terminal.wait_line("Downloaded slow.bin")
        terminal.wait_prompt("tran")
        terminal.wait(lambda screen: not any("1 download, " in line for line in screen.lines),
                      "the live line stays")
        terminal.process.send_signal(signal.SIGTERM)
        check_equal(terminal.process.wait(20), 0, "the status")


@test
def what_people_expect_of_numbers(place):
    tracker, _source = start(place)
    peer = Peer(place, "ana", tracker)
    peer.ask("remove", "error", lambda event: "remove" in event["message"])
    check_equal(len(peer.search("summer")), 2, "results")
    far = peer.ask("download 99", "failed")
    check("number 2" in far["reason"], f"{far}")
    peer.write("download 1 2")
    wait_until(lambda: len(peer.all("downloaded")) == 2, "two downloads")
    peer.write("pause all")
    peer.ask("transfers", "transfers", lambda event: len(event["transfers"]) == 2)
    peer.write("remove 1 2")
    wait_until(lambda: len(peer.all("removed")) == 2, "both removed")
    check_equal(peer.ask("transfers", "transfers")["transfers"], [], "what is left")


@test
def prose_answers_every_command(place):
    tracker, _source = start(place)
    done = place.run("peer", "--listen", "127.0.0.1:0", "--data-dir", place.path("x"), "--tracker",
                     tracker.address, "--exit-when-done", input="pause all\nresume all\nremove all\nhelp\n")
    for words in ("nothing to pause", "nothing to go on with", "nothing to remove", "N…|NAME|LINK…\n"):
        check(words in done.output, f"{words!r} is not in {done}")


main()
