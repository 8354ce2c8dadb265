from argparse import ArgumentParser
from datetime import datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from events import clock
from loyalty import nightly


class Command(BaseCommand):
    help = "Run the nightly steps now, or as they would have run at the end of a business date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", help="a business date like 2026-11-21: as of the midnight that ends it")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if options["date"]:
            try:
                day = datetime.strptime(options["date"], "%Y-%m-%d").date()  # noqa: DTZ007 - a date, made aware below
            except ValueError:
                raise CommandError(f"--date {options['date']!r} should be a date like 2026-11-21.") from None
            end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
            if end > at:
                raise CommandError(f"{options['date']} is not over yet.")
            at = end
        for done in nightly.run(at=at):
            self.stdout.write(f"{done.step}: {done.count}")
