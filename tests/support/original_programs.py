# SPDX-License-Identifier: GPL-3.0-or-later
"""The original system's tracker and peers, played after the text of its protocol: one command a
connection, one recv a message, no newline."""

import socket
import threading


def ask(address, command, pieces=None):
    """What an original program does: connect, send, one recv of 4096. pieces: sent one by one."""
    with socket.create_connection(address, timeout=10) as connection:
        connection.settimeout(10)
        for piece in pieces or [command]:
            connection.sendall(piece.encode("utf-8") if isinstance(piece, str) else piece)
        return connection.recv(4096)


def ask_all(address, command):
    """As ask, to the end of the answer."""
    answer = b""
    with socket.create_connection(address, timeout=10) as connection:
        connection.settimeout(10)
        connection.sendall(command.encode("utf-8"))
        while True:
            data = connection.recv(4096)
            if not data:
                return answer
            answer += data


def download_by_chunks(address, name, size, n_at_once=200, chunk=50):
    """As the original's client does: one connection for each 50 bytes, hundreds at once, each read by
    one recv. Returns the bytes and how many connections failed or brought nothing."""
    offsets = list(range(0, size, chunk))
    pieces = {}
    n_failed = [0]
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not offsets:
                    return
                offset = offsets.pop(0)
            try:
                piece = ask(address, f"GET {name} {offset} {chunk}")
            except OSError:
                piece = b""
            with lock:
                pieces[offset] = piece
                if len(piece) != min(chunk, size - offset):
                    n_failed[0] += 1

    threads = [threading.Thread(target=work, daemon=True) for _ in range(n_at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return b"".join(pieces[offset] for offset in sorted(pieces)), n_failed[0]


def to_address(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


class Server:
    """Accepts, does one recv of 1024, answers, closes."""

    def __init__(self, host="127.0.0.1"):
        self.commands = []
        self.socket = socket.create_server((host, 0))
        self.address = "%s:%d" % self.socket.getsockname()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _from = self.socket.accept()
            except OSError:
                return
            with connection:
                command = connection.recv(1024).decode("utf-8", "replace")
                self.commands.append(command)
                try:
                    self.answer(connection, command)
                except OSError:
                    pass

    def answer(self, connection, command):
        raise NotImplementedError

    def stop(self):
        # Not only closed: an accept under way would go on.
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class OriginalTracker(Server):
    def __init__(self):
        self.peers = {}
        super().__init__()

    def answer(self, connection, command):
        words = command.split(" ")
        place = ":".join(words[1:3])
        answer = ""
        if words[0] == "REGISTER":
            names = words[3] if len(words) > 3 else ""
            self.peers[place] = [name for name in names.split(",") if name]
        elif words[0] == "UPDATE":
            if place in self.peers:
                self.peers[place].append(words[3])
            else:
                answer = "ERRO Peer nao registrado"
        elif words[0] == "UNREGISTER":
            self.peers.pop(place, None)
        elif words[0] == "SEARCH":
            found = [peer for peer, names in self.peers.items() if words[1] in names]
            answer = ",".join(found) or "NAO ENCONTRADO"
        elif words[0] == "LIST":
            answer = ",".join(self.peers)
        connection.sendall(answer.encode("utf-8"))


class OriginalPeer(Server):
    """short: sends no more than so many bytes of what it is asked for. lazy: sends nothing."""

    def __init__(self, tracker, files, short=None, lazy=False, host="127.0.0.1"):
        self.files = files
        self.short = short
        self.lazy = lazy
        self.sent = 0
        super().__init__(host)
        host, port = to_address(self.address)
        ask(to_address(tracker), f"REGISTER {host} {port} {','.join(files)}")

    def answer(self, connection, command):
        verb, name, offset, size = command.split(" ")
        if verb != "GET" or name not in self.files:
            connection.sendall("ERROR: Arquivo não encontrado".encode("utf-8"))
        elif int(size) == 0:
            connection.sendall(str(len(self.files[name])).encode("ascii"))
        elif not self.lazy:
            data = self.files[name][int(offset):int(offset) + int(size)][:self.short]
            connection.sendall(data)
            self.sent += len(data)
