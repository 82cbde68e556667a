# SPDX-License-Identifier: GPL-3.0-or-later
"""Several on one machine find each other on the loopback. Others may be there too: another run of
this test, say; so each looks for its own alone."""

import signal
import time

from redes_programs import Peer, Tracker, check, check_equal, main, read_file, test, wait_until

LOOPBACK = ["--lan-interface", "lo"]


def make_peer(place, name, *paths, **arguments):
    arguments.setdefault("options", LOOPBACK)
    return Peer(place, name, None, *paths, **arguments)


def is_about(other):
    return lambda event: event["peer"] == other.id


def listed(program, other):
    return [row for row in program.list_peers() if row["peer"] == other.id]


def unique(place, name):
    """A word that no other run of this test has in its names."""
    return f"{place.folder.rsplit('-', 1)[-1]} {name}"


@test
def three_find_each_other(place):
    name = unique(place, "notes.txt")
    path = place.make_file("shared", name, data=b"hello")
    ana = make_peer(place, "ana", path)
    bruno = make_peer(place, "bruno")
    window = make_peer(place, "window")
    for one in (ana, bruno, window):
        for other in (ana, bruno, window):
            if one is other:
                continue
            found = one.wait("found", is_about(other))
            check_equal((found["what"], found["how"], found["address"], found["nickname"]),
                        ("peer", "lan", other.address, other.name), "what is told")
    row = listed(window, ana)[0]
    check("lan" in row["how"], f"how it was found: {row}")
    check_equal(row["address"], ana.address, "the list")
    ana.wait_shared(name)
    answer = window.ask(f"search {name}", "results")
    check_equal([row["name"] for row in answer["results"]], [name], "the results")
    check_equal((answer["trackers_asked"], answer["results"][0]["sources"]), (0, 1), "the counts")
    check(answer["peers_asked"] >= 2, f"peers asked: {answer}")
    window.write("download 1")
    copy = window.wait_downloaded(name)
    check_equal(read_file(copy["path"]), b"hello", "the copy")
    # Two have it now.
    wait_until(lambda: bruno.ask(f"search {name}", "results")["results"][0]["sources"] == 2,
               "two sources")
    ana.write("exit")
    ana.wait_exit()
    window.wait("lost", is_about(ana))
    check_equal(listed(window, ana), [], "the list")


@test
def one_shot_commands_ask_around(place):
    name = unique(place, "report.txt")
    ana = make_peer(place, "ana", place.make_file("shared", name, data=b"all of it"))
    ana.wait_shared(name)
    found = place.run("search", "--json", *LOOPBACK, name)
    check_equal(found.status, 0, f"{found}")
    check_equal([row["name"] for row in found.find("results")["results"]], [name], "found")
    got = place.run("get", "--json", *LOOPBACK, "-o", place.path("copy.txt"), name)
    check_equal(got.status, 0, f"{got}")
    check_equal(read_file(place.path("copy.txt")), b"all of it", "the copy")
    check(ana.find("found") is None or all("visitor" not in str(event) for event in ana.events),
          "a command that only asks is a neighbour to nobody")


@test
def browsing(place):
    names = [unique(place, f"file {i}.txt") for i in range(450)]
    for i, name in enumerate(names):
        place.make_file("shared", name, data=b"%d" % i)
    ana = make_peer(place, unique(place, "ana"), place.path("shared"))
    shy = make_peer(place, unique(place, "shy"), place.make_file("own", "secret.txt", data=b"x"),
                    options=[*LOOPBACK, "--no-browse"])
    window = make_peer(place, "window")
    window.wait("found", is_about(ana))
    window.wait("found", is_about(shy))
    wait_until(lambda: len(ana.all("shared")) == len(names), "all is shared")
    browsed = window.ask(f"browse {ana.id}", "browsed")["results"]
    files = [row["name"] for row in browsed if row["kind"] == "file"]
    check_equal(sorted(files), sorted(names), "the files that are seen")
    check_equal([(row["name"], row["files"]) for row in browsed if row["kind"] == "folder"],
                [("shared", len(names))], "the folder that they are in")
    window.write(f"download {[row['name'] for row in browsed].index(files[-1]) + 1}")
    last = window.wait_downloaded(files[-1])
    check_equal(read_file(last["path"]), read_file(place.path("shared", last["name"])), "the copy")
    refused = window.ask(f"browse {shy.address}", "error")
    check("browse" in refused["message"], f"{refused}")
    window.ask("browse nobody at all", "error")


@test
def killed_and_silent(place):
    ana = make_peer(place, "ana")
    bruno = make_peer(place, "bruno")
    bruno.wait("found", is_about(ana))
    ana.process.send_signal(signal.SIGSTOP)
    bruno.wait("lost", is_about(ana), timeout=60)
    start = time.monotonic()
    ana.process.send_signal(signal.SIGCONT)
    wait_until(lambda: len([event for event in bruno.all("found") if event["peer"] == ana.id]) == 2,
               "found again", 60)
    print(f"# found again after {time.monotonic() - start:.2f} s", flush=True)
    ana.kill()
    wait_until(lambda: len([event for event in bruno.all("lost") if event["peer"] == ana.id]) == 2,
               "lost again", 60)
    check_equal(listed(bruno, ana), [], "the list")


@test
def without_the_lan(place):
    ana = make_peer(place, "ana")
    alone = make_peer(place, "alone", options=["--no-lan"])
    other = make_peer(place, "other")
    ana.wait("found", is_about(other))
    check(alone.find("found") is None and ana.find("found", is_about(alone)) is None,
          "found all the same")
    error = alone.ask("search anything", "error")
    check("tracker" in error["message"], f"{error}")
    both = place.run("peer", "--no-lan", *LOOPBACK)
    check_equal(both.status, 2, f"{both}")
    slip = place.run("peer", "--lan-interface", "no-such-0")
    check_equal(slip.status, 2, f"{slip}")
    check("no-such-0" in slip.errors, f"{slip}")


@test
def a_named_tracker_is_not_used_twice(place):
    """The one tracker, named as localhost and found as 127.0.0.1."""
    tracker = Tracker(place, options=LOOPBACK)
    port = tracker.address.rsplit(":", 1)[1]
    ana = Peer(place, "ana", f"localhost:{port}", options=LOOPBACK)
    found = ana.wait("found", is_about(tracker))
    check_equal(found["what"], "tracker", "what")
    mark = ana.mark()
    wait_until(lambda: listed(ana, ana), "registered")
    bruno = make_peer(place, "bruno")
    bruno.wait("registered", lambda event: event["tracker"] == tracker.address)
    wait_until(lambda: listed(ana, bruno) and "tracker" in listed(ana, bruno)[0]["how"],
               "the tracker lists both")
    check(ana.find("tracker-lost", since=mark) is None, f"thrown out: {ana.describe()}")
    kept = {event["message"] for event in tracker.all("log") if "anew" in event["message"]}
    check_equal(kept, set(), "registrations that threw out another")


main()
