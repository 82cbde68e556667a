#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program on a desktop of its own: an X server that nobody sees, a session bus with
accessibility, and a window manager. All of it ends with the program, whose status is the stage's.

Usage: display.py PROGRAM.py [ARGUMENT…]

Where something is missing for that, the answer is a TAP plan that says so.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATIENCE_S = 60
SCREEN = os.environ.get("REDES_UI_SCREEN", "1280x800x24")
TOOLS = ("Xvfb", "dbus-daemon", "openbox", "xdotool")
# An X server knows which numbers are taken by names that each network has for itself, but puts its
# socket into a folder that all networks share. One that looks for a free number in a network of its own
# finds 0 free, and takes the place of who has it in another. Ours does not look for the first free
# number, as those do, but takes any of these.
DISPLAYS = range(10000, 59000)
# All that the bus starts: a desktop's portals would mount folders that outlast it.
SERVICE = "dbus-1/services/org.a11y.Bus.service"
BUS = """<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{folder}/services</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
NEEDS = ("import gi; gi.require_version('Atspi', '2.0'); gi.require_version('Gtk', '4.0'); "
         "from gi.repository import Atspi")


def find_python():
    """A Python that has the bindings: distributions give them to theirs, which need not be the first."""
    for python in (sys.executable, "/usr/bin/python3"):
        if os.access(python, os.X_OK) and subprocess.run(
                [python, "-c", NEEDS], capture_output=True, check=False).returncode == 0:
            return python
    return None


def find_service():
    folders = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    paths = [os.path.join(folder, SERVICE) for folder in folders.split(":")]
    return next((path for path in paths if os.path.exists(path)), None)


def find_trouble(python):
    gone = [tool for tool in TOOLS if shutil.which(tool) is None]
    if gone:
        return f"not installed: {' '.join(gone)}"
    if python is None:
        return "no Python here has the bindings of Atspi 2.0 and Gtk 4.0"
    if find_service() is None:
        return "no accessibility bus is installed (at-spi2-core)"
    return None


def wait_for(read, words):
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = read()
        if found:
            return found
        time.sleep(0.02)
    sys.exit(f"stage: no {words}")


def read_text(path):
    with open(path, encoding="utf-8", errors="replace") as stream:
        return stream.read()


class Stage:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="redes-stage-")
        self.processes = []
        self.env = dict(os.environ)
        for variable in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS",
                         "XDG_CURRENT_DESKTOP", "DESKTOP_SESSION", "DBUS_SESSION_BUS_PID"):
            self.env.pop(variable, None)
        self.env.update(HOME=self.folder, XDG_RUNTIME_DIR=os.path.join(self.folder, "run"),
                        GDK_BACKEND="x11", GSK_RENDERER="cairo", GTK_USE_PORTAL="0",
                        ADW_DISABLE_PORTAL="1", GIO_USE_VFS="local", LIBGL_ALWAYS_SOFTWARE="1",
                        LC_ALL="C.UTF-8")
        for name in ("DATA", "CONFIG", "CACHE", "STATE"):
            self.env[f"XDG_{name}_HOME"] = os.path.join(self.folder, name.lower())
        os.mkdir(self.env["XDG_RUNTIME_DIR"], 0o700)

    def start(self, *command, **options):
        with open(os.path.join(self.folder, command[0] + ".log"), "wb") as log:
            process = subprocess.Popen(command, env=self.env, stdin=subprocess.DEVNULL,
                                       stderr=log, **options)
        self.processes.append(process)
        return process

    def set_up(self):
        self.env["DISPLAY"] = self.start_display()
        self.env["DBUS_SESSION_BUS_ADDRESS"] = self.start_bus()
        self.start("openbox", "--sm-disable", stdout=subprocess.DEVNULL)
        # A window manager that is ready says so to those who ask for windows' states.
        wait_for(lambda: subprocess.run(["xdotool", "get_desktop"], env=self.env, check=False,
                                        capture_output=True).returncode == 0, "window manager")

    def start_display(self):
        path = os.path.join(self.folder, "display")
        for number in random.sample(DISPLAYS, 5):
            with open(path, "wb") as stream:
                # It writes its number when it can be used, and ends when somebody else has it.
                server = self.start("Xvfb", f":{number}", "-displayfd", str(stream.fileno()), "-screen",
                                    "0", SCREEN, "-nolisten", "tcp", "-noreset",
                                    pass_fds=[stream.fileno()], stdout=subprocess.DEVNULL)
            wait_for(lambda: read_text(path).endswith("\n") or server.poll() is not None, "display")
            if server.poll() is None:
                return f":{number}"
        sys.exit("stage: Xvfb does not start: " + read_text(os.path.join(self.folder, "Xvfb.log")))

    def start_bus(self):
        """Its address is a path, which is the same from other networks, too."""
        services = os.path.join(self.folder, "services")
        os.mkdir(services)
        shutil.copy(find_service(), services)
        settings = os.path.join(self.folder, "bus.conf")
        with open(settings, "w", encoding="utf-8") as stream:
            stream.write(BUS.format(folder=self.folder))
        address = os.path.join(self.folder, "address")
        with open(address, "wb") as stream:
            self.start("dbus-daemon", f"--config-file={settings}", "--nofork",
                       f"--print-address={stream.fileno()}", pass_fds=[stream.fileno()],
                       stdout=subprocess.DEVNULL)
        return wait_for(lambda: read_text(address).strip(), "session bus")

    def run(self, *command):
        program = subprocess.Popen(command, env=self.env)
        self.processes.append(program)
        return program.wait()

    def clean_up(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        # What the bus has started ends with it, but may leave a last word.
        wait_for(self.remove_folder, "end of " + self.folder)

    def remove_folder(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        return not os.path.exists(self.folder)


def main():
    python = find_python()
    trouble = find_trouble(python)
    if trouble:
        print(f"1..0 # SKIP {trouble}")
        return 0
    # Whoever ends it early has it tidy up, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    stage = Stage()
    try:
        stage.set_up()
        stage.env["REDES_UI_PYTHON"] = python
        return stage.run(python, "-B", *sys.argv[1:])
    finally:
        stage.clean_up()


if __name__ == "__main__":
    sys.exit(main())
