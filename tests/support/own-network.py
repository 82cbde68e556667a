#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a test program where no other program of this machine hears it.

Usage: own-network.py PROGRAM [ARGUMENT…]

Redes finds its neighbours by multicast, on the loopback interface too. A test that ran in the machine's
own network would meet an ordinary peer of the person who runs the test, and the peers of other tests.
So each test program gets a network namespace with a loopback interface and nothing else: as root, or as
any user in a user namespace. Where the system allows neither (or is not Linux), the program gets a port
for the beacons that no other test has, and a line on standard error that begins with "# NOTE" says so:
the first line of the output may be the program's "TAP version", which no line may precede.

This is one process that becomes the program, so signals and the exit status are the program's own.
"""

import ctypes
import os
import socket
import struct
import sys

# The engine reads it; see engine/wire/beacon.h.
PORT_VARIABLE = "REDES_TEST_BEACON_PORT"
PORTS = range(27000, 32000)

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS = 0x8913
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1
IFF_RUNNING = 0x40
IFF_MULTICAST = 0x1000


def write_file(path, text):
    with open(path, "w", encoding="ascii") as stream:
        stream.write(text)


def unshare(flags):
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "unshare"):
        raise OSError("this system has no network namespaces")
    if library.unshare(flags) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def bring_loopback_up():
    import fcntl  # pylint: disable=import-outside-toplevel
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack_from("h", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request), 16)[0]
        request = struct.pack("16sh14x", b"lo", flags | IFF_UP | IFF_RUNNING | IFF_MULTICAST)
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, request)


def leave_the_network():
    if os.geteuid() == 0:
        unshare(CLONE_NEWNET)
    else:
        # The user stays who it is, and has the rights for the loopback only until the program is run.
        user, group = os.geteuid(), os.getegid()
        unshare(CLONE_NEWUSER | CLONE_NEWNET)
        write_file("/proc/self/setgroups", "deny")
        write_file("/proc/self/uid_map", f"{user} {user} 1\n")
        write_file("/proc/self/gid_map", f"{group} {group} 1\n")
    bring_loopback_up()


def find_trouble():
    """Tries it in a child, as nobody comes back from half of a namespace. None: it works."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            leave_the_network()
        except OSError as error:
            os.write(writer, (error.strerror or str(error)).encode())
        except Exception as error:  # pylint: disable=broad-except
            os.write(writer, repr(error).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        trouble = stream.read().decode("utf-8", "replace")
    os.waitpid(child, 0)
    return trouble or None


def take_port():
    """A port that no other test has: its holder is a socket that the program inherits."""
    for port in PORTS:
        holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            holder.bind(("127.0.0.1", port))
        except OSError:
            holder.close()
            continue
        os.set_inheritable(holder.detach(), True)
        return port
    return None


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    trouble = find_trouble() if "REDES_TEST_NO_NAMESPACE" not in os.environ else "it was not wanted"
    if trouble is None:
        leave_the_network()
    else:
        port = take_port()
        if port is not None:
            os.environ[PORT_VARIABLE] = str(port)
        print(f"# NOTE tests run in this machine's own network, as it lets them make none ({trouble}); "
              "each has a beacon port of its own", file=sys.stderr, flush=True)
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
