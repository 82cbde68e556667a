#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ./dev says when something is missing or mistyped; and the window program without a display.

Usage: test-dev.py SOURCE_ROOT [WINDOW_PROGRAM]
"""

import os
import shutil
import subprocess
import sys
import tempfile

ROOT = sys.argv[1]
WINDOW = sys.argv[2] if len(sys.argv) > 2 else None
# What ./dev itself uses, besides what a case is about.
TOOLS = ("bash", "env", "dirname", "cat", "tr", "mktemp", "tail", "rm", "grep", "sed", "awk", "uname")


class Machine:
    """A folder with ./dev, and a PATH with nothing but what is put there."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="redes-dev-")
        self.bin = os.path.join(self.folder, "bin")
        os.mkdir(self.bin)
        shutil.copy(os.path.join(ROOT, "dev"), self.folder)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.bin, tool))

    def add(self, name, script):
        path = os.path.join(self.bin, name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("#!" + shutil.which("bash") + "\n" + script + "\n")
        os.chmod(path, 0o755)

    def run(self, *arguments):
        return subprocess.run([os.path.join(self.folder, "dev"), *arguments], text=True, check=False,
                              env={"PATH": self.bin, "HOME": self.folder, "LANG": "C.UTF-8"},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)

    def clean_up(self):
        shutil.rmtree(self.folder)


def check(condition, words):
    if not condition:
        raise AssertionError(words)


def an_unknown_command_is_named(machine):
    done = machine.run("foo")
    check(done.returncode == 2 and "“foo”" in done.stderr and "Usage" in done.stderr, f"{done}")


def an_unknown_suite_lists_the_suites(machine):
    done = machine.run("test", "nosuch")
    check(done.returncode == 2 and "“nosuch”" in done.stderr, f"{done}")
    for suite in ("unit", "net", "app", "cli", "fuzz", "architecture", "ui"):
        check(suite in done.stderr, f"{suite} is not listed: {done}")


def without_root_there_is_one_line_to_copy(machine):
    machine.add("id", "echo 1000")
    machine.add("apt-get", "echo >> ran; exit 100")
    for command, packages in (("build", ("meson", "libgtk-4-dev", "libreadline-dev")),
                              ("test", ("meson", "libgtk-4-dev", "xvfb", "xdotool"))):
        done = machine.run(command)
        lines = [line for line in done.stderr.splitlines() if line.startswith("apt-get")]
        check(done.returncode != 0 and len(lines) == 1, f"{done}")
        check("sudo" in done.stderr, f"no reason: {done}")
        for package in packages:
            check(package in lines[0].split(), f"{package} is not in the line: {lines[0]}")
    check(not os.path.exists(os.path.join(machine.folder, "ran")), "it was tried all the same")


def what_the_package_manager_says_is_shown(machine):
    machine.add("id", "echo 0")
    machine.add("apt-get", """
case "$*" in
  *--assume-no*) echo "0 upgraded, 7 newly installed, 0 to remove."
                 echo "Need to get 12.3 MB of archives."; exit 1 ;;
  update) exit 0 ;;
  *) echo "E: no such mirror"; exit 100 ;;
esac""")
    done = machine.run("build")
    check(done.returncode != 0, f"{done}")
    for words in ("7 newly installed", "12.3 MB", "E: no such mirror", "apt-get install -y"):
        check(words in done.stderr, f"{words!r} is not said: {done}")


def the_window_without_a_display(_machine):
    env = {name: value for name, value in os.environ.items()
           if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    version = subprocess.run([WINDOW, "--version"], env=env, capture_output=True, text=True,
                             check=False, timeout=60)
    check(version.returncode == 0 and version.stdout.startswith("redes "), f"{version}")
    # ./dev runs the demo instead after this status.
    env["DISPLAY"] = ":59999"
    stale = subprocess.run([WINDOW], env=env, capture_output=True, text=True, check=False, timeout=60)
    check(stale.returncode == 3 and "no display" in stale.stderr, f"{stale}")
    with open("/dev/full", "w", encoding="utf-8") as full:
        version = subprocess.run([WINDOW, "--version"], stdout=full, stderr=subprocess.PIPE,
                                 env=env, check=False, timeout=60)
    check(version.returncode != 0 and version.stderr, f"{version}")


def main():
    cases = [an_unknown_command_is_named, an_unknown_suite_lists_the_suites,
             without_root_there_is_one_line_to_copy, what_the_package_manager_says_is_shown]
    if WINDOW is not None:
        cases.append(the_window_without_a_display)
    print(f"1..{len(cases)}")
    failures = 0
    for number, case in enumerate(cases, 1):
        machine = Machine()
        try:
            case(machine)
            print(f"ok {number} - {case.__name__}")
        except Exception as error:  # pylint: disable=broad-except
            failures += 1
            print(f"not ok {number} - {case.__name__}\n# " + str(error).replace("\n", "\n# "))
        finally:
            machine.clean_up()
    sys.exit(failures > 0)


main()
