# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders as one thing: found by their names, listed, fetched whole or in part, resumed."""

import glob
import hashlib
import os
import random
import stat

from redes_programs import (Peer, Program, Tracker, check, check_equal, main, read_file, test, wait_until, write_file)

NAMES = ["IMG_2.jpg", "IMG_10.jpg", "notes.txt", "дорога.txt", "東京 2024.txt", "mañana à la plage.txt",
         "a+b=c & 'd' \"e\".txt", "100% [x] {y}.txt", "name with  two blanks.bin", "emoji 🎵.ogg"]


def describe(top):
    """Each file's digest, time and permission to execute, and each folder."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in folders:
            found[os.path.relpath(os.path.join(folder, name), top) + "/"] = None
        for name in files:
            path = os.path.join(folder, name)
            info = os.lstat(path)
            check(stat.S_ISREG(info.st_mode), f"{path} is no file")
            found[os.path.relpath(path, top)] = (hashlib.sha256(read_file(path)).hexdigest(),
                                                 int(info.st_mtime), bool(info.st_mode & stat.S_IXUSR))
    return found


def make_tree(place, n_folders=6, big=700_000):
    top = place.path("original", "Holiday 2024")
    chance = random.Random(7)
    for i in range(n_folders):
        folder = os.path.join(top, f"Day {i} Lisbon" if i % 2 == 0 else f"день {i}", f"part {i}")
        os.makedirs(folder)
        for name in NAMES:
            path = os.path.join(folder, name)
            write_file(path, chance.randbytes(chance.randrange(1, 9000)))
            os.utime(path, (1_600_000_000 + i, 1_600_000_000 + 1000 * i))
    os.makedirs(os.path.join(top, "empty", "emptier"))
    write_file(os.path.join(top, "nothing.txt"), b"")
    write_file(os.path.join(top, "equal one.bin"), b"equal" * 1000)
    write_file(os.path.join(top, "empty", "equal two.bin"), b"equal" * 1000)
    write_file(os.path.join(top, "run.sh"), b"#!/bin/sh\n")
    os.chmod(os.path.join(top, "run.sh"), 0o755)
    write_file(os.path.join(top, "film.bin"), chance.randbytes(big))
    return top


def find_folder(peer, words, name):
    def fits(row):
        return row["name"] == name and row["kind"] == "folder"
    found = peer.search_until(words, lambda rows: any(fits(row) for row in rows), f"the folder {name}")
    return next(row for row in found if fits(row))


@test
def fetched_whole(place):
    tracker = Tracker(place)
    top = make_tree(place)
    Peer(place, "sharer", tracker, top)
    taker = Peer(place, "taker", tracker)
    row = find_folder(taker, "holiday", "Holiday 2024")
    files = [path for path in describe(top) if not path.endswith("/")]
    check_equal(row["files"], len(files), "files of the folder that was found")
    taker.ask(f"download {row['link']}", "download-started")
    done = taker.wait("downloaded")
    check_equal(done["kind"], "folder", "what was downloaded")
    check_equal(os.path.basename(done["path"]), "Holiday 2024", "its name")
    check_equal(describe(done["path"]), describe(top), "the tree")
    check_equal(glob.glob(os.path.join(taker.downloads, ".redes-*")), [], "what is left over")


@test
def subfolder_by_name(place):
    """A part is found, listed and fetched like any folder; `get` takes a name or a link."""
    tracker = Tracker(place)
    top = make_tree(place)
    sharer = Peer(place, "sharer", tracker, top)
    row = find_folder(Peer(place, "asker", tracker), "lisbon", "Day 2 Lisbon")
    options = ["--tracker", tracker.address]
    target = place.path("target")
    os.makedirs(target)
    listed = place.run("get", "--json", *options, "--list", "-o", target, row["link"])
    check_equal(listed.status, 0, "status of get --list")
    lines = listed.find("folder")["children"]
    check_equal([line["path"] for line in lines][:3], ["part 2", "part 2/100% [x] {y}.txt",
                                                       "part 2/a+b=c & 'd' \"e\".txt"], "its first lines")
    check_equal(os.listdir(target), [], "what a list leaves on the disk")
    got = place.run("get", "--json", *options, "-o", target, "Day 2 Lisbon")
    check_equal(got.status, 0, f"status of get: {got}")
    check_equal(describe(os.path.join(target, "Day 2 Lisbon")),
                describe(os.path.join(top, "Day 2 Lisbon")), "the part")
    # A second one never touches the first.
    again = place.run("get", "--json", *options, "-o", target, "Day 2 Lisbon")
    check_equal(os.path.basename(again.find("downloaded")["path"]), "Day 2 Lisbon (2)", "the second's name")
    del sharer


@test
def only_some(place):
    tracker = Tracker(place)
    top = make_tree(place)
    _sharer = Peer(place, "sharer", tracker, top)
    row = find_folder(Peer(place, "asker", tracker), "holiday", "Holiday 2024")
    target = place.path("target")
    os.makedirs(target)
    options = ["--tracker", tracker.address, "-o", target]
    got = place.run("get", "--json", *options, "--only", "*.jpg", row["link"])
    check_equal(got.status, 0, f"status of get: {got}")
    wanted = {path: what for path, what in describe(top).items() if path.endswith(".jpg")}
    found = {path: what for path, what in describe(os.path.join(target, "Holiday 2024")).items()
             if not path.endswith("/")}
    check_equal(found, wanted, "the files that were chosen")
    inside = row["link"].replace("k=folder", "k=folder&i=Day%200%20Lisbon/part%200/notes.txt")
    single = place.run("get", "--json", *options, inside)
    check_equal(single.status, 0, f"status of get: {single}")
    check_equal(read_file(os.path.join(target, "notes.txt")),
                read_file(os.path.join(top, "Day 0 Lisbon", "part 0", "notes.txt")), "the single file")
    none = place.run("get", "--json", *options, "--only", "*.nothing", row["link"])
    check_equal(none.status, 1, "status when nothing is chosen")
    check("nothing in the folder" in none.find("failed")["reason"], "the reason is another")


@test
def killed_half_way(place):
    """Killed at several moments, it goes on with what is there; the tree is the same in the end."""
    tracker = Tracker(place)
    top = make_tree(place, n_folders=20, big=3_000_000)
    _sharer = Peer(place, "sharer", tracker, top, options=["--max-up", "1500"])
    taker = Peer(place, "taker", tracker)
    row = find_folder(taker, "holiday", "Holiday 2024")
    taker.ask(f"download {row['link']}", "download-started")
    for share in (0.2, 0.6):
        taker.wait("progress", lambda event, share=share: event["size"] > 0
                   and event["bytes"] >= share * event["size"])
        taker.kill()
        check(not os.path.exists(os.path.join(taker.downloads, "Holiday 2024")), "it has its name too early")
        taker = Peer(place, "taker", tracker)
    done = taker.wait("downloaded")
    check_equal(describe(done["path"]), describe(top), "the tree")


@test
def paused_and_removed(place):
    tracker = Tracker(place)
    top = make_tree(place, n_folders=20, big=3_000_000)
    _sharer = Peer(place, "sharer", tracker, top, options=["--max-up", "1000"])
    taker = Peer(place, "taker", tracker)
    row = find_folder(taker, "holiday", "Holiday 2024")
    taker.ask(f"download {row['link']}", "download-started")
    taker.wait("progress", lambda event: event["bytes"] > 0)
    taker.write("pause all")
    taker.wait("progress", lambda event: event["state"] == "paused")
    since = taker.mark()
    taker.write("resume all")
    taker.wait("progress", lambda event: event["state"] == "active", since=since)
    taker.write("remove all")
    taker.wait("removed")
    wait_until(lambda: glob.glob(os.path.join(taker.downloads, ".redes-*")) == [],
               "what was fetched is still there")
    check_equal(os.listdir(taker.downloads), [], "the download folder")


@test
def same_lists_after_a_restart(place):
    """What was signed is remembered: the folder has the same manifest, and so the same link, as before."""
    tracker = Tracker(place)
    top = make_tree(place)
    sharer = Peer(place, "sharer", tracker, top)
    taker = Peer(place, "taker", tracker)
    before = find_folder(taker, "holiday", "Holiday 2024")
    sharer.kill()
    sharer = Peer(place, "sharer", tracker)
    after = find_folder(taker, "holiday", "Holiday 2024")
    check_equal(after["link"], before["link"], "the link")
    write_file(os.path.join(top, "new.txt"), b"new")
    taker.search_until("holiday", lambda rows: any(
        row["name"] == "Holiday 2024" and row["content"] != before["content"] for row in rows),
        "the changed folder")


def senders(done):
    """Who sent how many blocks."""
    return {peer: blocks for peer, blocks in done["sources"].items() if blocks > 0}


def fetch(peer, row, top):
    peer.ask(f"download {row['link']}", "download-started")
    done = peer.wait_downloaded()
    check_equal(describe(done["path"]), describe(top), f"the tree of {peer.name}")
    return done


@test
def shared_onward(place):
    """Who has fetched a folder hands it out, found by name and by link, also in its next run."""
    tracker = Tracker(place)
    top = make_tree(place, big=3_000_000)
    sharer = Peer(place, "sharer", tracker, top)
    first = Peer(place, "first", tracker)
    row = find_folder(first, "holiday", "Holiday 2024")
    fetch(first, row, top)
    sharer.kill()
    second = Peer(place, "second", tracker)
    found = second.search_until("holiday", lambda rows: any(
        found["name"] == "Holiday 2024" and found["sources"] == 1 for found in rows),
        "the folder that only its taker has")
    check_equal([hit["link"] for hit in found if hit["name"] == "Holiday 2024"], [row["link"]], "its link")
    check_equal(senders(fetch(second, row, top)).keys(), {first.id}, "who sent it")
    second.kill()
    first.kill()
    first = Peer(place, "first", tracker)
    third = Peer(place, "third", tracker)
    again = find_folder(third, "holiday", "Holiday 2024")
    check_equal(again["link"], row["link"], "the link after a restart")
    check_equal(senders(fetch(third, again, top)).keys(), {first.id}, "who sent it after a restart")
    # What is not shared any more is not found any more.
    third.kill()
    first.write(f"unshare {os.path.join(first.downloads, 'Holiday 2024')}")
    fourth = Peer(place, "fourth", tracker)
    wait_until(lambda: fourth.search("holiday") == [], "nothing of the folder")


@test
def shared_while_it_comes(place):
    """A folder that is only partly there is handed out, and one that is fetched from two says who sent what."""
    tracker = Tracker(place)
    top = make_tree(place, n_folders=20, big=4_000_000)
    sharer = Peer(place, "sharer", tracker, top, options=["--max-up", "700"])
    first = Peer(place, "first", tracker)
    row = find_folder(first, "holiday", "Holiday 2024")
    first.ask(f"download {row['link']}", "download-started")
    first.wait("progress", lambda event: event["files_done"] > 50)
    second = Peer(place, "second", tracker)
    done = fetch(second, row, top)
    check_equal(senders(done).keys(), {first.id, sharer.id}, "who sent it to the second")
    check_equal(describe(first.wait_downloaded()["path"]), describe(top), "the tree of the first")


@test
def one_of_two_is_killed(place):
    tracker = Tracker(place)
    top = make_tree(place, n_folders=20, big=4_000_000)
    sharer = Peer(place, "sharer", tracker, top)
    first = Peer(place, "first", tracker, options=["--max-up", "700"])
    row = find_folder(first, "holiday", "Holiday 2024")
    fetch(first, row, top)
    sharer.kill()
    sharer = Peer(place, "sharer", tracker, options=["--max-up", "700"])
    second = Peer(place, "second", tracker)
    second.search_until("holiday", lambda rows: any(
        found["name"] == "Holiday 2024" and found["sources"] == 2 for found in rows), "both sources")
    second.ask(f"download {row['link']}", "download-started")
    second.wait("progress", lambda event: event["size"] > 0 and event["bytes"] >= 0.3 * event["size"])
    sharer.kill()
    second.kill()
    second = Peer(place, "second", tracker)
    done = second.wait_downloaded()
    check_equal(describe(done["path"]), describe(top), "the tree")
    check_equal(set(senders(done)) - {sharer.id}, {first.id}, "who sent the rest")


@test
def chosen_files_after_a_restart(place):
    """What was chosen is remembered."""
    tracker = Tracker(place)
    top = make_tree(place, n_folders=20, big=3_000_000)
    _sharer = Peer(place, "sharer", tracker, top, options=["--max-up", "800"])
    taker = Peer(place, "taker", tracker)
    row = find_folder(taker, "holiday", "Holiday 2024")
    taker.ask(f"download --only film.bin --only *.jpg {row['link']}", "download-started")
    taker.wait("progress", lambda event: event["bytes"] > 0)
    taker.kill()
    taker = Peer(place, "taker", tracker)
    done = taker.wait_downloaded()
    wanted = {path: what for path, what in describe(top).items()
              if path.endswith(".jpg") or path == "film.bin"}
    found = {path: what for path, what in describe(done["path"]).items() if not path.endswith("/")}
    check_equal(found, wanted, "the files that were chosen")


@test
def listed_and_browsed(place):
    """`shared` has a row for each folder, those that were fetched, too; `browse` walks by paths, in natural order."""
    tracker = Tracker(place)
    top = make_tree(place)
    sharer = Peer(place, "sharer", tracker, top)
    taker = Peer(place, "taker", tracker)
    row = find_folder(taker, "holiday", "Holiday 2024")
    files = [path for path in describe(top) if not path.endswith("/")]

    def check_row(shares):
        folders = [folder for folder in shares["folders"] if folder["name"] == "Holiday 2024"]
        check_equal([(folder["kind"], folder["files"], folder["size"], folder["content"]) for folder in folders],
                    [("folder", len(files), row["size"], row["content"])], "the folder's row")

    check_row(sharer.ask("shared", "shares"))
    check_equal(taker.ask("shared", "shares")["folders"], [], "what is shared before")
    taker.ask(f"download {row['link']}", "download-started")
    taker.wait("downloaded")
    check_row(taker.ask("shared", "shares"))

    taker.list_peers()
    names = [row["name"] for row in taker.ask("browse sharer", "browsed")["results"]]
    check(names.index("IMG_2.jpg") < names.index("IMG_10.jpg"), f"the order is another: {names}")
    browsed = taker.ask("browse sharer Holiday 2024", "browsed")
    check_equal(browsed["path"], "Holiday 2024", "the path")
    check_equal(sorted(child["path"] for child in browsed["children"]), sorted(os.listdir(top)), "what is in it")
    inner = taker.ask("browse sharer Holiday 2024/Day 2 Lisbon/part 2", "browsed")
    check_equal([child["path"] for child in inner["children"] if child["path"].startswith("IMG")],
                ["IMG_2.jpg", "IMG_10.jpg"], "the pictures in it")
    check_equal({child["kind"] for child in inner["children"]}, {"file"}, "what they are")
    check("no folder of that name" in taker.ask("browse sharer Nothing", "error")["message"], "the error is another")
    taker.ask("browse sharer Holiday 2024/nothing/there", "error")
    # What was listed leaves the transfers a moment after the answer.
    wait_until(lambda: len(taker.ask("transfers", "transfers")["transfers"]) == 1,
               "the listing has left the transfers")


@test
def what_is_here_is_copied(place):
    """Nobody is asked for what is shared here already, however many files that are."""
    tracker = Tracker(place)
    chance = random.Random(11)
    for i in range(300):
        write_file(place.path("original", "album", f"{i}.jpg"), chance.randbytes(2000))
        write_file(place.path("mine", f"my own {i}.jpg"), read_file(place.path("original", "album", f"{i}.jpg")))
    write_file(place.path("original", "album", "new.jpg"), b"new" * 1000)
    sharer = Peer(place, "sharer", tracker, place.path("original", "album"))
    taker = Peer(place, "taker", tracker, place.path("mine"))
    taker.wait_shared("my own 299.jpg")
    wait_until(lambda: len(taker.all("shared")) >= 300, "what the taker shares")
    row = find_folder(taker, "album", "album")
    taker.ask(f"download {row['link']}", "download-started")
    done = taker.wait("downloaded")
    check_equal({path: what[0] for path, what in describe(done["path"]).items()},
                {path: what[0] for path, what in describe(place.path("original", "album")).items()}, "the tree")
    stats = sharer.ask("cache", "cache")
    check(stats["hits"] + stats["misses"] <= 5, f"the sharer was asked for blocks: {stats}")


@test
def list_beside_an_interrupted_get(place):
    """To look at a folder's list costs nothing of what was fetched of it."""
    tracker = Tracker(place)
    top = make_tree(place, n_folders=20, big=3_000_000)
    _sharer = Peer(place, "sharer", tracker, top, options=["--max-up", "800"])
    row = find_folder(Peer(place, "asker", tracker), "holiday", "Holiday 2024")
    target = place.path("target")
    os.makedirs(target)
    arguments = ["get", "--tracker", tracker.address, "-o", target]
    get = Program(place, *arguments, row["link"])
    before = get.wait("progress", lambda event: event["size"] > 0 and event["bytes"] >= 0.5 * event["size"])
    get.kill()
    listed = place.run("get", "--json", *arguments[1:], "--list", row["link"])
    check_equal(listed.status, 0, f"status of get --list: {listed}")
    get = Program(place, *arguments, row["link"])
    first = get.wait("progress", lambda event: event["bytes"] > 0)
    check(first["bytes"] >= 0.5 * before["bytes"], f"it began again: {before}, then {first}")
    check_equal(get.wait_exit(), 0, "the status")
    check_equal(describe(os.path.join(target, "Holiday 2024")), describe(top), "the tree")
    check_equal(os.listdir(target), ["Holiday 2024"], "what is left over")


@test
def several_at_once(place):
    """`download` takes several links, of files and folders, and numbers among them."""
    tracker = Tracker(place)
    top = make_tree(place)
    film = place.make_file("shared", "a, b & c.mkv", size=300_000, seed=4)
    sharer = Peer(place, "sharer", tracker, top, film)
    taker = Peer(place, "taker", tracker)
    folder = find_folder(taker, "holiday", "Holiday 2024")["link"]
    link = sharer.wait_shared("a, b & c.mkv")["link"].replace("%2C", ",")
    check("," in link, f"the link has no comma: {link}")
    inside = folder.replace("k=folder", "k=folder&i=Day%200%20Lisbon/part%200/notes.txt")
    check_equal(len(taker.search("run.sh")), 1, "results")
    since = taker.mark()
    taker.write(f"download {link}  1 redes:broken {inside}")
    taker.wait("failed", lambda event: event["name"] == "redes:broken", since)
    wait_until(lambda: len(taker.all("downloaded")) == 3, lambda: f"three downloads of {taker.describe()}")
    check_equal(sorted(os.listdir(taker.downloads)), ["a, b & c.mkv", "notes.txt", "run.sh"], "what came")
    check(read_file(os.path.join(taker.downloads, "a, b & c.mkv")) == read_file(film), "the film is another")
    # Words that are no links are one name, as ever.
    check_equal(taker.ask(f"download {link} and more", "failed")["name"], f"{link} and more", "what was asked for")


main()
