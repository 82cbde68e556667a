# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast: publishing, downloading one large file, many small ones, one small one."""

import os
import shutil
import subprocess
import time

from measure import (MIB, Bench, ChildrenCpu, Row, Session, disk_rate, file_system, get, median,
                     process_cpu, run_tool, show_cpu, show_rate, tls_rate, wait_count)
from redes_programs import Failure, Peer, Skip, Tracker

PUBLISH_TARGET = 0.75
DOWNLOAD_TARGET = 0.40
FOLDER_TARGET = 2000
SMALL_TARGET = 300
LATENCY_TARGET_MS = 15
# What looking around on the network may cost: nothing beyond what two runs differ by.
LAN_TARGET = 0.85
SMALL_BYTES = 4096
LETTER_BYTES = 2662


def openssl_rate(path, n_at_once):
    """Bytes a second of so many `openssl dgst -sha256` together."""
    start = time.perf_counter()
    running = [subprocess.Popen(["openssl", "dgst", "-sha256", path], stdout=subprocess.DEVNULL)
               for _ in range(n_at_once)]
    statuses = [program.wait() for program in running]
    seconds = time.perf_counter() - start
    if any(statuses):
        raise Failure("openssl dgst -sha256 failed")
    return n_at_once * os.path.getsize(path) / seconds


def measure_publish(bench: Bench):
    if shutil.which("openssl") is None:
        raise Skip("openssl is not installed, and it is the reference")
    path = bench.random_file(bench.mib)
    ours, alone, together = [], [], []
    our_cpu, their_cpu = [], []
    for _ in range(bench.runs):
        with ChildrenCpu() as cpu:
            alone.append(openssl_rate(path, 1) * bench.cores)
        their_cpu.append(cpu.seconds)
        _files, size, seconds, cpu_s = run_tool(bench.publish, path)
        our_cpu.append(cpu_s)
        ours.append(size / seconds)
        together.append(openssl_rate(path, bench.cores))
    rate = median(ours)
    what = f"publish {bench.mib} MiB from the page cache"
    yield Row("publish", what, show_rate(rate),
              f"{show_rate(median(alone))} openssl sha256 on one core, × {bench.cores}",
              rate / median(alone), f">= {PUBLISH_TARGET}", rate >= PUBLISH_TARGET * median(alone),
              show_cpu(our_cpu, their_cpu, "openssl"),
              {"bytes_per_s": ours, "reference_bytes_per_s": alone, "cpu_s": our_cpu,
               "reference_cpu_s": their_cpu})
    # Where other programs use the cores too, this is the reference that has as many of them.
    yield Row("publish", "  the same, for comparison", show_rate(rate),
              f"{show_rate(median(together))} {bench.cores} × openssl sha256 at once",
              rate / median(together), figures={"reference_bytes_per_s": together})


def make_folder(folder, n_files, size):
    """Files that all differ, 100 to a folder."""
    for i in range(n_files):
        where = os.path.join(folder, f"{i // 100:03d}")
        if i % 100 == 0:
            os.makedirs(where)
        with open(os.path.join(where, f"note-{i:05d}.txt"), "wb") as stream:
            stream.write(os.urandom(size))


def measure_folder(bench: Bench):
    n_files = 2000 if bench.options.quick else 10000
    inside, outside = [], []
    with Session() as place:
        tracker = Tracker(place)
        folder = place.path("folder")
        make_folder(folder, n_files, SMALL_BYTES)
        for run in range(bench.runs):
            files, _size, seconds, _cpu = run_tool(bench.publish, folder)
            inside.append(files / seconds)
            # From the first moment that anybody can reach it, to the last event that a face gets.
            peer = Peer(place, f"publisher{run}", tracker, folder, registered=False)
            first = peer.wait("shared")
            start = time.perf_counter()
            at = peer.events.index(first)
            outside.append((n_files - 1) / (wait_count(peer, "shared", n_files, at) - start))
            peer.clean_up()
    for what, values, target in (("publish", inside, FOLDER_TARGET),
                                 ("redes-cli peer shares", outside, FOLDER_TARGET)):
        rate = median(values)
        yield Row("folder", f"{what} {n_files:,} files of 4 KiB", f"{rate:,.0f} files/s", "", None,
                  f">= {target:,} files/s", rate >= target, figures={"files_per_s": values})


def measure_download(bench: Bench):
    path = bench.random_file(bench.mib)
    size = bench.mib * MIB
    with Session() as place:
        targets = []
        here = place.path("here")
        os.mkdir(here)
        targets.append((f"disk ({file_system(here)})", here))
        try:
            targets.append(("tmpfs", bench.tmpfs(size)))
        except Skip as reason:
            yield Row("download", "to a tmpfs", "not measured", note=str(reason))
        tracker = Tracker(place)
        seeds = []
        for n_seeds in (1, 4):
            while len(seeds) < n_seeds:
                seeds.append(Peer(place, f"seed{len(seeds)}", tracker, path))
                seeds[-1].wait_shared(os.path.basename(path))
            seeds[0].wait_sources(os.path.basename(path), n_seeds)
            yield from download_rows(bench, place, tracker, path, seeds, targets)


def download_rows(bench, place, tracker, path, seeds, targets):
    """Reference and measurements in turn, so that what else the machine does hits all of them."""
    name, size = os.path.basename(path), bench.mib * MIB
    tls, tls_cpu, plain = [], [], []
    ours = {what: [] for what, _folder in targets}
    our_cpu = {what: [] for what, _folder in targets}
    senders = {}
    for _ in range(bench.runs):
        for what, folder in targets:
            rate, seconds = tls_rate(bench, bench.mib)
            tls.append(rate)
            tls_cpu.append(seconds)
            before = sum(process_cpu(seed) for seed in seeds)
            with ChildrenCpu() as cpu:
                event = get(place, tracker, name, folder)
            our_cpu[what].append(cpu.seconds + sum(process_cpu(seed) for seed in seeds) - before)
            ours[what].append(size / event["seconds"])
            senders[what] = sum(1 for blocks in event["sources"].values() if blocks > 0)
        plain.append(disk_rate(targets[0][1], size))
    reference = median(tls)
    for what, _folder in targets:
        rate = median(ours[what])
        note = show_cpu(our_cpu[what], tls_cpu, "bare GnuTLS")
        if senders[what] != len(seeds):
            note += f"; {senders[what]} sent"
        yield Row("download", f"download {bench.mib} MiB from {len(seeds)} to {what}",
                  show_rate(rate), f"{show_rate(reference)} bare GnuTLS", rate / reference,
                  f">= {DOWNLOAD_TARGET:.2f}", rate >= DOWNLOAD_TARGET * reference, note,
                  {"bytes_per_s": ours[what], "reference_bytes_per_s": tls,
                   "cpu_s": our_cpu[what], "reference_cpu_s": tls_cpu})
    rate = median(plain)
    yield Row("download", f"  for comparison: write + fsync to {targets[0][0]}", show_rate(rate),
              f"{show_rate(reference)} bare GnuTLS", rate / reference,
              figures={"bytes_per_s": plain})


def measure_latency(bench: Bench):
    n_files = 5 if bench.options.quick else 20
    times, finds = [], []
    with Session() as place:
        tracker = Tracker(place)
        for i in range(n_files + 1):
            place.make_file("letters", f"letter-{i:02d}.txt", size=LETTER_BYTES, seed=i)
        seed = Peer(place, "seed", tracker, place.path("letters"))
        for i in range(n_files + 1):
            seed.wait_shared(f"letter-{i:02d}.txt")
        taker = Peer(place, "taker", tracker)
        taker.wait_sources(f"letter-{n_files:02d}.txt", 1)
        for i in range(n_files + 1):
            name = f"letter-{i:02d}.txt"
            since = taker.mark()
            start = time.perf_counter()
            taker.write(f"search {name}")
            results = taker.wait("results", since=since)["results"]
            if [result["name"] for result in results] != [name]:
                raise Failure(f"the search for {name} found {results}")
            finds.append((time.perf_counter() - start) * 1000)
            taker.write("download 1")
            event = taker.wait("downloaded", since=since)
            times.append((time.perf_counter() - start) * 1000)
            if event["name"] != name or os.path.getsize(event["path"]) != LETTER_BYTES:
                raise Failure(f"this is not {name}: {event}")
    warm = median(times[1:])
    yield Row("latency", "2.6 KB: search to verified on disk", f"{warm:.1f} ms",
              "16 to 30 ms in the original", None, f"< {LATENCY_TARGET_MS} ms",
              warm < LATENCY_TARGET_MS, f"of which the search {median(finds[1:]):.1f} ms",
              {"ms": times[1:], "search_ms": finds[1:]})
    yield Row("latency", "  the first of them, which connects", f"{times[0]:.1f} ms", "", None,
              f"< {LATENCY_TARGET_MS} ms", times[0] < LATENCY_TARGET_MS, figures={"ms": times[:1]})


# What a person's program does unless told otherwise is to look around on the network, here kept to
# this machine; the figure without that stands beside it.
WAYS = (("defaults", ["--lan-interface", "lo"]), ("--no-lan", ["--no-lan"]))


def measure_small(bench: Bench):
    n_files = 200 if bench.options.quick else 1000
    medians = {}
    for way, options in WAYS:
        rates = []
        with Session() as place:
            tracker = Tracker(place, options=options)
            make_folder(place.path("folder"), n_files, SMALL_BYTES)
            seed = Peer(place, "seed", tracker, place.path("folder"), options=options)
            wait_count(seed, "shared", n_files, 0)
            seed.wait_sources(f"note-{n_files - 1:05d}", 1)
            links = [event["link"] for event in seed.all("shared")]
            for run in range(bench.runs):
                taker = Peer(place, f"taker{run}", tracker, options=options)
                if way == "defaults":
                    taker.wait("found", lambda event: event["peer"] == seed.id)
                since = taker.mark()
                start = time.perf_counter()
                taker.write("\n".join(f"download {link}" for link in links))
                rates.append(n_files / (wait_count(taker, "downloaded", n_files, since) - start))
                if sum(len(files) for _, _, files in os.walk(taker.downloads)) != n_files:
                    raise Failure("not every file is there")
                taker.clean_up()
        rate = medians[way] = median(rates)
        yield Row("small", f"{n_files:,} files of 4 KiB from one peer, {way}",
                  f"{rate:,.0f} files/s", target=f">= {SMALL_TARGET} files/s",
                  met=rate >= SMALL_TARGET, figures={"files_per_s": rates})
    # Noise between two runs is no loss.
    ratio = medians["defaults"] / medians["--no-lan"]
    yield Row("small", "  defaults against --no-lan", f"{ratio:.2f}", "", ratio,
              f">= {LAN_TARGET}", ratio >= LAN_TARGET)
