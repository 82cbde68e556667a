# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast a folder of many small files is fetched, with the settings that a user has from the start."""

import os
import random
import shutil
import subprocess

from measure import Bench, Row, Session, median, process_cpu
from redes_programs import Failure, Peer, Tracker, check_equal
from speed import SMALL_BYTES, make_folder

TARGET = 2.5
NAME = "folder of notes"
REFERENCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libtorrent-folder.py")
# Debian's module is for Debian's own Python.
PYTHONS = ["python3", "/usr/bin/python3"]
# As tests/support/own-network.py: beacons that no other program of this machine hears.
PORT_VARIABLE = "REDES_TEST_BEACON_PORT"
PORTS = range(27000, 32000)
NEIGHBOURS = ["--lan-interface", "lo"]
NO_LIBTORRENT = 77


def find_libtorrent():
    """A Python that can import libtorrent, or None."""
    for python in PYTHONS:
        done = subprocess.run([python, "-c", "import libtorrent"], stderr=subprocess.DEVNULL, check=False)
        if done.returncode == 0:
            return python
    return None


def libtorrent_seconds(python, folder, target, n_seeds):
    os.mkdir(target)
    done = subprocess.run([python, REFERENCE, folder, target, str(n_seeds)], capture_output=True, text=True,
                          check=False, timeout=900)
    shutil.rmtree(target)
    if done.returncode != 0:
        raise Failure(f"libtorrent ended with {done.returncode}: {done.stderr[-500:]}")
    return float(done.stdout)


def find_row(peer, n_files, n_sources):
    found = peer.search_until(NAME, lambda rows: any(
        row["name"] == NAME and row["files"] == n_files and row["sources"] == n_sources for row in rows),
        f"the folder of {n_sources}")
    return next(row for row in found if row["name"] == NAME)


def fetch(place, tracker, number, row, seeds):
    """The seconds that it took, and the CPU seconds of all who took part."""
    taker = Peer(place, f"taker{number}", tracker, options=NEIGHBOURS)
    before = sum(process_cpu(seed) for seed in seeds)
    taker.ask(f"download {row['link']}", "download-started")
    done = taker.wait_downloaded(timeout=600)
    cpu = process_cpu(taker) + sum(process_cpu(seed) for seed in seeds) - before
    check_equal(done["files_done"], row["files"], "files that are there")
    taker.clean_up()
    shutil.rmtree(place.path(f"taker{number}"))
    return done["seconds"], cpu


def measure_folder_fetch(bench: Bench):
    n_files = 2000 if bench.options.quick else 10000
    os.environ.setdefault(PORT_VARIABLE, str(random.choice(PORTS)))
    python = find_libtorrent()
    with Session() as place:
        folder = place.path("original", NAME)
        os.makedirs(folder)
        make_folder(folder, n_files, SMALL_BYTES)
        tracker = Tracker(place)
        seeds = []
        number = 0
        for n_seeds in (1, 4):
            while len(seeds) < n_seeds:
                seeds.append(Peer(place, f"seed{len(seeds)}", tracker, folder, options=NEIGHBOURS))
            row = find_row(seeds[0], n_files, n_seeds)
            ours, cpu, theirs = [], [], []
            for _ in range(bench.runs):
                number += 1
                seconds, used = fetch(place, tracker, number, row, seeds)
                ours.append(n_files / seconds)
                cpu.append(used)
                if python is not None:
                    theirs.append(n_files / libtorrent_seconds(python, folder, place.path(f"torrent{number}"),
                                                               n_seeds))
            rate = median(ours)
            what = f"{n_files:,} files of 4 KiB in {n_files // 100} folders from {n_seeds}"
            if python is None:
                yield Row("folder-fetch", what, f"{rate:,.0f} files/s", note=f"CPU time {median(cpu):.2f} s",
                          figures={"files_per_s": ours, "cpu_s": cpu})
                yield Row("folder-fetch", "  libtorrent 2, a v2 torrent of the same", "not measured",
                          note="python3-libtorrent is not installed")
                continue
            yield Row("folder-fetch", what, f"{rate:,.0f} files/s",
                      f"{median(theirs):,.0f} files/s libtorrent 2, a v2 torrent of the same",
                      rate / median(theirs), f">= {TARGET}", rate >= TARGET * median(theirs), f"CPU time {median(cpu):.2f} s",
                      {"files_per_s": ours, "reference_files_per_s": theirs, "cpu_s": cpu})
