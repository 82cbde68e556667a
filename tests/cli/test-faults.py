# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk that fails once, at each call in turn: nothing crashes, nothing is lost, and it is told.

The second argument is the library that makes calls fail (tests/support/fault-inject.c).
"""

import errno
import os
import shutil
import sys

from redes_programs import (BIG, MIB, Failure, Peer, Program, Skip, Tracker, check, check_equal, main,
                            read_file, test, wait_until)

INJECTOR = os.path.abspath(sys.argv.pop(2)) if len(sys.argv) > 2 else ""
if INJECTOR != "":
    INJECTOR = os.path.abspath(INJECTOR)

# Which of the calls fail in the quick run.
SAMPLE = (1, 2, 5)
# More than any call comes in what is done here.
MANY = 400
SIZE = 3 * MIB


class Swarm:
    """A tracker and somebody who shares a film, for many takers one after another."""

    def __init__(self, place):
        if INJECTOR == "":
            raise Skip("no library to make calls fail is there (it is for Linux)")
        self.place = place
        self.tracker = Tracker(place)
        self.film = place.make_file("original", "film.bin", size=SIZE)
        self.source = Peer(place, "source", self.tracker, self.film, options=["--max-up", 8192])
        self.source.wait_shared("film.bin")
        self.n_takers = 0

    def begin_taker(self):
        """Folders for the next one; its key is there already, for it takes long to make."""
        self.n_takers += 1
        name = f"taker{self.n_takers}"
        data = self.place.path(name, "data")
        os.makedirs(data, mode=0o700)
        key = self.place.path("identity.pem")
        if os.path.exists(key):
            shutil.copy(key, data)
        own = self.place.make_file(name, "mine", "own.bin", size=300000, seed=self.n_takers)
        return name, own

    def keep_key(self, name):
        if not os.path.exists(self.place.path("identity.pem")):
            shutil.copy(self.place.path(name, "data", "identity.pem"), self.place.path("identity.pem"))


def start(place, name, tracker, *paths, fault=None, times="1"):
    """@fault: (call, folder, at, errno); a folder is tried twice by GLib before it gives up.
    @times: how often it fails; None: as the environment says."""
    usual = place.env
    if fault is not None:
        call, folder, at, number = fault
        place.env = {**usual, "LD_PRELOAD": INJECTOR, "REDES_FAULT_CALL": call,
                     "REDES_FAULT_FOLDER": os.path.realpath(place.path(name, folder)),
                     "REDES_FAULT_AT": str(at), "REDES_FAULT_ERRNO": str(number),
                     "REDES_FAULT_TIMES": "2" if call == "mkdir" else
                                          times or usual["REDES_FAULT_TIMES"],
                     "REDES_FAULT_REPORT": place.path(name, "fault")}
        # Two sanitizers of one process would not bear another that comes first.
        if "ASAN_OPTIONS" in usual:
            place.env["ASAN_OPTIONS"] = usual["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
    try:
        return Peer(place, name, tracker, *paths)
    finally:
        place.env = usual


def check_ended_well(program):
    status = program.wait_exit()
    check(0 <= status < 100, f"it crashed: {program.describe()}")
    noise = "".join(program.errors)
    check("CRITICAL" not in noise and "Sanitizer" not in noise, f"it complained: {program.describe()}")
    return status


def list_words(program):
    """What it has told of trouble."""
    words = [event.get("reason") or event.get("message") or ""
             for name in ("waiting", "notice", "share-skipped", "failed", "error")
             for event in program.all(name)]
    return [text for text in words if text]


def download(taker):
    taker.wait_sources("film", 1)
    since = taker.mark()
    taker.write("download 1")
    taker.wait("progress", lambda event: event["blocks_done"] >= 2 or event["state"] == "waiting",
               since)
    taker.write("pause film.bin")
    taker.wait("progress", lambda event: event["state"] in ("paused", "finishing", "done"), since)
    # Once begun, a download makes no folder that is gone: it may be that of a drive.
    os.makedirs(taker.downloads, exist_ok=True)
    taker.write("resume film.bin")
    return taker.wait_downloaded("film.bin")


def run_taker(swarm, call, folder, at, number):
    """Returns what failed, "CALL PATH", or None if there were not so many calls."""
    place = swarm.place
    name, own = swarm.begin_taker()
    before = []
    try:
        taker = start(place, name, swarm.tracker, own, fault=(call, folder, at, number))
    except Failure:
        taker = place.programs[-1]
        check(check_ended_well(taker) != 0, f"it did not start: {taker.describe()}")
        before = list_words(taker)
        check(before, f"it ended without a word: {taker.describe()}")
        taker = start(place, name, swarm.tracker, own)
    if call == "mkdir" and folder == "downloads":
        os.rmdir(taker.downloads)
    taker.wait_shared("own.bin")
    swarm.keep_key(name)
    path = download(taker)["path"]
    taker.write("exit")
    check_equal(check_ended_well(taker), 0, f"the status of {taker.describe()}")
    words = before + list_words(taker)
    fault = place.path(name, "fault")
    failed = " ".join(read_file(fault).decode().split("\n")).strip() if os.path.exists(fault) else None

    check(read_file(path) == read_file(swarm.film), f"the copy is not the original, after {failed}")
    again = start(place, name, swarm.tracker)
    again.wait_shared("own.bin")
    again.wait_shared("film.bin")
    wait_until(lambda: not [entry for entry in os.listdir(again.downloads)
                            if entry != "film.bin"], "nothing is left behind")
    again.write("exit")
    check_equal(check_ended_well(again), 0, f"the status of {again.describe()}")
    checked = place.run("check", "--json", "--data-dir", place.path(name, "data"))
    check_equal(checked.status, 0, f"redes-cli check says, after {failed}: {checked}")
    hashed = bool(again.all("hashing"))
    shutil.rmtree(place.path(name))
    return failed, words, hashed


def try_each(place, call, folder, number, is_silent):
    """@is_silent: whether nobody has to hear of a failure at that path."""
    swarm = Swarm(place)
    n_failed = 0
    untold = []
    for at in range(1, MANY) if BIG else SAMPLE:
        failed, words, hashed = run_taker(swarm, call, folder, at, number)
        if failed is None:
            break
        n_failed += 1
        print(f"# {at}: {failed}: {words}", flush=True)
        if not is_silent(failed) and not words:
            untold.append(failed)
        check(not hashed or folder == "data", f"something was hashed again after {failed}")
    # One that fails while the download is being paused is tried again as that goes on, at once here: it
    # may be over before anybody could have been told.
    check(len(untold) <= 1, f"nothing was told of {untold}")
    check(n_failed > 0, f"no such call came: {call} in {folder}")


def never(failed):
    return False


@test
def writing_a_download_fails(place):
    try_each(place, "write", "downloads", errno.EIO, never)


@test
def no_room_for_a_download_for_a_moment(place):
    try_each(place, "write", "downloads", errno.ENOSPC, never)


@test
def syncing_a_download_fails(place):
    # Nobody has to hear of it: that the folder cannot be synced is no reason to say that the file is
    # not there; and what a download that is resumed just then has lost is fetched again.
    try_each(place, "sync", "downloads", errno.EIO, lambda failed: True)


@test
def sizing_a_download_fails(place):
    try_each(place, "truncate", "downloads", errno.EFBIG, never)


@test
def opening_a_download_fails(place):
    try_each(place, "open", "downloads", errno.EACCES, never)


@test
def naming_a_download_fails(place):
    try_each(place, "rename", "downloads", errno.EIO, never)


@test
def making_the_download_folder_fails(place):
    try_each(place, "mkdir", "downloads", errno.ENOSPC, never)


def is_rewritten(failed):
    """What is of use to one run only (who has the lock, SQLite's shared memory), or is done again:
    copying the log into the database, opening that for looking."""
    return failed.endswith(("/data/lock", "-shm", "/data/library.db"))


def is_repaired(failed):
    """SQLite's log stays longer than it has to be, or the data is synced with the next one."""
    return is_rewritten(failed) or failed.startswith(("sync ", "truncate "))


@test
def writing_what_is_remembered_fails(place):
    try_each(place, "write", "data", errno.ENOSPC, is_rewritten)


@test
def syncing_what_is_remembered_fails(place):
    try_each(place, "sync", "data", errno.EIO, is_repaired)


@test
def sizing_what_is_remembered_fails(place):
    try_each(place, "truncate", "data", errno.EIO, is_repaired)


@test
def opening_what_is_remembered_fails(place):
    # Who only looks opens the log anew when it is needed next.
    try_each(place, "open", "data", errno.EMFILE,
             lambda failed: is_rewritten(failed) or failed.endswith("-wal"))


@test
def a_name_that_the_disk_refuses(place):
    """The download gets a name like it, says so, and is not tried for ever; whatever the disk says: NTFS
    calls the name invalid, exfat-fuse says that there is no such file, others that it is not permitted.
    """
    tracker = Tracker(place)
    source = Peer(place, "source", tracker, place.make_file("shared", "what? now: a|b.bin", size=600000),
                  place.make_file("shared", "why?.txt", size=10))
    source.wait_shared("what? now: a|b.bin")
    source.wait_shared("why?.txt")
    usual = place.env
    for number in (errno.EINVAL, errno.ENOENT, errno.EPERM):
        place.env = {**usual, "REDES_FAULT_CHARS": "?<>|\"*:", "REDES_FAULT_TIMES": "1000000"}
        taker = start(place, f"taker{number}", tracker, fault=("name", "downloads", 1, number), times=None)
        place.env = usual
        # What is refused is known when the first of several blocks is asked for, or with the only one.
        for words, name in (("what now", "what_ now_ a_b.bin"), ("why", "why_.txt")):
            taker.wait_sources(words, 1)
            since = taker.mark()
            taker.write("download 1")
            path = taker.wait("downloaded", since=since)["path"]
            check_equal(os.path.basename(path), name, "the name")
            notice = taker.wait("notice", since=since)["message"]
            check("does not take the name" in notice and f"“{name}”" in notice, f"it says {notice}")
        check_equal(sorted(os.listdir(taker.downloads)), ["what_ now_ a_b.bin", "why_.txt"],
                    "what is in the folder")
        check_equal(len(taker.all("notice")), 2, "the notices")
        check_equal(taker.all("waiting"), [], "the times that it waited")
        taker.write("exit")
        check_equal(check_ended_well(taker), 0, f"the status of {taker.describe()}")


@test
def a_folder_with_names_that_the_disk_refuses(place):
    """They are changed there, which is said; what was fetched is handed out under its own names, also in later runs."""
    if INJECTOR == "":
        raise Skip("no library to make calls fail is there (it is for Linux)")
    tracker = Tracker(place)
    changed = {"plain.txt": "plain.txt", "what*.txt": "what_.txt", "what?.txt": "what_ (4).txt",
               "why: now?/a|b.bin": "why_ now_/a_b.bin", "why: now?/nothing <here>": "why_ now_/nothing _here_"}
    for seed, name in enumerate(changed):
        place.make_file("original", "Album", name, size=0 if "nothing" in name else 100_000 + seed, seed=seed)
    top = place.path("original", "Album")
    source = Peer(place, "source", tracker, top)
    found = source.search_until("album", lambda rows: any(row["name"] == "Album" for row in rows), "the folder")
    link = next(row["link"] for row in found if row["name"] == "Album")
    usual = place.env
    for number in (errno.EINVAL, errno.ENOENT):
        place.env = {**usual, "REDES_FAULT_CHARS": "?<>|\"*:"}
        name = f"taker{number}"
        taker = start(place, name, tracker, fault=("name", "downloads", 1, number), times="1000000")
        place.env = usual
        taker.ask(f"download {link}", "download-started")
        done = taker.wait_downloaded()
        found = {path: hash(read_file(os.path.join(done["path"], path))) for path in files_below(done["path"])}
        check_equal(found, {path: hash(read_file(os.path.join(top, name))) for name, path in changed.items()},
                    "the tree")
        [notice] = [event["message"] for event in taker.all("notice")]
        check("does not take all names in “Album”" in notice, f"it says {notice}")
        check_equal(taker.all("waiting"), [], "the times that it waited")
        taker.write("exit")
        check_equal(check_ended_well(taker), 0, f"the status of {taker.describe()}")
    source.kill()
    # The file system of the second run takes every name, as it may be the same drive at another system.
    taker = Peer(place, name, tracker)
    other = Peer(place, "other", tracker)
    other.search_until("album", lambda rows: any(row["name"] == "Album" for row in rows), "the folder")
    other.ask(f"download {link}", "download-started")
    done = other.wait_downloaded()
    # A colon is in no name that a download gets, on any disk.
    check_equal({path: hash(read_file(os.path.join(done["path"], path))) for path in files_below(done["path"])},
                {path.replace(":", "_"): hash(read_file(os.path.join(top, path))) for path in files_below(top)},
                "what it handed out")


@test
def a_path_that_the_disk_refuses(place):
    """One that a person has chosen is not changed: that it cannot be is said before any block is fetched."""
    if INJECTOR == "":
        raise Skip("no library to make calls fail is there (it is for Linux)")
    tracker = Tracker(place)
    source = Peer(place, "source", tracker, place.make_file("shared", "film.bin", size=SIZE))
    link = source.wait_shared("film.bin")["link"]
    folder = place.path("here")
    os.makedirs(folder)
    env = {**place.env, "LD_PRELOAD": INJECTOR, "REDES_FAULT_CALL": "name",
           "REDES_FAULT_FOLDER": os.path.realpath(folder), "REDES_FAULT_AT": "1",
           "REDES_FAULT_TIMES": "1000000", "REDES_FAULT_ERRNO": str(errno.EINVAL),
           "REDES_FAULT_CHARS": "?<>|\"*:"}
    if "ASAN_OPTIONS" in env:
        env["ASAN_OPTIONS"] += ":verify_asan_link_order=0"
    for name, words in (("what?.bin", "does not take the name"), ("x" * 256, "too long")):
        getting = Program(place, "get", "--tracker", tracker.address, "-o", os.path.join(folder, name), link,
                          env=env)
        check_equal(check_ended_well(getting), 1, f"the status of {getting.describe()}")
        told = getting.describe()
        check(words in told, f"nothing is said of the name: {told}")
        check(not [event for event in getting.all("progress") if event["blocks_done"] > 0],
              f"it was fetched all the same: {told}")
        check_equal(os.listdir(folder), [], "what is in the folder")
    # Others it takes.
    getting = Program(place, "get", "--tracker", tracker.address, "-o", os.path.join(folder, "what.bin"), link,
                      env=env)
    check_equal(check_ended_well(getting), 0, f"the status of {getting.describe()}")
    check_equal(os.listdir(folder), ["what.bin"], "what is in the folder")


@test
def an_identity_on_a_disk_without_modes(place):
    """As FAT: nobody can be kept from reading it there, which is told; it is used all the same."""
    if INJECTOR == "":
        raise Skip("no library to make calls fail is there (it is for Linux)")
    usual = place.env
    place.env = {**usual, "LD_PRELOAD": INJECTOR,
                 "REDES_FAULT_MODES": os.path.realpath(place.path("one", "data"))}
    if "ASAN_OPTIONS" in usual:
        place.env["ASAN_OPTIONS"] = usual["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
    ids = []
    for _round in range(2):
        peer = Peer(place, "one", None)
        ids.append(peer.id)
        notices = [event["message"] for event in peer.all("notice")]
        check(any("cannot keep files from others" in words for words in notices), f"{peer.describe()}")
        peer.write("exit")
        check_equal(check_ended_well(peer), 0, f"the status of {peer.describe()}")
    check_equal(ids[0], ids[1], "its identity")
    place.env = usual
    # Where there are modes, one that others may read is none to be used.
    os.chmod(place.path("one", "data", "identity.pem"), 0o644)
    done = place.run("peer", "--json", "--listen", "127.0.0.1:0", "--data-dir", place.path("one", "data"))
    check(done.status != 0 and "may be read by others" in done.output + done.errors, f"{done}")


def fetch_folder_with_fault(place, tracker, number, link, top, fault, times="1"):
    """A folder is fetched though the disk fails on the way, and nothing of the hidden folder stays."""
    name = f"album-taker{number}"
    taker = start(place, name, tracker, fault=fault, times=times)
    taker.ask(f"download {link}", "download-started")
    done = taker.wait_downloaded()
    found = {path: read_file(os.path.join(done["path"], path)) for path in files_below(done["path"])}
    check_equal(found, {path: read_file(os.path.join(top, path)) for path in files_below(top)}, "the tree")
    check(os.path.exists(place.path(name, "fault")), f"no {fault[0]} has failed")
    check_equal(os.listdir(taker.downloads), ["Album"], "what is left of it")
    taker.kill()


def files_below(top):
    return sorted(os.path.relpath(os.path.join(folder, name), top)
                  for folder, _folders, names in os.walk(top) for name in names)


@test
def a_folder_comes_though_the_disk_is_full_for_a_while(place):
    if INJECTOR == "":
        raise Skip("no library to make calls fail is there (it is for Linux)")
    tracker = Tracker(place)
    top = place.path("original", "Album")
    for i in range(40):
        place.make_file("original", "Album", f"part {i % 3}", f"song {i}.bin",
                        size=700_000 if i == 0 else 3000 + i, seed=i)
    source = Peer(place, "album-source", tracker, top)
    found = source.search_until("album", lambda rows: any(row["name"] == "Album" for row in rows), "the folder")
    link = next(row["link"] for row in found if row["name"] == "Album")
    os.chmod(os.path.join(top, "part 1", "song 1.bin"), 0o755)
    faults = [("write", 1, errno.ENOSPC, "1"), ("write", 9, errno.ENOSPC, "3"), ("open", 4, errno.ENOSPC, "1"),
              ("rename", 3, errno.EIO, "1"), ("mkdir", 2, errno.ENOSPC, "2"),
              # As on FAT, where nobody may change the modes, nor another user than the owner the times.
              ("mode", 1, errno.EPERM, "1000000")]
    for number, (call, at, code, times) in enumerate(faults):
        fetch_folder_with_fault(place, tracker, number, link, top, (call, "downloads", at, code), times)


main()
