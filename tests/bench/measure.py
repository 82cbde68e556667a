# SPDX-License-Identifier: GPL-3.0-or-later
"""What every measurement needs: files to share, programs to run, figures of the system."""

import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time

import redes_programs
from redes_programs import Failure, Place, Program, Skip

MIB = 1024 * 1024
CHUNK = 4 * MIB


class Row:
    """One line of the table. `target` is words; `met` is None where there is nothing to meet."""

    def __init__(self, item, what, measured, reference="", ratio=None, target="", met=None, note="",
                 figures=None):
        self.item = item
        self.what = what
        self.measured = measured
        self.reference = reference
        self.ratio = ratio
        self.target = target
        self.met = met
        self.note = note
        self.figures = figures or {}


class Bench:
    """What was asked for, and the scratch folder that everything happens in."""

    def __init__(self, build, options):
        self.build = os.path.abspath(build)
        self.options = options
        self.runs = options.runs or (1 if options.quick else 3)
        self.mib = options.mib or (128 if options.quick else 1024)
        self.cores = os.cpu_count() or 1
        self.out = os.path.join(self.build, "bench")
        os.makedirs(self.out, exist_ok=True)
        self.scratch = tempfile.mkdtemp(prefix="scratch-", dir=self.out)
        self.memory_folder = None
        self._files = {}
        self.cli = self.program("src", "cli", "redes-cli")
        self.publish = self.program("tests", "bench", "bench-publish")
        self.tls = self.program("tests", "bench", "bench-tls")
        # Every Place is made below the scratch folder, so on the disk that is named in the table.
        tempfile.tempdir = self.scratch
        redes_programs._program = self.cli  # what redes_programs.main() sets for a test program

    def program(self, *names):
        path = os.path.join(self.build, *names)
        if not os.access(path, os.X_OK):
            raise Failure(f"{path} is not built; run: ninja -C {self.build}")
        return path

    def clean_up(self):
        for folder in (self.scratch, self.memory_folder):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def random_file(self, mib):
        """A file of random bytes in the page cache, made once."""
        if mib not in self._files:
            folder = os.path.join(self.scratch, f"random-{mib}")
            os.mkdir(folder)
            need_room(folder, mib * MIB)
            path = os.path.join(folder, f"film-{mib}.bin")
            with open(path, "wb") as stream:
                for at in range(0, mib * MIB, CHUNK):
                    stream.write(os.urandom(min(CHUNK, mib * MIB - at)))
                # What is still to be written back would disturb the measurements.
                os.fsync(stream.fileno())
            self._files[mib] = path
        warm(self._files[mib])
        return self._files[mib]

    def tmpfs(self, size):
        """A folder in memory with room for `size`, or Skip."""
        if file_system("/dev/shm") != "tmpfs":
            raise Skip("there is no tmpfs at /dev/shm")
        if self.memory_folder is None:
            self.memory_folder = tempfile.mkdtemp(prefix="redes-bench-", dir="/dev/shm")
        need_room(self.memory_folder, size)
        if available_memory() < 2 * size:
            raise Skip("there is too little memory for a copy in it")
        return self.memory_folder


def warm(path):
    """Reads a file, so that it is in the page cache."""
    buffer = bytearray(CHUNK)
    with open(path, "rb", buffering=0) as stream:
        while stream.readinto(buffer):
            pass


def need_room(folder, size):
    free = shutil.disk_usage(folder).free
    if free < size + 64 * MIB:
        raise Skip(f"{folder} has room for {free // MIB} MiB only, {size // MIB} are needed")


def available_memory():
    with open("/proc/meminfo", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return 0


def file_system(path):
    """The type of the file system that a path is on: "ext4", "tmpfs"; "" if it cannot be told."""
    best, kind = "", ""
    path = os.path.realpath(path)
    try:
        with open("/proc/mounts", encoding="utf-8", errors="replace") as stream:
            for line in stream:
                _device, where, name = line.split()[:3]
                inside = path == where or path.startswith(where.rstrip("/") + "/")
                if inside and len(where) >= len(best):
                    best, kind = where, name
    except OSError:
        pass
    return kind


class OthersWatch:
    """How many cores other programs used, on average, in the with block. What this program started
    must have ended by then."""

    def __enter__(self):
        self._before = self._now()
        self.cores = 0.0
        return self

    def __exit__(self, *_error):
        seconds, others = (now - then for now, then in zip(self._now(), self._before))
        self.cores = max(0.0, others / seconds)

    @staticmethod
    def _now():
        with open("/proc/stat", encoding="ascii") as stream:
            fields = [int(field) for field in stream.readline().split()[1:9]]
        busy = (sum(fields) - fields[3] - fields[4]) / os.sysconf("SC_CLK_TCK")
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            used = resource.getrusage(who)
            busy -= used.ru_utime + used.ru_stime
        return time.monotonic(), busy


class ChildrenCpu:
    """The CPU seconds of the programs that were started and ended in the with block: unlike those
    on the clock, they hardly change when others use the machine too."""

    def __enter__(self):
        self._before = self._now()
        self.seconds = 0.0
        return self

    def __exit__(self, *_error):
        self.seconds = self._now() - self._before

    @staticmethod
    def _now():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime


def process_cpu(program):
    """The CPU seconds of a program that runs."""
    with open(f"/proc/{program.process.pid}/stat", encoding="utf-8", errors="replace") as stream:
        fields = stream.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_tool(*command, timeout=600):
    """Runs one of the small programs and returns the numbers that it prints."""
    done = subprocess.run(command, capture_output=True, timeout=timeout, check=False, text=True)
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return [float(word) for word in done.stdout.split()]


def tls_rate(bench, mib):
    """Bytes a second of the bare GnuTLS stream, and its CPU seconds."""
    size, seconds, cpu_s = run_tool(bench.tls, str(mib))
    return size / seconds, cpu_s


def disk_rate(folder, size):
    """Bytes a second of plain writing and one fsync."""
    path = os.path.join(folder, "plain.bin")
    block = os.urandom(MIB)
    try:
        start = time.perf_counter()
        with open(path, "wb", buffering=0) as stream:
            for _ in range(size // MIB):
                stream.write(block)
            os.fsync(stream.fileno())
        return size / (time.perf_counter() - start)
    finally:
        if os.path.exists(path):
            os.unlink(path)


def get(place, tracker, name, folder, timeout=300, **arguments):
    """redes-cli get, to the end; the downloaded event. The copy is removed."""
    program = Program(place, "get", "--tracker", tracker.address, "-o", folder, name, **arguments)
    event = program.wait("downloaded", timeout=timeout)
    status = program.wait_exit()
    if status != 0 or event["size"] != os.path.getsize(event["path"]):
        raise Failure(f"the download went wrong: {program.describe()}")
    os.unlink(event["path"])
    return event


def wait_count(program, name, count, since, timeout=120):
    """Waits for that many events of a name. The time at which they were there, within 1 ms."""
    deadline = time.monotonic() + timeout
    seen = 0
    while True:
        upto = program.mark()
        for event in program.events[since:upto]:
            if event["event"] in ("failed", "error", "share-skipped"):
                raise Failure(f"it went wrong: {program.describe()}")
            seen += event["event"] == name
        since = upto
        if seen >= count:
            return time.perf_counter()
        if time.monotonic() > deadline or program.process.poll() is not None:
            raise Failure(f"{seen} of {count} {name!r} only: {program.describe()}")
        time.sleep(0.001)


def private_bytes(pid):
    """Memory that would come back if the process ended; None when it has."""
    total = 0
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as stream:
            for line in stream:
                if line.startswith(("Private_Dirty:", "Private_Clean:")):
                    total += int(line.split()[1]) * 1024
    except (OSError, ValueError):
        return None
    return total


class MemoryWatch:
    """Samples the private memory of programs until the with block ends."""

    def __init__(self, programs, period=0.03):
        self.peaks = {program: 0 for program in programs}
        self.samples = 0
        self._period = period
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        over = False
        # Once more after the end: that is when the most lies in the cache.
        while not over:
            over = self._over.wait(self._period)
            for program in self.peaks:
                found = private_bytes(program.process.pid)
                if found is not None:
                    self.peaks[program] = max(self.peaks[program], found)
            self.samples += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._over.set()
        self._thread.join()


def thread_figures(pid):
    """Thread id -> (name, voluntary switches, involuntary switches, seconds on a core)."""
    found = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{thread}/status", encoding="utf-8") as stream:
                status = dict(line.split(":", 1) for line in stream if ":" in line)
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as stream:
                on_core_ns = int(stream.read().split()[0])
        except (OSError, IndexError, ValueError):
            continue
        found[thread] = (status["Name"].strip(), int(status["voluntary_ctxt_switches"]),
                         int(status["nonvoluntary_ctxt_switches"]), on_core_ns / 1e9)
    return found


def median(values):
    return statistics.median(values)


def show_rate(rate):
    return f"{rate / 1e6:,.0f} MB/s"


def show_cpu(ours, theirs, name):
    """Of the CPU seconds of each run."""
    return f"CPU time {median(ours):.2f} s; {name} {median(theirs):.2f} s"


def show_bytes(size):
    return f"{size / MIB:,.1f} MiB"


class Session:
    """A Place that is always cleaned up, whatever happens in the with block."""

    def __init__(self):
        self._place = Place()

    def __enter__(self):
        return self._place

    def __exit__(self, *_error):
        self._place.clean_up()
