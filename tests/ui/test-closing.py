# SPDX-License-Identifier: GPL-3.0-or-later
"""How the program ends: its last window is closed, it is asked to quit, or it stays in the background."""

import os
import signal
import subprocess

from redes_programs import (MIB, PATIENCE_S, Failure, Peer, Tracker, check, check_equal, main, test,
                            wait_until)
from redes_window import PROGRAM, Window, uses, words

TRACKER_MODE = {"tracker-mode": "true"}


def find_address(window):
    """The address that the tracker page gives, or None."""
    label = window.find("label", where=lambda item: item.name.startswith("127.0.0.1:"))
    return label.name if label else None


def start_again(window):
    return subprocess.Popen([PROGRAM], env=window.env, cwd=window.folder, stdin=subprocess.DEVNULL,
                            stderr=subprocess.PIPE)


@test
def the_last_window_ends_the_program(place):
    window = Window(place)
    window.press("ctrl+w")
    window.wait_exit()


@test
def a_signal_ends_the_program(place):
    window = Window(place)
    window.process.send_signal(signal.SIGTERM)
    window.wait_exit()


@test
def asking_twice_ends_it_once(place):
    window = Window(place, settings=TRACKER_MODE)
    window.process.send_signal(signal.SIGINT)
    window.process.send_signal(signal.SIGTERM)
    window.wait_exit()


@test
def its_tracker_ends_with_it(place):
    window = Window(place, settings=TRACKER_MODE)
    window.show_page("Tracker")
    address = wait_until(lambda: find_address(window), "the address to give to others")
    other = Peer(place, "bia", address)
    window.wait_row("bia")
    window.press("ctrl+w")
    answer(window, "_Quit")
    window.wait_exit()
    other.wait("tracker-lost")


def answer(window, english):
    """Answers whether it keeps running."""
    window.wait("label", words("Keep Redes Running?"))
    window.wait("push button", words(english)).do("click")


@test
def a_download_does_not_end_unasked(place):
    tracker = Tracker(place)
    path = place.make_file("original", "film.bin", size=4 * MIB)
    source = Peer(place, "bia", tracker, path, options=["--max-up", 50])
    link = source.wait_shared("film.bin")["link"]
    window = Window(place, link, settings=uses(tracker))
    window.answer_link("_Download")
    window.show_page("Transfers")
    window.wait_row("film.bin")
    # Who changes his mind is asked again.
    window.press("ctrl+w")
    answer(window, "_Cancel")
    window.wait_gone("label", words("Keep Redes Running?"))
    window.press("ctrl+w")
    answer(window, "_Keep Running")
    wait_until(lambda: not window.frames(), "the window is gone")
    check(window.process.poll() is None, "redes ended")
    Peer(place, "carla", tracker, path).wait_shared("film.bin")
    copy = os.path.join(window.downloads, "film.bin")
    wait_until(lambda: os.path.exists(copy), "the download ends without a window")
    # It is not asked a second time.
    second = start_again(window)
    check_equal(second.wait(PATIENCE_S), 0, "the status of the second redes")
    window.wait("page tab", words("Search"))
    window.press("ctrl+w")
    wait_until(lambda: not window.frames(), "the window is gone again")
    check(window.process.poll() is None, "redes ended")
    window.write_setting("run-in-background", "false")
    check_equal(window.process.wait(PATIENCE_S), 0, "the status of redes")


@test
def it_stays_in_the_background_until_it_may_not(place):
    window = Window(place, settings={"run-in-background": "true"})
    window.press("ctrl+w")
    wait_until(lambda: not window.frames(), "the window is gone")
    # The program that runs opens its window again.
    second = start_again(window)
    check_equal((second.wait(PATIENCE_S), second.stderr.read()), (0, b""), "the second redes")
    window.wait("page tab", words("Search"))
    window.press("ctrl+w")
    wait_until(lambda: not window.frames(), "the window is gone")
    window.write_setting("run-in-background", "false")
    check_equal(window.process.wait(PATIENCE_S), 0, "the status of redes")
    # No desktop is here to show that it runs on; nothing else is said.
    said = [line for line in window.read_errors().splitlines() if line.strip()]
    check(all("org.freedesktop.Notifications" in line for line in said), f"it said {said}")


@test
def started_again_while_it_ends(place):
    # The tracker makes its keys first, and is waited for.
    window = Window(place, settings=TRACKER_MODE)
    window.press("ctrl+q")
    second = start_again(window)
    first = window.process

    def is_shown():
        for process in (first, second):
            window.process = process
            window.program = window._find_program() if process.poll() is None else None
            if window.program is not None and window.find("page tab", words("Search")):
                return True
        return False
    try:
        wait_until(is_shown, "a window")
        check_equal([process.poll() for process in (first, second) if process is not window.process],
                    [0], "the other process")
    except Failure:
        for process in (first, second):
            process.kill()
        raise
    window.quit()


main()
