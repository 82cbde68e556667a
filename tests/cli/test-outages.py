#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A source that falls silent for a while, and a downloader that was itself stopped: nobody is blamed
for it, and what was interrupted goes on."""

import contextlib
import signal
import time

from redes_programs import BIG, Peer, Tracker, check, main, test, wait_until

# How long the downloader itself stands still. The length is what is tested: a silent source would lose its place
# after 20 s.
OWN_SLEEP_S = 25
N_OUTAGES = 4 if BIG else 2
MIB = 1024 * 1024
SIZE = 40 * MIB
KIB_PER_S = 1024


def begin(place):
    tracker = Tracker(place, timeout=60)
    path = place.make_file("film.bin", size=SIZE)
    seed = Peer(place, "seed", tracker, path, options=["--max-up", KIB_PER_S])
    seed.wait_shared("film.bin")
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("film.bin", 1)
    taker.write("download film.bin")
    wait_blocks(taker, 4)
    return seed, taker


def count_blocks(taker):
    done = [event["blocks_done"] for event in taker.all("progress")]
    return max(done, default=0)


def wait_blocks(taker, n_blocks):
    wait_until(lambda: count_blocks(taker) >= n_blocks,
               lambda: f"{n_blocks} blocks of {taker.describe()}")


@contextlib.contextmanager
def stopped(program):
    program.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        program.process.send_signal(signal.SIGCONT)


@test
def a_source_that_was_silent_goes_on(place):
    seed, taker = begin(place)
    for number in range(N_OUTAGES):
        mark = taker.mark()
        with stopped(seed):
            taker.wait("waiting", since=mark)
        before = count_blocks(taker)
        back = time.monotonic()
        # A ban would be of 30 s, then of 60.
        wait_until(lambda: count_blocks(taker) >= before + 2,
                   lambda: f"blocks after outage {number + 1}: {taker.describe()}", timeout=20)
        print(f"# outage {number + 1}: two blocks {time.monotonic() - back:.1f} s after its end")
    check(taker.find("rejected") is None, f"the source was blamed: {taker.describe()}")


@test
def one_that_was_stopped_itself_blames_nobody(place):
    _seed, taker = begin(place)
    with stopped(taker):
        time.sleep(OWN_SLEEP_S)
    before = count_blocks(taker)
    wait_until(lambda: count_blocks(taker) >= before + 8, "blocks after its own sleep", timeout=20)
    check(taker.find("rejected") is None, f"the source was blamed: {taker.describe()}")
    check(taker.find("waiting") is None, f"it lost its source: {taker.describe()}")
    check(taker.find("tracker-lost") is None, f"it lost its tracker: {taker.describe()}")


main()
