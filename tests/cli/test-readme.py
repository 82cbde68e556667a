# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs what README.md tells people to type: block by block, pasted as it is into a shell on a terminal,
in a home folder that nobody has used before.

Usage: test-readme.py REDES_CLI README
"""

import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import time

from redes_programs import Failure, Skip, check, check_equal, main, test

README = sys.argv.pop(2)
PROMPT = "ready-for-a-block> "

# Blocks that are not run, by how they begin, and why.
NOT_RUN = {
    "git clone": "it needs the Internet, and this is a test of what was cloned",
    "flatpak": "it needs the Internet; ./dev flatpak tries it",
    "meson setup": "it installs into the system",
}
# What stays until it is stopped, by how its block begins, and what it says when others may go on.
STAYS = {
    "redes-cli tracker\n": ["listens on", "Others reach it at"],
    "redes-cli peer --tracker": ["Registered", "summer-song.txt", "notes.txt"],
    "redes-cli peer --nickname": ["summer-song.txt"],
}
# What must be said by the others.
SAYS = {
    "redes-cli search --tracker": ["summer-song.txt", "la la la", "Downloaded notes.txt"],
    "redes-cli search summer": ["summer-song.txt"],
    "redes-cli tracker --no-lan": ["Registered with the tracker", "1 source", "Downloaded README.md"],
    "printf": ['"downloaded"', '"stopped"'],
    "redes-cli history": ["something wrong"],
}


class Shell:
    """bash, as a person has it."""

    def __init__(self, folder, env):
        self.seen = ""
        try:
            self.master, slave = pty.openpty()
        except OSError as error:
            raise Skip(f"README.md was not run: this system gives no terminal: {error}") from None
        self.process = subprocess.Popen(["bash", "--norc", "--noprofile", "-i"], stdin=slave, stdout=slave,
                                        stderr=slave, cwd=folder, env={**env, "PS1": PROMPT, "TERM": "dumb"},
                                        start_new_session=True,
                                        preexec_fn=lambda: __import__("fcntl").ioctl(
                                            0, __import__("termios").TIOCSCTTY, 0))
        os.close(slave)
        self.wait([PROMPT])

    def type(self, text):
        self.seen = ""
        os.write(self.master, text.encode("utf-8"))

    def wait(self, wanted, seconds=120):
        deadline = time.monotonic() + seconds
        while not all(text in self.seen for text in wanted):
            if time.monotonic() > deadline:
                raise Failure(f"{wanted} in {self.seen!r}")
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode("utf-8", "replace")
                except OSError:
                    raise Failure(f"the shell has ended: {self.seen!r}") from None

    def run(self, block):
        """Pastes a block, and what tells its end. Returns what is on the terminal then."""
        self.type(block + "\nprintf 'the-%s %s.\\n' end $?\n")
        self.wait(["the-end "])
        self.wait([PROMPT])
        return self.seen

    def interrupt(self):
        self.type("\x03")
        self.wait([PROMPT])

    def close(self):
        """All that was started from it ends with its terminal."""
        os.close(self.master)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def read_blocks(path=README):
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    return re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)


def find(table, block):
    return next((value for start, value in table.items() if block.startswith(start)), None)


def make_tree(place):
    """What a person has after the clone and the build; ./dev says nothing new about that here."""
    tree = place.path("home", "redes")
    os.makedirs(os.path.join(tree, "build", "src", "cli"))
    os.symlink(sys.argv[1], os.path.join(tree, "build", "src", "cli", "redes-cli"))
    shutil.copy(README, os.path.join(tree, "README.md"))
    with open(os.path.join(tree, "dev"), "w", encoding="utf-8") as stream:
        stream.write("#!/bin/sh\ntest \"$1\" = build\n")
    os.chmod(os.path.join(tree, "dev"), 0o755)
    return tree


def check_not_failed(seen, block):
    for words in ("command not found", "No such file", "redes-cli: ", "See redes-cli", "not understood"):
        check(words not in seen, f"{words!r} after\n{block}\n{seen}")


@test
def every_block_works_as_pasted(place):
    if shutil.which("bash") is None:
        raise Skip("README.md was not run: bash is not installed")
    tree = make_tree(place)
    env = {"PATH": os.environ["PATH"], "HOME": place.env["HOME"], "LANG": "C.UTF-8"}
    blocks = read_blocks()
    stay = []
    shell = Shell(tree, env)
    path = None
    n_run = 0
    try:
        for block in blocks:
            if find(NOT_RUN, block) is not None:
                print(f"# not run, as {find(NOT_RUN, block)}: {block.splitlines()[0]}", flush=True)
                continue
            n_run += 1
            if block.startswith("./dev build"):
                seen = shell.run(block)
                check_not_failed(seen, block)
                path = block.splitlines()[1]
                continue
            check(path is not None, f"what sets PATH comes after\n{block}")
            # "One machine will do, after Ctrl-C at those above."
            if find(STAYS, block) is not None and block.startswith("redes-cli peer --nickname"):
                while stay:
                    stay.pop().interrupt()
            # "All of it on one machine" has a tracker of its own on that port.
            if block.startswith("redes-cli tracker --no-lan"):
                while stay:
                    stay.pop().interrupt()
            if find(STAYS, block) is not None:
                other = Shell(tree, env)
                stay.append(other)
                other.run(path)
                other.type(block)
                other.wait(find(STAYS, block))
                check_not_failed(other.seen, block)
                continue
            if block.startswith("printf"):
                # The tracker and the peer that this batch asks are those from above.
                for start in ("redes-cli tracker\n", "redes-cli peer --tracker"):
                    other = Shell(tree, env)
                    stay.append(other)
                    other.run(path)
                    other.type(next(text for text in blocks if text.startswith(start)))
                    other.wait(find(STAYS, start)[:1])
            seen = shell.run(block)
            check_not_failed(seen, block)
            for words in find(SAYS, block) or []:
                check(words in seen, f"{words!r} is not said after\n{block}\n{seen}")
            check_equal(re.findall(r"the-end (\d+)\.", seen), ["0"], f"the status of\n{block}\n{seen}")
    finally:
        for other in [shell, *stay]:
            other.close()
    check(n_run >= 8, f"only {n_run} blocks of {len(blocks)} were run")


@test
def each_block_is_run_or_has_a_reason(_place):
    for block in read_blocks():
        known = find(NOT_RUN, block) or find(STAYS, block) or find(SAYS, block)
        check(known is not None or block.startswith("./dev build"),
              f"nobody has said what must come of\n{block}")


@test
def the_translation_says_the_same_commands(_place):
    def bare(block):
        return re.sub(r" +# .*", "", block)

    original = [bare(block) for block in read_blocks()]
    translated = [bare(block) for block in read_blocks(README.replace(".md", ".pt_BR.md"))]
    check(len(translated) > 8, f"only {len(translated)} blocks are in the translation")
    for block in translated:
        check(block in original, f"not in README.md, or not in these words:\n{block}")


main()
