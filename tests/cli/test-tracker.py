# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is there: registering, leaving, dying, coming back."""

import os
import pwd
import signal
import socket
import time
import urllib.error
import urllib.request

from redes_programs import (Failure, Peer, Program, Skip, Tracker, check, check_equal, main, test,
                            wait_until)


def ids(peers):
    return sorted(peer["peer"] for peer in peers)


def wait_ids(program, wanted, timeout=None):
    wait_until(lambda: ids(program.list_peers()) == sorted(wanted),
               f"the active peers are {sorted(wanted)}", timeout)


@test
def list_has_addresses_and_nicknames(place):
    tracker = Tracker(place)
    ana = Peer(place, "ana", tracker)
    bruno = Peer(place, "Brúno 🦜", tracker)
    wait_ids(ana, [ana.id, bruno.id])
    rows = {peer["peer"]: peer for peer in ana.list_peers()}
    check_equal(rows[bruno.id]["nickname"], "Brúno 🦜", "the nickname")
    check_equal(rows[bruno.id]["address"], bruno.address, "the address")
    check_equal(rows[ana.id]["address"], ana.address, "the address")


@test
def who_chose_no_nickname_has_none(place):
    """Neither the login name nor the machine's is told to anybody: not by what stays, nor by what ends."""
    names = {pwd.getpwuid(os.getuid()).pw_name, socket.gethostname()}
    on_loopback = ["--lan-interface", "lo"]
    tracker = Tracker(place, options=on_loopback)
    path = place.make_file("shared", "song.ogg", size=1000)
    nameless = Peer(place, "nameless", tracker, path, options=on_loopback, nickname="")
    nameless.wait_shared("song.ogg")
    ana = Peer(place, "ana", tracker, options=on_loopback)
    rows = {peer["peer"]: peer for peer in ana.list_peers()}
    check_equal(rows[nameless.id]["nickname"], "", "the nickname in the list")
    for sought in (nameless.id, tracker.id):
        found = ana.wait("found", lambda event, sought=sought: event["peer"] == sought)
        check_equal(found["nickname"], "", "the nickname that was found")
    ana.wait_sources("song", 1)
    for command in (["search", "song"], ["get", "song.ogg"]):
        done = place.run(command[0], "--tracker", tracker.address, *command[1:])
        check_equal(done.status, 0, f"{command}: {done}")
    told = [event["message"] for event in tracker.events if event["event"] == "log"]
    check(any("song" in line for line in told), f"the tracker's log: {told}")
    for line in told:
        check(not any(line.startswith(f"{name} ") for name in names), f"a name in the log: {line}")


@test
def killed_peers_are_gone_within_the_timeout(place):
    tracker = Tracker(place, timeout=2)
    path = place.make_file("shared", "song.ogg", size=1000)
    victim = Peer(place, "victim", tracker, path)
    victim.wait_shared("song.ogg")
    watcher = Peer(place, "watcher", tracker)
    watcher.wait_sources("song", 1)
    victim.kill()
    wait_ids(watcher, [watcher.id], timeout=6)
    check_equal(watcher.search("song"), [], "results of a dead peer")
    # The watcher lives on although it is silent but for its heartbeat, while another timeout goes by.
    second = Peer(place, "second", tracker)
    wait_ids(watcher, [watcher.id, second.id])
    second.kill()
    wait_ids(watcher, [watcher.id])
    check(watcher.find("tracker-lost") is None, "a tracker with a short timeout dropped a live peer")


@test
def stopped_processes_are_gone_within_the_timeout(place):
    tracker = Tracker(place, timeout=2)
    path = place.make_file("shared", "song.ogg", size=1000)
    frozen = Peer(place, "frozen", tracker, path)
    frozen.wait_shared("song.ogg")
    watcher = Peer(place, "watcher", tracker)
    watcher.wait_sources("song", 1)
    frozen.process.send_signal(signal.SIGSTOP)
    try:
        wait_ids(watcher, [watcher.id], timeout=8)
        check_equal(watcher.search("song"), [], "results of a frozen peer")
    finally:
        frozen.process.send_signal(signal.SIGCONT)
    wait_ids(watcher, [watcher.id, frozen.id], timeout=15)
    watcher.wait_sources("song", 1)


def check_leaves_at_once(place, leave):
    tracker = Tracker(place)
    path = place.make_file("shared", "song.ogg", size=1000)
    leaver = Peer(place, "leaver", tracker, path)
    leaver.wait_shared("song.ogg")
    watcher = Peer(place, "watcher", tracker)
    watcher.wait_sources("song", 1)
    leave(leaver)
    check_equal(leaver.wait_exit(5), 0, "the status")
    # The default timeout is 25 s: only an UNREGISTER can be this quick.
    wait_ids(watcher, [watcher.id], timeout=2)
    check_equal(watcher.search("song"), [], "results of a peer that left")


@test
def exit_leaves_at_once(place):
    check_leaves_at_once(place, lambda peer: peer.write("exit"))


@test
def quit_leaves_at_once(place):
    check_leaves_at_once(place, lambda peer: peer.write("quit"))


@test
def ctrl_c_leaves_at_once(place):
    check_leaves_at_once(place, lambda peer: peer.process.send_signal(signal.SIGINT))


@test
def sigterm_leaves_at_once(place):
    check_leaves_at_once(place, lambda peer: peer.process.send_signal(signal.SIGTERM))


@test
def signals_stop_both_within_a_second(place):
    for number in (signal.SIGINT, signal.SIGTERM):
        tracker = Tracker(place)
        peers = [Peer(place, f"peer{int(number)}{i}", tracker) for i in range(3)]
        for program in (tracker, *peers):
            seconds, status = program.signal_and_time(number)
            check_equal(status, 0, f"the status of {program.describe()}")
            check(seconds < 1.0, f"{seconds:.2f} s to stop: {program.describe()}")
            check(program.find("stopped") is not None, f"nothing said: {program.describe()}")


@test
def a_restarted_tracker_has_all_back_within_15_seconds(place):
    tracker = Tracker(place)
    path = place.make_file("shared", "song.ogg", size=1000)
    peers = [Peer(place, f"peer{i}", tracker, *([path] if i == 0 else [])) for i in range(4)]
    peers[0].wait_shared("song.ogg")
    peers[1].wait_sources("song", 1)
    marks = [peer.mark() for peer in peers]
    tracker.kill()
    for peer, mark in zip(peers, marks):
        peer.wait("tracker-lost", since=mark)
    time.sleep(2)
    for peer, mark in zip(peers, marks):
        lost = [event for event in peer.events[mark:] if event["event"] == "tracker-lost"]
        check_equal(len(lost), 1, f"times that the loss was told: {peer.describe()}")

    start = time.monotonic()
    again = Tracker(place, listen=tracker.address)
    check(time.monotonic() - start < 2, "the tracker did not start at once on its old port")
    check_equal(again.address, tracker.address, "the address")
    check_equal(again.id, tracker.id, "the tracker's identity")
    for peer, mark in zip(peers, marks):
        peer.wait("registered", since=mark, timeout=15)
    wait_ids(peers[2], [peer.id for peer in peers], timeout=15)
    peers[1].wait_sources("song", 1)
    check(time.monotonic() - start < 15, "not all were back within 15 s")


@test
def a_tracker_stopped_politely_starts_again_at_once(place):
    tracker = Tracker(place)
    peer = Peer(place, "peer", tracker)
    mark = peer.mark()
    seconds, status = tracker.signal_and_time(signal.SIGTERM)
    check(status == 0 and seconds < 1.0, f"status {status} after {seconds:.2f} s")
    again = Tracker(place, listen=tracker.address)
    peer.wait("registered", since=mark, timeout=15)
    wait_ids(peer, [peer.id], timeout=5)
    check(again.find("log") is not None, "the tracker's log is silent")


@test
def a_peer_started_before_its_tracker_registers_by_itself(place):
    tracker = Tracker(place)
    tracker.kill()
    peer = Peer(place, "early", tracker.address, registered=False)
    peer.wait("tracker-lost")
    again = Tracker(place, listen=tracker.address)
    peer.wait("registered", timeout=15)
    wait_ids(peer, [peer.id])
    check(again.find("log") is not None, "the tracker's log is silent")


@test
def who_finds_a_tracker_full_is_told_and_comes_in_later(place):
    tracker = Tracker(place, options=["--max-peers", "1"])
    first = Peer(place, "first", tracker)
    second = Peer(place, "second", tracker, registered=False)
    lost = second.wait("tracker-lost")
    check("as many peers as it takes" in lost["message"], f"why it is not registered: {lost}")
    tracker.wait("log", lambda event: event["message"].startswith("full: 1 peers are registered"))
    first.write("exit")
    first.wait_exit()
    second.wait("registered", timeout=60)
    refused = Program(place, "tracker", "--listen", "127.0.0.1:0", "--max-peers", "none")
    check_equal(refused.wait_exit(), 2, "the status for a number that is none")


def start_with_metrics(place):
    # What is wrong with the address is said by a program that has libsoup, and by no other.
    if "without libsoup" in place.run("tracker", "--no-lan", "--listen", "127.0.0.1:70000", "--metrics", "0").errors:
        raise Skip("the program was built without libsoup")
    return Tracker(place, options=["--metrics", "0"])


def read_metrics(tracker, path="/metrics"):
    """The values by their names with labels."""
    with urllib.request.urlopen(f"http://{tracker.find('metrics')['address']}{path}", timeout=60) as answer:
        check(answer.headers["Content-Type"].startswith("application/openmetrics-text"), str(answer.headers))
        lines = answer.read().decode("utf-8").splitlines()
    check_equal(lines[-1], "# EOF", "the last line of the metrics")
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}


@test
def metrics_say_what_a_tracker_does(place):
    tracker = start_with_metrics(place)
    check(tracker.wait("metrics")["address"].startswith("127.0.0.1:"), "metrics are for this machine unless said")
    check_equal(read_metrics(tracker)["redes_peers"], 0, "peers at first")
    peer = Peer(place, "one", tracker, place.make_file("shared", "song.ogg", size=1000))
    peer.wait_sources("song", 1)
    for words in ("nowhere", "***"):
        Program(place, "search", "--no-lan", "--tracker", tracker.address, words).wait_exit()
    now = read_metrics(tracker)
    check_equal((now["redes_peers"], now["redes_files"], now["redes_registrations_total"]), (1, 1, 1),
                "peers, files, registrations")
    found = now['redes_searches_total{outcome="found"}']
    nothing = now['redes_searches_total{outcome="nothing"}']
    check(found >= 1 and nothing >= 1, f"searches: {now}")
    check_equal(now["redes_search_seconds_count"], now['redes_search_seconds_bucket{le="+Inf"}'], "searches in all")
    buckets = [value for name, value in now.items() if name.startswith("redes_search_seconds_bucket")]
    check(len(buckets) > 5 and buckets == sorted(buckets), f"times of searches, each with those before: {buckets}")
    check_equal(now["redes_search_seconds_count"], sum(now[name] for name in now if "searches_total" in name),
                "searches, by time and by outcome")
    check(now["redes_received_bytes_total"] > 1000 and now["redes_sent_bytes_total"] > 1000, f"bytes: {now}")
    peer.write("exit")
    peer.wait_exit()
    wait_until(lambda: read_metrics(tracker)["redes_departures_total"] == 1, "the departure")
    check_equal(read_metrics(tracker)["redes_files"], 0, "files in the end")
    try:
        read_metrics(tracker, "/")
        raise Failure("another path was answered")
    except urllib.error.HTTPError as error:
        check_equal(error.code, 404, "the status for another path")
    options = ["tracker", "--no-lan", "--listen", "127.0.0.1:0", "--metrics"]
    other = place.run(*options, tracker.find("metrics")["address"])
    check_equal(other.status, 1, "the status where the port is taken")
    check("in use" in other.errors, f"where the port is taken: {other}")
    wrong = place.run(*options, "example.org:1")
    check_equal(wrong.status, 2, "the status for a name")
    check("--metrics example.org:1" in wrong.errors, f"a name: {wrong}")


@test
def idle_connections_for_metrics_take_nothing_from_peers(place):
    tracker = start_with_metrics(place)
    host, port = tracker.wait("metrics")["address"].split(":")

    def count_sockets():
        folder = f"/proc/{tracker.process.pid}/fd"
        return sum(os.readlink(os.path.join(folder, name)).startswith("socket:") for name in os.listdir(folder))

    before = count_sockets()
    idle = [socket.create_connection((host, int(port))) for _ in range(60)]
    # Those beyond the limit are closed at once, and say so.
    for one in idle:
        one.settimeout(60)
    check_equal([one.recv(1) for one in idle[16:]], [b""] * 44, "what was said to those beyond the limit")
    check(count_sockets() <= before + 16, f"sockets: {before} before, {count_sockets()} now")
    # The others are let go in their turn, and then there is room again.
    check_equal([one.recv(1) for one in idle[:16]], [b""] * 16, "what was said to those that asked for nothing")
    wait_until(lambda: count_sockets() <= before, "the end of the connections")
    check_equal(read_metrics(tracker)["redes_peers"], 0, "peers")
    for one in idle:
        one.close()


@test
def two_trackers_are_merged(place):
    trackers = [Tracker(place, name="tracker1"), Tracker(place, name="tracker2")]
    path = place.make_file("shared", "song.ogg", size=1000)
    both = Peer(place, "both", trackers[0], path, options=["--tracker", trackers[1].address])
    both.wait("registered", lambda event: event["tracker"] == trackers[1].address)
    both.wait_shared("song.ogg")
    only = Peer(place, "only", trackers[1], path)
    only.wait_shared("song.ogg")
    only.wait_sources("song", 2)
    wait_ids(both, [both.id, only.id])
    found = both.search_until("song", lambda rows: rows, "one result")
    check_equal(len(found), 1, "results for one content")
    trackers[0].kill()
    both.wait("tracker-lost", lambda event: event["tracker"] == trackers[0].address)
    answer = both.ask("search song", "results")
    check_equal(len(answer["results"]), 1, "results when one tracker is gone")
    wait_ids(both, [both.id, only.id])


@test
def the_same_identity_after_a_restart(place):
    tracker = Tracker(place)
    first = Peer(place, "same", tracker)
    first.write("exit")
    first.wait_exit()
    second = Peer(place, "same", tracker)
    check_equal(second.id, first.id, "the peer's id")


@test
def the_log_has_a_line_an_event(place):
    tracker = Tracker(place)
    peer = Peer(place, "maria", tracker)
    tracker.wait("log", lambda event: "maria" in event["message"])
    mark = tracker.mark()
    peer.write("exit")
    peer.wait_exit()
    tracker.wait("log", lambda event: "maria" in event["message"], since=mark)
    for event in tracker.all("log"):
        if "\n" in event["message"]:
            raise Failure(f"more than a line: {event}")


main()
