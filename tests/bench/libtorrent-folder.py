#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches a folder by libtorrent 2, as a torrent of version 2 alone, from so many seeds on loopback.

Usage: libtorrent-folder.py FOLDER TARGET N_SEEDS

Prints the seconds from the moment that the taker knows the seeds until all is there. It is the reference of the
benchmark folder-fetch. TCP alone: uTP is slower on loopback. Status 77: libtorrent 2 is not there.
"""

import os
import sys
import time

try:
    import libtorrent
except ImportError:
    sys.exit(77)

PATIENCE_S = 600


def make_session():
    return libtorrent.session({
        "listen_interfaces": "127.0.0.1:0", "enable_dht": False, "enable_lsd": False, "enable_upnp": False,
        "enable_natpmp": False, "enable_incoming_utp": False, "enable_outgoing_utp": False,
        "allow_multiple_connections_per_ip": True, "alert_mask": 0})


def make_torrent(folder):
    storage = libtorrent.file_storage()
    libtorrent.add_files(storage, folder)
    torrent = libtorrent.create_torrent(storage, 0, libtorrent.create_torrent.v2_only)
    libtorrent.set_piece_hashes(torrent, os.path.dirname(folder))
    return libtorrent.torrent_info(libtorrent.bdecode(libtorrent.bencode(torrent.generate())))


def wait(condition):
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("it does not end")
        time.sleep(0.005)


def main():
    folder, target, n_seeds = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    info = make_torrent(folder)
    seeds = []
    for _ in range(n_seeds):
        session = make_session()
        handle = session.add_torrent({"ti": info, "save_path": os.path.dirname(folder),
                                      "flags": libtorrent.torrent_flags.seed_mode})
        wait(lambda handle=handle: handle.status().is_seeding)
        seeds.append(session)
    taker = make_session()
    start = time.perf_counter()
    handle = taker.add_torrent({"ti": info, "save_path": target,
                                "flags": libtorrent.torrent_flags.default_flags
                                & ~libtorrent.torrent_flags.auto_managed & ~libtorrent.torrent_flags.paused})
    for session in seeds:
        handle.connect_peer(("127.0.0.1", session.listen_port()))
    wait(lambda: handle.status().is_seeding)
    print(time.perf_counter() - start)


main()
