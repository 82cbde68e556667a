# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts on one segment, and on two, with nothing configured: namespaces that the test makes."""

import time

from redes_networks import Networks
from redes_programs import (Peer, Skip, Tracker, check, check_equal, main, read_file, test,
                            wait_until)

# What people are promised; a busy machine is given more, and the time is printed.
FOUND_S = 2
GONE_S = 15
BIG_BYTES = 3 * 1024 * 1024 + 17


def is_peer(program_or_id):
    wanted = getattr(program_or_id, "id", program_or_id)
    return lambda event: event["what"] == "peer" and event["peer"] == wanted


def wait_event(program, name, other, promised, since=0, start=None):
    start = start or time.monotonic()
    event = program.wait(name, is_peer(other), since=since, timeout=max(30, 3 * promised))
    print(f"# {name} after {time.monotonic() - start:.2f} s (promised: {promised} s)", flush=True)
    return event


def ids(program):
    return sorted(peer["peer"] for peer in program.list_peers())


@test
def three_hosts_on_one_segment(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.1.{i + 2}/24")
                 for i, name in enumerate(("a", "b", "c"))]
        path = place.make_file("shared", "summer photos.bin", size=BIG_BYTES)
        ana = Peer(place, "ana", None, path, listen=":0", host=hosts[0])
        ana.wait_shared("summer photos.bin")
        bruno = Peer(place, "bruno", None, listen=":0", host=hosts[1])
        start = time.monotonic()
        found = wait_event(bruno, "found", ana, FOUND_S, start=start)
        wait_event(ana, "found", bruno, FOUND_S, start=start)
        check_equal(found["how"], "lan", "how")
        check(found["address"].startswith("10.7.1.2:"), f"where: {found}")
        clara = Peer(place, "clara", None, listen=":0", host=hosts[2])
        start = time.monotonic()
        wait_event(clara, "found", ana, FOUND_S, start=start)
        wait_event(clara, "found", bruno, FOUND_S, start=start)
        check_equal(ids(clara), sorted([ana.id, bruno.id]), "the list")

        results = clara.search("photos")
        check_equal([row["name"] for row in results], ["summer photos.bin"], "the results")
        clara.write("download 1")
        downloaded = clara.wait_downloaded("summer photos.bin")
        check(read_file(downloaded["path"]) == read_file(path), "the copy differs")

        hosts[0].cut_off()
        start = time.monotonic()
        mark = bruno.mark()
        wait_event(bruno, "lost", ana, GONE_S, start=start)
        wait_event(clara, "lost", ana, GONE_S, start=start)
        check_equal(ids(bruno), [clara.id], "the list without who was cut off")
        hosts[0].join_again()
        start = time.monotonic()
        wait_event(bruno, "found", ana, FOUND_S, since=mark, start=start)
        wait_until(lambda: ana.id in ids(clara), "found again by all")

        mark = bruno.mark()
        ana.write("exit")
        check_equal(ana.wait_exit(), 0, "the status")
        start = time.monotonic()
        wait_event(bruno, "lost", ana, 1, since=mark, start=start)


@test
def a_tracker_is_used_by_itself(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        hosts = [networks.make_host(name, segment, f"10.7.2.{i + 2}/24")
                 for i, name in enumerate(("t", "a", "b"))]
        tracker = Tracker(place, listen=":0", host=hosts[0])
        path = place.make_file("shared", "one.txt", data=b"one")
        ana = Peer(place, "ana", None, path, listen=":0", host=hosts[1])
        shy = Peer(place, "shy", None, listen=":0", host=hosts[2],
                   options=["--no-found-trackers"])
        found = ana.wait("found", lambda event: event["what"] == "tracker")
        check_equal((found["peer"], found["used"]), (tracker.id, True), "the tracker")
        registered = ana.wait("registered")
        check_equal(registered["tracker"], found["address"], "where it registered")
        refused = shy.wait("found", lambda event: event["what"] == "tracker")
        check_equal(refused["used"], False, "whether it is used by who refuses")
        wait_until(lambda: ana.id in ids(ana), "the tracker lists it")
        check(shy.find("registered") is None, "it registered all the same")

        tracker.write("")
        tracker.process.terminate()
        tracker.wait_exit()
        ana.wait("lost", lambda event: event["what"] == "tracker", timeout=60)
        results = shy.search("one")
        check_equal([row["name"] for row in results], ["one.txt"], "found without the tracker")


@test
def two_segments_without_a_path(place):
    with Networks() as networks:
        peers = []
        for name, network in (("x", 3), ("y", 4)):
            segment = networks.make_segment(f"lan{name}")
            for i in range(2):
                host = networks.make_host(f"{name}{i}", segment, f"10.7.{network}.{i + 2}/24")
                path = place.make_file(f"shared{name}{i}", f"secret {name}{i}.txt", data=b"x")
                peers.append(Peer(place, f"{name}{i}", None, path, listen=":0", host=host))
        one, two, three, four = peers
        wait_event(one, "found", two, FOUND_S)
        wait_event(three, "found", four, FOUND_S)
        wait_until(lambda: one.search("secret") and three.search("secret"), "each finds its own")
        for program, other in ((one, two), (two, one), (three, four), (four, three)):
            check_equal(ids(program), [other.id], f"whom {program.name} knows")
            heard = {event["peer"] for event in program.all("found")}
            check_equal(heard, {other.id}, f"whom {program.name} has ever found")
            names = {row["name"] for row in program.search("secret")}
            check_equal(names, {f"secret {other.name}.txt"}, f"what {program.name} finds")


@test
def with_nothing_but_ipv6(place):
    with Networks() as networks:
        segment = networks.make_segment("lan")
        ana_host = networks.make_host("a", segment, None)
        bruno_host = networks.make_host("b", segment, None)
        if "fe80" not in ana_host.run("ip", "-6", "address", "show", "dev", "lan0"):
            raise Skip("this machine has no IPv6")
        path = place.make_file("shared", "six.bin", size=BIG_BYTES)
        ana = Peer(place, "ana", None, path, listen=":0", host=ana_host)
        ana.wait_shared("six.bin")
        bruno = Peer(place, "bruno", None, listen=":0", host=bruno_host)
        # A link-local address may be used once it is known to be nobody else's: a second or two.
        found = wait_event(bruno, "found", ana, FOUND_S + 2)
        check(found["address"].startswith("[fe80::"), f"where: {found}")
        # Also without the connection that it was met by.
        bruno.write("download six.bin")
        check(read_file(bruno.wait_downloaded("six.bin")["path"]) == read_file(path),
              "the copy differs")


@test
def told_by_another(place):
    """Of three, two cannot hear each other, but may meet: by the one whom both have met."""
    with Networks() as networks:
        left = networks.make_segment("left")
        right = networks.make_segment("right")
        ana_host = networks.make_host("ana", left, "10.7.5.2/24")
        clara_host = networks.make_host("clara", right, "10.7.6.2/24")
        middle = networks.make_host("middle", left, "10.7.5.9/24")
        middle.run("ip", "link", "add", "lan1", "type", "veth", "peer", "name", "up1", "netns",
                   right.name)
        right.run("ip", "link", "set", "up1", "master", "br0", "up")
        middle.run("ip", "address", "add", "10.7.6.9/24", "dev", "lan1")
        middle.run("ip", "link", "set", "lan1", "up")
        middle.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        ana_host.run("ip", "route", "add", "default", "via", "10.7.5.9")
        clara_host.run("ip", "route", "add", "default", "via", "10.7.6.9")
        bruno = Peer(place, "bruno", None, listen=":0", host=middle)
        ana = Peer(place, "ana", None, listen=":0", host=ana_host)
        clara = Peer(place, "clara", None, listen=":0", host=clara_host)
        wait_event(ana, "found", bruno, FOUND_S)
        wait_event(clara, "found", bruno, FOUND_S)
        # Whoever came first was told before the other was there: it is asked again in a while.
        found = wait_until(lambda: ana.find("found", is_peer(clara))
                           or clara.find("found", is_peer(ana)), "one is told of the other", 60)
        check_equal(found["how"], "exchange", "how")
        wait_until(lambda: [row for row in clara.list_peers() if row["peer"] == ana.id]
                   or [row for row in ana.list_peers() if row["peer"] == clara.id], "it is listed")
        both = [program for program in (ana, clara) if program.find("found", lambda event: event["how"] == "exchange")]
        other = clara if both[0] is ana else ana
        other.kill()
        both[0].wait("lost", is_peer(other), timeout=90)


main()
