# SPDX-License-Identifier: GPL-3.0-or-later
"""A peer and a tracker under attack, and what honest peers get from them meanwhile."""

import os
import statistics
import subprocess
import threading
import time

import redes_programs
from measure import MIB, MemoryWatch, Row, private_bytes
from redes_programs import Failure, Peer, Place, Program, Tracker, wait_until

# All that the program `attacker` can do; beside each, whose memory it is about.
ATTACKS = {
    "half-open": "both", "sessions": "peer", "pings-peer": "peer", "pings-tracker": "tracker",
    "stallers": "peer", "slow-readers": "peer", "bulk-peer": "peer", "bulk-tracker": "tracker",
    "searches": "tracker", "registers": "tracker", "false-names": "tracker", "classic": "both",
    "dials": "both",
}
# As a kind: all of them at once, and nothing before.
TOGETHER = "together"
LEAST_SPEED = 0.5
MOST_SEARCH_S = 0.2
WORD = "summer"
# A broad search must not be cheap because there is little to find.
N_NAMES = 2000


class Target:
    """A peer that shares a file, its tracker, and an honest peer that searches there."""

    def __init__(self, place, name, mib, n_names=N_NAMES):
        self.place = place
        self.name = name
        self.tracker = Tracker(place, name=f"{name}-tracker", options=["--classic"])
        path = place.make_file(name, f"{WORD} film of {name}.bin", size=mib * MIB, seed=len(name))
        self.peer = Peer(place, f"{name}-peer", self.tracker, path,
                         options=["--classic", "--classic-tracker", self.tracker.address])
        self.link = self.peer.wait("shared")["link"]
        names = place.path(f"{name}-names")
        for i in range(n_names):
            place.make_file(f"{name}-names", f"{WORD} notes {i}.txt", data=f"{name} {i}".encode())
        self.searcher = Peer(place, f"{name}-searcher", self.tracker, names)
        wait_until(lambda: len(self.searcher.all("shared")) == n_names, "the names are shared", 120)
        self.searcher.wait_sources("film", 1)
        self.download()

    @property
    def ports(self):
        return [program.address.rsplit(":", 1)[1] for program in (self.peer, self.tracker)]

    def download(self):
        """The seconds from the start of a new peer until it has the file."""
        folder = self.place.path("copies")
        os.makedirs(folder, exist_ok=True)
        start = time.monotonic()
        program = Program(self.place, "get", "--tracker", self.tracker.address, "-o", folder, self.link)
        event = program.wait("downloaded", timeout=120)
        took = time.monotonic() - start
        if program.wait_exit() != 0:
            raise Failure(f"the download went wrong: {program.describe()}")
        os.unlink(event["path"])
        self.place.programs.remove(program)
        program.clean_up()
        return took

    def search(self):
        """The seconds until an answer is there."""
        start = time.monotonic()
        found = self.searcher.ask("search film", "results", lambda event: event["query"] == "film")
        took = time.monotonic() - start
        if not any(row["link"] == self.link for row in found["results"]):
            raise Failure(f"the search did not find it: {found}")
        return took

    def check_alive(self):
        for program in (self.peer, self.tracker, self.searcher):
            if program.process.poll() is not None:
                raise Failure(f"it ended: {program.describe()}")


class Attacker:
    """The program that attacks, in a with block."""

    def __init__(self, program, target, kinds, by_root=False):
        peer, tracker = target.ports
        self.kinds = list(kinds)
        self._command = [program, "--peer", peer, "--tracker", tracker, "--link", target.link,
                         *(["--by-root"] if by_root else []), *self.kinds]
        self.done = {}

    def __enter__(self):
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         text=True)
        if self._process.stdout.readline() != "ready\n":
            self._process.kill()
            raise Failure("the attacker did not begin")
        return self

    def __exit__(self, *_error):
        try:
            output, _errors = self._process.communicate("", timeout=60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, _errors = self._process.communicate()
        self.done = {name: int(number) for name, number in
                     (line.split() for line in output.splitlines())}

    def pongs(self):
        """How long honest PINGs waited for their answers: words for a row."""
        return "; ".join(f"{name}: 99 of 100 PINGs within {self.done[f'pong-{name}'] / 1000:.0f} ms, "
                         f"all {self.done[f'pong-{name}-max'] / 1000:.0f} ms"
                         for name in ("peer", "tracker") if f"pong-{name}" in self.done)


class Memory:
    """What peer and tracker of a target take, before and at the most."""

    def __init__(self, target):
        self._programs = [target.peer, target.tracker]
        self._before = [private_bytes(program.process.pid) for program in self._programs]
        self.watch = MemoryWatch(self._programs, period=0.1)

    def figures(self):
        return {"before": self._before, "most": [self.watch.peaks[program] for program in self._programs]}


class Honest(threading.Thread):
    """Searches on and on, in a thread of its own, so that downloads and searches meet."""

    def __init__(self, *targets):
        super().__init__(daemon=True)
        self.took = {target.name: [] for target in targets}
        self.failure = None
        self._targets = targets
        self._over = threading.Event()

    def run(self):
        try:
            while not self._over.wait(0.05):
                for target in self._targets:
                    self.took[target.name].append(target.search())
        except Exception as failure:  # pylint: disable=broad-except
            self.failure = failure

    def end(self):
        self._over.set()
        self.join()
        if self.failure is not None:
            raise self.failure


def percentile(values, part):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def run_combined(attacked, calm, attacker, seconds):
    """All attacks at once. In turns with it, the same from a peer and a tracker that nobody attacks,
    on the same machine in the same minutes. The downloads' and the searches' seconds, by name."""
    downloads = {attacked.name: [], calm.name: []}
    memory = Memory(attacked)
    attack = Attacker(attacker, attacked, ATTACKS)
    honest = Honest(attacked, calm)
    with memory.watch, attack:
        honest.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end or not downloads[attacked.name]:
            for target in (attacked, calm):
                downloads[target.name].append(target.download())
            attacked.check_alive()
        honest.end()
    idle = [kind for kind in attack.kinds if attack.done.get(kind, 0) == 0]
    if idle:
        raise Failure(f"these attacks did nothing: {', '.join(idle)}")
    return downloads, honest.took, memory.figures(), attack


def mib_of(number):
    return f"{number / MIB:.0f}"


def measure_alone(place, attacker, kind, seconds, by_root=False):
    """What one attack does to the memory of fresh programs: for peer and tracker, before and most."""
    target = Target(place, "alone", 16)
    memory = Memory(target)
    with memory.watch, Attacker(attacker, target, [kind], by_root) as attack:
        time.sleep(seconds)
        target.check_alive()
    return memory.figures() | {"pongs": attack.pongs()}


def measure_attack(bench):
    """The table of memory, attack by attack, then all together."""
    attacker = bench.program("tests", "bench", "attacker")
    seconds = bench.options.seconds
    older = bench.options.against
    programs = [(None, bench.cli)] if older is None else [("0.1", older), (None, bench.cli)]
    kinds = bench.options.kinds or [*ATTACKS, TOGETHER]
    for kind in kinds:
        if kind == TOGETHER:
            continue
        figures = {}
        for dialect, program in programs:
            redes_programs._program = program
            place = Place()
            try:
                memory = measure_alone(place, attacker, kind, min(seconds, 30), dialect is not None)
                figures[dialect or "now"] = memory
            except Failure as failure:
                figures[dialect or "now"] = {"failure": str(failure)[:200]}
            finally:
                place.clean_up()
        yield Row("attack", f"{kind}: MiB of peer, of tracker", _describe(figures["now"]),
                  reference=f"older program: {_describe(figures['0.1'])}" if "0.1" in figures else "",
                  note=figures["now"].get("pongs", ""),
                  figures=figures)
    redes_programs._program = bench.cli
    if TOGETHER not in kinds:
        return
    place = Place()
    try:
        attacked = Target(place, "attacked", 64)
        calm = Target(place, "calm", 64)
        alone = [attacked.download() for _ in range(5)]
        downloads, searches, memory, attack = run_combined(attacked, calm, attacker, seconds)
    finally:
        place.clean_up()
    slow, fast = (statistics.median(downloads[name]) for name in ("attacked", "calm"))
    yield Row("attack", f"all, {seconds} s: {len(downloads['attacked'])} downloads of 64 MiB",
              f"{slow:.2f} s", f"in turns with it, not attacked: {fast:.2f} s; before: "
              f"{statistics.median(alone):.2f} s; slowest {max(downloads['attacked']):.2f} s",
              fast / slow, f"at least {LEAST_SPEED}", fast / slow >= LEAST_SPEED,
              figures={"downloads": downloads, "alone": alone, "attack": attack.done})
    late, calm_late = (percentile(searches[name], 0.99) for name in ("attacked", "calm"))
    yield Row("attack", f"all: p99 of {len(searches['attacked'])} searches",
              f"{1000 * late:.0f} ms", f"not attacked: {1000 * calm_late:.0f} ms; median "
              f"{1000 * statistics.median(searches['attacked']):.0f} ms",
              target=f"under {1000 * MOST_SEARCH_S:.0f} ms", met=late < MOST_SEARCH_S,
              note=attack.pongs(),
              figures={"searches": searches})
    yield Row("attack", "all: MiB of peer, of tracker",
              _describe(memory), figures=memory)


def _describe(figures):
    if "failure" in figures:
        return f"failed: {figures['failure']}"
    return ", ".join(f"{mib_of(before)} → {mib_of(most)}"
                     for before, most in zip(figures["before"], figures["most"]))
