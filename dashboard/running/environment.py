"""The settings of `make run`: made here, before Django reads any, where the environment does not say otherwise."""

import os
import socket
from dataclasses import dataclass

import environ

from dashboard.running.commands import ROOT
from dashboard.running.run_folder import CannotRun, RunFolder
from loyalty.engines import databases, sockets
from loyalty.engines.postgres import Postgres
from loyalty.engines.valkey import Valkey

# What another terminal needs to know for `manage.py` to find this platform.
TOLD_TO_OTHERS = ("SECRET_KEY", "MODE", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "CLOCK_FILE")
LAST_PORT = 65535


@dataclass(frozen=True)
class Place:
    """Where the platform runs; an engine is None where DATABASE_URL or REDIS_URL names a server of somebody's own."""

    folder: RunFolder
    host: str
    port: int
    postgres: Postgres | None
    valkey: Valkey | None
    demo: bool

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


_prepared: Place | None = None


def prepare() -> Place:
    """Settle folder, port, engines and settings; puts them into os.environ. Called once, before Django's settings."""
    global _prepared
    if _prepared is None:
        _prepared = _settle()
    return _prepared


def _settle() -> Place:
    if (ROOT / ".env").is_file():
        environ.Env.read_env(ROOT / ".env")
    folder = RunFolder.chosen()
    folder.make()
    short = sockets.folder(run_dir=folder.path)
    port = _port()
    postgres = valkey = None
    if not os.environ.get("DATABASE_URL"):
        postgres = Postgres(run_dir=folder.path, sockets=short, elsewhere=folder.elsewhere)
        os.environ["DATABASE_URL"] = databases.url(sockets=postgres.sockets)
    if not os.environ.get("REDIS_URL"):
        valkey = Valkey(run_dir=folder.path, sockets=short)
        os.environ["REDIS_URL"] = valkey.url()
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = folder.secret_key()
    os.environ.setdefault("MODE", "demo")
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    os.environ.setdefault("CLOCK_FILE", str(folder.path / "clock"))
    return Place(
        folder=folder,
        host=os.environ.get("HOST") or "127.0.0.1",
        port=port,
        postgres=postgres,
        valkey=valkey,
        demo=os.environ.get("DEMO", "1").lower() not in ("0", "false", "no", "off"),
    )


def _port() -> int:
    raw = os.environ.get("PORT") or "8000"
    if not (raw.isascii() and raw.isdigit() and 0 < int(raw) <= LAST_PORT):
        raise CannotRun(f"PORT={raw} should be a number from 1 to {LAST_PORT}, like 8000.")
    return int(raw)


def refuse_taken_port(*, host: str, port: int) -> None:
    """CannotRun, with the next free port in the sentence, when somebody listens there already."""
    if _free(host, port):
        return
    other = next((number for number in range(port + 1, min(port + 100, LAST_PORT)) if _free(host, number)), None)
    instead = f": choose another one, for example PORT={other} make run" if other else ""
    raise CannotRun(f"Port {port} of {host} is taken{instead}.")


def _free(host: str, port: int) -> bool:
    # Somebody on all addresses would share the port with us unnoticed: asking who answers finds them.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0:  # noqa: S104
            return False
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotRun(f"Port {port} is for root only: choose one above 1023, like PORT=8000.") from None
        except OSError:
            return False
    return True
