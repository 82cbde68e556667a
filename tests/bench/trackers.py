# SPDX-License-Identifier: GPL-3.0-or-later
"""What a tracker costs and how soon it answers, by the number of its peers."""

import json
import os
import random
import signal
import subprocess
import time

import tracker_chart
from folders import PORTS, PORT_VARIABLE
from measure import MIB, Row, private_bytes, process_cpu
from redes_programs import Failure, Place, Tracker

FILES = 100
SIZES = (100, 1000, 10000)
QUICK_FILES, QUICK_SIZES = 20, (50, 200)
PEERS_A_PROCESS = 1000
SEARCHES, QUICK_SEARCHES = 600, 100
REST_S = 20
# Of the largest tracker, on two cores.
MOST_ALONE_MS, MOST_LOADED_MS, MOST_FLOODED_MS = 5, 20, 50
MOST_BYTES = 900 * 1000 * 1000
MOST_HEARTBEAT_CORES = 0.2
MOST_RETURN_S = 30
MOST_GROWTH = 1.5
PATIENCE_S = 900


class Load:
    """Processes of the program tracker-load: many peers of one tracker."""

    def __init__(self, program, tracker, n_peers, n_files):
        self._processes = []
        for first in range(0, n_peers, PEERS_A_PROCESS):
            arguments = (n_files, first, min(PEERS_A_PROCESS, n_peers - first), n_peers)
            self._processes.append(subprocess.Popen([program, tracker.address, *map(str, arguments)],
                                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        for process in self._processes:
            self._read(process)

    @staticmethod
    def _read(process):
        line = process.stdout.readline()
        if not line:
            raise Failure(f"tracker-load has ended with status {process.wait()}")
        return json.loads(line)

    def ask(self, command):
        """The answer of the first process to a search, which it makes alone; else those of all in one: sums,
        and the longest time."""
        asked = self._processes[:1] if command.startswith(("search", "flood")) else self._processes
        for process in asked:
            process.stdin.write(command + "\n")
            process.stdin.flush()
        answers = [self._read(process) for process in asked]
        return {name: (max if name == "seconds" else sum)(answer[name] for answer in answers)
                for name in answers[0]}

    def end(self):
        for process in self._processes:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


def start_tracker(place, address="127.0.0.1:0"):
    return Tracker(place, listen=address, options=["--lan-interface", "lo"])


def restart(place, tracker):
    """Killed and started again at the same address, as after a crash."""
    address = tracker.address
    tracker.process.send_signal(signal.SIGKILL)
    tracker.process.wait()
    place.programs.remove(tracker)
    tracker.clean_up()
    return start_tracker(place, address)


def rest(tracker):
    """Cores that the tracker uses while its peers do nothing but send heartbeats."""
    before, start = process_cpu(tracker), time.monotonic()
    time.sleep(REST_S)
    return (process_cpu(tracker) - before) / (time.monotonic() - start)


def run_one(bench, n_peers, n_files, n_searches):
    """All figures of a tracker with so many peers."""
    place = Place()
    load = None
    try:
        tracker = start_tracker(place)
        empty = private_bytes(tracker.process.pid)
        load = Load(bench.program("tests", "bench", "tracker-load"), tracker, n_peers, n_files)
        figures = {"peers": n_peers, "files": n_files, "register": load.ask("register")}
        figures["bytes"] = private_bytes(tracker.process.pid)
        figures["bytes_empty"] = empty
        figures["alone"] = load.ask(f"search {n_searches}")
        figures["heartbeat_cores"] = rest(tracker)
        load.ask("load on")
        begin = time.monotonic()
        figures["loaded"] = load.ask(f"search {n_searches}")
        figures["load"] = load.ask("load off")
        figures["load"]["seconds"] = time.monotonic() - begin
        load.ask("wait")
        figures["flooded"] = load.ask(f"flood {n_searches}")
        figures["bytes_most"] = private_bytes(tracker.process.pid)
        tracker = restart(place, tracker)
        figures["return"] = load.ask("wait")
        figures["return_cpu_s"] = process_cpu(tracker)
        return figures
    finally:
        if load is not None:
            load.end()
        place.clean_up()


def latency(figure):
    return f"{figure['p50_ms']:.1f} / {figure['p99_ms']:.1f} / {figure['max_ms']:.1f} ms"


def rows_of(figures, is_largest):
    """The lines of the table for one size; only the largest is held against the targets."""
    def row(what, measured, value=None, most=None, words="", note=""):
        met = value <= most if is_largest and most is not None else None
        return Row("tracker", f"{figures['peers']:,} × {figures['files']}: {what}", measured, note=note,
                   target=words if met is not None else "", met=met, figures=figures)

    def a_second(what):
        return figures["load"][what] / figures["load"]["seconds"]

    registered = figures["register"]
    n_files = figures["peers"] * figures["files"]
    used = figures["bytes"] - figures["bytes_empty"]
    failed = sum(figures[name]["failed"] for name in ("alone", "loaded", "flooded"))
    yield row("registered in", f"{registered['seconds']:.1f} s",
              note=f"{figures['peers'] / registered['seconds']:.0f} peers a second, "
                   f"{registered['losses']} lost meanwhile; refused files of {registered['refused']}")
    yield row("memory", f"{figures['bytes'] / MIB:.0f} MiB", figures["bytes_most"], MOST_BYTES, "at most 900 MB",
              note=f"{used / figures['peers'] / 1024:.1f} KiB a peer with its files, {used / n_files:.0f} bytes a file; "
                   f"at the end {figures['bytes_most'] / MIB:.0f} MiB")
    yield row("search alone, p50 / p99 / worst", latency(figures["alone"]), figures["alone"]["p99_ms"],
              MOST_ALONE_MS, f"p99 at most {MOST_ALONE_MS} ms")
    yield row("search under load", latency(figures["loaded"]), figures["loaded"]["p99_ms"], MOST_LOADED_MS,
              f"p99 at most {MOST_LOADED_MS} ms",
              note=f"meanwhile, a second: {a_second('answers'):.0f} other searches, {a_second('hostile_answers'):.0f} "
                   f"of them hostile, {a_second('updates'):.0f} updates, {a_second('churned'):.0f} peers that left "
                   "and came")
    yield row("search in a flood of handshakes", latency(figures["flooded"]), figures["flooded"]["p99_ms"],
              MOST_FLOODED_MS, f"p99 at most {MOST_FLOODED_MS} ms",
              note=f"meanwhile {figures['flooded']['handshakes']} handshakes were complete")
    yield row("heartbeats", f"{100 * figures['heartbeat_cores']:.1f} % of a core", figures["heartbeat_cores"],
              MOST_HEARTBEAT_CORES, "at most 20 %")
    yield row("all are back after kill -9", f"{figures['return']['seconds']:.1f} s", figures["return"]["seconds"],
              MOST_RETURN_S, f"at most {MOST_RETURN_S} s",
              note=f"{figures['return_cpu_s']:.1f} s of CPU in the tracker; the peers use the same machine")
    if failed:
        yield row("searches that failed", str(failed), failed, 0, "none")


def measure_tracker(bench):
    # As a user has it from the start: the tracker announces itself, though to nobody else here.
    os.environ.setdefault(PORT_VARIABLE, str(random.choice(PORTS)))
    quick = bench.options.quick
    sizes = bench.options.sizes or (QUICK_SIZES if quick else SIZES)
    n_files = QUICK_FILES if quick else FILES
    results = []
    for n_peers in sizes:
        figures = run_one(bench, n_peers, n_files, QUICK_SEARCHES if quick else SEARCHES)
        results.append(figures)
        yield from rows_of(figures, n_peers == max(sizes) and not quick)
    path = os.path.join(bench.out, "tracker.csv")
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("peers,files,bytes,register_s,alone_p50_ms,alone_p99_ms,loaded_p99_ms,flooded_p99_ms,"
                     "heartbeat_cores,return_s\n")
        for one in results:
            stream.write(",".join(str(value) for value in (
                one["peers"], one["files"], one["bytes"], one["register"]["seconds"], one["alone"]["p50_ms"],
                one["alone"]["p99_ms"], one["loaded"]["p99_ms"], one["flooded"]["p99_ms"], one["heartbeat_cores"],
                one["return"]["seconds"])) + "\n")
    with open(os.path.join(bench.out, "tracker.svg"), "w", encoding="utf-8") as stream:
        stream.write(tracker_chart.draw(results))
    if len(results) > 1:
        growth = results[-1]["alone"]["p50_ms"] / results[-2]["alone"]["p50_ms"]
        yield Row("tracker", f"a search from {results[-2]['peers']:,} to {results[-1]['peers']:,} peers",
                  f"× {growth:.2f}", target="" if quick else f"less than × {MOST_GROWTH}",
                  met=None if quick else growth < MOST_GROWTH, note=f"all figures, and a chart beside them: {path}")
