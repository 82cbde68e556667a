# SPDX-License-Identifier: GPL-3.0-or-later
"""A large tree of odd names, fetched from three peers while some of those who take part are killed.

With REDES_TEST_BIG=1: 3,000 files in 200 folders, one of them of 5 GiB, which needs 12 GiB on the disk.
Without, a tenth of the files and a big file of 96 MiB, so that it is quick.
"""

import hashlib
import os
import random
import stat
import time

from redes_programs import (BIG, MIB, Peer, Tracker, check, check_equal, list_tree, main, test, wait_until,
                            write_file)

N_FOLDERS = 200 if BIG else 20
N_FILES = 3000 if BIG else 300
SPARSE_BYTES = 5 * 1024 * MIB if BIG else 96 * MIB
# What the three peers hand out, each, in KiB/s: with less to fetch the moments to kill would be missed.
MAX_UP = "0" if BIG else "6000"
PATIENCE_S = 1500 if BIG else 120

TOP = "Семейный архив — 家族 & família"
PLACES = ["Day {} Lisbon", "день {} в пути", "第{}天 東京", "mañana {} à la plage", "-{} --help", "[{}] {{x}} 100%",
          "'{}' \"quoted\" & $HOME", "deep {}"]
NAMES = ["IMG_{}.jpg", "дорога {}.txt", "東京 {}.txt", "canção nº {}.ogg", "a+b={} & 'd' \"e\".txt", "-rf {}",
         "100% [{}] {{y}}.txt", "name with  two blanks {}.bin", "emoji 🎵 {}.ogg", "`{}` $(x);#.sh", "e\u0301 {}.txt"]


def set_time(path, number):
    os.utime(path, (1_600_000_000, 1_500_000_000 + 977 * number))


def make_sparse(path):
    """Nothing but a hole, with some bytes at both ends, in the middle and across the ends of blocks."""
    chance = random.Random(3)
    with open(path, "wb") as stream:
        for at in (0, SPARSE_BYTES // 3 - 500, SPARSE_BYTES // 2, SPARSE_BYTES - 1000):
            stream.seek(at)
            stream.write(chance.randbytes(1000))
    set_time(path, 1)


def make_tree(*names):
    """The same tree each time. Every fifth folder is inside of another one, every tenth is empty."""
    top = os.path.join(*names, TOP)
    chance = random.Random(19)
    folders = [top]
    full = [top]
    for i in range(N_FOLDERS - 1):
        above = folders[-1] if i % 5 == 4 else top
        folders.append(os.path.join(above, PLACES[i % len(PLACES)].format(i)))
        os.makedirs(folders[-1])
        if i % 10 != 9:
            full.append(folders[-1])
    extras = {"nothing.txt": b"", "one of two.bin": b"equal" * 9000}
    for name, data in extras.items():
        set_time(write_file(os.path.join(top, name), data), 0)
    set_time(write_file(os.path.join(full[3], "two of two.bin"), extras["one of two.bin"]), 0)
    make_sparse(os.path.join(full[len(full) // 2], "film 5.mkv"))
    for i in range(N_FILES - 4):
        path = os.path.join(full[i % len(full)], NAMES[i % len(NAMES)].format(i))
        write_file(path, chance.randbytes(chance.randrange(1, 40_000)))
        if i % 50 == 0:
            os.chmod(path, 0o755)
        set_time(path, i)
    return top


def digest(path):
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        while data := stream.read(4 * MIB):
            found.update(data)
    return found.hexdigest()


def describe(top):
    """Each file's digest, time and permission to execute, and each folder."""
    found = {}
    for path in list_tree(top):
        info = os.lstat(os.path.join(top, path))
        if stat.S_ISDIR(info.st_mode):
            found[path + "/"] = None
            continue
        check(stat.S_ISREG(info.st_mode), f"{path} is no file")
        found[path] = (digest(os.path.join(top, path)), int(info.st_mtime), bool(info.st_mode & stat.S_IXUSR))
    return found


def check_tree(found, wanted, what):
    differences = sorted({path for path in found.keys() | wanted.keys() if found.get(path, 0) != wanted.get(path, 0)})
    check_equal(differences[:20], [], f"{what}: {len(differences)} paths that differ")


def below(tree, folder):
    return {path[len(folder) + 1:]: what for path, what in tree.items()
            if path.startswith(folder + "/") and path != folder + "/"}


def senders(done):
    return {peer for peer, blocks in done["sources"].items() if blocks > 0}


def wait_share(taker, share):
    """Until so much of the folder has come, and not all of it."""
    event = taker.wait("progress", lambda event: event["size"] > SPARSE_BYTES
                       and event["bytes"] >= share * event["size"], timeout=PATIENCE_S)
    check(taker.find("downloaded") is None, f"it has all before it is killed: {event}")
    return event


@test
def three_peers_two_kills(place):
    tracker = Tracker(place)
    top = make_tree(place.path("first tree"))
    wanted = describe(top)
    files = [path for path in wanted if not path.endswith("/")]
    check_equal((len(files), len(wanted) - len(files)), (N_FILES, N_FOLDERS - 1), "files and folders of the tree")
    options = ["--max-up", MAX_UP]
    peers = [Peer(place, "peer 1", tracker, top, options=options)]
    for number, name in ((2, "second tree"), (3, "third tree")):
        peers.append(Peer(place, f"peer {number}", tracker, make_tree(place.path(name)), options=options))
    asker = Peer(place, "asker", tracker)

    def find(words, name):
        def fits(row):
            return row["name"] == name and row["kind"] == "folder" and row["sources"] == len(peers)

        def attempt():
            return next((row for row in asker.search(words) if fits(row)), None)
        return wait_until(attempt, lambda: f"{name} of three peers; it found {asker.search(words)[:5]}", PATIENCE_S)

    for peer in peers:
        peer.wait("shared", lambda event: event["name"] == "film 5.mkv", timeout=PATIENCE_S)
    whole = find("família", TOP)
    check_equal((whole["files"], whole["size"]),
                (N_FILES, sum(os.path.getsize(os.path.join(top, path)) for path in files)), "what is said of it")

    # A part is found by its own name, listed and partly fetched by somebody else.
    part = next(path[:-1] for path in sorted(wanted) if path.endswith("/") and "Lisbon" in path
                and "/" not in path[:-1] and any(inner.endswith(".jpg") for inner in below(wanted, path[:-1])))
    row = find("lisbon", part)
    target = place.path("target")
    os.makedirs(target)
    arguments = ["--json", "--tracker", tracker.address, "-o", target]
    listed = place.run("get", *arguments, "--list", row["link"])
    check_equal(sorted(child["path"] for child in listed.find("folder")["children"]),
                sorted(path.rstrip("/") for path in below(wanted, part)), "what is listed of the part")
    got = place.run("get", *arguments, "--only", "*.jpg", row["link"])
    check_equal(got.status, 0, f"status of get: {got}")
    check_tree({path: what for path, what in describe(os.path.join(target, part)).items() if what is not None},
               {path: what for path, what in below(wanted, part).items() if path.endswith(".jpg")}, "what was chosen")

    began = time.monotonic()
    taker = Peer(place, "taker", tracker)
    taker.ask(f"download {whole['link']}", "download-started")
    wait_share(taker, 0.25)
    peers[1].kill()
    before = wait_share(taker, 0.5)
    taker.kill()
    check_equal([name for name in os.listdir(taker.downloads) if not name.startswith(".")], [],
                "what has its name too early")
    taker = Peer(place, "taker", tracker)
    first = taker.wait("progress", lambda event: event["bytes"] > 0, timeout=PATIENCE_S)
    check(first["bytes"] >= 0.8 * before["bytes"], f"it began again: {before}, then {first}")
    done = taker.wait_downloaded(timeout=PATIENCE_S)
    print(f"# {N_FILES} files, {whole['size'] / MIB:.0f} MiB, fetched within {time.monotonic() - began:.1f} s")
    check_equal(os.path.basename(done["path"]), TOP, "its name")
    check_tree(describe(done["path"]), wanted, "the tree")
    check(senders(done) >= {peers[0].id, peers[2].id} , f"who sent it after the restart: {done['sources']}")
    check_equal([name for name in os.listdir(taker.downloads) if name.startswith(".redes-")], [], "what is left over")


main()
