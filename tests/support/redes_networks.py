# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts on this machine: network namespaces on segments, all made here and removed again.

A segment is a namespace with a bridge in it, so that nothing that goes over it ever touches the
machine's own network, not even its list of interfaces.
"""

import os
import shutil
import subprocess

from redes_programs import Skip


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if done.returncode != 0:
        raise Skip(f"this machine does not let a test make networks: {' '.join(command)}: "
                   f"{done.stderr.strip()}")
    return done.stdout


class Host:
    """A namespace. Programs run in it with prefix before their command line."""

    def __init__(self, networks, name):
        self.name = f"redes-{os.getpid()}-{name}"
        self.prefix = ["ip", "netns", "exec", self.name]
        self.interface = "lan0"
        _run("ip", "netns", "add", self.name)
        networks.hosts.append(self)
        self.run("ip", "link", "set", "lo", "up")

    def run(self, *command):
        return _run(*self.prefix, *command)

    def cut_off(self):
        self.run("ip", "link", "set", self.interface, "down")

    def join_again(self):
        self.run("ip", "link", "set", self.interface, "up")


class Networks:
    """All hosts and segments of a test; a context manager."""

    def __init__(self):
        self.hosts = []
        self._n_links = 0
        if shutil.which("ip") is None:
            raise Skip("there is no ip command (package iproute2) to make networks with")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for host in self.hosts:
            subprocess.run(["ip", "netns", "del", host.name], capture_output=True, check=False)

    def make_segment(self, name):
        segment = Host(self, name)
        segment.run("ip", "link", "add", "br0", "type", "bridge")
        segment.run("ip", "link", "set", "br0", "up")
        return segment

    def make_host(self, name, segment, address):
        """address: '10.7.1.2/24'; None: it has nothing but its link-local IPv6 address."""
        host = Host(self, name)
        self._n_links += 1
        port = f"p{self._n_links}"
        segment.run("ip", "link", "add", port, "type", "veth", "peer", "name", host.interface,
                    "netns", host.name)
        segment.run("ip", "link", "set", port, "master", "br0", "up")
        if address is not None:
            host.run("ip", "address", "add", address, "broadcast", "+", "dev", host.interface)
        host.run("ip", "link", "set", host.interface, "up")
        return host
