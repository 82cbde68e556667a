# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option that --help names stands in the manual page and in the completions of each shell.

Usage: test-manual.py REDES_CLI DATA_FOLDER
"""

import os
import re
import shutil
import subprocess
import sys

from redes_programs import Skip, check, check_equal, main, test

DATA = sys.argv.pop(2)


def read(*names):
    with open(os.path.join(DATA, *names), encoding="utf-8") as stream:
        return stream.read()


def list_commands(place):
    table = place.run("--help").output.split("Commands:")[1]
    return re.findall(r"^  (\w+) ", table.split("redes-cli COMMAND")[0], re.M)


def list_options(place, command):
    """(long, short or None, description) of each."""
    text = place.run(command, "--help").output
    return [(long, short or None, words) for short, long, words
            in re.findall(r"^  (?:-(\w), )?--([\w-]+)(?:=\S+)?\s+(.*)$", text, re.M)]


def section(text, start, end):
    found = re.search(start + r"(.*?)(?:" + end + r"|\Z)", text, re.M | re.S)
    check(found is not None, f"there is no {start!r}")
    return found.group(1)


@test
def the_manual_page(place):
    page = read("redes-cli.1").replace("\\-", "-").replace("\\(aq", "'").replace("\\fR", "").replace("\\e", "\\")
    common = section(page, r"^\.SH OPTIONS OF EVERY COMMAND", r"^\.SH ")
    commands = list_commands(place)
    check(len(commands) >= 7, f"{commands}")
    for command in commands:
        own = section(page, rf"^\.SS {command}$", r"^\.S[SH] ")
        for long, _short, words in list_options(place, command):
            where = common if long in ("json", "help", "version") else own
            check(re.search(rf"--{long}(?![\w-])", where), f"{command} --{long} is not in the page")
            if where is own:
                check(words in own, f"the page says something else of {command} --{long}: {words}")
    helped = place.run("peer", "--listen", "127.0.0.1:0", "--data-dir", place.path("data"),
                       "--exit-when-done", input="help\n").output
    for line in re.findall(r"^  (\w+) .*$", helped, re.M):
        check(re.search(rf"^ *{line}\b", page, re.M), f"the page lacks the peer's command {line}")


@test
def the_completions(place):
    bash, zsh, fish = (read("completions", name)
                       for name in ("redes-cli.bash", "_redes-cli", "redes-cli.fish"))
    for command in list_commands(place):
        in_bash = section(bash, rf"^    {command}\)$", r"^      ;;")
        in_zsh = section(zsh, rf"^  {command}\)$", r"^    ;;")
        for long, short, _words in list_options(place, command):
            check(re.search(rf"--{long}(?![\w-])", in_bash), f"bash: {command} --{long}")
            check(re.search(rf"--{long}(?![\w-])", in_zsh), f"zsh: {command} --{long}")
            line = re.search(rf"_subcommand_from {command}' -l {long}(?![\w-]).*$", fish, re.M)
            check(line is not None, f"fish: {command} --{long}")
            if short is not None:
                check(re.search(rf"'\*?-{short}[+\[]", in_zsh), f"zsh: {command} -{short}")
                check(f" -s {short} " in line.group(), f"fish: {command} -{short}")


@test
def no_completion_offers_what_is_not_there(place):
    known = {f"--{long}" for command in list_commands(place)
             for long, _short, _words in list_options(place, command)} | {"--output", "--help"}
    for name in ("redes-cli.bash", "_redes-cli"):
        offered = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", read("completions", name)))
        check_equal(offered - known, set(), f"what {name} makes up")


@test
def bash_completes(_place):
    if shutil.which("bash") is None:
        raise Skip("the completion of bash was not run: bash is not installed")
    script = (f"source {os.path.join(DATA, 'completions', 'redes-cli.bash')}\n"
              "COMP_WORDS=(redes-cli se); COMP_CWORD=1; _redes_cli; echo ${COMPREPLY[@]}\n"
              "COMP_WORDS=(redes-cli get --out); COMP_CWORD=2; _redes_cli; echo ${COMPREPLY[@]}\n")
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, check=False)
    check_equal(done.stdout.split(), ["search", "--output"], f"{done}")


@test
def the_unit_of_a_tracker(_place):
    unit = read("redes-tracker.service.in")
    for words in ("ExecStart=@bindir@/redes-cli tracker", "DynamicUser=yes", "NoNewPrivileges=yes",
                  "ProtectSystem=strict", "CapabilityBoundingSet=\n"):
        check(words in unit, f"{words!r} is not in the unit")


main()
