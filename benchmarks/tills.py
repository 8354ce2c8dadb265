"""Tills that talk HTTP over kept connections, as many at a time as asked, in a process that imports nothing of ours.

`python -m benchmarks.tills` reads one JSON order on stdin and answers one JSON report on stdout. Raw sockets and one
epoll loop: the load generator must not eat the cores that the server needs.
"""

import itertools
import json
import random
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from dashboard.running.commands import ROOT

BLOCK = 262_144


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to send: `heads` (one per till), then a body whose `{receipt}` and `{phone}` are filled in anew each time.

    `per_request` > 1 sends that many bodies as one batch. Without a body the `{phone}` in the head is filled in.
    """

    port: int
    heads: Sequence[str]
    body: str
    per_request: int
    receipts: str
    members: int
    clients: int
    seconds: float
    expected: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """`unexpected` holds the first answer that was not the expected status."""

    answered: int
    failed: int
    seconds: float
    milliseconds: Sequence[float]
    unexpected: str


def drive(order: Order) -> Report:
    """Run the tills in a process of their own until the time is over; every request is answered before it ends."""
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.tills"],
        input=json.dumps(asdict(order)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Report(**json.loads(run.stdout))


def _requests(order: Order) -> Iterator[bytes]:
    drawn = random.Random()
    heads = itertools.cycle(head.encode() for head in order.heads)
    body = order.body.encode()
    numbers = itertools.count(1)

    def one() -> bytes:
        receipt = b"%s-%010d" % (order.receipts.encode(), next(numbers))
        return body.replace(b"{receipt}", receipt).replace(b"{phone}", phone())

    def phone() -> bytes:
        return b"%d" % (900_000_000 + drawn.randrange(order.members))

    while True:
        head = next(heads)
        if not body:
            yield head.replace(b"{phone}", phone()) + b"\r\n\r\n"
            continue
        sent = one()
        if order.per_request > 1:
            sent = b'{"purchases":[%s]}' % b",".join([sent, *(one() for _ in range(order.per_request - 1))])
        yield head + b"\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(sent) + sent


class _Line:
    """One kept connection with one request under way."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket = self._connect()
        self.came = bytearray()
        self.began = 0.0

    def _connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, request: bytes) -> None:
        self.came.clear()
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def status(self) -> int | None:
        """Read what has come; the status once the answer is whole, 0 where the connection ended."""
        block = self.socket.recv(BLOCK)
        if not block:
            return 0
        self.came += block
        head = self.came.find(b"\r\n\r\n")
        if head < 0:
            return None
        at = self.came.lower().find(b"content-length:", 0, head)
        if at < 0:
            raise RuntimeError("an answer without Content-Length")
        length = int(self.came[at + 15 : self.came.find(b"\r", at)])
        return int(self.came[9:12]) if len(self.came) >= head + 4 + length else None


def _run(order: Order) -> Report:
    requests = _requests(order)
    poll = selectors.DefaultSelector()
    lines = [_Line(order.port) for _ in range(order.clients)]
    for line in lines:
        poll.register(line.socket, selectors.EVENT_READ, line)
    took: list[float] = []
    failed, unexpected = 0, ""
    began = time.perf_counter()
    end = began + order.seconds
    for line in lines:
        line.ask(next(requests))
    waiting = len(lines)
    while waiting:
        for key, _ in poll.select(30):
            line = key.data
            status = line.status()
            if status is None:
                continue
            now = time.perf_counter()
            if status == order.expected:
                took.append((now - line.began) * 1000)
            else:
                failed += 1
                unexpected = unexpected or line.came.decode(errors="replace")[:2000]
            if now < end and status:
                line.ask(next(requests))
            else:
                poll.unregister(line.socket)
                waiting -= 1
    return Report(
        answered=len(took),
        failed=failed,
        seconds=time.perf_counter() - began,
        milliseconds=[round(value, 3) for value in took],
        unexpected=unexpected,
    )


if __name__ == "__main__":
    json.dump(asdict(_run(Order(**json.load(sys.stdin)))), sys.stdout)
