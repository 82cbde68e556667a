# SPDX-License-Identifier: GPL-3.0-or-later
"""More results than one answer holds: all of them at the press of a button, or at the end of the list; sorted."""

from redes_programs import Peer, Tracker, check_equal, main, test, wait_until
from redes_window import Window, press, uses, words

N_FILES = 1300


def start(place):
    """A window that has searched for what a peer shares: each file longer than the one before."""
    tracker = Tracker(place)
    for i in range(N_FILES):
        place.make_file("many", f"song {i:04}.txt", data=b"x" * (i + 1))
    source = Peer(place, "bia", tracker, place.path("many"))
    wait_until(lambda: len(source.all("shared")) == N_FILES, "all are shared", 120)
    source.wait_sources("song 1299", 1)
    window = Window(place, settings=uses(tracker))
    window.search("song")
    wait_numbers(window, 200, N_FILES)
    return window


def wait_numbers(window, *numbers):
    """Waits until the line below the list has these numbers, of files, and that one tracker was asked."""
    wanted = [str(number) for number in numbers] + ["1"]

    def fits(label):
        return " · " in label.name and [part for part in label.name.split() if part.isdigit()] == wanted
    return window.wait("label", where=fits)


def wait_first_row(window, name):
    def find_first():
        """What is in view comes in its order."""
        label = window.find("label", where=lambda item: item.name.startswith("song "))
        return label.name if label else None
    wait_until(lambda: find_first() == name, f"{name} is the first row, not {find_first()}")


@test
def all_are_shown_and_sorted(place):
    window = start(place)
    wait_first_row(window, "song 0000.txt")
    window.click(window.wait("push button", words("_Show All")))
    wait_numbers(window, N_FILES)
    window.wait_gone("push button", words("_Show All"))
    window.wait_gone("push button", words("_Stop"))
    wait_first_row(window, "song 0000.txt")
    size = window.wait("label", words("Size"), where=lambda label: label.extents[1] > 0)
    window.click(size)
    wait_first_row(window, "song 1299.txt")
    window.click(size)
    wait_first_row(window, "song 0000.txt")
    window.click(size)
    wait_first_row(window, "song 1299.txt")
    # The next search is sorted, too: the largest of the best comes first, then the largest of all.
    window.search("song 1")
    wait_numbers(window, 200, 300)
    wait_first_row(window, "song 1199.txt")
    window.click(window.wait("push button", words("_Show All")))
    wait_numbers(window, 300)
    wait_first_row(window, "song 1299.txt")
    window.quit()


@test
def the_end_of_the_list_brings_more(place):
    window = start(place)
    window.click(window.wait_row("song 0001.txt"))
    press("End")
    wait_numbers(window, 1200, N_FILES)
    press("End")
    wait_numbers(window, N_FILES)
    press("End")
    window.wait_row("song 1299.txt")
    press("Home")
    wait_first_row(window, "song 0000.txt")
    check_equal(window.read_errors(), "", "what it said on stderr")
    window.quit()


main()
