# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the window, redes, on a stage (see display.py), and uses it as a person does: looks, clicks, types.

Beside redes_programs.py, whose Place it lives in. The environment says where the build has the program
(REDES_WINDOW), its schema (GSETTINGS_SCHEMA_DIR), its translations (REDES_LOCALE_DIR), and which
language to speak (REDES_TEST_LANGUAGE).
"""

import gettext
import os
import re
import signal
import subprocess
import time

import accessible
from redes_programs import Failure, PATIENCE_S, check_equal, wait_until

PROGRAM = os.environ["REDES_WINDOW"]
LANGUAGE = os.environ.get("REDES_TEST_LANGUAGE", "en")
SETTINGS_GROUP = "io/github/redes_p2p/Redes"

HEADER_HEIGHT = 47
# Longer than any answer takes.
ASK_AGAIN_S = 15

# On the machine alone, and no port that somebody else may have.
QUIET_SETTINGS = {"listen-host": "'127.0.0.1'", "lan": "false", "listen-port": "uint32 0",
                  "tracker-port": "uint32 0", "nickname": "'ana'"}

_translation = gettext.translation("redes", os.environ["REDES_LOCALE_DIR"], [LANGUAGE],
                                   fallback=LANGUAGE == "en")


def words(english):
    """A text of the program in the language of this run, without the mark of its key."""
    return _translation.gettext(english).replace("_", "")


def many_words(one, many, n):
    """As words, of a text that depends on a number; each %'u and %s is a place for format()."""
    text = _translation.ngettext(one, many, n)
    return text.replace("%'u", "{}").replace("%u", "{}").replace("%s", "{}")


def key_of(english):
    """The key that chooses a menu's item."""
    text = _translation.gettext(english)
    return text[text.index("_") + 1].lower()


def xdotool(*arguments):
    done = subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True,
                          check=False, timeout=PATIENCE_S)
    return done.stdout.strip() if done.returncode == 0 else ""


def press(*keys):
    xdotool("key", "--clearmodifiers", *keys)


def type_text(text):
    xdotool("type", "--delay", "15", text)


def move_and_click(x, y, button=1, n_times=1):
    # In one go: two clicks that a busy machine starts by themselves may come too late for a double one.
    xdotool("mousemove", x, y, "sleep", 0.05, "click", "--repeat", n_times, "--delay", 50, button)


def find_x_window(process_id, title):
    """The id of a program's window that is on the screen, or None."""
    found = xdotool("search", "--onlyvisible", "--all", "--pid", process_id, "--name",
                    f"^{title}$").split()
    # Menus and tooltips have the title, too, but are smaller.
    return max(found, key=read_area, default=None)


def read_area(window):
    try:
        _x, _y, width, height = read_geometry(window)
    except (KeyError, ValueError):
        return 0  # It is gone.
    return width * height


def read_geometry(window):
    found = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell",
                                                     window).splitlines())
    return tuple(int(found[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))


def is_answer(text):
    """Whether the search page says this once it has an answer, or knows that it gets none."""
    forms = [_translation.ngettext(one, many, n)
             for one, many in (("asked %u tracker", "asked %u trackers"),
                               ("asked %u peer directly", "asked %u peers directly"))
             for n in (1, 2)]
    return (text in (words("No Tracker Yet"), words("No Tracker Answered"))
            or any(re.search(form.replace("%u", r"\d+"), text) for form in forms))


def uses(tracker):
    """The settings of who uses that tracker."""
    return {"trackers": repr([tracker.address])}


class Window:
    """redes with folders of its own in a place; started again with the same name it is the same person."""

    def __init__(self, place, *arguments, name="ana", settings=None, downloads=None, host=None,
                 env=None):
        """host: a network of its own, from redes_networks, where it runs. env: variables of its own."""
        self.place = place
        self.folder = place.path(name)
        self.downloads = downloads or os.path.join(self.folder, "Downloads")
        self.env = {**self._make_env(), **(env or {})}
        os.makedirs(self.downloads, exist_ok=True)
        self._write_settings(settings or {})
        self._errors_path = os.path.join(self.folder, "stderr")
        with open(self._errors_path, "ab") as errors:
            self.process = subprocess.Popen(
                [*(host.prefix if host is not None else []), PROGRAM, *arguments], env=self.env,
                cwd=self.folder, stdin=subprocess.DEVNULL, stderr=errors)
        place.programs.append(self)
        self.program = wait_until(self._find_program,
                                  lambda: f"a window; it said: {self.read_errors()}")
        self.wait("page tab", words("Search"))

    def _make_env(self):
        env = dict(self.place.env)
        for variable in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "GDK_BACKEND",
                         "GSK_RENDERER", "GTK_USE_PORTAL", "ADW_DISABLE_PORTAL", "GIO_USE_VFS",
                         "GSETTINGS_SCHEMA_DIR", "REDES_LOCALE_DIR", "LD_PRELOAD",
                         "ADW_DEBUG_COLOR_SCHEME", "REDES_PROBE"):
            if variable in os.environ:
                env[variable] = os.environ[variable]
        env.update(HOME=self.folder, LC_ALL="C.UTF-8", LANGUAGE=LANGUAGE, G_DEBUG="fatal-criticals",
                   GSETTINGS_BACKEND="keyfile")
        for variable in ("DATA", "CONFIG", "CACHE", "STATE"):
            env[f"XDG_{variable}_HOME"] = os.path.join(self.folder, variable.lower())
        return env

    def _write_settings(self, settings):
        path = os.path.join(self.env["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
        if os.path.exists(path):
            return
        os.makedirs(os.path.dirname(path))
        values = {**QUIET_SETTINGS, "download-folder": repr(self.downloads), **settings}
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(f"[{SETTINGS_GROUP}]\n")
            stream.writelines(f"{key}={value}\n" for key, value in values.items())

    def write_setting(self, key, value):
        """Into the file, as by hand."""
        path = os.path.join(self.env["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")
        with open(path, encoding="utf-8") as stream:
            text = "".join(line for line in stream if not line.startswith(key + "="))
        group = f"[{SETTINGS_GROUP}]\n"
        with open(path + ".new", "w", encoding="utf-8") as stream:
            stream.write(text.replace(group, f"{group}{key}={value}\n"))
        os.rename(path + ".new", path)

    def wait_setting(self, key, value):
        """Waits for a setting on the disk; value: as GVariant writes it, its type left out."""
        path = os.path.join(self.env["XDG_CONFIG_HOME"], "glib-2.0", "settings", "keyfile")

        def is_set():
            with open(path, encoding="utf-8") as stream:
                lines = stream.read().splitlines()
            return any(line.partition("=")[0] == key and line.split()[-1].endswith(value)
                       for line in lines)
        wait_until(is_set, f"the setting {key} is {value}")

    def _find_program(self):
        if self.process.poll() is not None:
            raise Failure(f"redes ended with {self.process.returncode}: {self.read_errors()}")
        return accessible.find_program(self.process.pid)

    def read_errors(self):
        with open(self._errors_path, encoding="utf-8", errors="replace") as stream:
            return stream.read()

    # Looking.

    def frames(self):
        if self.process.poll() is not None:
            raise Failure(f"redes ended with {self.process.returncode}: {self.read_errors()}")
        return accessible.read_frames(self.program)

    def look(self, frame=None):
        """What can be seen in its windows, or in the one that is called so."""
        for top in self.frames():
            if frame is None or top.name == frame:
                yield from top.walk()

    def seek(self, role=None, name=None, where=None, frame=None):
        """The first item that fits, or None; raises Gone where things change meanwhile."""
        for item in self.look(frame):
            if ((role is None or item.role == role) and (name is None or item.name == name)
                    and (where is None or where(item))):
                return item
        return None

    def find(self, *what, **more):
        """As seek, but None also where things change meanwhile: whoever waits looks again."""
        try:
            return self.seek(*what, **more)
        except accessible.Gone:
            return None

    def is_gone(self, *what, **more):
        """Whether there is no item that fits; while things change nobody knows."""
        try:
            return self.seek(*what, **more) is None
        except accessible.Gone:
            return False

    def wait(self, role=None, name=None, where=None, frame=None, timeout=None):
        try:
            return wait_until(lambda: self.find(role, name, where, frame),
                              f"a {role} “{name or ''}”", timeout)
        except Failure as failure:
            raise Failure(f"{failure}; there is {self.describe()}") from None

    def wait_gone(self, role, name, frame=None):
        wait_until(lambda: self.is_gone(role, name, frame=frame),
                   lambda: f"the {role} “{name}” goes; there is {self.describe()}")

    def describe(self):
        try:
            seen = [f"{item.role}:{item.name}" for item in self.look()
                    if item.role in ("frame", "label", "push button", "entry", "text", "alert")]
        except accessible.Gone:
            seen = ["(changing)"]
        return f"{'; '.join(seen)[:3000]} | stderr: {self.read_errors()[-800:]}"

    def rows(self):
        """The labels in the rows of the table that is shown, row by row."""
        found = []
        for item in self.look():
            if item.role == "table row":
                cells = item.labels()
                if cells:
                    found.append(cells)
        return found

    def find_row(self, name):
        """The row with a label that is called so, or None."""
        return self.find("table row", where=lambda row: name in row.labels())

    def is_row_gone(self, name):
        return self.is_gone("table row", where=lambda row: name in row.labels())

    def wait_row(self, name, where=None, timeout=None):
        def fits(row):
            labels = row.labels()
            return name in labels and (where is None or where(labels))
        return self.wait("table row", where=fits, timeout=timeout)

    def wait_no_row(self, name):
        wait_until(lambda: self.is_row_gone(name), f"no row “{name}” any more")

    # Doing.

    def activate(self, frame="Redes"):
        """Brings a window to the front; its X id."""
        window = wait_until(lambda: find_x_window(self.process.pid, frame), f"a window “{frame}”")

        def is_active():
            if xdotool("getactivewindow") == window:
                return True
            # Asked again: while a window comes or goes the window manager may not listen.
            xdotool("windowactivate", window)
            return False
        wait_until(is_active, f"“{frame}” is in front")
        return window

    def place_of(self, item, frame="Redes"):
        """The middle of an item on the screen."""
        left, top, width, height = item.extents
        x, y, outer_width, outer_height = read_geometry(self.activate(frame))
        _x, _y, inner_width, inner_height = next(
            top_item.extents for top_item in self.frames() if top_item.name == frame)
        return (x + (outer_width - inner_width) // 2 + left + width // 2,
                y + (outer_height - inner_height) // 2 + top + height // 2)

    def wait_still(self, item):
        """Waits until an item stays where it is: much here slides to its place."""
        while True:
            before = item.extents
            time.sleep(0.1)
            item.extents = item.read_extents()
            if item.extents == before:
                return

    def scroll_to(self, item, frame):
        """Turns the wheel until an item is inside its window."""
        def is_inside():
            _left, top, _width, height = item.extents = item.read_extents()
            bottom = next(top_item.extents[3] for top_item in self.frames() if top_item.name == frame)
            if top >= HEADER_HEIGHT and top + height <= bottom:
                return True
            x, y, width, height = read_geometry(self.activate(frame))
            move_and_click(x + width // 2, y + height // 2, 5 if top >= HEADER_HEIGHT else 4)
            return False
        wait_until(is_inside, f"{item} comes into sight")

    def click(self, item, frame="Redes", button=1, n_times=1):
        self.wait_still(item)
        if frame != "Redes":
            self.scroll_to(item, frame)
        move_and_click(*self.place_of(item, frame), button, n_times)

    def double_click(self, item):
        self.click(item, n_times=2)

    def press(self, *keys, frame="Redes"):
        self.activate(frame)
        press(*keys)

    def show_page(self, english):
        self.click(self.wait("page tab", words(english)))
        self.wait("page tab", words(english), where=lambda tab: tab.has("SELECTED"))

    def search(self, text):
        """Searches, and returns when the answer is there, or why there is none: it stays."""
        self.show_page("Search")
        entry = self.wait("entry", words("Search files"))
        # From the first page on, so that no answer is one to something else; and all at once: what is
        # typed slowly is asked for by parts, and Return asks again, so that an answer takes the place
        # of another that is clicked on already.
        entry.set_text("")
        self.wait("label", words("Find Files"))
        entry.set_text(text)
        self.wait_answer()

    def type_search(self, text):
        """Searches by keys alone; see search for why nothing should be clicked on in the answer."""
        self.show_page("Search")
        entry = self.wait("entry", words("Search files"))
        self.click(entry)
        press("ctrl+a")
        type_text(text)
        wait_until(lambda: entry.text == text, f"“{text}” in the entry")
        press("Return")

    def wait_answer(self):
        begin = time.monotonic()

        def is_there():
            nonlocal begin
            if self.find("label", where=lambda label: is_answer(label.name)):
                return True
            # What was asked while the engine was starting is not asked again by itself.
            if time.monotonic() > begin + ASK_AGAIN_S and self.find("label", words("Find Files")):
                self.click(self.wait("entry", words("Search files")))
                press("Return")
                begin = time.monotonic()
            return False
        wait_until(is_there, lambda: f"an answer; there is {self.describe()}")

    def search_until_found(self, text, name):
        """Searches again until there is a row that is called so."""
        def attempt():
            self.search(text)
            return self.find_row(name)
        return wait_until(attempt, f"“{name}” is found")

    def click_row(self, name):
        """Clicks on a row, and returns once it has the focus, so that keys are for it."""
        def has_focus(row):
            return name in row.labels() and row.has("FOCUSED")
        self.click(self.wait_row(name))
        self.wait("table row", where=has_focus)

    def choose(self, name, english):
        """Chooses from the menu of the row that is called so."""
        self.click(self.wait_row(name), button=3)
        press(key_of(english))

    def answer_link(self, english, n_files=1):
        """Waits until it asks about links, and answers; returns what it said: each row's name and words."""
        heading = _translation.ngettext("Download %u File?", "Download %u Files?", n_files)
        self.wait("label", heading.replace("%u", str(n_files)))

        def read():
            try:
                rows = [item.labels() for item in self.look() if item.role == "list item"]
            except accessible.Gone:
                return None
            return [row for row in rows if row and row[0] == words("Saved In")] and rows
        rows = wait_until(read, "what is asked about")
        self.wait("push button", words(english)).do("click")
        self.wait_gone("label", heading.replace("%u", str(n_files)))
        return {row[0]: row[1] for row in rows if len(row) > 1}

    def open_preferences(self, page=None):
        frame = words("Preferences")
        self.press("ctrl+comma")
        self.wait("frame", frame)
        if page is not None:
            self.wait("page tab", words(page), frame=frame).do("click")
            self.wait("page tab", words(page), lambda tab: tab.has("SELECTED"), frame)
        return frame

    def close_preferences(self):
        self.press("Escape", frame=words("Preferences"))
        self.wait_gone("frame", words("Preferences"))

    # Ending.

    def check_silent(self):
        check_equal(self.read_errors(), "", "what it said on stderr")

    def wait_exit(self):
        try:
            status = self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            raise Failure(f"redes does not end; there is {self.describe()}") from None
        check_equal(status, 0, f"the status of redes, which said {self.read_errors()}")
        self.check_silent()

    def quit(self):
        self.press("ctrl+q")
        self.wait_exit()

    def clean_up(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class DragSource:
    """A small program whose window holds files that can be dragged out of it."""

    def __init__(self, place, *paths):
        self.process = subprocess.Popen(
            [os.environ["REDES_UI_PYTHON"], os.path.join(os.path.dirname(__file__), "drag-source.py"),
             *paths], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        place.programs.append(self)
        self.window = wait_until(lambda: find_x_window(self.process.pid, "Drag source"),
                                 "the drag source")

    def drag_to(self, x, y, hover=None):
        """As a hand does it: press, move a little at a time, rest, let go. hover is called before that."""
        left, top, width, height = read_geometry(self.window)
        from_x, from_y = left + width // 2, top + height * 2 // 3
        xdotool("mousemove", from_x, from_y, "mousedown", 1)
        for step in range(1, 21):
            xdotool("mousemove", from_x + (x - from_x) * step // 20,
                    from_y + (y - from_y) * step // 20)
            time.sleep(0.02)
        xdotool("mousemove", x + 3, y + 3)
        if hover is not None:
            hover()
        xdotool("mouseup", 1)

    def clean_up(self):
        self.process.kill()
        self.process.wait()
