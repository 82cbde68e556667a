# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten thousand forged beacons a second: memory stays flat, and people notice nothing. For two
seconds; with REDES_TEST_BIG=1 for ten."""

import os
import subprocess
import sys
import time

from redes_networks import Networks
from redes_programs import BIG, Peer, check, check_equal, main, test, wait_until

PER_SECOND = 10000
SECONDS = 10 if BIG else 2
FORGER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "forge_beacons.py")
# What a table full of forged neighbours takes, with room to spare.
MAX_GROWTH_BYTES = 8 * 1024 * 1024


def private_bytes(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as stream:
        _total, resident, shared = map(int, stream.read().split()[:3])
    return (resident - shared) * os.sysconf("SC_PAGESIZE")


def processor_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
        fields = stream.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@test
def ten_thousand_forged_a_second(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.8.{i + 2}/24")
                 for i, name in enumerate(("a", "b", "c", "evil"))]
        ana = Peer(place, "ana", None, listen=":0", host=hosts[0])
        bruno = Peer(place, "bruno", None, listen=":0", host=hosts[1])
        ana.wait("found", lambda event: event["peer"] == bruno.id)
        before = private_bytes(ana.process.pid)
        used = processor_seconds(ana.process.pid)
        with subprocess.Popen([*hosts[3].prefix, sys.executable, FORGER, "10.7.8.5",
                               str(PER_SECOND), str(SECONDS), "9"], stdout=subprocess.PIPE) as forger:
            slowest = 0.0
            peak = before
            clara = None
            start = time.monotonic()
            while forger.poll() is None:
                asked = time.monotonic()
                ana.ask("shared", "shares")
                slowest = max(slowest, time.monotonic() - asked)
                peak = max(peak, private_bytes(ana.process.pid))
                if clara is None and asked - start > SECONDS / 2:
                    clara = Peer(place, "clara", None, listen=":0", host=hosts[2])
                time.sleep(0.05)
            said = forger.stdout.read().decode()
        used = processor_seconds(ana.process.pid) - used
        print(f"# {said.strip()}; memory {before / 1e6:.1f} MB, at most {peak / 1e6:.1f} MB; "
              f"slowest answer {slowest * 1000:.0f} ms; {used:.2f} s of processor", flush=True)
        check(said.startswith(str(PER_SECOND * SECONDS)), f"the forger failed: {said}")
        if not {"ASAN_OPTIONS", "TSAN_OPTIONS"} & set(os.environ):
            check(peak - before < MAX_GROWTH_BYTES, f"memory grew by {peak - before} bytes")
        ana.wait("found", lambda event: event["peer"] == clara.id)
        peers = {event["peer"] for event in ana.all("found") if event["what"] == "peer"}
        check_equal(peers, {bruno.id, clara.id}, "peers that were found")
        check(ana.find("lost", lambda event: event["peer"] == bruno.id) is None, "bruno was lost")
        trackers = [event for event in ana.all("found") if event["what"] == "tracker"]
        check_equal(trackers, [], "trackers that were found")
        wait_until(lambda: sorted(peer["peer"] for peer in ana.list_peers())
                   == sorted([bruno.id, clara.id]), "the list is true")


main()
