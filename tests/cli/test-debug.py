# SPDX-License-Identifier: GPL-3.0-or-later
"""G_MESSAGES_DEBUG tells what a command does, module by module, and never on standard output."""

from redes_programs import Peer, Tracker, check, check_equal, main, test


def fetch(place, tracker, name, domains):
    env = {**place.env, "G_MESSAGES_DEBUG": domains} if domains else place.env
    done = place.run("get", "--tracker", tracker.address, "-o", "-", name, env=env)
    check_equal(done.status, 0, f"the status of get, which said {done.errors}")
    return done


@test
def a_download_is_told(place):
    tracker = Tracker(place)
    path = place.make_file("original", "notes.txt", size=3000)
    Peer(place, "bia", tracker, path).wait_shared("notes.txt")
    told = fetch(place, tracker, "notes.txt", "all")
    for words in ("redes-core-DEBUG", "redes-net-DEBUG", "redes-tracker-DEBUG", "redes-swarm-DEBUG",
                  "CONNECTING -> REGISTERED", "FINDING -> ACTIVE", "FINISHING -> DONE"):
        check(words in told.errors, f"{words!r} is not among: {told.errors}")
    one = fetch(place, tracker, "notes.txt", "redes-swarm")
    check("redes-swarm-DEBUG" in one.errors and "redes-net-DEBUG" not in one.errors,
          f"not the swarm alone: {one.errors}")
    silent = fetch(place, tracker, "notes.txt", None)
    check("DEBUG" not in silent.errors, f"nobody asked for {silent.errors}")
    check_equal(told.output, silent.output, "standard output")


main()
