#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks how the tree is laid out (see src/DESIGN.md) and prints TAP.

Usage: check-tree.py SOURCE_ROOT

Each rule is first shown a file that breaks it, so that a rule that cannot fail is noticed.
"""

import pathlib
import re
import sys
import tempfile
from xml.etree import ElementTree

# What each module may include, besides itself: those it names, and what those may include.
DIRECTLY_BELOW = {
    'platform': '',
    'base': 'platform',
    'identity': 'base',
    'content': 'identity',
    'wire': 'base',
    'net': 'content wire',
    'library': 'content',
    'cache': 'base',
    'discovery': 'wire',
    'classic': 'net library cache',
    'tracker': 'net discovery classic',
    'swarm': 'net library cache',
    'lookup': 'swarm tracker discovery classic',
    'core': 'lookup',
    'node': 'core',
}
# Bodies of messages are GVariants, which only wire/ knows. Others that use GVariant have a format of
# their own, which no message has.
GVARIANT = re.compile(r'\bg_variant_\w+|\bGVariant\w*|\bG_VARIANT_\w+')
WITH_GVARIANT = {
    'src/engine/content/manifest.c': 'what publishers sign: it is hashed, and stands in the store, too',
    'src/engine/base/notice.c': 'the text form in which the store keeps why something failed',
}
WIRE_ALONE = re.compile(r'^engine/wire/(body|.*-private)\.h$')
# In no module do files include each other in a circle; X.c, X.h and X-private.h count as one. But for these pairs,
# each of which is one thing in two files (see DESIGN.md, *Circles*).
DEFENDED_CIRCLES = {
    'base': ('error', 'notice'),
    'content': ('batch', 'manifest'),
    'net': ('channel', 'channel-io'),
    'library': ('folder-snapshot', 'holding', 'store', 'store-writer'),
}
FRONT_ENDS = ('app', 'cli')
# What the headers of node/ that are not private may lead to, by whatever they include: a front end's program
# knows nothing of the store, the cache, trackers' clients, discovery and sockets.
NODE = 'engine/node/'
FRONT_ENDS_SEE = (NODE, 'engine/base/', 'engine/content/link.h', 'engine/content/error.h')
FRONT_ENDS_MAY_INCLUDE = ('engine/node/', 'engine/base/', 'engine/platform/', 'engine/content/link.h')


def all_below(module):
    found = set()
    for name in DIRECTLY_BELOW[module].split():
        found |= {name} | all_below(name)
    return found


MAX_COLUMNS = 100
LICENCE = 'SPDX-License-Identifier: GPL-3.0-or-later'
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
DISPLAY_NAME = re.compile(r'\bg_filename_display_(base)?name\b')
DIRECT_OUTPUT = re.compile(r'\b(f?printf|f?puts|fputc|putchar|fwrite|perror|write|redes_file_write_all|g_print|g_printerr) \(')
RC_BOX = re.compile(r'\bg_(?:atomic_)?rc_box_')
TOOLKIT = re.compile(r'^(gtk|gdk|gsk|adwaita|adw)\b')


def source_files(root, *suffixes):
    for top in ('src', 'tests'):
        for path in sorted((root / top).rglob('*')):
            if path.is_file() and path.suffix in suffixes and '__pycache__' not in path.parts:
                yield path


def includes(path):
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def allowed_prefixes(parts):
    """parts: a file's path below src/. Returns the beginnings of what it may include, or None."""
    if parts[0] in FRONT_ENDS:
        return (parts[0] + '/',) + FRONT_ENDS_MAY_INCLUDE
    if len(parts) < 3 or parts[0] != 'engine' or parts[1] not in DIRECTLY_BELOW:
        return None
    return tuple(f'engine/{module}/' for module in {parts[1]} | all_below(parts[1]))


def check_modules(root):
    for path in source_files(root, '.c', '.h'):
        if path.relative_to(root).parts[0] != 'src':
            continue
        allowed = allowed_prefixes(path.relative_to(root / 'src').parts)
        if allowed is None:
            yield path, 1, 'is in no module that this test knows'
            continue
        for number, quoted, name in includes(path):
            if quoted and not name.startswith(allowed):
                yield path, number, f'must not include "{name}"'


def is_comment(line):
    return line.lstrip().startswith(('/*', '*', '//'))


def check_bodies(root):
    for path in source_files(root, '.c', '.h'):
        parts = path.relative_to(root).parts
        if parts[:2] != ('src', 'engine') or parts[2] == 'wire' or str(path.relative_to(root)) in WITH_GVARIANT:
            continue
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            if GVARIANT.search(line) and not is_comment(line):
                yield path, number, 'must leave the format of messages to wire/ (see WITH_GVARIANT)'
        for number, _quoted, name in includes(path):
            if WIRE_ALONE.match(name):
                yield path, number, f'must not include "{name}", which is for wire/ alone'


def find_circles(graph):
    """graph: node -> the nodes that it needs. Returns the nodes of all circles, each with a node that leads back to it."""
    def reach(start):
        found, waiting = set(), list(graph.get(start, ()))
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(graph.get(node, ()))
        return found

    reached = {node: reach(node) for node in graph}
    return [(node, other) for node in sorted(graph) for other in sorted(graph[node])
            if node in reached.get(other, ())]


def stem_of(path):
    """A header, the .c of the same name and their private header are one."""
    return path.stem.removesuffix('-private')


def is_defended(module, node, other):
    """Whether they are one of the pairs, which stand one after the other."""
    names = DEFENDED_CIRCLES.get(module, ())
    return {node, other} in [set(names[place:place + 2]) for place in range(0, len(names), 2)]


# A function that other files may call, as it is defined, and its name where it is used.
DEFINITION = re.compile(r'^(redes_\w+) \((?![^;{]*;)', re.M)
USE = re.compile(r'\bredes_\w+')
STRING_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"')
FOLDERS = [('engine', module) for module in DIRECTLY_BELOW] + [(front_end,) for front_end in FRONT_ENDS]


def owner_of(path):
    """The header that a file belongs to: of platform/, where a system's file is named otherwise, that which it includes first."""
    if path.parent.name == 'platform' and path.suffix == '.c':
        return next((pathlib.PurePosixPath(name).stem.removesuffix('-private') for _n, _q, name in includes(path)), path.stem)
    return path.stem


def read_uses(path):
    """The functions that a .c file names, each with the number of a line."""
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if path.suffix == '.c' and not is_comment(line) and not line.startswith('#'):
            for name in USE.findall(STRING_LITERAL.sub('', line)):
                yield number, name


def is_private(path, other):
    return path.stem.endswith('-private') or other.stem.endswith('-private')


def find_arrows(paths, folder, name_of, with_uses):
    """Who needs whom in a folder: (from, to) -> (path, line, in words). name_of: a path -> what it counts as."""
    arrows, defined_in = {}, {}
    for path in paths if with_uses else ():
        for name in DEFINITION.findall(path.read_text(encoding='utf-8')) if path.suffix == '.c' else ():
            defined_in[name] = name_of(path)
    for path in paths:
        for number, quoted, name in includes(path):
            other = pathlib.PurePosixPath(name)
            if quoted and other.parts[:-1] == folder and not (with_uses and is_private(path, other)):
                arrows.setdefault((name_of(path), name_of(other)), (path, number, f'includes "{name}"'))
        for number, name in read_uses(path):
            if name in defined_in:
                arrows.setdefault((name_of(path), defined_in[name]), (path, number, f'uses {name}()'))
    return {pair: arrow for pair, arrow in arrows.items() if pair[0] != pair[1]}


def check_circles(root):
    """Two maps: what includes what, where X.c, X.h and X-private.h are one; and who calls whom or includes what, without
    the private headers, since what is called may be defined in another file than the one that is named as its header."""
    for folder in FOLDERS:
        paths = [path for path in source_files(root, '.c', '.h')
                 if path.relative_to(root).parts[:-1] == ('src',) + folder]
        told = set()
        for name_of, with_uses in ((stem_of, False), (owner_of, True)):
            arrows = find_arrows(paths, folder, name_of, with_uses)
            graph = {}
            for node, other in arrows:
                graph.setdefault(node, set()).add(other)
            for node, other in find_circles(graph):
                if not is_defended(folder[-1], node, other) and (node, other) not in told:
                    path, number, words = arrows[node, other]
                    told.add((node, other))
                    yield path, number, f'{words}, which leads back to it'


# A file that asks which system it is built for; each system has a file of its own in platform/, which meson chooses.
SYSTEM = (r'\b(G_OS_\w+|G_PLATFORM_\w+|_?WIN32|_WIN64|__linux(__)?|linux|__APPLE__|__MACH__|__unix(__)?|__ANDROID__|__sun(__)?'
          r'|__(Free|Open|Net)BSD__|__DragonFly__|__CYGWIN__|__MINGW\w+|_MSC_VER|HAVE_WINDOWS\w*)\b')
SYSTEM_CONDITION = re.compile(rf'^\s*#\s*(if|ifdef|ifndef|elif)\b.*{SYSTEM}')
CONDITION = re.compile(r'^\s*#\s*(if|ifdef|ifndef|elif)\b')
# What the engine asks when it is built, besides platform/, where a file may ask for a function that not every
# system of its kind has.
WITH_CONDITION = {
    'src/engine/base/notice.h': 'cppcheck reads another definition of a macro than the compiler',
    'src/engine/wire/values.c': 'the order of bytes in memory belongs to the processor, not to the system',
}


def check_systems(root):
    for path in source_files(root, '.c', '.h'):
        parts = path.relative_to(root).parts
        if parts[0] != 'src':
            continue
        is_free = parts[1] != 'engine' or parts[2] == 'platform' or str(path.relative_to(root)) in WITH_CONDITION
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            if SYSTEM_CONDITION.match(line):
                yield path, number, 'asks for the system: engine/platform/ has a file for each, which meson chooses'
            elif CONDITION.match(line) and not is_free:
                yield path, number, 'asks for what differs between systems (see WITH_CONDITION)'


def check_platform_files(root):
    """Each file of platform/ stands in its meson.build, so none is forgotten on every system."""
    folder = root / 'src' / 'engine' / 'platform'
    build = folder / 'meson.build'
    named = set(re.findall(r"'([\w-]+\.c)'", build.read_text(encoding='utf-8'))) if build.exists() else set()
    for path in sorted(folder.glob('*.c')):
        if path.name not in named:
            yield path, 1, 'is not in meson.build'
    sources = {path.name for path in folder.glob('*.c')}
    for name in sorted(named - sources):
        yield build, 1, f'names {name}, which is not there'


def find_way(root, name, seen):
    """The way from a header to one that no front end may see, as names; None if there is none."""
    if not name.startswith(FRONT_ENDS_SEE) or name.endswith('-private.h'):
        return [name]
    path = root / 'src' / name
    if name in seen or not path.exists():
        return None
    seen.add(name)
    for _number, quoted, other in includes(path):
        way = find_way(root, other, seen) if quoted else None
        if way:
            return [name] + way
    return None


def check_interface(root):
    for path in source_files(root, '.h'):
        if path.relative_to(root).parts[:-1] != ('src', 'engine', 'node') or path.stem.endswith('-private'):
            continue
        for number, quoted, name in includes(path):
            way = find_way(root, name, set()) if quoted else None
            if way:
                yield path, number, f'shows front ends what is not for them: {" -> ".join(way)}'


def check_front_end_private(root):
    for path in source_files(root, '.c', '.h'):
        if path.relative_to(root).parts[:2] not in [('src', front_end) for front_end in FRONT_ENDS]:
            continue
        for number, quoted, name in includes(path):
            if quoted and name.startswith('engine/') and name.endswith('-private.h'):
                yield path, number, f'must not include "{name}", which is for node/ alone'


def check_toolkit(root):
    for path in source_files(root, '.c', '.h'):
        if path.relative_to(root).parts[:2] != ('src', 'engine'):
            continue
        for number, _quoted, name in includes(path):
            if TOOLKIT.match(name):
                yield path, number, f'the engine must not include <{name}>'


def check_counts(root):
    for path in source_files(root, '.c', '.h'):
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            if RC_BOX.search(line):
                yield path, number, 'counts by a GLib box, whose order ThreadSanitizer cannot see: use gatomicrefcount'


def check_licence(root):
    for path in source_files(root, '.c', '.h', '.py', '.sh'):
        lines = path.read_text(encoding='utf-8').splitlines()
        if path.suffix in ('.c', '.h'):
            if lines[:1] != [f'/* {LICENCE} */']:
                yield path, 1, 'does not begin with the licence line'
        elif not any(LICENCE in line for line in lines[:3]):
            yield path, 1, 'has no licence line among its first three'


def check_columns(root):
    for path in source_files(root, '.c', '.h'):
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            if '\t' in line:
                yield path, number, 'has a tab'
            if len(line) > MAX_COLUMNS:
                yield path, number, f'has {len(line)} columns, at most {MAX_COLUMNS} are allowed'


def check_names(root):
    """No name goes around the functions that make it harmless for a terminal (base/text, cli/output)."""
    for path in source_files(root, '.c', '.h'):
        parts = path.relative_to(root).parts
        if parts[0] != 'src' or parts[1] not in ('engine', 'cli'):
            continue
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
            if DISPLAY_NAME.search(line) and parts[1:] != ('engine', 'base', 'text.c'):
                yield path, number, 'must use redes_text_display_path()'
            # (A line editor writes to a stream that leads there.)
            elif parts[1] == 'cli' and parts[2:] != ('output.c',) and DIRECT_OUTPUT.search(line) \
                    and 'self->screen' not in line:
                yield path, number, 'must write by cli/output.h'


# Name, check, and files that break it (path -> text), of which each must be found.
GOOD = f'/* {LICENCE} */\n'
MENU = '''<interface><menu><item><attribute name="label">{}</attribute></item>
<item><attribute name="label">{}</attribute></item></menu></interface>'''
def read_translations(path):
    """What stands on one line each in a .po file, as every label of a menu does."""
    return dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', path.read_text(encoding='utf-8'), re.M))


def check_menus(root):
    """A key that two items of a menu have chooses neither of them, in any language."""
    languages = [{}] + [read_translations(path) for path in sorted(root.glob('po/*.po'))]
    for path in sorted(root.glob('ui/*.ui')):
        for menu in ElementTree.parse(path).getroot().iter('menu'):
            labels = [item.text for item in menu.iter('attribute') if item.get('name') == 'label']
            for translations in languages:
                words = [translations.get(label, label) for label in labels]
                keys = [word[word.index('_') + 1].lower() for word in words if '_' in word]
                twice = sorted({key for key in keys if keys.count(key) > 1})
                if twice:
                    yield path, 1, f'a menu has two items for {" ".join(twice)}: {", ".join(words)}'
                    break


def check_version(root):
    """What a release says of itself is the version in meson.build, the one place that sets it."""
    build = root / 'meson.build'
    found = re.search(r"^  version: '([\d.]+)'", build.read_text(encoding='utf-8'), re.M) if build.exists() else None
    version = found.group(1) if found else None
    is_released = True
    news = root / 'NEWS.md'
    if news.exists():
        heading = re.search(r'^## (\S+)(.*)$', news.read_text(encoding='utf-8'), re.M)
        is_released = heading.group(2) == ''
        if heading.group(1) != version:
            yield news, 1, f'its first section is {heading.group(1)}, meson.build says {version}'
    for path in sorted(root.glob('data/*.metainfo.xml.in')):
        newest = re.search(r'<release version="([^"]+)"', path.read_text(encoding='utf-8')).group(1)
        if (newest == version) != is_released:
            yield path, 1, (f'its newest release is {newest}; version {version} '
                            f'{"is" if is_released else "is not"} released')


# Whatever makes an error of a sentence of its own, and a notice of text that is in no table.
ERROR_CALL = re.compile(r'\b(g_set_error|g_set_error_literal|g_error_new|g_error_new_literal|g_error_new_valist'
                        r'|g_prefix_error|g_prefix_error_literal|g_propagate_prefixed_error'
                        r'|g_task_return_new_error|g_task_return_new_error_literal) \(')
TEXT_NOTICE = re.compile(r'\bredes_notice_new_text \(\s*"|\bREDES_NOTICE_(TEXT|WITHIN|ALSO|COMMA),\s*"[^"]* ')
# What is cancelled is told to nobody.
SILENT_CODE = re.compile(r'G_IO_ERROR,\s*G_IO_ERROR_CANCELLED\b')
# It makes errors of notices.
MAY_MAKE_ERRORS = ('base', 'error.c')


def check_sentences(root):
    """A sentence that a person may meet stands in the table of engine/base/notice-table.h, for only
    what is there is translated."""
    for path in source_files(root, '.c'):
        parts = path.relative_to(root).parts
        if parts[:2] != ('src', 'engine') or parts[2:] == MAY_MAKE_ERRORS:
            continue
        text = path.read_text(encoding='utf-8')
        for match in ERROR_CALL.finditer(text):
            if not SILENT_CODE.search(text, match.end(), text.find(';', match.end())):
                yield path, text.count('\n', 0, match.start()) + 1, f'must use redes_set_error(), not {match.group(1)}()'
        for match in TEXT_NOTICE.finditer(text):
            yield path, text.count('\n', 0, match.start()) + 1, 'has a sentence that is not in the table'


STRING = r'"(?:[^"\\]|\\.)*"'
TABLE = 'src/engine/base/notice-table.h'
TABLE_ROW = re.compile(rf'^(?:PLURAL_)?ROW \(\w+,\s+(?:\d,\s+)?((?:{STRING}|[\s,])+)\)$', re.M)
PO_FIELD = re.compile(rf'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:{STRING}\s*)+)', re.M)


def join_strings(text):
    return ''.join(string[1:-1] for string in re.findall(STRING, text))


def read_table(path):
    """The words of each row: one sentence, or the two of a plural."""
    for match in TABLE_ROW.finditer(path.read_text(encoding='utf-8')):
        sentences = re.findall(rf'{STRING}(?:\s+{STRING})*', match.group(1))
        yield [join_strings(sentence) for sentence in sentences]


# Where the code stands among the arguments of what makes a notice.
NOTICE_MAKERS = {'redes_notice_new': 0, 'redes_error_new_from': 1, 'redes_error_new': 2, 'redes_set_error': 3}
NOTICE_CALL = re.compile(rf'\b({"|".join(NOTICE_MAKERS)}) \(')
NOTICE_CODE = re.compile(r'REDES_NOTICE_(\w+)$')
ROW_NAME = re.compile(r'^(?:PLURAL_)?ROW \((\w+),', re.M)


def split_arguments(text, start):
    """What stands between the commas of a call whose parenthesis opened before start."""
    arguments, depth, position = [''], 0, start
    while True:
        match = re.compile(rf"{STRING}|'(?:[^'\\]|\\.)*'|.", re.S).match(text, position)
        if match is None:
            return arguments
        token = match.group(0)
        position = match.end()
        if token in ')]}':
            depth -= 1
            if depth < 0:
                return arguments
        depth += token in '([{'
        if token == ',' and depth == 0:
            arguments.append('')
        else:
            arguments[-1] += token


def check_notice_arguments(root):
    """A notice has as many arguments as its words ask for: it would end the program otherwise, and
    perhaps in a case that no test reaches. A row that nothing uses is none."""
    table = root / TABLE
    if not table.exists():
        return
    names = ROW_NAME.findall(table.read_text(encoding='utf-8'))
    counts = {name: count_places(sentences[0]) for name, sentences in zip(names, read_table(table))}
    used = set()
    for path in source_files(root, '.c'):
        if path.relative_to(root).parts[0] != 'src':
            continue
        text = path.read_text(encoding='utf-8')
        used |= set(re.findall(r'\bREDES_NOTICE_(\w+)', text))
        for call in NOTICE_CALL.finditer(text):
            arguments = split_arguments(text, call.end())
            place = NOTICE_MAKERS[call.group(1)]
            code = NOTICE_CODE.match(arguments[place].strip()) if place < len(arguments) else None
            given = len(arguments) - place - 1
            if code and given != counts.get(code.group(1), given):
                yield (path, text.count('\n', 0, call.start()) + 1,
                       f'gives {code.group(1)} {given} arguments, its words have {counts[code.group(1)]}')
    for name in names:
        if name not in used:
            yield table, 1, f'has the row {name}, which nothing uses'


def read_complete_translations(path):
    """msgid -> (msgid_plural or None, translations), of what is neither empty nor uncertain."""
    found = {}
    for block in path.read_text(encoding='utf-8').split('\n\n'):
        if re.search(r'^#,.*\bfuzzy\b|^#~', block, re.M):
            continue
        fields = [(name, join_strings(value)) for name, value in PO_FIELD.findall(block)]
        words = [value for name, value in fields if name.startswith('msgstr')]
        if words and all(words):
            named = dict(fields)
            found[named['msgid']] = (named.get('msgid_plural'), words)
    return found


def count_places(words):
    return len(re.findall(r'%(?:\d\$)?s', words))


def check_table_translated(root):
    """Each sentence of the engine is complete in each language."""
    table = root / TABLE
    if not table.exists():
        return
    rows = list(read_table(table))
    if len(rows) != len(re.findall(r'^(?:PLURAL_)?ROW \(', table.read_text(encoding='utf-8'), re.M)):
        yield table, 1, 'has a row that this test cannot read'
    for path in sorted(root.glob('po/*.po')):
        translations = read_complete_translations(path)
        n_forms = int(re.search(r'nplurals=(\d)', path.read_text(encoding='utf-8') + 'nplurals=2').group(1))
        for sentences in rows:
            plural, words = translations.get(sentences[0], (None, []))
            if not words:
                yield path, 1, f'has no translation of “{sentences[0]}”'
            elif len(sentences) == 2 and (plural != sentences[1] or len(words) != n_forms):
                yield path, 1, f'has not all forms of “{sentences[1]}”'
            elif any(count_places(form) != count_places(sentences[0]) for form in words):
                yield path, 1, f'leaves out an argument of “{sentences[0]}”'


ROWS = 'ROW (A, "It is %s")\nPLURAL_ROW (B, 0, "%s file",\n            "%s "\n            "files")\n'
GOOD_PO = ('msgid "It is %s"\nmsgstr "É %s"\n\n'
           'msgid "%s file"\nmsgid_plural "%s files"\nmsgstr[0] "%s arquivo"\nmsgstr[1] "%s arquivos"\n')


def with_table(po):
    """The table, and a translation of it that is not complete."""
    return {TABLE: ROWS, 'po/a.po': po}


BAD_TRANSLATIONS = [GOOD_PO.replace('É %s', ''), GOOD_PO.replace('msgid "It', '#, fuzzy\nmsgid "It'),
                    GOOD_PO.replace('É %s', 'É'), GOOD_PO.replace('[1] "%s arquivos"', '[1] ""'),
                    GOOD_PO.replace('msgid "It is %s"', 'msgid "It was %s"'),
                    GOOD_PO.replace('\nmsgstr[1] "%s arquivos"', '')]


RULES = [
    ('modules include only modules below', check_modules, {
        'src/engine/base/a.c': GOOD + '#include "engine/wire/frame.h"\n',
        'src/engine/wire/a.c': GOOD + '#include "engine/content/link.h"\n',
        'src/engine/swarm/a.h': GOOD + '# include "engine/tracker/client.h"\n',
        'src/engine/net/a.c': GOOD + '#include "frame.h"\n',
        'src/cli/a.c': GOOD + '#include "engine/swarm/swarm.h"\n',
        'src/engine/attic/a.c': GOOD,
    }),
    ('no circle of files within a module', check_circles, {
        'src/engine/swarm/a.h': GOOD + '#include "engine/swarm/b.h"\n',
        'src/engine/swarm/b.c': GOOD + '#include "engine/swarm/c.h"\n',
        'src/engine/swarm/c.c': GOOD + '#include "engine/swarm/a.h"\n',
        'src/engine/node/a.c': GOOD + '#include "engine/node/b-private.h"\n',
        'src/engine/node/b.h': GOOD + '#include "engine/node/a.h"\n',
        'src/engine/library/holding.c': GOOD + '#include "engine/library/store.h"\n',
        'src/engine/library/store.h': GOOD + '#include "engine/library/holding.h"\n',
        # Nothing includes a header of the other's here.
        'src/engine/identity/a.c': GOOD + 'void\nredes_a (void)\n{\n  redes_b ();\n}\n',
        'src/engine/identity/b.c': GOOD + 'void\nredes_b (int x,\n  int y)\n{\n  f (redes_a);\n}\n',
        'src/app/a.c': GOOD + '#include "app/b.h"\n',
        'src/app/b.h': GOOD + '#include "app/a.h"\n',
    }),
    ("node's headers show front ends node, base and links alone", check_interface, [
        ({'src/engine/node/a.h': GOOD + '#include "engine/base/a.h"\n#include "engine/library/store.h"\n'},
         ['src/engine/node/a.h']),
        ({'src/engine/node/a.h': GOOD + '#include "engine/node/b-private.h"\n'}, ['src/engine/node/a.h']),
        ({'src/engine/node/a.h': GOOD + '#include "engine/content/link.h"\n',
          'src/engine/content/link.h': GOOD + '#include "engine/base/b.h"\n#include "engine/content/manifest.h"\n'},
         ['src/engine/node/a.h']),
    ]),
    ('no front end includes what is private', check_front_end_private, {
        'src/cli/a.c': GOOD + '#include "engine/node/items-private.h"\n',
        'src/app/b.h': GOOD + '#include "engine/node/node-private.h"\n',
    }),
    ('no window toolkit in the engine', check_toolkit, {
        'src/engine/node/a.c': GOOD + '#include <gtk/gtk.h>\n',
        'src/engine/node/b.h': GOOD + '#include <adwaita.h>\n',
    }),
    ('references are counted where ThreadSanitizer sees it', check_counts, {
        'src/engine/node/a.c': GOOD + '  g_atomic_rc_box_release (self);\n',
        'src/app/b.c': GOOD + '  x = g_rc_box_new0 (X);\n',
    }),
    ('every file names its licence', check_licence, {
        'src/engine/node/a.c': '#include <glib.h>\n',
        'tests/node/b.h': '',
        'tests/node/c.py': '#!/usr/bin/env python3\n\n\n# ' + LICENCE + '\n',
    }),
    (f'no line over {MAX_COLUMNS} columns', check_columns, {
        'src/engine/node/a.c': GOOD + 'x' * (MAX_COLUMNS + 1) + '\n',
        'tests/node/b.c': GOOD + '\tx\n',
    }),
    ('no name goes round what makes it harmless', check_names, {
        'src/engine/node/a.c': GOOD + 'char *name = g_filename_display_name (path);\n',
        'src/cli/b.c': GOOD + 'g_filename_display_basename (path);\n',
        'src/cli/c.c': GOOD + '  printf ("%s", name);\n',
        'src/cli/d.c': GOOD + '  fprintf (stderr, "%s", name);\n',
        'src/cli/e.c': GOOD + '  g_print ("%s", name);\n',
    }),
    ('one version everywhere', check_version, {
        'NEWS.md': '# News\n\n## 1.1.0\n\n- A thing.\n',
        'data/a.metainfo.xml.in': '<releases><release version="1.0.0" date="2026-01-01"/></releases>',
    }),
    ('a sentence of the engine is in the table', check_sentences, {
        'src/engine/node/a.c': GOOD + 'g_set_error (error, REDES_NODE_ERROR, 1, "No %s", name);\n',
        'src/engine/net/b.c': GOOD + 'e = g_error_new_literal (G_IO_ERROR,\n  G_IO_ERROR_BUSY, "No");\n',
        'src/engine/net/c.c': GOOD + 'g_prefix_error (error, "%s: ", G_IO_ERROR_CANCELLED);\n',
        'src/engine/net/d.c': GOOD + 'g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "No");\n',
        'src/engine/core/e.c': GOOD + 'x = redes_notice_new_text ("It does not work");\n',
        'src/engine/core/f.c': GOOD + 'x = redes_notice_new (REDES_NOTICE_WITHIN, "It failed", error);\n',
    }),
    ('each sentence of the table is translated', check_table_translated,
     [(with_table(po), ['po/a.po']) for po in BAD_TRANSLATIONS]),
    ('a notice has the arguments of its words', check_notice_arguments, [
        ({TABLE: ROWS, 'src/engine/net/a.c': GOOD + f'redes_notice_new (REDES_NOTICE_B, f (1, ","));\n{use}'}, [bad])
        for use, bad in (('redes_notice_new (REDES_NOTICE_A);\n', 'src/engine/net/a.c'),
                         ('redes_set_error (e, D, 1, REDES_NOTICE_A, "a, b", ")");\n', 'src/engine/net/a.c'),
                         ('', TABLE))]),
    ('only wire/ knows the format of messages', check_bodies, {
        'src/engine/swarm/a.c': GOOD + 'send (g_variant_new ("(u)", 1));\n',
        'src/engine/tracker/b.h': GOOD + 'void take (GVariant *body);\n',
        'src/engine/core/c.c': GOOD + '  g_variant_builder_init (&b, G_VARIANT_TYPE ("as"));\n',
        'src/engine/net/d.c': GOOD + '#include "engine/wire/body.h"\n',
        'src/engine/net/e.c': GOOD + '#include "engine/wire/file-table-private.h"\n',
    }),
    ('no file asks for the system', check_systems, {
        'src/engine/net/a.c': GOOD + '#ifdef G_OS_UNIX\n#endif\n',
        'src/engine/platform/b.c': GOOD + '#if defined(__APPLE__)\n#endif\n',
        'src/app/c.c': GOOD + '#  ifndef _WIN32\n#endif\n',
        'src/engine/library/d.c': GOOD + '#ifdef EDQUOT\n#endif\n',
        'src/cli/e.h': GOOD + '#if !defined(X) || defined __linux__\n#endif\n',
    }),
    ('every file of platform/ is built on some system', check_platform_files, [
        ({'src/engine/platform/meson.build': "x = ['a-posix.c', 'b-posix.c']\n", 'src/engine/platform/a-posix.c': GOOD,
          'src/engine/platform/a-win32.c': GOOD},
         ['src/engine/platform/a-win32.c', 'src/engine/platform/meson.build'])]),
    ('no key twice in a menu', check_menus, {
        'ui/a.ui': MENU.format('_Open', 'C_opy'),
    }),
]

# What no rule may complain about.
INNOCENT = {
    'src/engine/net/n.c': GOOD + 'redes_notice_new (REDES_NOTICE_A, f (1, ","));\nredes_notice_new (REDES_NOTICE_B, 2);\n',
    TABLE: GOOD + ROWS,
    'po/a.po': GOOD_PO,
    'src/engine/net/f.c': GOOD + 'g_set_error (error, G_IO_ERROR,\n G_IO_ERROR_CANCELLED, "Stopped");\n'
                          'redes_set_error (error, REDES_NET_ERROR, 1, REDES_NOTICE_WITHIN, "HELLO", e);\n',
    'src/engine/base/error.c': GOOD + 'e = g_error_new_literal (domain, code, words);\n',
    'src/engine/swarm/a.c': GOOD + '#include "engine/swarm/a.h"\n#include "engine/swarm/b.h"\n',
    'src/engine/swarm/a.h': GOOD + '#include "engine/swarm/c.h"\n',
    'src/engine/swarm/b.h': GOOD + '#include "engine/swarm/c.h"\n',
    'src/engine/swarm/c.h': GOOD,
    'src/engine/node/p.h': GOOD + '#include "engine/node/q.h"\n#include "engine/content/link.h"\n#include <gio/gio.h>\n',
    'src/engine/node/q.h': GOOD + '#include "engine/base/config.h"\n',
    'src/engine/node/p-private.h': GOOD + '#include "engine/library/store.h"\n#include "engine/node/p.h"\n',
    'src/engine/node/p.c': GOOD + '#include "engine/node/p-private.h"\n#include "engine/core/core.h"\n',
    'src/engine/content/link.h': GOOD + '#include "engine/content/error.h"\n#include <glib.h>\n',
    'src/engine/content/error.h': GOOD + '#include <glib.h>\n',
    'src/engine/base/error.h': GOOD + '#include "engine/base/notice.h"\n',
    'src/engine/base/notice.c': GOOD + '#include "engine/base/error.h"\n',
    'src/engine/core/a.c': GOOD + '#include "engine/core/a-private.h"\n',
    'src/engine/core/a-private.h': GOOD + '#include "engine/core/a.h"\n',
    'ui/f.ui': MENU.format('_Open', '_Copy'),
    'src/engine/net/a.c': GOOD + '#include "engine/wire/frame.h"\n#include <gio/gio.h>\nvoid\nredes_a (void)\n{\n}\n',
    'src/engine/net/c.c': GOOD + 'void\nredes_c (void)\n{\n  redes_a ();\n}\n',
    'src/engine/net/c.h': GOOD + 'void redes_c (void);\n/* See redes_a(). */\n',
    'src/engine/platform/c.c': GOOD + '#include "engine/platform/c.h"\nvoid\nredes_x (void)\n{\n  redes_y ();\n}\n',
    'src/engine/platform/d-posix.c': GOOD + '#include "engine/platform/c.h"\nvoid\nredes_y (void)\n{\n}\n',
    'src/engine/wire/a.c': GOOD + '#include "engine/wire/body.h"\nGVariant *body;\n',
    'src/engine/content/manifest.c': GOOD + 'g_variant_new ("(u)", 1);\n',
    'src/engine/net/b.c': GOOD + '/* As a GVariant has it. */\n',
    'tests/net/a.c': GOOD + '#include "engine/wire/body.h"\nGVariant *body;\n',
    'src/cli/b.c': GOOD + '#include "engine/content/link.h"\n#include "cli/b.h"\n#ifdef HAVE_READLINE\n#endif\n',
    'src/engine/platform/a-posix.c': GOOD + '#ifdef O_PATH\n#endif\n',
    'src/engine/platform/meson.build': "x = ['a-posix.c', 'c.c', 'd-posix.c']\n",
    'src/engine/wire/values.c': GOOD + '#if G_BYTE_ORDER == G_LITTLE_ENDIAN\n#endif\n',
    'src/cli/output.c': GOOD + 'n = write (fd, text, left);\nx = g_strdup_printf ("x");\n',
    'src/engine/base/text.c': GOOD + 'g_filename_display_name (path);\n',
    'src/app/c.c': GOOD + '#include <gtk/gtk.h>\n#include "engine/node/node.h"\n',
    'tests/node/d.c': GOOD + '#include "d.h"\n' + 'é' * MAX_COLUMNS + '\n',
    'tests/node/e.py': '#!/usr/bin/env python3\n# ' + LICENCE + '\n',
}


def plant(files):
    folder = tempfile.TemporaryDirectory(prefix='redes-architecture-')
    for name, text in files.items():
        path = pathlib.Path(folder.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')
    return folder


def sees(check, files, expected=None):
    """Whether check complains about each of expected, or of files, once."""
    with plant(files) as name:
        root = pathlib.Path(name)
        found = [str(path.relative_to(root)) for path, _line, _words in check(root)]
    return sorted(found) == sorted(files if expected is None else expected)


def sees_each(check, bad):
    """bad: a dict of files that are each bad, or pairs of a whole tree and what is bad in it."""
    if isinstance(bad, dict):
        return sees(check, bad)
    return all(sees(check, files, expected) for files, expected in bad)


def is_quiet(check):
    with plant(INNOCENT) as name:
        return not list(check(pathlib.Path(name)))


def main():
    root = pathlib.Path(sys.argv[1])
    failed = False
    print(f'1..{2 * len(RULES)}')
    for place, (name, check, bad_files) in enumerate(RULES):
        works = sees_each(check, bad_files) and is_quiet(check)
        print(f'{"ok" if works else "not ok"} {2 * place + 1} - the check itself: {name}')
        complaints = list(check(root))
        for path, line, words in complaints:
            print(f'# {path.relative_to(root)}:{line}: {words}')
        print(f'{"not ok" if complaints else "ok"} {2 * place + 2} - {name}')
        failed = failed or not works or bool(complaints)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
