from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import clock, jobs
from loyalty import nightly


class Command(BaseCommand):
    help = "Runs every night that is due, in this process; or the night of one business date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", help="the night of this business date, like 2026-11-21")
        parser.add_argument("--again", action="store_true", help="with --date: also the steps that were done")

    def handle(self, *args: Any, **options: Any) -> None:
        days = [_day(options["date"])] if options["date"] else self._due()
        if not days:
            self.stdout.write("No night is due.")
        try:
            for day in days:
                for done in nightly.run(day=day, at=clock.now(), again=bool(options["date"] and options["again"])):
                    self.stdout.write(f"{day} {done.step}: {done.rows}{' (done before)' if done.before else ''}")
        except nightly.NotOver as too_early:
            raise CommandError(f"{too_early} is not over yet.") from None
        except jobs.Busy:
            raise CommandError("A worker is at a step of a night: it goes on by itself.") from None

    def _due(self) -> list[date]:
        nightly.plan(at=clock.now())
        return nightly.waiting()


def _day(written: str) -> date:
    try:
        return datetime.strptime(written, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise CommandError(f"--date {written!r} should be a date like 2026-11-21.") from None
