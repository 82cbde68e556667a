#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was built and installed, without opening a window. Usage: test-installed.py REDES-CLI [TEST…]

FLATPAK_USER_DIR holds the installation; REDES_SDK is the tree that the stand-in for the SDK was made of,
REDES_BUNDLE where the bundle goes, REDES_REPO the repository that it is made of.
"""

import configparser
import glob
import os
import re
import subprocess

from redes_programs import check, check_equal, main, test

APP_ID = "io.github.redes_p2p.Redes"
HERE = os.path.dirname(os.path.abspath(__file__))

# Every library that a program of ours names itself, and who has it. "runtime" is what was read in the
# sources of org.gnome.Platform and of the Freedesktop runtime below it, not only seen in the stand-in.
LIBRARIES = {
    "libadwaita-1.so.0": "runtime",
    "libc.so.6": "runtime",
    "libcairo.so.2": "runtime",
    "libgdk_pixbuf-2.0.so.0": "runtime",
    "libgio-2.0.so.0": "runtime",
    "libglib-2.0.so.0": "runtime",
    "libgmp.so.10": "runtime",
    "libgnutls.so.30": "runtime",
    "libgobject-2.0.so.0": "runtime",
    "libgraphene-1.0.so.0": "runtime",
    "libgtk-4.so.1": "runtime",
    "libhogweed.so.6": "runtime",
    "libjson-glib-1.0.so.0": "runtime",
    "libm.so.6": "runtime",
    "libnettle.so.8": "runtime",
    "libpango-1.0.so.0": "runtime",
    "libportal.so.1": "manifest",
    "libqrencode.so.4": "manifest",
    "libsqlite3.so.0": "runtime",
}

PERMISSIONS = {
    "Context": {
        "shared": {"ipc", "network"},
        "sockets": {"fallback-x11", "wayland", "x11"},
        "devices": {"dri"},
        "filesystems": {"xdg-download"},
    },
}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    check_equal(done.returncode, 0, f"the status of {' '.join(command)} ({done.stdout} {done.stderr})")
    return done.stdout.strip()


def run_inside(program, *arguments):
    return run("flatpak", "run", "--user", f"--command={program}", APP_ID, *arguments)


def run_in_sdk(*command):
    """With the tools of the SDK, which are newer than this machine's may be."""
    return run(os.path.join(HERE, "chroot-in"), os.environ["REDES_SDK"], *command,
               env={**os.environ, "HERE": find_installed()})


def find_installed():
    return os.path.join(run("flatpak", "info", "--user", "--show-location", APP_ID), "files")


def list_needed(path):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", run("readelf", "-d", path)))


@test
def its_permissions_are_those_of_the_manifest_and_no_more(_place):
    found = configparser.ConfigParser(strict=True)
    found.read_string(run("flatpak", "info", "--user", "--show-permissions", APP_ID))
    sections = {name: {key: set(filter(None, value.split(";"))) for key, value in found[name].items()}
                for name in found.sections()}
    check_equal(sections, PERMISSIONS, "permissions")


@test
def every_library_is_in_the_runtime_or_in_the_manifest(_place):
    files = find_installed()
    inside = {os.path.basename(path) for path in glob.glob(f"{files}/lib/*.so*")}
    for program in ("redes", "redes-cli"):
        needed = list_needed(f"{files}/bin/{program}")
        check("libglib-2.0.so.0" in needed, f"what {program} needs: {needed}")
        unknown = {name for name in needed if name not in LIBRARIES and not name.startswith("ld-linux")}
        check_equal(unknown, set(), f"libraries of {program} of which nobody said where they come from")
        for name in sorted(needed & set(LIBRARIES)):
            print(f"# {program} needs {name}: {LIBRARIES[name]}")
            check_equal("manifest" if name in inside else "runtime", LIBRARIES[name], f"who has {name}")
        loaded = run_inside("ldd", f"/app/bin/{program}")
        check("not found" not in loaded, f"what is not found: {loaded}")


@test
def desktop_file_and_metainfo_are_valid_and_exported(_place):
    exported = os.path.join(os.environ["FLATPAK_USER_DIR"], "exports", "share")
    desktop = f"applications/{APP_ID}.desktop"
    with open(os.path.join(exported, desktop), encoding="utf-8") as stream:
        words = stream.read()
    check("MimeType=x-scheme-handler/redes;" in words, f"the handler of links: {words}")
    check(f"Exec=" in words and f"--file-forwarding {APP_ID} @@u %U @@" in words,
          f"links and files are handed on: {words}")
    handlers = run("gio", "mime", "x-scheme-handler/redes",
                   env={**os.environ, "XDG_DATA_DIRS": f"{exported}:/usr/share"})
    check(f"{APP_ID}.desktop" in handlers.splitlines()[0], f"what opens links: {handlers}")
    run_in_sdk("desktop-file-validate", f"/here/share/{desktop}")
    # Older releases of flatpak-builder give it its older name.
    metainfo = [name for name in (f"metainfo/{APP_ID}.metainfo.xml", f"appdata/{APP_ID}.appdata.xml")
                if os.path.exists(os.path.join(find_installed(), "share", name))]
    said = run_in_sdk("appstreamcli", "validate", "--no-net", "--explain", f"/here/share/{metainfo[0]}")
    print("".join(f"# {line}\n" for line in said.splitlines()), end="")
    for path in (f"icons/hicolor/scalable/apps/{APP_ID}.svg",
                 f"icons/hicolor/symbolic/apps/{APP_ID}-symbolic.svg",
                 f"dbus-1/services/{APP_ID}.service"):
        check(os.path.exists(os.path.join(exported, path)), f"{path} is not exported")


@test
def nothing_that_is_only_for_building_is_installed(_place):
    files = find_installed()
    found = [name for name in ("include", "lib/pkgconfig", "lib/cmake") if os.path.exists(f"{files}/{name}")]
    found += glob.glob(f"{files}/lib/*.a")
    check_equal(found, [], "what is left over")


@test
def a_tracker_and_four_peers_exchange_a_file_in_the_sandbox(_place):
    said = run_inside("redes-cli", "demo")
    print("".join(f"# {line}\n" for line in said.splitlines()[-6:]), end="")
    check(said != "", "it said nothing")


@test
def the_bundle_can_be_installed_and_run(_place):
    bundle = os.environ["REDES_BUNDLE"]
    run("flatpak", "build-bundle", os.environ["REDES_REPO"], bundle, APP_ID)
    run("flatpak", "uninstall", "--user", "-y", "--noninteractive", APP_ID)
    run("flatpak", "install", "--user", "-y", "--noninteractive", "--bundle", bundle)
    origin = run("flatpak", "info", "--user", "--show-origin", APP_ID)
    check(origin.endswith("-origin"), f"where it comes from now: {origin}")
    check("redes" in run_inside("redes-cli", "--version").lower(), "the version")
    # A bundle brings no extension along, as a runtime's languages are.
    words = os.path.join(find_installed(), "share", "locale", "pt_BR", "LC_MESSAGES", "redes.mo")
    check(os.path.isfile(words), f"{words} is not in the bundle")
    print(f"# {bundle}: {os.path.getsize(bundle) // 1024} KiB")


if __name__ == "__main__":
    main()
