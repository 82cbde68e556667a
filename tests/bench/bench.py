#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures Redes on this machine and prints each figure beside what it is held against.

A target that is missed is no error: what a machine can do differs. README.md says how to read it.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))

# pylint: disable=wrong-import-position
from attack import ATTACKS, TOGETHER, measure_attack  # noqa: E402
from folders import measure_folder_fetch  # noqa: E402
from measure import Bench, OthersWatch, Row  # noqa: E402
from peers import measure_peers  # noqa: E402
from redes_programs import Failure, Skip  # noqa: E402
from resources import measure_idle, measure_memory  # noqa: E402
from speed import (measure_download, measure_folder, measure_latency, measure_publish,  # noqa: E402
                   measure_small)
from trackers import measure_tracker  # noqa: E402

ITEMS = {
    "publish": (measure_publish, "read, hash and sign one large file"),
    "download": (measure_download, "one large file over loopback, from one peer and from four"),
    "folder": (measure_folder, "publish 10,000 files of 4 KiB"),
    "folder-fetch": (measure_folder_fetch, "a folder of 10,000 files of 4 KiB, from one peer and from four"),
    "latency": (measure_latency, "a 2.6 KB file, from the search to verified on disk"),
    "small": (measure_small, "1,000 files of 4 KiB from one peer"),
    "memory": (measure_memory, "private memory while downloading at full speed"),
    "idle": (measure_idle, "wake-ups and CPU time of programs that rest"),
    "peers": (measure_peers, "mean download time by number of peers, as CSV and as a chart"),
    "tracker": (measure_tracker, "a tracker of 100, 1,000 and 10,000 peers; only when it is named"),
    "attack": (measure_attack, "a peer and a tracker under attack for ten minutes; only when it is named"),
}
# What is too long for a run of everything.
ON_REQUEST = ["attack", "tracker"]

# Other work on the machine that is worth a word, in cores.
BUSY = 0.2


def positive(word):
    number = int(word)
    if number < 1:
        raise ValueError
    return number


def parse(arguments):
    listed = "\n".join(f"  {name:12} {words}" for name, (_measure, words) in ITEMS.items())
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="Measures Redes; without ITEM, all of them:\n" + listed,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", metavar="ITEM", nargs="*", help="what to measure")
    parser.add_argument("--build", required=True, metavar="FOLDER", help="where Redes is built")
    parser.add_argument("--mib", type=positive, help="size of the large file (default 1024)")
    parser.add_argument("--runs", type=positive, help="runs; the median counts (default 3)")
    parser.add_argument("--peers", type=positive, help="most peers of the item peers (default 9)")
    parser.add_argument("--size", dest="sizes", action="append", type=positive, metavar="PEERS",
                        help="of the item tracker: so many peers; may be given more than once")
    parser.add_argument("--quick", action="store_true", help="small sizes, one run: does it work?")
    parser.add_argument("--big", action="store_true", help="memory with a sparse file of 4 GiB too")
    parser.add_argument("--seconds", type=positive, default=600, help="of the item attack (default 600)")
    parser.add_argument("--kind", dest="kinds", action="append", choices=[*ATTACKS, TOGETHER],
                        metavar="KIND",
                        help="of the item attack, this attack alone: " + ", ".join([*ATTACKS, TOGETHER]))
    parser.add_argument("--against", metavar="PROGRAM",
                        help="of the item attack: a redes-cli of 0.1, whose memory is shown beside")
    parser.add_argument("--json", metavar="FILE", help="write every figure there")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.items if name not in ITEMS]
    if unknown:
        parser.error(f"there is no item {unknown[0]!r}; there are: {', '.join(ITEMS)}")
    return options


def show(row: Row):
    mark = {True: "met", False: "MISSED", None: ""}[row.met]
    ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
    print(f"{row.what:54} {row.measured:>22}  {ratio:>6}  {row.target:26} {mark:6}", flush=True)
    for words in (row.reference, row.note):
        if words:
            print(f"{'':10}{words}")


def run_item(bench, name):
    """The rows of one item; that something did not work at all is told, and the next one follows."""
    print(f"\n{name}: {ITEMS[name][1]}")
    rows = []
    failed = False
    start = time.monotonic()
    with OthersWatch() as others:
        try:
            # Closed even if the end comes here: what it started must not outlive it.
            with contextlib.closing(ITEMS[name][0](bench)) as measured:
                for row in measured:
                    rows.append(row)
                    show(row)
        except Skip as reason:
            print(f"  not measured: {reason}")
        except Exception:  # pylint: disable=broad-except
            traceback.print_exc(file=sys.stdout)
            failed = True
    if others.cores > BUSY:
        print(f"  (meanwhile other programs used {others.cores:.1f} of {bench.cores} cores)", flush=True)
    return {"item": name, "failed": failed, "others_cores": others.cores,
            "seconds": time.monotonic() - start, "rows": [vars(row) for row in rows]}


def write_json(path, bench, results):
    with open(path, "w", encoding="utf-8") as stream:
        json.dump({"cores": bench.cores, "mib": bench.mib, "runs": bench.runs, "items": results},
                  stream, indent=1)
        stream.write("\n")


def end_on_signal(number, _frame):
    sys.exit(128 + number)


def main():
    options = parse(sys.argv[1:])
    signal.signal(signal.SIGTERM, end_on_signal)
    signal.signal(signal.SIGHUP, end_on_signal)
    try:
        bench = Bench(options.build, options)
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    try:
        print(f"{bench.cores} cores; large file {bench.mib} MiB; median of {bench.runs}")
        print(f"{'what':54} {'measured':>22}  {'ratio':>6}  {'target':26}")
        chosen = [name for name in ITEMS if name in (options.items or set(ITEMS) - set(ON_REQUEST))]
        results = [run_item(bench, name) for name in chosen]
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        bench.clean_up()
    if options.json:
        write_json(options.json, bench, results)
    rows = [row for result in results for row in result["rows"]]
    failed = [result["item"] for result in results if result["failed"]]
    print(f"\n{sum(row['met'] is True for row in rows)} targets met, "
          f"{sum(row['met'] is False for row in rows)} missed"
          + (f"; could not be measured: {', '.join(failed)}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
