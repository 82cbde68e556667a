# SPDX-License-Identifier: GPL-3.0-or-later
"""Files and folders of every kind, shared, found and fetched."""

import os
import urllib.parse

from redes_programs import (BIG, MIB, Peer, Program, Skip, Tracker, check, check_equal, list_tree, main,
                            make_bytes, read_file, test, wait_until, write_file)


def share_and_fetch(place, files):
    """Shares files (name: bytes), fetches each by its name and by its link, and compares."""
    tracker = Tracker(place)
    for name, data in files.items():
        place.make_file("shared", name, data=data)
    source = Peer(place, "source", tracker, place.path("shared"))
    links = {name: source.wait_shared(name)["link"] for name in files}
    taker = Peer(place, "taker", tracker)
    for name in files:
        taker.write(f"download {links[name]}")
    for name, data in files.items():
        downloaded = taker.wait_downloaded(name)
        check(read_file(downloaded["path"]) == data, f"{name!r} is not the original")
        check_equal(downloaded["size"], len(data), f"the size of {name!r}")
    return tracker, source, taker


@test
def names_of_many_kinds(place):
    names = ["with some spaces.txt", "canção É ação.mp3", "party 🎉🥳.png", "日本語のファイル.pdf",
             "percent%20 & plus+ = ?#.txt", "quotes \"double\" 'single' `back`.txt", "-rf", "--json",
             "x" * 251 + ".txt", "é" * 127, "noextension", "many.dots.in.it..txt"]
    for name in names:
        check(len(name.encode()) <= 255, name)
    files = {name: name.encode() + make_bytes(1000, i) for i, name in enumerate(names)}
    tracker, source, taker = share_and_fetch(place, files)
    check_equal(sorted(os.listdir(taker.downloads)), sorted(names), "the names of the copies")
    os.mkdir(place.path("here"))
    for name in ("with some spaces.txt", "canção É ação.mp3", "party 🎉🥳.png", "é" * 127, "-rf"):
        got = place.run("get", "--json", "--tracker", tracker.address, "-o", place.path("here"), "--",
                        name)
        check_equal(got.status, 0, f"get {name!r}: {got}")
        check(read_file(place.path("here", name)) == files[name], f"{name!r} is not the original")
    check_equal(len(source.ask("shared", "shares")["shares"]), len(names), "files shared")


@test
def sizes_around_the_edges(place):
    sizes = [0, 1, 2, 16383, 16384, 16385, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3 * MIB + 7]
    files = {f"size {size}.bin": make_bytes(size, size) for size in sizes}
    share_and_fetch(place, files)


@test
def the_known_content_ids(place):
    tracker = Tracker(place)
    wanted = {
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        16384: "4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c",
        16385: "9d7887c65d577a0237fb3c0998b87b3a62762d03796889a2caea01db914ccbb8",
        262144: "936f20cb9f0648c16ce2556795f1cc50ad21a3e3ec53ed8a6e554a75f8a4357f",
        1048577: "c764e3ed4ebac5f61ce59e1c78b804a6b9c02350917800126926d903f8d3dc27",
        16777216: "4158eadc93b7fe62ee810dc1bf178461b21ddf095b90992bc71684ba3bc71e53",
    }
    pattern = bytes(range(251))
    for size in wanted:
        place.make_file("shared", f"{size}.bin", data=(pattern * (size // 251 + 1))[:size])
    source = Peer(place, "source", tracker, place.path("shared"))
    for size, content in wanted.items():
        check_equal(source.wait_shared(f"{size}.bin")["content"], f"{content}-{size}", f"the content of {size}")


@test
def the_empty_file_and_one_byte_by_get(place):
    tracker = Tracker(place)
    place.make_file("shared", "empty.txt", data=b"")
    place.make_file("shared", "one.txt", data=b"x")
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_sources("empty", 1)
    source.wait_sources("one", 1)
    for name, data in (("empty.txt", b""), ("one.txt", b"x")):
        got = place.run("get", "--tracker", tracker.address, "-o", place.path(name), name)
        check_equal(got.status, 0, f"get {name}: {got}")
        check_equal(read_file(place.path(name)), data, name)


@test
def a_folder_of_many_small_files(place):
    n_files = 10000 if BIG else 1000
    tracker = Tracker(place)
    for i in range(n_files):
        place.make_file("shared", f"part{i % 10}", f"file number {i:05}.txt", data=b"%d" % i)
    source = Peer(place, "source", tracker, place.path("shared"))
    wait_until(lambda: len(source.all("shared")) == n_files, f"{n_files} files shared", 120)
    taker = Peer(place, "taker", tracker)
    last = f"{n_files - 1:05}"
    found = taker.search_until(f"number {last}", lambda rows: rows, "the last file is found")
    check_equal(found[0]["name"], f"file number {last}.txt", "what was found")
    found = taker.search_until("file number", lambda rows: len(rows) == 50, "a page of results")
    for n in (1, 25, 50):
        taker.write(f"download {n}")
    for n in (1, 25, 50):
        name = found[n - 1]["name"]
        number = int(name.split()[2].split(".")[0])
        check_equal(read_file(taker.wait_downloaded(name)["path"]), b"%d" % number, name)
    seconds, status = source.signal_and_time(15)
    check(status == 0 and seconds < 1.0, f"status {status} after {seconds:.2f} s")


@test
def a_sparse_file_of_5_gib(place):
    if not BIG:
        raise Skip("set REDES_TEST_BIG=1")
    tracker = Tracker(place)
    size = 5 * 1024 * MIB
    write_file(place.path("shared", "sparse.img"), b"begin")
    with open(place.path("shared", "sparse.img"), "r+b") as stream:
        stream.seek(size - 3)
        stream.write(b"end")
    source = Peer(place, "source", tracker, place.path("shared"))
    shared = source.wait("shared", timeout=120)
    check_equal(shared["size"], size, "the size")
    taker = Peer(place, "taker", tracker)
    taker.wait_sources("sparse", 1)
    taker.write("download 1")
    downloaded = taker.wait_downloaded(timeout=300)
    check_equal(downloaded["content"], shared["content"], "the content id")
    with open(downloaded["path"], "rb") as stream:
        check_equal(stream.read(5), b"begin", "the beginning")
        stream.seek(size // 2)
        check_equal(stream.read(4), bytes(4), "the middle")
        stream.seek(size - 3)
        check_equal(stream.read(), b"end", "the end")


@test
def hostile_names_stay_inside_the_folder(place):
    """Names that this system allows and another, or a terminal, would choke on."""
    names = ["C:\\x", "a\nb.txt", "bell\a.txt", "esc\x1b[31m.txt", "tab\there", "back\\slash",
             "\u202egnp.exe", "CON", "trailing dot.", " spaces around "]
    tracker = Tracker(place)
    for i, name in enumerate(names):
        place.make_file("shared", name, data=make_bytes(500 + i, i))
    source = Peer(place, "source", tracker, place.path("shared"))
    wait_until(lambda: len(source.all("shared")) + len(source.all("share-skipped")) == len(names),
               f"all are shared: {source.describe()}")
    taker = Peer(place, "taker", tracker)
    shared = source.all("shared")
    for event in shared:
        taker.write(f"download {event['link']}")
    wait_until(lambda: len(taker.all("downloaded")) == len(shared), f"all fetched: {taker.describe()}")
    for event in taker.all("downloaded"):
        check_equal(os.path.dirname(event["path"]), taker.downloads, "the folder")
    for name in os.listdir(taker.downloads):
        check(not name.startswith("."), f"hidden: {name!r}")
        check(not any(ord(c) < 32 or c in "\\/:\u202e\x7f" for c in name), f"unsafe: {name!r}")
    check_equal(len(os.listdir(taker.downloads)), len(shared), "files in the folder")


@test
def a_link_cannot_name_a_place_outside_the_folder(place):
    tracker = Tracker(place)
    place.make_file("shared", "plain.txt", data=b"plain")
    source = Peer(place, "source", tracker, place.path("shared"))
    link = source.wait_shared("plain.txt")["link"]
    source.wait_sources("plain", 1)
    os.makedirs(place.path("deep", "here"))
    for bad in ("../x", "/etc/x", "..", ".hidden", "a/../../x"):
        base = link.split("?")[0]
        hostile = f"{base}?n={urllib.parse.quote(bad, safe='')}&s=5&t={tracker.address}"
        got = place.run("get", "--json", "-o", place.path("deep", "here"), hostile)
        check_equal(got.status, 0, f"{bad}: {got}")
    for entry in list_tree(place.path("deep")):
        # The link's name is used, made safe: one visible file each, in the folder.
        check(entry == "here" or (entry.startswith("here/") and entry.count("/") == 1
                                  and not entry.startswith("here/.")), f"written to {entry!r}")
    check_equal(len(os.listdir(place.path("deep", "here"))), 5, "files that were saved")
    check_equal(os.listdir(place.path("deep")), ["here"], "what is beside the folder")


@test
def symbolic_links_lead_nowhere(place):
    tracker = Tracker(place)
    place.make_file("outside", "secret.txt", data=b"secret")
    place.make_file("outside", "folder", "deep secret.txt", data=b"deep secret")
    place.make_file("shared", "open.txt", data=b"open")
    os.symlink(place.path("outside", "secret.txt"), place.path("shared", "link.txt"))
    os.symlink(place.path("outside", "folder"), place.path("shared", "linked folder"))
    os.symlink("..", place.path("shared", "loop"))
    os.symlink("nowhere", place.path("shared", "dangling"))
    os.mkfifo(place.path("shared", "pipe"))
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_shared("open.txt")
    source.wait_sources("open", 1)
    check_equal([event["name"] for event in source.all("shared")], ["open.txt"], "what is shared")
    check_equal(source.search("secret"), [], "secrets found")


@test
def a_file_replaced_by_a_link_is_not_read(place):
    tracker = Tracker(place)
    secret = make_bytes(300000, 7)
    place.make_file("outside", "secret.bin", data=secret)
    shared = place.make_file("shared", "open.bin", size=300000)
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_shared("open.bin")
    source.wait_sources("open", 1)
    os.remove(shared)
    os.symlink(place.path("outside", "secret.bin"), shared)
    os.mkdir(place.path("here"))
    got = place.run("get", "--json", "--tracker", tracker.address, "open.bin", cwd=place.path("here"),
                    timeout=60)
    check_equal(got.status, 1, f"the status of {got}")
    check_equal(list_tree(place.path("here")), [], "what is left")


@test
def two_files_of_one_name_are_told_apart(place):
    tracker = Tracker(place)
    place.make_file("one", "same.txt", data=b"first")
    place.make_file("two", "same.txt", data=b"second")
    one = Peer(place, "source1", tracker, place.path("one"))
    two = Peer(place, "source2", tracker, place.path("two"))
    links = [peer.wait_shared("same.txt")["link"] for peer in (one, two)]
    one.search_until("same", lambda rows: len(rows) == 2, "two contents")
    got = place.run("get", "--json", "--tracker", tracker.address, "same.txt")
    check_equal(got.status, 1, f"an ambiguous name: {got}")
    check("redes:" in got.find("failed")["reason"], f"no links to choose from: {got}")
    taker = Peer(place, "taker", tracker)
    for link in links:
        taker.write(f"download {link}")
    wait_until(lambda: len(taker.all("downloaded")) == 2, f"both fetched: {taker.describe()}")
    copies = sorted(read_file(event["path"]) for event in taker.all("downloaded"))
    check_equal(copies, [b"first", b"second"], "the copies")


@test
def an_existing_file_is_never_overwritten(place):
    tracker = Tracker(place)
    place.make_file("shared", "notes.txt", data=b"from the network")
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_sources("notes", 1)
    mine = place.make_file("here", "notes.txt", data=b"mine")
    got = place.run("get", "--json", "--tracker", tracker.address, "notes.txt", cwd=place.path("here"))
    check_equal(got.status, 0, f"{got}")
    check_equal(read_file(mine), b"mine", "the file that was there")
    check_equal(read_file(got.find("downloaded")["path"]), b"from the network", "the copy")
    got = place.run("get", "--tracker", tracker.address, "-o", mine, "notes.txt")
    check_equal(got.status, 1, f"-o of an existing file: {got}")
    check("already" in got.errors, f"no clear words: {got}")
    check_equal(read_file(mine), b"mine", "the file that was there")


@test
def get_to_an_exact_path(place):
    tracker = Tracker(place)
    place.make_file("shared", "notes.txt", data=b"notes")
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_sources("notes", 1)
    getting = Program(place, "get", "--tracker", tracker.address, "-o", "other name", "notes.txt")
    check_equal(getting.wait_exit(), 0, f"the status of {getting.describe()}")
    check_equal(read_file(place.path("other name")), b"notes", "the copy")
    check_equal(getting.find("downloaded")["path"], place.path("other name"), "the path told")


@test
def the_home_folder_is_known_as_a_tilde(place):
    """Where no shell has replaced it: at the prompt and in quotes. One that is there counts first."""
    write_file(os.path.join(place.env["HOME"], "music", "song.bin"), b"song")
    write_file(os.path.join(place.env["HOME"], "early.bin"), b"early")
    peer = Peer(place, "one", None, "~/early.bin")
    check_equal(peer.wait_shared("early.bin")["path"], os.path.join(place.env["HOME"], "early.bin"), "the path")
    peer.write("share ~/music")
    check_equal(peer.wait_shared("song.bin")["path"], os.path.join(place.env["HOME"], "music", "song.bin"),
                "the path")
    peer.write("unshare ~/music")
    peer.wait("withdrawn", lambda event: event["path"].endswith("song.bin"))
    # Neither another user's home nor a file of such a name is meant by it.
    write_file(place.path("~other"), b"other")
    write_file(place.path("~", "music"), b"no folder")
    peer.write("share ~other")
    check_equal(peer.wait_shared("~other")["path"], place.path("~other"), "the path")
    peer.write("share ~/music")
    check_equal(peer.wait_shared("music")["path"], place.path("~", "music"), "the path")


@test
def what_the_system_makes_up_is_not_shared(place):
    """A file that says that it is empty and is not, as in /proc: its content would be that of nothing."""
    if not os.path.exists("/proc/version") or os.stat("/proc/version").st_size != 0:
        raise Skip("there is no /proc whose files claim to be empty")
    peer = Peer(place, "one", None)
    peer.write("share /proc/version")
    skipped = peer.wait("share-skipped", lambda event: event["path"] == "/proc/version")
    check("makes its content up" in str(skipped), f"{skipped}")
    place.make_file("shared", "empty.txt", data=b"")
    peer.write("share " + place.path("shared"))
    peer.wait_shared("empty.txt")
    check_equal(len(peer.all("shared")), 1, "files shared")


main()
