# SPDX-License-Identifier: GPL-3.0-or-later
"""A desktop of one test: the installed window, driven as a person would, and what drags files onto it."""

import os
import re
import subprocess
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402  pylint: disable=wrong-import-position

from redes_programs import Failure, check_equal, wait_until  # noqa: E402

APP_ID = "io.github.redes_p2p.Redes"
HERE = os.path.dirname(os.path.abspath(__file__))
PICTURES = os.environ["REDES_PICTURES"]
# What a desktop is told of the programs that are installed.
EXPORTED = os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share")
# A sandbox, a window and the portals take their time to start on a busy machine.
PATIENCE_S = 60

KEYFILE = """[io/github/redes_p2p/Redes]
nickname='boxed'
listen-host='127.0.0.1'
lan={lan}
listen-port=0
trackers=[{tracker}]
page='{page}'
run-in-background={background}
"""


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout.strip()


def take_picture(name):
    os.makedirs(PICTURES, exist_ok=True)
    run("import", "-window", "root", os.path.join(PICTURES, name + ".png"))


def read_notifications():
    """The titles of all that the desktop was asked to show, each with the program's id before it."""
    with open(os.environ["REDES_DESKTOP_LOG"], encoding="utf-8") as stream:
        return stream.read()


def wait(condition, words):
    return wait_until(condition, words, PATIENCE_S)


# --- What is on the screen, as a screen reader finds it -----------------------------------------------

def walk(accessible, depth=0):
    """Everything below that has a size; the rest is of pages that are not shown."""
    try:
        if depth == 0:
            accessible.clear_cache()
        component = accessible.get_component_iface()
        if component is not None and depth > 0:
            extents = component.get_extents(Atspi.CoordType.WINDOW)
            if extents.width <= 0 or extents.height <= 0:
                return
        yield accessible
        for index in range(accessible.get_child_count()):
            child = accessible.get_child_at_index(index)
            if child is not None:
                yield from walk(child, depth + 1)
    except GLib.Error:
        return


def find_application(*names):
    desktop = Atspi.get_desktop(0)
    desktop.clear_cache()
    for index in range(desktop.get_child_count()):
        try:
            found = desktop.get_child_at_index(index)
            if found is not None and found.get_name().lower() in (names or ("redes", APP_ID.lower())):
                return found if found.get_child_count() > 0 else None
        except GLib.Error:
            continue
    return None


def find_in_dialog(role, name=None):
    """Something in the dialogs that the portals' own program shows, or None."""
    application = find_application("xdg-desktop-portal-gtk")
    if application is None:
        return None
    return next((one for one in walk(application)
                 if one.get_role() == role and (name is None or one.get_name() == name)), None)


# --- Windows, as the X server knows them ---------------------------------------------------------------

def find_window(title):
    """The X window of that title that is shown, or None."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", f"^{title}$"],
                           capture_output=True, text=True, check=False).stdout.split()
    return found[-1] if found else None


def geometry(window):
    words = run("xwininfo", "-id", window)
    return tuple(int(re.search(rf"{key}:\s*(-?\d+)", words).group(1)) for key in
                 ("Absolute upper-left X", "Absolute upper-left Y", "Width", "Height"))


def place_window(window, x, y):
    run("xdotool", "windowmove", window, str(x), str(y))
    run("xdotool", "windowactivate", window)


def centre(window):
    x, y, width, height = geometry(window)
    return x + width // 2, y + height // 2


def pull(start, end, has_begun):
    """Presses the button and moves; whether the source took that for the beginning of a drag."""
    steps = 20
    run("xdotool", "mousemove", *map(str, start))
    time.sleep(0.2)
    run("xdotool", "mousedown", "1")
    for step in range(1, steps + 1):
        at = [a + (b - a) * step // steps for a, b in zip(start, end)]
        run("xdotool", "mousemove", *map(str, at))
        time.sleep(0.03)
    try:
        return wait_until(has_begun, "the drag's beginning", 5)
    except Failure:
        run("xdotool", "mouseup", "1")
        return False


def drag(start, end, has_begun, picture=None):
    """A person's drag: the source needs to see motion before it begins, the target before it takes. A window
    that has only just come may miss the first press, and is pulled at again."""
    wait(lambda: pull(start, end, has_begun), "the drag's beginning")
    run("xdotool", "mousemove", str(end[0] + 3), str(end[1] + 3))
    time.sleep(0.5)
    if picture is not None:
        take_picture(picture)
    run("xdotool", "mouseup", "1")


class Desk:
    """One person's home, and the program as installed for this suite."""

    def __init__(self, place, tracker, page="shared", background=False, lan=False):
        """tracker: or None, for a peer that knows of none."""
        self.home = place.path("home")
        self.downloads = os.path.join(self.home, "Downloads")
        self.place = place
        self.window = None
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("XDG_DATA_HOME")}
        self.env.update(HOME=self.home)
        # With them the sandbox would be given folders of the suite's own.
        for variable in ("DATA", "CONFIG", "CACHE", "STATE"):
            self.env.pop(f"XDG_{variable}_HOME", None)
        os.makedirs(self.downloads, exist_ok=True)
        self._write(".config/user-dirs.dirs", 'XDG_DOWNLOAD_DIR="$HOME/Downloads"\n')
        self._write(f".var/app/{APP_ID}/config/glib-2.0/settings/keyfile", KEYFILE.format(
            tracker=f"'{tracker.address}'" if tracker is not None else "", page=page,
            background=str(background).lower(), lan=str(lan).lower()))
        self._write(f".var/app/{APP_ID}/config/gtk-4.0/settings.ini",
                    "[Settings]\ngtk-font-name=Cantarell 11\n")
        place.programs.append(self)

    def _write(self, name, text):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)

    @property
    def data(self):
        """Where the program keeps its store, seen from outside."""
        return os.path.join(self.home, ".var", "app", APP_ID, "data")

    def start(self, *arguments):
        with open(self.place.path("window.log"), "ab") as log:
            self.window = subprocess.Popen(["flatpak", "run", "--user", APP_ID, *arguments], env=self.env,
                                           stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        found = wait(lambda: self._check_runs() or find_window("Redes"), "the window")
        place_window(found, 0, 0)
        return found

    def _check_runs(self):
        if self.window.poll() is not None:
            raise Failure(f"the window has ended with status {self.window.returncode}: {self.read_log()}")

    def read_log(self):
        with open(self.place.path("window.log"), encoding="utf-8", errors="replace") as stream:
            return stream.read()[-3000:]

    def call(self, *arguments):
        """Runs the program again, as when its file or link is opened in another."""
        return run("flatpak", "run", "--user", APP_ID, *arguments, env=self.env)

    def open_link(self, link):
        """As when it is clicked in a web browser: the desktop looks for the program for such links."""
        run("gio", "open", link, env={**self.env, "XDG_DATA_DIRS": f"{EXPORTED}:/usr/share"})

    def agree_to_link(self):
        """To the dialog that asks before anything is done because of a link."""
        self.wait_label("Saved In")
        run("xdotool", "key", "alt+d")

    def choose_folder(self, path):
        """In the dialog that the portal shows, where a slash asks for an entry for paths."""
        self.press("ctrl+shift+o")
        dialog = wait(lambda: find_window("Share a Folder"), "the dialog for folders")
        run("xdotool", "windowactivate", "--sync", dialog)
        run("xdotool", "key", "slash")
        entry = wait(lambda: find_in_dialog(Atspi.Role.TEXT), "the entry for a path")
        entry.get_editable_text_iface().set_text_contents(path)
        take_picture("folder-chooser")
        find_in_dialog(Atspi.Role.PUSH_BUTTON, "Share").get_action_iface().do_action(0)
        wait(lambda: find_window("Share a Folder") is None, "the end of the dialog")

    def act(self, action):
        """One of the program's own actions, by the way that notifications and docks go."""
        run("gdbus", "call", "--session", "--dest", APP_ID, "--object-path",
            "/" + APP_ID.replace(".", "/"), "--method", "org.freedesktop.Application.ActivateAction",
            action, "[]", "{}", env=self.env)

    def quit(self):
        self.act("quit")
        self.window.wait(PATIENCE_S)
        complaints = re.findall(r".*-(?:CRITICAL|WARNING) \*\*.*", self.read_log())
        check_equal(complaints, [], "what the toolkit complains of")

    def press(self, *keys):
        run("xdotool", "windowactivate", "--sync", find_window("Redes"))
        run("xdotool", "key", *keys)

    def read_labels(self):
        application = find_application()
        if application is None:
            return []
        return [name for name in (one.get_name() for one in walk(application)) if name]

    def wait_label(self, pattern):
        """The words on the screen that match, once there are any."""
        seen = {}

        def look():
            self._check_runs()
            labels = self.read_labels()
            seen.update(dict.fromkeys(labels))
            return next((words for words in labels if re.search(pattern, words)), None)
        try:
            return wait(look, f"words like {pattern!r}")
        except Failure:
            raise Failure(f"no words like {pattern!r} in {list(seen)}; {self.read_log()}") from None

    def drop(self, how, *paths, picture=None):
        """Drags files from another program onto the window. how: as drag-source.py takes it. Returns whether
        the window took them."""
        log = self.place.path("drag.log")

        def read_words():
            with open(log, encoding="ascii") as stream:
                return stream.read().split()
        with open(log, "wb") as stream:
            source = subprocess.Popen([sys.executable, os.path.join(HERE, "drag-source.py"), how, *paths],
                                      env=self.env, stdout=stream)
        try:
            window = wait(lambda: find_window("Drag Source"), "the drag's source")
            place_window(window, 1150, 300)
            wait(lambda: geometry(window)[0] > 1000, "the drag's source at its place")
            drag(centre(window), centre(find_window("Redes")), lambda: "begun" in read_words(), picture)
            wait(lambda: read_words()[-1] != "begun", "the drag's end")
            return read_words()[-1] == "dropped"
        finally:
            source.terminate()
            source.wait(10)

    def clean_up(self):
        """Whatever went wrong, the last thing on the screen is worth seeing."""
        if self.window is None or self.window.poll() is not None:
            return
        take_picture("last")
        try:
            self.act("quit")
            self.window.wait(PATIENCE_S)
        except (subprocess.SubprocessError, OSError):
            self.window.kill()
            self.window.wait(10)
