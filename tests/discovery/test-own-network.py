# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests meet no ordinary peer of the same machine: what own-network.py is for."""

import os
import subprocess
import sys

from redes_programs import Peer, check, check_equal, main, test

WRAPPER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support",
                       "own-network.py")
LOOPBACK = ["--lan-interface", "lo"]


class Wrapped:
    """A "host" whose programs run as a test program does."""

    prefix = [sys.executable, "-B", WRAPPER]


def is_about(other):
    return lambda event: event["peer"] == other.id


def see_each_other(place, name, env=None):
    """Whether a peer of a test and an ordinary one find each other, beside two ordinary ones that do."""
    usual = place.env
    ordinary = Peer(place, name + "-ordinary", None, options=LOOPBACK)
    place.env = {**usual, **(env or {})}
    tested = Peer(place, name + "-tested", None, options=LOOPBACK, host=Wrapped)
    second = Peer(place, name + "-second", None, options=LOOPBACK, host=Wrapped)
    place.env = usual
    # Who is found later than the tested ones were started shows that those had their time.
    later = Peer(place, name + "-later", None, options=LOOPBACK)
    ordinary.wait("found", is_about(later))
    later.wait("found", is_about(ordinary))
    return (ordinary.find("found", is_about(tested)) is not None
            or tested.find("found", is_about(ordinary)) is not None
            or second.find("found", is_about(tested)) is not None)


@test
def in_a_namespace(place):
    check(not see_each_other(place, "a"), "a test's peer met an ordinary one")


@test
def on_a_port(place):
    """Where the system makes no namespace."""
    check(not see_each_other(place, "b", {"REDES_TEST_NO_NAMESPACE": "1"}),
          "a test's peer met an ordinary one")


@test
def the_reason_is_told(place):
    env = {**place.env, "REDES_TEST_NO_NAMESPACE": "1"}
    ports = set()
    for _ in range(2):
        done = subprocess.run([*Wrapped.prefix, "sh", "-c", "echo $REDES_TEST_BEACON_PORT; exit 7"],
                              env=env, capture_output=True, text=True, check=False, timeout=60)
        check_equal(done.returncode, 7, "the status")
        check("# NOTE " in done.stderr, f"no reason: {done.stderr}")
        ports.add(done.stdout)
    # Nothing is put before the first line of the program, which may have to be the first: "TAP version 14".
    check(all(port.strip().isdigit() for port in ports), f"{ports}")


main()
