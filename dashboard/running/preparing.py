"""What has to be there before the doors open: schema, pages' files, translations, demo data."""

import subprocess
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from dashboard import demo
from dashboard.running import commands, processes, translating
from dashboard.running.environment import Place
from dashboard.running.run_folder import CannotRun
from dashboard.running.stopping import StopAsked, Stopping
from dashboard.seeding import filling, first_steps
from events import clock
from loyalty.engines import databases
from members.models import User

DEMO_MEMBERS, DEMO_MONTHS = 3000, 18
LOOK_SECONDS = 0.1


def make_database(place: Place) -> None:
    """The platform's database in our own PostgreSQL; one of somebody's own exists already."""
    if place.postgres is not None and not databases.exists(databases.OWNER, sockets=place.postgres.sockets):
        databases.create(databases.OWNER, sockets=place.postgres.sockets)


def static_files() -> None:
    """The pages' files where the web server looks for them. In this process: another Python would take seconds."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False)


def schema() -> None:
    """Migrations and translations, in this process."""
    translating.compile_all(commands.ROOT / "locale")
    call_command("migrate", verbosity=0, interactive=False)


def demo_data(*, stopping: Stopping) -> None:
    """A shop with a history, once: a database with members of its own keeps what it has; a cut-off start goes on."""
    if not filling.missing():
        return
    connections.close_all()
    seeding = subprocess.Popen(
        commands.manage("seed_demo", "--members", str(DEMO_MEMBERS), "--months", str(DEMO_MONTHS)),
        env=processes.environment({}),
        start_new_session=True,
    )
    try:
        while (code := seeding.poll()) is None:
            stopping.check()
            time.sleep(LOOK_SECONDS)
    except StopAsked:
        seeding.terminate()
        seeding.wait()
        raise
    if code != 0:
        raise CannotRun("The demo data could not be made; what it said stands above. DEMO=0 make run starts empty.")


def basics() -> None:
    """The programme, its first policies, texts and roles, where they are absent; also of a shop that starts empty."""
    first_steps.ensure(clock.now())


def sign_ins(place: Place) -> dict[str, Any]:
    """The demo sign-ins of `.run/demo.json`, made when there are none; the address is today's."""
    kept = place.folder.demo()
    if "admin" not in kept or not _known(kept["admin"]["username"]):
        kept = demo.create_sign_ins(at=clock.now())
    kept = {**kept, "url": place.url}
    place.folder.write_demo(kept)
    return kept


def _known(username: str) -> bool:
    return User.objects.filter(username=username).exists()
