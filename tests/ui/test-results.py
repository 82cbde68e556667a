# SPDX-License-Identifier: GPL-3.0-or-later
"""More results than one answer holds: all of them at the press of a button, or at the end of the list; sorted."""

from redes_programs import Peer, Tracker, check_equal, list_tree, main, test, wait_until
from redes_window import Window, many_words, press, uses, words, xdotool

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


def wait_selected(window, n):
    window.wait("label", many_words("%'u selected", "%'u selected", n).format(n))


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


@test
def the_end_of_a_sorted_list_is_its_end(place):
    """What comes next would come anywhere; and whoever is in the list stays where he is."""
    window = start(place)
    window.click(window.wait("label", words("Size"), where=lambda label: label.extents[1] > 0))
    wait_first_row(window, "song 0199.txt")
    window.click(window.wait_row("song 0199.txt"))
    press("End")
    last = window.wait_row("song 0000.txt")
    wait_until(lambda: last.has("FOCUSED"), "the keyboard is in the last row")
    wait_numbers(window, 200, N_FILES)
    window.click(window.wait("push button", words("_Show All")))
    wait_numbers(window, N_FILES)
    wait_first_row(window, "song 1299.txt")
    window.click(window.wait_row("song 1299.txt"))
    press("End")
    window.wait_row("song 0000.txt")
    window.quit()


@test
def the_keyboard_stays_in_the_list_when_the_button_goes(place):
    window = start(place)
    window.click(window.wait_row("song 0003.txt"))
    window.click(window.wait("push button", words("_Show All")))
    wait_numbers(window, N_FILES)
    row = window.wait_row("song 0003.txt")
    wait_until(lambda: row.has("FOCUSED"), "the keyboard is in the list again")
    window.quit()


@test
def many_are_chosen_and_downloaded_at_once(place):
    tracker = Tracker(place)
    for i in range(6):
        place.make_file("photos", f"IMG_{i + 5}.jpg", data=b"x" * (i + 1))
    source = Peer(place, "bia", tracker, *[place.path("photos", f"IMG_{i + 5}.jpg") for i in range(6)])
    wait_until(lambda: len(source.all("shared")) == 6, "all are shared")
    window = Window(place, settings=uses(tracker))
    window.search_until_found("img", "IMG_10.jpg")
    # In natural order: with Shift all between two, with Ctrl one less or more.
    window.click(window.wait("label", words("Name"), where=lambda label: label.extents[1] > 0))
    wait_until(lambda: [row[0] for row in window.rows()[1:]] == [f"IMG_{i + 5}.jpg" for i in range(6)],
               lambda: f"natural order: {window.rows()}")
    window.click_row("IMG_6.jpg")
    xdotool("keydown", "shift")
    window.click(window.wait_row("IMG_9.jpg"))
    xdotool("keyup", "shift")
    wait_selected(window, 4)
    press("ctrl+Up", "ctrl+Up", "ctrl+space")
    wait_selected(window, 3)
    window.click(window.wait("push button", words("_Copy Links")))
    window.wait("label", many_words("%u link copied", "%u links copied", 3).format(3))
    # The menu is that of all that are selected.
    window.choose("IMG_8.jpg", "_Download")
    window.wait("label", many_words("Downloading %u file", "Downloading %u files", 3).format(3))
    wait_until(lambda: list_tree(window.downloads) == ["IMG_6.jpg", "IMG_8.jpg", "IMG_9.jpg"],
               lambda: f"what was chosen, not {list_tree(window.downloads)}")
    # All of them, of which those that are there are not fetched again.
    window.click_row("IMG_5.jpg")
    press("ctrl+a")
    wait_selected(window, 6)
    window.click(window.wait("push button", words("_Download"),
                             where=lambda button: button.has_place()))
    wait_until(lambda: len(list_tree(window.downloads)) == 6, "all are there")
    window.click_row("IMG_5.jpg")
    window.wait_gone("push button", words("_Copy Links"))
    window.quit()


@test
def the_best_of_two_trackers_have_no_number_in_all(place):
    trackers = [Tracker(place, name=name) for name in ("one", "two")]
    for tracker, name in zip(trackers, ("bia", "caio")):
        for i in range(250):
            place.make_file(name + "-files", f"song {name} {i:03}.txt", data=f"{name} {i}".encode())
        source = Peer(place, name, tracker, place.path(name + "-files"))
        wait_until(lambda peer=source: len(peer.all("shared")) == 250, "all are shared", 120)
        source.wait_sources(f"{name} 249", 1)
    window = Window(place, settings={"trackers": repr([tracker.address for tracker in trackers])})
    window.search("song")
    best = words("The best %'u matches").replace("%'u", "400")
    window.wait("label", where=lambda label: label.name.startswith(best + " · "))
    window.click(window.wait("push button", words("_Show All")))
    found = words("%'u files found").replace("%'u", "500")
    window.wait("label", where=lambda label: label.name.startswith(found + " · "))
    window.quit()


@test
def behind_all_that_is_blocked_the_others_come(place):
    tracker = Tracker(place)
    for name, first, n in (("bia", 0, 250), ("caio", 900, 5)):
        for i in range(first, first + n):
            place.make_file(name + "-files", f"song {i:03}.txt", data=b"%d" % i)
        source = Peer(place, name, tracker, place.path(name + "-files"))
        wait_until(lambda peer=source, count=n: len(peer.all("shared")) == count, "all are shared", 120)
        source.wait_sources(f"song {first + n - 1}", 1)
    window = Window(place, settings=uses(tracker))
    window.search("song")
    wait_numbers(window, 200, 255)
    window.choose("song 000.txt", "_Block This Publisher")
    window.wait_row("song 900.txt")
    wait_numbers(window, 5)
    window.quit()


main()
