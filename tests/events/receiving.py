"""Somebody outside who listens: an HTTP server in a thread that keeps what it was sent."""

import contextlib
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Letter:
    id: str
    body: bytes
    headers: dict[str, str]


@dataclass
class Receiver:
    """Answers `status` to everything; `refuse_every` n answers 500 to each n-th new letter, having kept it."""

    url: str = ""
    status: int = 200
    answer_headers: dict[str, str] = field(default_factory=dict)
    refuse_every: int = 0
    letters: list[Letter] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def bodies(self) -> dict[str, set[bytes]]:
        """What came under each id."""
        with self.lock:
            bodies: dict[str, set[bytes]] = defaultdict(set)
            for letter in self.letters:
                bodies[letter.id].add(letter.body)
            return bodies

    def keep(self, letter: Letter) -> int:
        with self.lock:
            self.letters.append(letter)
            new = letter.id not in self.seen
            self.seen.add(letter.id)
            return 500 if self.refuse_every and new and len(self.seen) % self.refuse_every == 0 else self.status


@contextlib.contextmanager
def listening(*, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.keep(Letter(headers.get("webhook-id", ""), body, headers))
            self.send_response(status)
            for name, value in receiver.answer_headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: object) -> None:
            """A caller that is killed while it speaks is no news here."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
