#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a locale in which LANGUAGE is heeded, of what every Debian has.

Usage: make-locale.py FOLDER

The C library from 2.39 or so translates nothing in C.UTF-8, whatever LANGUAGE says, and a bare system has
no other locale with UTF-8. It takes the same data under another name. Prints the environment of programs
that are to speak the language of LANGUAGE, one variable a line.
"""

import os
import sys

NAME = "pt_BR.utf8"
KNOWN = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8", "/usr/lib64/locale/C.utf8"]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = os.path.abspath(sys.argv[1])
    data = next((path for path in KNOWN if os.path.isdir(path)), None)
    if data is None:
        # An older C library, or another one.
        print("LC_ALL=C.UTF-8")
        return
    os.makedirs(folder, exist_ok=True)
    link = os.path.join(folder, NAME)
    if os.path.lexists(link):
        os.unlink(link)
    os.symlink(data, link)
    print(f"LOCPATH={folder}")
    print("LC_ALL=pt_BR.UTF-8")


main()
