# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full, and folders that go and come back: downloads wait, say why, and go on."""

import os
import resource
import shutil
import subprocess
import sys

from redes_programs import (MIB, Peer, Program, Skip, Tracker, check, check_equal, list_tree, main, read_file,
                            test, wait_until, write_file)

OWN_MOUNTS = "REDES_TEST_OWN_MOUNTS"


def enter_own_mounts():
    """What is mounted here is seen by nobody else, and goes with this process."""
    if OWN_MOUNTS in os.environ or os.geteuid() != 0 or shutil.which("unshare") is None:
        return
    command = ["unshare", "--mount", "--propagation", "private"]
    if subprocess.run(command + ["true"], capture_output=True, check=False).returncode == 0:
        os.environ[OWN_MOUNTS] = "1"
        os.execvp(command[0], command + [sys.executable, "-B", *sys.argv])


def mount_small(folder, mib):
    if OWN_MOUNTS not in os.environ:
        raise Skip("only root may mount a small disk, and only with unshare")
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0700", "redes-test", folder],
                   check=True)


def mount_ntfs(folder, image):
    """With the names that Windows refuses, as drives for both are mounted; returns how to unmount it."""
    if OWN_MOUNTS not in os.environ or shutil.which("ntfs-3g") is None or shutil.which("mkfs.ntfs") is None:
        raise Skip("a disk of NTFS is for root, unshare and ntfs-3g: that names are refused by a real file "
                   "system, and identities kept by one without modes")
    os.makedirs(folder, exist_ok=True)
    with open(image, "wb") as file:
        file.truncate(64 * MIB)
    subprocess.run(["mkfs.ntfs", "-F", "-Q", image], check=True, capture_output=True)
    mounted = subprocess.run(["ntfs-3g", "-o", "windows_names", image, folder], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        raise Skip(f"no disk of NTFS can be mounted here: {mounted.stderr.decode(errors='replace').strip()}")


def mount_again(folder, options):
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def start_source(place, size=8 * MIB, limit=0):
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=size)
    options = ["--max-up", limit] if limit else []
    source = Peer(place, "source", tracker, path, options=options)
    source.wait_shared("film.bin")
    return tracker, path


def begin(taker):
    taker.wait_sources("film", 1)
    taker.write("download 1")


def check_copy(taker, original):
    path = taker.wait_downloaded(timeout=60)["path"]
    check(read_file(path) == read_file(original), "the copy is not the original")
    check_equal(list_tree(taker.downloads), ["film.bin"], "what is in the download folder")


def wait_for_words(program, name, *words):
    return program.wait(name, lambda event: all(word in (event.get("reason")
                                                         or event.get("message") or "")
                                                for word in words))


@test
def no_room_where_downloads_go(place):
    """Neither at the start nor after a restart; and room that is taken while it goes on."""
    folder = place.path("taker", "downloads")
    mount_small(folder, 12)
    other = write_file(os.path.join(folder, "other"), bytes(8 * MIB))
    tracker, original = start_source(place)
    taker = Peer(place, "taker", tracker)
    begin(taker)
    wait_for_words(taker, "waiting", "no room", "MB more")
    taker.kill()
    taker = Peer(place, "taker", tracker)
    wait_for_words(taker, "waiting", "no room", "MB more")
    os.unlink(other)
    check_copy(taker, original)
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")
    subprocess.run(["umount", folder], check=True)


@test
def room_goes_meanwhile(place):
    folder = place.path("taker", "downloads")
    mount_small(folder, 12)
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker)
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    other = write_file(os.path.join(folder, "other"), bytes(6 * MIB))
    wait_for_words(taker, "waiting", "no room", "MB more")
    os.unlink(other)
    check_copy(taker, original)
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")
    subprocess.run(["umount", folder], check=True)


@test
def no_room_for_what_is_remembered(place):
    """It downloads and shares all the same, and remembers when there is room."""
    data = place.path("taker", "data")
    mount_small(data, 4)
    tracker, original = start_source(place)
    taker = Peer(place, "taker", tracker)
    free = os.statvfs(data)
    other = write_file(os.path.join(data, "other"), bytes(free.f_bavail * free.f_frsize))
    begin(taker)
    check_copy(taker, original)
    wait_for_words(taker, "notice", "no room", "Make room")
    os.unlink(other)
    wait_for_words(taker, "notice", "saved again")
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")
    taker = Peer(place, "taker", tracker)
    taker.wait_shared("film.bin")
    check(not taker.all("hashing"), "it was hashed again")
    taker.kill()
    subprocess.run(["umount", data], check=True)


@test
def a_disk_that_turns_read_only(place):
    folder = place.path("taker", "downloads")
    mount_small(folder, 12)
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker)
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    taker.ask("pause film.bin", "progress", lambda event: event["state"] == "paused")
    wait_until(lambda: subprocess.run(["mount", "-o", "remount,ro", folder], check=False,
                                      capture_output=True).returncode == 0, "it is read-only")
    taker.write("resume film.bin")
    wait_for_words(taker, "waiting", "read-only", "choose")
    mount_again(folder, "rw")
    check_copy(taker, original)
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")
    subprocess.run(["umount", folder], check=True)


@test
def the_download_folder_is_moved_away_and_back(place):
    """While the peer runs, as with a drive; what was there already is not fetched again."""
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker)
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    os.rename(taker.downloads, taker.downloads + "-away")
    wait_for_words(taker, "waiting", "gone", "make it again")
    os.rename(taker.downloads + "-away", taker.downloads)
    check_copy(taker, original)


@test
def a_file_in_place_of_the_download_folder(place):
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker)
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    os.rename(taker.downloads, taker.downloads + "-away")
    write_file(taker.downloads, b"a file")
    wait_for_words(taker, "waiting", "not a folder")
    check_equal(read_file(taker.downloads), b"a file", "the file")
    os.unlink(taker.downloads)
    os.rename(taker.downloads + "-away", taker.downloads)
    check_copy(taker, original)


@test
def a_disk_of_ntfs(place):
    """It refuses names, and keeps no modes: the peer says so, and shares, fetches and starts again."""
    folder = place.path("drive")
    mount_ntfs(folder, place.path("image"))
    try:
        use_disk_of_ntfs(place, folder)
    finally:
        # The process behind it would live on with it.
        subprocess.run(["umount", "--lazy", folder], check=True)


def use_disk_of_ntfs(place, folder):
    tracker = Tracker(place)
    files = {"what? now: a|b.bin": "what_ now_ a_b.bin", "why?.txt": "why_.txt", "CON": "_CON"}
    paths = [place.make_file("shared", name, size=10 if name == "why?.txt" else 600000, seed=seed)
             for seed, name in enumerate(files)]
    source = Peer(place, "source", tracker, *paths)
    links = {name: source.wait_shared(name)["link"] for name in files}
    peer = ["peer", "--json", "--no-lan", "--listen", "127.0.0.1:0", "--tracker", tracker.address,
            "--data-dir", os.path.join(folder, "data"), "--download-dir", os.path.join(folder, "got")]
    ids = []
    for turn in range(2):
        taker = Program(place, *peer)
        ids.append(taker.wait("listening")["peer"])
        wait_for_words(taker, "notice", "cannot keep files from others")
        for (name, got), path in zip(files.items(), paths):
            if turn == 0:
                taker.write(f"download {links[name]}")
                taker.wait("downloaded", lambda event, got=got: event["path"] == os.path.join(folder, "got", got))
                check(read_file(os.path.join(folder, "got", got)) == read_file(path), f"{got} is not {name}")
            else:
                taker.wait("shared", lambda event, got=got: event["path"] == os.path.join(folder, "got", got))
        check_equal(taker.all("waiting"), [], "the times that it waited")
        taker.write("exit")
        check_equal(taker.wait_exit(), 0, "the status")
    check_equal(ids[0], ids[1], "the identity after a restart")
    check_equal(list_tree(os.path.join(folder, "got")), sorted(files.values()), "what is on the disk")
    told = [event["message"] for event in taker.all("notice")]
    check(not [words for words in told if "does not take" in words], f"it says again {told}")

    for name in ("what?", "CON", "x."):
        done = place.run("get", "--json", "--no-lan", "--tracker", tracker.address, "-o",
                         os.path.join(folder, name), links["CON"])
        check(done.status == 1 and "does not take the name" in done.output + done.errors, f"{done}")
        check('"blocks_done":1' not in done.output.replace(" ", ""), f"it was fetched all the same: {done}")
    use_folder_on_disk_of_ntfs(place, tracker, folder)
    shutil.rmtree(os.path.join(folder, "album"))
    check_equal(list_tree(folder)[-len(files):], [f"got/{name}" for name in sorted(files.values())],
                "what is on the disk")


def use_folder_on_disk_of_ntfs(place, tracker, folder):
    """Names in it are changed, and it gets its own name, which no call of this file system gives at once."""
    names = {"what?.bin": "what_.bin", "part: two/CON": "part_ two/_CON"}
    for seed, name in enumerate(names):
        place.make_file("shared", "Album", name, size=100_000, seed=seed)
    source = Peer(place, "folder-source", tracker, place.path("shared", "Album"))
    row = source.search_until("album", lambda rows: any(row["name"] == "Album" for row in rows), "the folder")
    link = next(found["link"] for found in row if found["name"] == "Album")
    os.makedirs(os.path.join(folder, "album"))
    for turn in ("Album", "Album (2)"):
        done = place.run("get", "--json", "--no-lan", "--tracker", tracker.address, "-o",
                         os.path.join(folder, "album"), link)
        check(done.status == 0 and "does not take all names" in done.output, f"{done}")
        for name, got in names.items():
            check(read_file(os.path.join(folder, "album", turn, got))
                  == read_file(place.path("shared", "Album", name)), f"{got} is not {name}")
    check_equal(sorted(os.listdir(os.path.join(folder, "album"))), ["Album", "Album (2)"], "what is on the disk")


@test
def a_clock_that_was_set_back(place):
    """The partial file's time is in the future: it is read again, and what is good is kept."""
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker)
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    taker.write("exit")
    taker.wait_exit()
    [name] = list_tree(taker.downloads)
    future = os.stat(os.path.join(taker.downloads, name)).st_mtime + 86400 * 365
    os.utime(os.path.join(taker.downloads, name), (future, future))
    taker = Peer(place, "taker", tracker)
    resumed = taker.wait("resumed")
    check(resumed["blocks_to_check"] >= 8, f"{resumed}")
    check_copy(taker, original)


@test
def the_database_is_gone(place):
    """Nothing is left of what was remembered; the same peer starts all the same."""
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker)
    before = taker.id
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 8)
    taker.kill()
    for name in os.listdir(place.path("taker", "data")):
        if name.startswith("library.db"):
            os.unlink(place.path("taker", "data", name))
    taker = Peer(place, "taker", tracker)
    check_equal(taker.id, before, "its identity")
    begin(taker)
    check_copy(taker, original)


@test
def a_second_one_on_the_same_data(place):
    first = Peer(place, "one", None)
    second = place.run("peer", "--json", "--listen", "127.0.0.1:0", "--data-dir",
                       place.path("one", "data"))
    check(second.status != 0, f"it started: {second}")
    words = second.output + second.errors
    check(str(first.process.pid) in words and "stop it" in words, f"{second}")


@test
def an_identity_that_others_may_read(place):
    peer = Peer(place, "one", None)
    peer.kill()
    key = place.path("one", "data", "identity.pem")
    os.chmod(key, 0o644)
    done = place.run("peer", "--json", "--listen", "127.0.0.1:0", "--data-dir",
                     place.path("one", "data"))
    words = done.output + done.errors
    check("identity" in words, f"nothing is said of it: {done}")
    write_file(key, b"not a key")
    os.chmod(key, 0o600)
    done = place.run("peer", "--json", "--listen", "127.0.0.1:0", "--data-dir",
                     place.path("one", "data"))
    check(done.status != 0 and "identity" in done.output + done.errors, f"{done}")
    check_equal(read_file(key), b"not a key", "the file, which is a person's to judge")


@test
def a_limit_of_the_size_of_files(place):
    """As a session may have: the signal that comes with it ends no peer, which says what is the matter."""
    tracker, original = start_source(place)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4 * MIB, before[1]))
    try:
        taker = Peer(place, "taker", tracker)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    begin(taker)
    wait_for_words(taker, "waiting", "cannot hold a file of this size", "limit of this session")
    check(not [event for event in taker.all("progress") if event["blocks_done"] > 0],
          f"it was told only when something had been fetched: {taker.describe()}")
    # Of a folder, too, though other files in it would fit.
    place.make_file("pair", "Pair", "small.bin", size=1000)
    place.make_file("pair", "Pair", "large.bin", size=6 * MIB)
    pair = Peer(place, "pair-source", tracker, place.path("pair", "Pair"))
    pair.wait("shared", lambda event: event["name"] == "large.bin")
    taker.search_until("pair", lambda rows: any(row["name"] == "Pair" for row in rows), "the folder")
    taker.write("download Pair")
    taker.wait("waiting", lambda event: event["name"] == "Pair" and "limit of this session" in event["reason"])
    check(not [event for event in taker.all("progress") if event["name"] == "Pair" and event["bytes"] > 0],
          f"it was told only when something of the folder had been fetched: {taker.describe()}")
    taker.ask("remove Pair", "removed")
    resource.prlimit(taker.process.pid, resource.RLIMIT_FSIZE, before)
    path = taker.wait_downloaded("film.bin")["path"]
    check(read_file(path) == read_file(original), "the copy is not the original")
    check_equal(list_tree(taker.downloads), ["film.bin"], "what is in the download folder")
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")


@test
def a_pipe_in_place_of_a_file_does_not_hold_up_the_check(place):
    tracker, original = start_source(place, limit=4096)
    taker = Peer(place, "taker", tracker, place.make_file("mine", "own.bin", size=1000))
    taker.wait_shared("own.bin")
    begin(taker)
    taker.wait("progress", lambda event: event["blocks_done"] >= 4)
    taker.write("exit")
    check_equal(taker.wait_exit(), 0, "the status")
    [partial] = list_tree(taker.downloads)
    pipes = [place.path("mine", "own.bin"), os.path.join(taker.downloads, partial)]
    for path in pipes:
        os.unlink(path)
        os.mkfifo(path)
    for options in ([], ["--read"]):
        done = place.run("check", "--json", *options, "--data-dir", place.path("taker", "data"), timeout=60)
        check_equal(done.status, 1, f"{done}")
        for path in pipes:
            check(path in done.output, f"nothing is said of {path}: {done}")
    for path in pipes:
        os.unlink(path)
    taker = Peer(place, "taker", tracker)
    check_copy(taker, original)


enter_own_mounts()
main()
