# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends forged beacons: forge_beacons.py INTERFACE_ADDRESS PER_SECOND SECONDS PORT

Run only inside a network that a test has made. Every beacon is well formed, and of another peer.
"""

import os
import socket
import struct
import sys
import time

GROUP = ("239.255.82.69", int(os.environ.get("REDES_TEST_BEACON_PORT", 26001)))


def make_beacon(kind, peer, run, port, tracker_port, nickname):
    body = struct.pack("<IB", 1, kind) + peer + run + b"\0"
    body += struct.pack("<HH", port, tracker_port) + nickname + b"\0"
    # Where the two byte strings end, the last first.
    return b"redeslan" + body + bytes([69, 37])


def main():
    address, per_second, seconds, port = sys.argv[1], *map(int, sys.argv[2:5])
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    start = time.monotonic()
    n_sent = 0
    while n_sent < per_second * seconds:
        due = min(int((time.monotonic() - start) * per_second), per_second * seconds)
        while n_sent < due:
            seed = os.urandom(64)
            # Some ask, some claim a tracker; all differ.
            sender.sendto(make_beacon(1 + n_sent % 2, seed[:32], seed[32:], port,
                                      port if n_sent % 8 == 0 else 0, b"forged"), GROUP)
            n_sent += 1
        time.sleep(0.001)
    print(f"{n_sent} in {time.monotonic() - start:.1f} s")


main()
