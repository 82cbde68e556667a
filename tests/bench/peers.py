# SPDX-License-Identifier: GPL-3.0-or-later
"""What the original system measured: the mean download time by the number of peers that share."""

import csv
import os

import chart
from measure import MIB, Bench, Row, Session, get
from redes_programs import Peer, Tracker

MAX_PEERS = 9
# What a peer that rested may send at once before its limit holds: so much time's worth of it
# (src/engine/base/token-bucket.c).
BURST_S = 0.25


def least_seconds(size, limit, n_peers):
    """How long the limits alone would let it take."""
    return max(0.0, size / (limit * n_peers) - BURST_S)


def measure_peers(bench: Bench):
    quick = bench.options.quick
    # One peer alone takes nine seconds, so that it is peers that are scarce and not this machine.
    alone_s = 2 if quick else 9
    limit_mib = max(1, min(7, bench.mib // 256))
    mib = limit_mib * alone_s
    path = bench.random_file(mib)
    most = bench.options.peers or (3 if quick else MAX_PEERS)
    limited = download_times(bench, path, most, limit_mib * 1024)
    unlimited = download_times(bench, path, most, 0)
    for n, times in enumerate(limited, 1):
        ideal = least_seconds(mib, limit_mib, n)
        mean = sum(times) / len(times)
        free = sum(unlimited[n - 1]) / len(unlimited[n - 1])
        yield Row("peers", f"{mib} MiB from {n} that send {limit_mib} MiB/s each", f"{mean:.2f} s",
                  f"{ideal:.2f} s by their limits alone; with no limits it took {free:.3f} s",
                  mean / ideal if ideal > 0 else None,
                  figures={"seconds": times, "unlimited_seconds": unlimited[n - 1]})
    table = os.path.join(bench.out, "download-time.csv")
    picture = os.path.join(bench.out, "download-time.svg")
    write_csv(table, mib, limit_mib, limited, unlimited)
    with open(picture, "w", encoding="utf-8") as stream:
        ideal = [least_seconds(mib, limit_mib, n) for n in range(1, most + 1)]
        stream.write(chart.draw(mib, limit_mib, ideal, limited, unlimited))
    yield Row("peers", "the table and the chart", "written", os.path.relpath(table),
              note=os.path.relpath(picture))


def download_times(bench, path, most, limit_kib):
    """For 1, 2, … peers the seconds of each run."""
    name = os.path.basename(path)
    found = []
    with Session() as place:
        here = place.path("here")
        os.mkdir(here)
        tracker = Tracker(place)
        options = ["--max-up", limit_kib] if limit_kib else []
        peers = []
        for n in range(1, most + 1):
            peers.append(Peer(place, f"peer{n}", tracker, path, options=options))
            peers[-1].wait_shared(name)
            peers[0].wait_sources(name, n)
            found.append([get(place, tracker, name, here)["seconds"] for _ in range(bench.runs)])
    return found


def write_csv(path, mib, limit_mib, limited, unlimited):
    with open(path, "w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(["peers", "size_bytes", "limit_bytes_per_s_each", "runs", "mean_s", "min_s",
                        "max_s"])
        for limit, series in ((limit_mib * MIB, limited), (0, unlimited)):
            for n, times in enumerate(series, 1):
                table.writerow([n, mib * MIB, limit, len(times), f"{sum(times) / len(times):.6f}",
                                f"{min(times):.6f}", f"{max(times):.6f}"])
