# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed or piped, what it answers, and what a program exits with."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time

from redes_programs import (MIB, Failure, Peer, Program, Skip, Tracker, check, check_equal,
                            keep_off_the_network, main, read_file, test, wait_until)


def start_source(place, tracker, **files):
    for name, data in files.items():
        place.make_file("shared", name.replace("_", "."), data=data)
    source = Peer(place, "source", tracker, place.path("shared"))
    for name in files:
        source.wait_shared(name.replace("_", "."))
        source.wait_sources(name.replace("_", "."), 1)
    return source


def peer_arguments(place, tracker, name="piped"):
    os.makedirs(place.path(name), exist_ok=True)
    return ["peer", "--json", "--listen", "127.0.0.1:0", "--tracker", tracker.address, "--nickname", name,
            "--data-dir", place.path(name + " data"), "--download-dir", place.path(name)]


@test
def piped_commands_and_exit_when_done(place):
    tracker = Tracker(place)
    start_source(place, tracker, one_txt=b"one", two_txt=b"two")
    done = place.run(*peer_arguments(place, tracker), "--exit-when-done",
                     input="search two\ndownload 1\ndownload one.txt\ntransfers\nlist\n")
    check_equal(done.status, 0, f"the status of {done}")
    check_equal(read_file(place.path("piped", "one.txt")), b"one", "the first copy")
    check_equal(read_file(place.path("piped", "two.txt")), b"two", "the second copy")
    order = [event["event"] for event in done.events
             if event["event"] in ("results", "download-started", "transfers", "peers")]
    check_equal(order, ["results", "download-started", "download-started", "transfers", "peers"],
                "the answers' order")
    check_equal(done.events[-1]["event"], "stopped", "the last event")


@test
def exit_when_done_tells_a_failure(place):
    tracker = Tracker(place)
    start_source(place, tracker, one_txt=b"one")
    for commands in ("download no such file\n", "download one.txt\nfrobnicate\n", "search\n",
                     "download 7\n", "download redes:broken\n", "list everything\n"):
        done = place.run(*peer_arguments(place, tracker), "--exit-when-done", input=commands)
        check(done.status != 0, f"status 0 after {commands!r}: {done}")
        check(done.find("failed") or done.find("error"), f"no words after {commands!r}: {done}")


@test
def a_wrong_command_does_not_stop_the_rest(place):
    tracker = Tracker(place)
    start_source(place, tracker, one_txt=b"one")
    peer = Peer(place, "typist", tracker)
    error = peer.ask("frobnicate the lot", "error")
    check("frobnicate" in error["message"] and "help" in error["message"], f"{error}")
    check_equal(len(peer.search("one")), 1, "results after a wrong command")
    peer.write("")
    peer.write("   ")
    peer.ask("  search   one  ", "results")
    helped = peer.ask("help", "help")
    for word in ("list", "search", "download", "transfers", "shared", "cache", "help", "exit"):
        check(any(line.startswith(word) for line in helped["commands"]), f"help lacks {word}")
    peer.process.stdin.write(b"search \xff\xfe\n")
    peer.process.stdin.flush()
    peer.wait("error", lambda event: "UTF-8" in event["message"])
    check_equal(peer.ask("transfers", "transfers")["transfers"], [], "transfers")
    check_equal(peer.ask("shared", "shares")["shares"], [], "shares")
    peer.write("exit")
    check_equal(peer.wait_exit(), 0, "the status")


@test
def a_number_means_the_last_search(place):
    tracker = Tracker(place)
    start_source(place, tracker, apple_txt=b"apple", pear_txt=b"pear")
    peer = Peer(place, "typist", tracker)
    check_equal(peer.search("apple")[0]["n"], 1, "the number")
    check_equal(len(peer.search("pear")), 1, "results")
    peer.write("download 1")
    check_equal(peer.wait_downloaded()["name"], "pear.txt", "what number 1 was")
    failed = peer.ask("download 2", "failed")
    check(failed["reason"] != "", "no reason")


@test
def end_of_input_goes_on_serving(place):
    tracker = Tracker(place)
    source = start_source(place, tracker, one_txt=b"one")
    source.close_input()
    got = place.run("get", "--tracker", tracker.address, "-o", place.path("copy"), "one.txt")
    check_equal(got.status, 0, f"{got}")
    check(source.process.poll() is None, "the peer has ended")
    seconds, status = source.signal_and_time(signal.SIGTERM)
    check(status == 0 and seconds < 1.0, f"status {status} after {seconds:.2f} s")


@test
def exit_when_done_waits_for_the_download(place):
    tracker = Tracker(place)
    place.make_file("shared", "slow.bin", size=4 * MIB)
    source = Peer(place, "slow", tracker, place.path("shared"), options=["--max-up", "4096"])
    source.wait_sources("slow", 1)
    done = place.run(*peer_arguments(place, tracker), "--exit-when-done", input="download slow.bin\n")
    check_equal(done.status, 0, f"{done}")
    check(read_file(place.path("piped", "slow.bin")) == read_file(place.path("shared", "slow.bin")),
          "the copy is not the original")


@test
def the_cache_counts(place):
    tracker = Tracker(place)
    place.make_file("shared", "popular.bin", size=4 * MIB)
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_sources("popular", 1)
    for i in range(2):
        got = place.run("get", "--tracker", tracker.address, "-o", place.path(f"copy{i}"), "popular.bin")
        check_equal(got.status, 0, f"{got}")
    stats = source.ask("cache", "cache")
    # 4 MiB are 16 blocks: read once, then found in memory.
    check(stats["misses"] >= 16, f"misses: {stats}")
    check(stats["hits"] >= 16, f"hits: {stats}")
    check_equal(stats["bytes"], 4 * MIB, "bytes held")


@test
def search_knows_accents_case_and_beginnings(place):
    tracker = Tracker(place)
    place.make_file("shared", "Ação e Reação.txt", data=b"1")
    place.make_file("shared", "Straße nach Köln.txt", data=b"2")
    place.make_file("shared", "summer photos 2024.zip", data=b"3")
    source = Peer(place, "source", tracker, place.path("shared"))
    wait_until(lambda: len(source.all("shared")) == 3, "three files shared")
    source.wait_sources("ação", 1)
    source.wait_sources("summer", 1)
    source.wait_sources("köln", 1)
    for words, name in (("acao", "Ação e Reação.txt"), ("REACAO acao", "Ação e Reação.txt"),
                        ("rea", "Ação e Reação.txt"), ("koln", "Straße nach Köln.txt"),
                        ("photos SUM", "summer photos 2024.zip"), ("2024", "summer photos 2024.zip")):
        found = place.run("search", "--json", "--tracker", tracker.address, *words.split())
        check_equal(found.status, 0, f"{words}: {found}")
        check_equal([row["name"] for row in found.find("results")["results"]], [name], words)
    for words in ("acaoo", "summer koln", "hotos"):
        found = place.run("search", "--json", "--wait", "0", "--tracker", tracker.address, *words.split())
        check_equal(found.find("results")["results"], [], words)
    check_equal([row["name"] for row in source.search("acao")], ["Ação e Reação.txt"], "in a peer")


@test
def many_results_are_there_when_wanted(place):
    tracker = Tracker(place)
    for i in range(450):
        place.make_file("shared", f"page {i:03}.txt", data=b"%d" % i)
    source = Peer(place, "source", tracker, place.path("shared"))
    wait_until(lambda: len(source.all("shared")) == 450, "all are shared")
    source.wait_sources("page 449", 1)
    names = [f"page {i:03}.txt" for i in range(450)]
    for options, n in (([], 50), (["--limit", "200"], 200), (["--limit", "201"], 201),
                       (["--limit", "450"], 450), (["--limit", "100000"], 450)):
        answer = place.run("search", "--json", "--tracker", tracker.address, *options, "page").find("results")
        check_equal([row["name"] for row in answer["results"]], names[:n], f"with {options}")
        check_equal((answer["total"], answer["total_is_exact"]), (450, True), f"the total with {options}")
    said = place.run("search", "--tracker", tracker.address, "page").output
    check("These are the best 50 of 450" in said, said)
    check_equal(place.run("search", "--tracker", tracker.address, "--limit", "100001", "page").status, 2,
                "the status for too many")


@test
def words_survive_any_locale(place):
    tracker = Tracker(place)
    place.make_file("shared", "Ação 🎉.txt", data=b"1")
    source = Peer(place, "source", tracker, place.path("shared"))
    source.wait_sources("ação", 1)
    for locale in ("C", "POSIX", "C.UTF-8", "xx_YY.NONSENSE"):
        env = dict(place.env, LC_ALL=locale)
        found = place.run("search", "--tracker", tracker.address, "AÇÃO", env=env)
        check_equal(found.status, 0, f"{locale}: {found}")
        check("Ação 🎉.txt" in found.output, f"{locale}: {found}")
        got = place.run("get", "--tracker", tracker.address, "-o", place.path(locale), "Ação 🎉.txt",
                        env=env)
        check_equal(got.status, 0, f"{locale}: {got}")


@test
def search_prose_and_links(place):
    tracker = Tracker(place)
    source = start_source(place, tracker, one_txt=b"one")
    found = place.run("search", "--tracker", tracker.address, "--links", "one")
    check_equal(found.status, 0, f"{found}")
    link = next(line.strip() for line in found.output.splitlines() if "redes:" in line)
    got = place.run("get", "--tracker", tracker.address, "-o", place.path("copy"), link)
    check_equal(got.status, 0, f"{got}")
    check_equal(got.output.count("\r"), 0, "progress bars in a pipe")
    nothing = place.run("search", "--wait", "0", "--tracker", tracker.address, "nothing like it")
    check("Nothing found" in nothing.output, f"{nothing}")
    check("sources" not in source.errors, "")


@test
def links_carry_their_tracker(place):
    tracker = Tracker(place)
    source = start_source(place, tracker, one_txt=b"one")
    link = source.wait_shared("one.txt")["link"]
    check(link.startswith("redes:") and "n=one.txt" in link and "s=3" in link, link)
    check(f"p={source.id}" in link and "t=" in link, link)
    got = place.run("get", "-o", place.path("copy"), link)
    check_equal(got.status, 0, f"{got}")
    check_equal(read_file(place.path("copy")), b"one", "the copy")


def start_ipv6_tracker(place):
    try:
        return Tracker(place, listen="[::1]:0")
    except Failure as failure:
        if not os.path.exists("/proc/net/if_inet6") or not read_file("/proc/net/if_inet6"):
            raise Skip("this machine has no IPv6") from None
        raise failure


@test
def ipv6(place):
    tracker = start_ipv6_tracker(place)
    check(tracker.address.startswith("[::1]:"), tracker.address)
    place.make_file("shared", "six.bin", size=MIB)
    source = Peer(place, "source", tracker, place.path("shared"), listen="[::1]:0")
    check(source.address.startswith("[::1]:"), source.address)
    taker = Peer(place, "taker", tracker, listen="[::1]:0")
    taker.wait_sources("six", 1)
    taker.write("download 1")
    check_equal(taker.wait_downloaded()["size"], MIB, "the size")
    got = place.run("get", "--tracker", tracker.address, "-o", place.path("copy"), "six.bin")
    check_equal(got.status, 0, f"{got}")


@test
def ipv4_alone_at_an_ipv6_tracker(place):
    """The tracker sees an address where the peer does not listen: the peer says so, and what to do."""
    tracker = start_ipv6_tracker(place)
    peer = Peer(place, "peer", tracker, listen="127.0.0.1:0")
    words = peer.wait("notice", lambda event: "[::1]:" in event["message"])["message"]
    check("it listens at 127.0.0.1 alone" in words and "IPv4 or IPv6" in words, words)


@test
def every_address_at_once(place):
    tracker = Tracker(place, listen=":0")
    port = tracker.address.rsplit(":", 1)[1]
    tracker.address = f"127.0.0.1:{port}"
    start_source(place, tracker, one_txt=b"one")
    got = place.run("get", "--tracker", f":{port}", "-o", place.path("copy"), "one.txt")
    check_equal(got.status, 0, f"{got}")


@test
def the_demo_shows_it_and_cleans_up(place):
    demo = place.run("demo", "--json", timeout=90)
    check_equal(demo.status, 0, f"{demo}")
    downloaded = demo.find("downloaded")
    senders = [blocks for blocks in downloaded["sources"].values() if blocks > 0]
    check_equal(len(senders), 3, f"peers that sent something: {downloaded}")
    check_equal(demo.find("compared")["identical"], True, "the comparison")
    check(not os.path.exists(demo.find("removed")["path"]), "its folder is still there")
    check_equal(os.listdir(place.env["TMPDIR"]), [], "what is left")
    check_equal(os.listdir(place.env["HOME"]), [], "what is left in the home folder")


@test
def the_demo_in_prose_and_interrupted(place):
    demo = place.run("demo", timeout=90)
    check_equal(demo.status, 0, f"{demo}")
    check("byte for byte" in demo.output and "blocks" in demo.output, f"{demo}")
    interrupted = Program(place, "demo")
    interrupted.wait("listening")
    seconds, _status = interrupted.signal_and_time(signal.SIGINT)
    check(seconds < 8.0, f"{seconds:.2f} s to stop")
    check_equal(os.listdir(place.env["TMPDIR"]), [], "what is left")


@test
def a_closed_output_ends_a_peer_cleanly(place):
    tracker = Tracker(place)
    source = start_source(place, tracker, one_txt=b"one")
    reader, writer = os.pipe()
    with subprocess.Popen([sys.argv[1], *keep_off_the_network(peer_arguments(place, tracker))], stdin=subprocess.PIPE,
                          stdout=writer, stderr=subprocess.DEVNULL, env=place.env) as process:
        os.close(writer)
        wait_until(lambda: len(source.list_peers()) == 2, "two peers")
        os.close(reader)
        try:
            process.stdin.write(b"shared\nshared\n")
            process.stdin.flush()
            status = process.wait(10)
        finally:
            if process.poll() is None:
                process.kill()
    check_equal(status, 0, "the status")
    wait_until(lambda: len(source.list_peers()) == 1, "it has left", 2)


@test
def a_reader_that_stops_reading_cannot_hold_a_peer(place):
    """A full pipe must not keep a signal from being answered."""
    place.make_file("shared", "x" * 200, data=b"x")
    reading, writing = os.pipe()
    with open(reading, "rb") as answers, open(writing, "wb") as kept, \
            subprocess.Popen([sys.argv[1], "peer", "--json", "--no-lan", "--listen", "127.0.0.1:0", "--data-dir",
                              place.path("data"), place.path("shared")], stdin=subprocess.PIPE, stdout=writing,
                             stderr=subprocess.DEVNULL, env=place.env) as process:
        try:
            # Before that the answers are short, and do not fill the pipe.
            while json.loads(answers.readline())["event"] != "shared":
                pass
            # Each answer is a line of about 900 bytes, and a pipe holds 64 KiB.
            process.stdin.write(b"shared\n" * 400)
            process.stdin.flush()
            wait_until(lambda: not select.select([], [kept], [], 0)[1], "the pipe is full")
            start = time.monotonic()
            process.send_signal(signal.SIGTERM)
            status = process.wait(10)
            seconds = time.monotonic() - start
        finally:
            if process.poll() is None:
                process.kill()
    check_equal(status, 0, "the status")
    check(seconds < 1.2, f"{seconds:.2f} s to stop")


class Terminal:
    """A program that believes that a person sits before it."""

    def __init__(self, place, arguments):
        self.seen = b""
        try:
            self.master, slave = pty.openpty()
        except OSError as error:
            raise Skip(f"this system gives no terminal: {error}") from None
        self.process = subprocess.Popen([sys.argv[1], *keep_off_the_network(arguments)], stdin=slave, stdout=slave,
                                        stderr=slave, env=place.env)
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def type(self, text):
        self.seen = b""
        os.write(self.master, text)

    def wait(self, wanted):
        """Reads what a person would see until a text has come since something was typed last."""
        deadline = time.monotonic() + 30
        while wanted not in self.seen:
            if time.monotonic() > deadline:
                raise Failure(f"{wanted!r} is not in {self.seen!r}")
            ready, _, _ = select.select([self.master], [], [], 0.2)
            if ready:
                try:
                    self.seen += os.read(self.master, 65536)
                except OSError:
                    raise Failure(f"the terminal closed after {self.seen!r}") from None


@test
def a_prompt_on_a_terminal(place):
    tracker = Tracker(place)
    start_source(place, tracker, one_txt=b"one")
    arguments = [word for word in peer_arguments(place, tracker) if word != "--json"]
    with Terminal(place, arguments) as terminal:
        terminal.wait(b"Registered")
        terminal.wait(b"redes> ")
        terminal.type(b"search one\n")
        terminal.wait(b"1 source")
        terminal.wait(b"redes> ")
        terminal.type(b"nonsense\n")
        terminal.wait(b"no command")
        terminal.type(b"download 1\n")
        terminal.wait(b"Downloaded one.txt")
        terminal.wait(b"redes> ")
        terminal.type(b"\x04")
        check_equal(terminal.process.wait(10), 0, "the status after Ctrl-D")


@test
def a_progress_bar_on_a_terminal(place):
    tracker = Tracker(place)
    place.make_file("shared", "slow.bin", size=4 * MIB)
    source = Peer(place, "slow", tracker, place.path("shared"), options=["--max-up", "4096"])
    source.wait_sources("slow", 1)
    with Terminal(place, ["get", "--tracker", tracker.address, "-o", place.path("copy"),
                          "slow.bin"]) as terminal:
        terminal.wait(b"Downloaded slow.bin")
        for part in (b"%", b"#", b"left"):
            check(part in terminal.seen, f"no bar in {terminal.seen!r}")
        check_equal(terminal.process.wait(10), 0, "the status")


main()
