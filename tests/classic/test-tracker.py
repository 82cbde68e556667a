# SPDX-License-Identifier: GPL-3.0-or-later
"""The original system's conversation with our tracker, byte for byte."""

import socket
import threading
import time

from original_programs import ask, to_address
from redes_networks import Networks
from redes_programs import Peer, Tracker, check, check_equal, main, test, wait_until

TIMEOUT_S = 20


def make_tracker(place):
    tracker = Tracker(place, options=["--classic"])
    return tracker, to_address(tracker.address)


@test
def the_whole_conversation(place):
    _tracker, address = make_tracker(place)
    conversation = [
        ("LIST", b""),
        ("REGISTER 127.0.0.1 6001 a.txt,b.txt", b""),
        ("REGISTER 127.0.0.1 6002 a.txt", b""),
        ("REGISTER 127.0.0.1 6003 música.mp3,c.bin", b""),
        ("LIST", b"127.0.0.1:6001,127.0.0.1:6002,127.0.0.1:6003"),
        ("SEARCH a.txt", b"127.0.0.1:6001,127.0.0.1:6002"),
        ("SEARCH música.mp3", b"127.0.0.1:6003"),
        ("SEARCH nothing.txt", b"NAO ENCONTRADO"),
        ("SEARCH", b"ERRO: SEARCH requer nome do arquivo"),
        ("UPDATE 127.0.0.1 6001 new.txt", b""),
        ("SEARCH new.txt", b"127.0.0.1:6001"),
        ("UPDATE 127.0.0.1 7777 new.txt", b"ERRO Peer nao registrado"),
        ("HEARTBEAT 127.0.0.1 6001", b""),
        ("HEARTBEAT 127.0.0.1 7777", b""),
        ("UNREGISTER 127.0.0.1 6002", b""),
        ("SEARCH a.txt", b"127.0.0.1:6001"),
        ("REGISTER 127.0.0.1 6001", b""),
        ("SEARCH a.txt", b"NAO ENCONTRADO"),
        ("LIST", b"127.0.0.1:6001,127.0.0.1:6003"),
    ]
    for command, answer in conversation:
        check_equal(ask(address, command), answer, command)


@test
def silence_ends_a_guest(place):
    _tracker, address = make_tracker(place)
    ask(address, "REGISTER 127.0.0.1 6001 a.txt")
    ask(address, "REGISTER 127.0.0.1 6002 b.txt")
    start = time.monotonic()
    def is_other_alone():
        ask(address, "HEARTBEAT 127.0.0.1 6002")
        return ask(address, "LIST") == b"127.0.0.1:6002"
    wait_until(is_other_alone, "the silent one is not listed any more")
    seconds = time.monotonic() - start
    print(f"# gone after {seconds:.1f} s", flush=True)
    check(seconds > TIMEOUT_S - 1, "gone too early")
    check_equal(ask(address, "UPDATE 127.0.0.1 6001 c.txt"), b"ERRO Peer nao registrado", "UPDATE")


@test
def one_port_for_both(place):
    tracker, address = make_tracker(place)
    name = "signed.txt"
    ana = Peer(place, "ana", tracker, place.make_file("shared", name, data=b"signed"))
    ana.wait_shared(name)
    ana_place = ana.address.replace(":", " ")
    ask(address, f"REGISTER {ana_place} {name},fake.txt")
    bruno = Peer(place, "bruno", tracker)
    wait_until(lambda: len(bruno.list_peers()) == 2, "both are listed")
    rows = bruno.search("signed")
    check_equal([(row["name"], row["publisher"]) for row in rows], [(name, ana.id)], "the results")
    check_equal(bruno.search("fake"), [], "what a guest says, to one who does not speak as they do")
    ask(address, f"UNREGISTER {ana_place}")
    check_equal(len(bruno.search("signed")), 1, "a guest has taken a peer's entry away")


@test
def pieces_and_hostile_ones(place):
    tracker, address = make_tracker(place)
    names = ",".join(f"file-{i:04}.txt" for i in range(900))
    command = f"REGISTER 127.0.0.1 6001 {names}"
    pieces = [command[i:i + 1000] for i in range(0, len(command), 1000)]
    check_equal(ask(address, None, pieces), b"", "a REGISTER of many names")
    check_equal(ask(address, "SEARCH file-0899.txt"), b"127.0.0.1:6001", "its last name")
    for bad in ("HELLO", "REGISTER", "REGISTER x 6001 a", "REGISTER 127.0.0.1 0 a", "GET a 0 0",
                "register 127.0.0.1 6002 a", b"\xff\xfe\x00", "HEARTBEAT 127.0.0.1"):
        check_equal(ask(address, None, [bad]), b"", f"the answer to {bad!r}")
    check_equal(ask(address, "LIST"), b"127.0.0.1:6001", "who is there after nonsense")
    for i in range(300):
        ask(address, f"REGISTER 127.0.0.1 {10000 + i} x")
    check(len(ask(address, "LIST")) <= 4096, "an answer longer than one recv")
    silent = [socket.create_connection(address) for _ in range(150)]
    try:
        wait_until(lambda: ask_or_none(address, "SEARCH file-0000.txt") == b"127.0.0.1:6001",
                   "others are served beside silent connections", 60)
    finally:
        for connection in silent:
            connection.close()
    check(tracker.process.poll() is None, "it has ended")


def ask_or_none(address, command):
    try:
        return ask(address, command)
    except OSError:
        return None


@test
def found_by_udp(place):
    """In a network of its own, for there is only one UDP port 5500."""
    with Networks() as networks:
        segment = networks.make_segment("lan")
        ours = networks.make_host("tracker", segment, "10.7.9.2/24")
        theirs = networks.make_host("seeker", segment, "10.7.9.3/24")
        Tracker(place, listen=":5000", options=["--classic"], host=ours)
        seek = ("import socket\n"
                "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                "s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)\n"
                "s.settimeout(10)\n"
                "s.sendto(b'DISCOVER_TRACKER', ('10.7.9.255', 5500))\n"
                "print(s.recvfrom(1024)[0].decode())")
        check_equal(theirs.run("python3", "-c", seek).strip(), "TRACKER_HERE 10.7.9.2 5000",
                    "the answer")


@test
def off_unless_asked_for(place):
    tracker = Tracker(place)
    answers = []

    def attempt():
        try:
            answers.append(ask(to_address(tracker.address), "SEARCH nothing.txt"))
        except OSError:
            answers.append(b"")
    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join(30)
    check(b"127.0.0.1" not in b"".join(answers) and b"ENCONTRADO" not in b"".join(answers),
          f"a plain answer: {answers}")


main()
