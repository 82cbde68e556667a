#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How smooth the window is, how soon it is there, what memory it takes and how quiet it is when idle.

Prints figures and judges nothing: they are those of the machine and of what else runs on it. On a stage:
display.py smooth.py REDES-CLI PROBE EMPTY-WINDOW BENCH-LISTS.
"""

import os
import signal
import subprocess
import sys
import time

import redes_programs
from redes_programs import MIB, Peer, Tracker, check_equal, test, wait_until
from redes_window import Window, find_x_window, press, type_text, uses, words, xdotool

PROBE, EMPTY_WINDOW, LISTS = map(os.path.abspath, sys.argv[2:5])
BIG_BYTES = int(os.environ.get("REDES_SMOOTH_MIB", "1024")) * MIB
BIG_NAMES = ("beside.bin", "elsewhere.bin")
N_RESULTS = int(os.environ.get("REDES_SMOOTH_RESULTS", "100000"))
N_TRANSFERS = int(os.environ.get("REDES_SMOOTH_TRANSFERS", "1000"))
N_STARTS = 7
IDLE_S = 15
# Until the cursor blinks no more.
SETTLE_S = 12


def say(words_, *values):
    print("# " + words_ % values, flush=True)


def now_us():
    return time.monotonic_ns() // 1000


def read_probe(path):
    """The ticks, as pairs of time and lateness, and the time of the first frame."""
    ticks, frame = [], 0
    with open(path, encoding="ascii") as stream:
        for line in stream:
            kind, *numbers = line.split()
            if kind == "tick":
                ticks.append(tuple(map(int, numbers)))
            else:
                frame = int(numbers[0])
    return ticks, frame


def report(name, ticks, begin, end):
    late = sorted(late for at, late in ticks if begin <= at - late and at <= end)
    if late:
        say("%-50s worst %6.1f ms, p99 %5.1f ms, over 16 ms %3d of %d", name, late[-1] / 1000,
            late[int(len(late) * 0.99)] / 1000, sum(value > 16000 for value in late), len(late))


class Quiet(Window):
    """A window that is not looked into through accessibility, which takes its time: only a mouse and keys."""

    def __init__(self, place, *arguments, **options):
        os.environ.update(LD_PRELOAD=PROBE, REDES_PROBE=place.path("probe"), GTK_A11Y="none")
        try:
            super().__init__(place, *arguments, **options)
        finally:
            for name in ("LD_PRELOAD", "REDES_PROBE", "GTK_A11Y"):
                del os.environ[name]

    def _make_env(self):
        return {**super()._make_env(), "GTK_A11Y": "none"}

    def _find_program(self):
        return find_x_window(self.process.pid, "Redes")

    def wait(self, *_arguments, **_options):
        return None


def scroll(times, button=5):
    xdotool("mousemove", 640, 500)
    for _ in range(times):
        xdotool("click", button)
        time.sleep(0.03)


def is_complete(window, name):
    return os.path.exists(os.path.join(window.downloads, name))


def step_aside(process_id):
    """Makes a sender on this machine take the processors that nobody else wants, as one elsewhere would."""
    for thread in os.listdir(f"/proc/{process_id}/task"):
        os.setpriority(os.PRIO_PROCESS, int(thread), 19)


@test
def smooth_while_busy(place):
    tracker = Tracker(place)
    big = [place.path("big", name) for name in BIG_NAMES]
    os.makedirs(place.path("big"))
    for number, path in enumerate(big):
        with open(path, "wb") as stream:
            stream.truncate(BIG_BYTES + number)
    for i in range(N_TRANSFERS):
        place.make_file("small", f"small {i:05}.txt", data=b"%d" % i)
    source = Peer(place, "bia", tracker, *big, place.path("small"))
    wait_until(lambda: len(source.all("shared")) == N_TRANSFERS + len(big), "all is shared", 300)
    links = {event["name"]: event["link"] for event in source.all("shared")}
    big_links = {name: links.pop(name) for name in BIG_NAMES}
    window = Quiet(place, settings=uses(tracker))
    time.sleep(2)
    parts = []

    def part(name, function):
        begin = now_us()
        function()
        parts.append((name, begin, now_us()))

    def open_links(some):
        subprocess.run([window.env["REDES_PROGRAM"], *some], env=window.env, check=True)
        # The dialog that asks before anything is done because of a link, by the key of its button.
        time.sleep(1)
        xdotool("key", "alt+d")

    window.env["REDES_PROGRAM"] = os.environ["REDES_WINDOW"]
    window.press("alt+2")
    part(f"{len(links)} downloads begin and end", lambda: (
        open_links(links.values()),
        wait_until(lambda: len(os.listdir(window.downloads)) >= N_TRANSFERS, "all are there", 300)))
    part(f"{len(links)} transfers, scrolled", lambda: scroll(60))
    part("the same, sorted by each column", lambda: [
        (xdotool("mousemove", x, 140, "click", 1), time.sleep(0.5)) for x in (250, 330, 420, 500, 580)])
    for name, link in big_links.items():
        where = name.removesuffix(".bin")
        if where == "elsewhere":
            step_aside(source.process.pid)
        begin, begin_s = now_us(), time.time()
        open_links([link])
        window.press("alt+1", "ctrl+a")
        part(f"a big one comes from {where}: typing, results", lambda: (
            type_text("small 00"), time.sleep(1.5), scroll(20)))
        window.press("alt+2")
        part(f"a big one comes from {where}: scrolling", lambda: scroll(30, 4))
        say("the big one is%s there yet", "" if is_complete(window, name) else " not")
        wait_until(lambda: is_complete(window, name), "the big one is there", 600)
        seconds = os.stat(os.path.join(window.downloads, name)).st_ctime - begin_s
        parts.append((f"the whole of that from {where}", begin, begin + int(seconds * 1e6)))
        say("%d MiB from %s in %.1f s: %.0f MiB/s", BIG_BYTES // MIB, where, seconds,
            BIG_BYTES / MIB / seconds)
    finish(place, window, parts)


def finish(place, window, parts):
    window.process.send_signal(signal.SIGTERM)
    check_equal(window.process.wait(60), 0, "the status of redes")
    if window.read_errors():
        say("it said on stderr: %s", " ".join(window.read_errors().split()))
    ticks, _frame = read_probe(place.path("probe"))
    for name, since, until in parts:
        report(name, ticks, since, until)


@test
def smooth_with_many_results(place):
    tracker = Tracker(place)
    for i in range(N_RESULTS):
        place.make_file("many", f"{i // 1000:03}", f"a song of many words {i:06}.ogg", data=b"x%d" % i)
    source = Peer(place, "bia", tracker, place.path("many"))
    wait_until(lambda: source.search(f"song {N_RESULTS - 1:06}"), "all are shared", 300)
    window = Quiet(place, settings=uses(tracker))
    time.sleep(2)
    parts = []

    def part(name, function):
        begin = now_us()
        function()
        parts.append((f"{N_RESULTS} results, {name}", begin, now_us()))

    def sort(*columns):
        for x in columns:
            xdotool("mousemove", x, 198, "click", 1)
            time.sleep(2.5)

    window.press("alt+1")
    part("the best of them", lambda: (type_text("song"), time.sleep(2)))
    part("scrolled to what comes next", lambda: scroll(100))
    part("all", lambda: (press("alt+s"), time.sleep(10 + N_RESULTS / 10000)))
    part("scrolled", lambda: scroll(60))
    part("sorted by each column", lambda: sort(735, 850, 190))
    part("sorted the other way round", lambda: sort(190, 190))
    part("gone", lambda: (press("ctrl+f", "ctrl+a"), type_text("words 0001"), time.sleep(2)))
    part("all, sorted", lambda: (press("ctrl+a"), type_text("song"), time.sleep(2), press("alt+s"),
                                 time.sleep(10 + N_RESULTS / 10000)))
    say("with %d results: private memory %.1f MiB", N_RESULTS, read_private_kib(window.process.pid) / 1024)
    finish(place, window, parts)


@test
def long_lists(place):
    """As many made ones, and transfers: without what brings them."""
    env = {**os.environ, "GSETTINGS_BACKEND": "memory", "XDG_DATA_HOME": place.path("data"), "GTK_A11Y": "none"}
    check_equal(subprocess.run([LISTS], env=env, check=False).returncode, 0, "the status of bench-lists")


def time_to_frame(command, env, probe):
    begin = now_us()
    process = subprocess.Popen(command, env={**env, "LD_PRELOAD": PROBE, "REDES_PROBE": probe},
                               stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until(lambda: find_x_window(process.pid, ".*"), "a window")
    wait_until(lambda: os.path.exists(probe), "a first frame")
    process.terminate()
    process.wait()
    _ticks, frame = read_probe(probe)
    os.remove(probe)
    return (frame - begin) / 1000


@test
def soon_there(place):
    window = Quiet(place)
    window.process.send_signal(signal.SIGTERM)
    window.wait_exit()
    times = {"redes": [], "empty": []}
    for _ in range(N_STARTS):
        for name, command in (("redes", os.environ["REDES_WINDOW"]), ("empty", EMPTY_WINDOW)):
            times[name].append(time_to_frame([command], window.env, place.path("frame")))
    median = {name: sorted(values)[len(values) // 2] for name, values in times.items()}
    say("first frame: redes %.0f ms, an empty window %.0f ms (medians of %d): %.2f times",
        median["redes"], median["empty"], N_STARTS, median["redes"] / median["empty"])


def count_wake_ups(pid):
    total = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as stream:
            fields = dict(line.rstrip("\n").split(":", 1) for line in stream)
        total[fields["Name"].strip() + " " + task] = int(fields["voluntary_ctxt_switches"])
    return total


def read_private_kib(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as stream:
        return sum(int(line.split()[1]) for line in stream if line.startswith("Private_"))


def measure_idle(name, process_id):
    before = count_wake_ups(process_id)
    time.sleep(IDLE_S)
    after = count_wake_ups(process_id)
    each = {task: (count - before.get(task, 0)) / IDLE_S for task, count in after.items()}
    say("%s: %.2f wake-ups a second (%s); private memory %.1f MiB", name, sum(each.values()),
        ", ".join(f"{task.split()[0]} {rate:.2f}" for task, rate in each.items() if rate > 0) or "none",
        read_private_kib(process_id) / 1024)


@test
def small_and_quiet(place):
    tracker = Tracker(place)
    window = Quiet(place, settings=uses(tracker))
    window.process.send_signal(signal.SIGTERM)
    window.wait_exit()
    env = {key: value for key, value in window.env.items() if key not in ("LD_PRELOAD", "REDES_PROBE")}
    for name, command in (("an empty window", EMPTY_WINDOW), ("redes", os.environ["REDES_WINDOW"])):
        process = subprocess.Popen([command], env=env, stdin=subprocess.DEVNULL)
        try:
            x_window = wait_until(lambda: find_x_window(process.pid, ".*"), "a window")
            time.sleep(SETTLE_S)
            measure_idle(name, process.pid)
            if name == "redes":
                for key, page in (("alt+2", "Transfers"), ("alt+3", "Shared"), ("alt+4", "Peers")):
                    xdotool("windowactivate", x_window)
                    press(key)
                    time.sleep(SETTLE_S)
                    measure_idle(f"redes, {page}", process.pid)
        finally:
            process.terminate()
            process.wait()


redes_programs.PATIENCE_S = 60
# As for a test of big files: this takes its time.
redes_programs.BIG = True
sys.argv[2:] = sys.argv[5:]
redes_programs.main()
