# SPDX-License-Identifier: GPL-3.0-or-later
"""How little: memory at full speed, and what peers and trackers do when there is nothing to do."""

import os
import time

from measure import (MIB, Bench, MemoryWatch, Row, Session, need_room, private_bytes, show_bytes,
                     thread_figures)
from redes_programs import Failure, Peer, Skip, Tracker

MEMORY_TARGET_MIB = 48
CACHE_MIB = 64
WAKE_UPS_TARGET = 2.0
CPU_TARGET = 0.002


def sparse_file(place, mib):
    path = place.path("sparse", f"sparse-{mib}.bin")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.truncate(mib * MIB)
    return path


def measure_memory(bench: Bench):
    yield from memory_rows(bench.random_file(max(1, bench.mib // 4)), bench)
    yield from memory_rows(bench.random_file(bench.mib), bench)
    if bench.options.big:
        with Session() as place:
            need_room(place.folder, 4096 * MIB)
            yield from memory_rows(sparse_file(place, 4096), bench)


def memory_rows(path, bench):
    """One download between two peers that are sampled. Each run has peers of its own: memory that
    an earlier one left free inside the process would hide a growth."""
    name, size = os.path.basename(path), os.path.getsize(path)
    with Session() as place:
        tracker = Tracker(place)
        cache = ["--cache", CACHE_MIB]
        seed = Peer(place, "seed", tracker, path, options=cache)
        seed.wait("shared", timeout=300)
        taker = Peer(place, "taker", tracker, options=cache)
        taker.wait_sources(name, 1)
        before = {program: private_bytes(program.process.pid) for program in (seed, taker)}
        if None in before.values():
            raise Skip("the system does not tell (no /proc/PID/smaps_rollup)")
        with MemoryWatch((seed, taker)) as watch:
            taker.write("download 1")
            taker.wait_downloaded(name, timeout=600)
        for program, what in ((taker, "downloader"), (seed, "seed")):
            # What is in the cache now was the most that ever was: it gives nothing back.
            cached = program.ask("cache", "cache")["bytes"]
            own = watch.peaks[program] - cached
            yield Row("memory", f"private memory, {what}, {size // MIB:,} MiB",
                      f"{show_bytes(own)} + cache",
                      f"{show_bytes(cached)} in the cache (budget {CACHE_MIB} MiB)", None,
                      f"<= {MEMORY_TARGET_MIB} MiB + cache", own <= MEMORY_TARGET_MIB * MIB,
                      f"{show_bytes(before[program])} before; {watch.samples} samples",
                      {"peak_bytes": watch.peaks[program], "cached_bytes": cached,
                       "before_bytes": before[program]})


def measure_idle(bench: Bench):
    seconds = 4 if bench.options.quick else 10
    with Session() as place:
        tracker = Tracker(place)
        peers = []
        for i in range(3):
            path = place.make_file("shared", f"page{i}.bin", size=MIB, seed=i)
            peers.append(Peer(place, f"peer{i}", tracker, path))
            peers[i].wait_shared(f"page{i}.bin")
        # What is watched has worked before it rests: it has sent, received and connected.
        for taker, giver in ((0, 1), (1, 0)):
            peers[taker].wait_sources(f"page{giver}", 1)
            peers[taker].write("download 1")
            peers[taker].wait_downloaded(f"page{giver}.bin")
        time.sleep(2)
        watched = (("a registered peer", peers[0]), ("a tracker of 3 peers", tracker))
        before = [thread_figures(program.process.pid) for _what, program in watched]
        start = time.monotonic()
        time.sleep(seconds)
        after = [thread_figures(program.process.pid) for _what, program in watched]
        seconds = time.monotonic() - start
    for (what, _program), then, now in zip(watched, before, after):
        if not now:
            raise Failure(f"{what} is gone")
        yield idle_row(what, then, now, seconds)


def idle_row(what, then, now, seconds):
    threads = {}
    n_wake_ups = on_core = 0
    for thread, (name, voluntary, _involuntary, core_s) in now.items():
        _name, first, _first_involuntary, first_core = then.get(thread, (name, 0, 0, 0.0))
        n_wake_ups += voluntary - first
        on_core += core_s - first_core
        if voluntary != first:
            threads[name] = threads.get(name, 0) + voluntary - first
    rate = n_wake_ups / seconds
    said = ", ".join(f"{name} {n}" for name, n in sorted(threads.items())) or "no thread woke"
    return Row("idle", f"{what}, idle for {seconds:.0f} s", f"{rate:.1f} wake-ups/s",
               f"{on_core * 1000 / seconds:.2f} ms of CPU a second", None,
               f"< {WAKE_UPS_TARGET:.0f}/s, < {CPU_TARGET * 1000:.0f} ms/s",
               rate < WAKE_UPS_TARGET and on_core / seconds < CPU_TARGET, said,
               {"wake_ups_per_s": rate, "cpu_s_per_s": on_core / seconds, "threads": threads})
