# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real programs: a test is a function that gets a Place, a private corner of this machine.

A test program ends with main(). Its first argument is the path of redes-cli; further ones choose
tests by name. It prints TAP.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

BIG = os.environ.get("REDES_TEST_BIG", "") not in ("", "0")
MIB = 1024 * 1024
FILE_MIB = int(os.environ.get("REDES_TEST_MIB", "48"))

# How long anything may take that takes milliseconds on an idle machine: others may want it, too.
PATIENCE_S = 60

_program = None
_tests = []

# A build tool may name the program relative to where it runs the test; tests run it in other folders.
if len(sys.argv) > 1 and os.path.exists(sys.argv[1]):
    sys.argv[1] = os.path.abspath(sys.argv[1])


class Failure(Exception):
    """What a test found wrong, in words."""


class Skip(Exception):
    """Why a test cannot run here."""


def test(function):
    _tests.append(function)
    return function


def check(condition, words):
    if not condition:
        raise Failure(words)


def check_equal(found, wanted, what):
    if found != wanted:
        raise Failure(f"{what}: found {found!r}, wanted {wanted!r}")


def make_bytes(size, seed=1):
    chance = random.Random(seed)
    return b"".join(chance.randbytes(min(64 * MIB, size - at)) for at in range(0, size, 64 * MIB))


def write_file(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


def read_file(path):
    with open(path, "rb") as stream:
        return stream.read()


def list_tree(folder):
    """Every entry below a folder, hidden ones too."""
    found = []
    for where, folders, files in os.walk(folder):
        for name in folders + files:
            found.append(os.path.relpath(os.path.join(where, name), folder))
    return sorted(found)


def wait_until(condition, words, timeout=None):
    """The words may be a function: what it returns is how things are when time is up, not before."""
    deadline = time.monotonic() + (timeout or PATIENCE_S)
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise Failure(f"it did not come true in time: {words() if callable(words) else words}")
        time.sleep(0.02)


def keep_off_the_network(arguments):
    """What a test starts announces itself on no real network: it must name the interface, or run in
    a network of the test's own."""
    arguments = [str(argument) for argument in arguments]
    if arguments[:1] in (["peer"], ["tracker"], ["search"], ["get"]):
        if not {"--lan-interface", "--no-lan"} & set(arguments):
            arguments.insert(1, "--no-lan")
    return arguments


class Program:
    """One redes-cli with --json; its events are read as they come."""

    def __init__(self, place, *arguments, cwd=None, env=None, host=None):
        """host: a network of its own, from redes_networks, where it runs."""
        self.arguments = keep_off_the_network(arguments) if host is None else [*map(str, arguments)]
        self.place = place
        self.events = []
        self.errors = []
        self._changed = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(
            [*(host.prefix if host is not None else []), _program, self.arguments[0], "--json",
             *self.arguments[1:]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=env or place.env, cwd=cwd or place.folder)
        place.programs.append(self)
        self._readers = [threading.Thread(target=self._read_events, daemon=True),
                         threading.Thread(target=self._read_errors, daemon=True)]
        for reader in self._readers:
            reader.start()

    def _read_events(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line.decode("utf-8"))
                if not isinstance(event, dict) or "event" not in event:
                    raise ValueError("not an event")
            except ValueError as error:
                event = {"event": "NOT-JSON", "line": repr(line), "why": str(error)}
            with self._changed:
                self.events.append(event)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors.append(line.decode("utf-8", "replace"))

    def mark(self):
        with self._changed:
            return len(self.events)

    def find(self, name, where=None, since=0):
        """The first such event, or None."""
        with self._changed:
            for event in self.events[since:]:
                if event["event"] == name and (where is None or where(event)):
                    return event
        return None

    def all(self, name):
        with self._changed:
            return [event for event in self.events if event["event"] == name]

    def wait(self, name, where=None, since=0, timeout=None):
        """Waits for an event that has come or will come."""
        deadline = time.monotonic() + (timeout or PATIENCE_S)
        while True:
            event = self.find(name, where, since)
            if event is not None:
                return event
            with self._changed:
                left = deadline - time.monotonic()
                if left <= 0 or self._ended or self._gave_up_on(name):
                    break
                self._changed.wait(min(left, 0.2))
        event = self.find(name, where, since)
        if event is not None:
            return event
        raise Failure(f"no {name!r} from {self.describe()}")

    def _gave_up_on(self, name):
        """Whether what is waited for cannot come any more, so that a test fails soon and not late."""
        return name == "progress" and any(event["event"] == "failed" for event in self.events)

    def describe(self):
        tail = "\n  ".join(json.dumps(event, ensure_ascii=False)[:300] for event in self.events[-12:])
        state = self.process.poll()
        return (f"redes-cli {' '.join(self.arguments)} "
                f"({'running' if state is None else 'status %d' % state})\n  {tail}\n"
                f"  stderr: {''.join(self.errors)[-1500:]}")

    def write(self, line):
        try:
            self.process.stdin.write((line + "\n").encode("utf-8"))
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"its input is closed: {self.describe()}") from None

    def ask(self, line, answer, where=None, timeout=None):
        since = self.mark()
        self.write(line)
        return self.wait(answer, where, since, timeout)

    def close_input(self):
        self.process.stdin.close()

    def wait_exit(self, timeout=None):
        try:
            status = self.process.wait(timeout or PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"it does not end: {self.describe()}") from None
        for reader in self._readers:
            reader.join(5)
        odd = self.find("NOT-JSON")
        check(odd is None, f"a line that is no event: {odd}")
        return status

    def kill(self):
        """As kill -9."""
        self.process.kill()
        self.process.wait(10)

    def signal_and_time(self, number):
        """Sends a signal; the seconds until the process was gone, and its status."""
        start = time.monotonic()
        self.process.send_signal(number)
        status = self.wait_exit(10)
        return time.monotonic() - start, status

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except OSError:
                pass


class Tracker(Program):
    def __init__(self, place, listen="127.0.0.1:0", timeout=None, name="tracker", options=(),
                 host=None):
        arguments = ["tracker", "--listen", listen, "--data-dir", os.path.join(place.folder, name)]
        if timeout is not None:
            arguments += ["--heartbeat-timeout", timeout]
        super().__init__(place, *arguments, *options, host=host)
        listening = self.wait("listening")
        self.address = listening["address"]
        self.id = listening["peer"]


class Peer(Program):
    """A peer with folders of its own, registered when the constructor returns (if there is a tracker)."""

    def __init__(self, place, name, tracker, *paths, listen="127.0.0.1:0", options=(),
                 registered=True, host=None, nickname=None):
        """nickname: its name is one, unless another is given; "": none."""
        self.name = name
        self.downloads = os.path.join(place.folder, name, "downloads")
        os.makedirs(self.downloads, exist_ok=True)
        arguments = ["peer", "--listen", listen,
                     "--data-dir", os.path.join(place.folder, name, "data"),
                     "--download-dir", self.downloads]
        if nickname != "":
            arguments += ["--nickname", nickname or name]
        if tracker is not None:
            arguments += ["--tracker", getattr(tracker, "address", tracker)]
        super().__init__(place, *arguments, *options, *paths, host=host)
        listening = self.wait("listening")
        self.address = listening["address"]
        self.id = listening["peer"]
        if tracker is not None and registered:
            self.wait("registered")

    def wait_shared(self, name):
        return self.wait("shared", lambda event: event["name"] == name)

    def search(self, words):
        return self.ask(f"search {words}", "results", lambda event: event["query"] == words)["results"]

    def search_until(self, words, condition, what):
        """Asks again until the answer fits: an UPDATE is on its way for a few milliseconds."""
        def attempt():
            found = self.search(words)
            return found if condition(found) else None
        return wait_until(attempt, what)

    def wait_sources(self, words, n_sources):
        return self.search_until(
            words, lambda found: found and found[0]["sources"] == n_sources,
            f"{n_sources} sources of {words}")[0]

    def list_peers(self):
        return self.ask("list", "peers")["peers"]

    def wait_downloaded(self, name=None, timeout=None):
        def fits(event):
            return name is None or event["name"] == name
        over = wait_until(
            lambda: self.find("downloaded", fits) or self.find("failed", fits)
            or self.process.poll() is not None,
            lambda: f"the end of a download of {self.describe()}", timeout)
        check(over is not True, f"it ended: {self.describe()}")
        check_equal(over["event"], "downloaded", f"the end of the download ({over}) of {self.describe()}")
        return over


class Finished:
    """A command that ran to its end."""

    def __init__(self, status, output, errors, seconds):
        self.status = status
        self.output = output
        self.errors = errors
        self.seconds = seconds

    @property
    def events(self):
        return [json.loads(line) for line in self.output.splitlines()]

    def find(self, name):
        return next((event for event in self.events if event["event"] == name), None)

    def __repr__(self):
        return f"status {self.status}, stdout {self.output[-1500:]!r}, stderr {self.errors[-1500:]!r}"


class Place:
    """A temporary folder, an environment that leads nowhere else, and the programs started in it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="redes-test-")
        self.programs = []
        self.raw = []
        self.env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8",
                    "HOME": os.path.join(self.folder, "home"),
                    "TMPDIR": os.path.join(self.folder, "tmp")}
        for variable in ("DATA", "CONFIG", "CACHE", "STATE"):
            self.env[f"XDG_{variable}_HOME"] = os.path.join(self.folder, "home", variable.lower())
        for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS",
                         "REDES_TEST_BEACON_PORT"):
            if variable in os.environ:
                self.env[variable] = os.environ[variable]
        os.makedirs(self.env["HOME"])
        os.makedirs(self.env["TMPDIR"])

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def make_file(self, *names, size=None, data=None, seed=1):
        return write_file(self.path(*names), make_bytes(size, seed) if data is None else data)

    def run(self, *arguments, input="", timeout=None, cwd=None, env=None):
        """Runs a command to its end."""
        start = time.monotonic()
        try:
            done = subprocess.run([_program, *keep_off_the_network(arguments)], input=input.encode("utf-8"),
                                  capture_output=True, timeout=timeout or PATIENCE_S,
                                  env=env or self.env, cwd=cwd or self.folder, check=False)
        except subprocess.TimeoutExpired as expired:
            raise Failure(f"redes-cli {arguments} does not end; it said {expired.stdout!r}, "
                          f"{expired.stderr!r}") from None
        return Finished(done.returncode, done.stdout.decode("utf-8", "replace"),
                        done.stderr.decode("utf-8", "replace"), time.monotonic() - start)

    def start_raw(self, *arguments):
        """(a process): a command whose standard output is bytes and not lines; its errors go to a pipe, too."""
        process = subprocess.Popen([_program, *keep_off_the_network(arguments)], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.env, cwd=self.folder)
        self.raw.append(process)
        return process

    def clean_up(self):
        for process in self.raw:
            if process.poll() is None:
                process.kill()
            process.wait(10)
            process.stdout.close()
            process.stderr.close()
        for program in self.programs:
            program.clean_up()
        for where, folders, _files in os.walk(self.folder):
            for name in folders:
                path = os.path.join(where, name)
                if not os.path.islink(path):
                    os.chmod(path, 0o700)
        shutil.rmtree(self.folder, ignore_errors=True)


def _on_alarm(_number, _frame):
    raise Failure("the test takes too long")


def _run_one(number, function, seconds):
    name = re.sub(r"_", " ", function.__name__)
    place = Place()
    start = time.monotonic()
    signal.signal(signal.SIGALRM, _on_alarm)
    signal.alarm(seconds)
    try:
        function(place)
        print(f"ok {number} - {name}")
        good = True
    except Skip as reason:
        print(f"ok {number} - {name} # SKIP {reason}")
        good = True
    except Exception:  # pylint: disable=broad-except
        print(f"not ok {number} - {name}")
        for line in traceback.format_exc().splitlines():
            print(f"# {line}")
        good = False
    finally:
        signal.alarm(0)
        place.clean_up()
    print(f"# {time.monotonic() - start:.2f} s", flush=True)
    return good


def main():
    global _program
    _program = os.path.abspath(sys.argv[1])
    chosen = [function for function in _tests
              if not sys.argv[2:] or function.__name__ in sys.argv[2:]]
    print(f"1..{len(chosen)}", flush=True)
    # Whoever ends this early has the test that runs tidy up, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    results = [_run_one(i + 1, function, 3600 if BIG else 240) for i, function in enumerate(chosen)]
    sys.exit(0 if results and all(results) else 1)
