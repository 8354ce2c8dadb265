"""Plays the contract against a server with a test key."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from api import checking


class Command(BaseCommand):
    help = (
        "Plays a till's conversation (quote, sale, replay, other body, time-out, returns, cancellation, offline batch, "
        "wrong clock, a voucher nobody has, points with a proof) against URL with the test key KEY; prints what passed "
        "and what to mend."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="like https://points.example.vn")
        parser.add_argument("key", help="lp_test_…; a live key is refused, because real books would be written")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["key"].startswith("lp_test_"):
            raise CommandError("This is not a test key. Make one with: manage.py create_api_key STORE --test")
        failed = 0
        for step, complaint in checking.play(options["url"].rstrip("/"), options["key"]):
            if complaint is None:
                self.stdout.write(f"pass  {step}")
            else:
                failed += 1
                self.stdout.write(self.style.ERROR(f"MEND  {step}: {complaint}"))
        if failed:
            raise CommandError(f"{failed} of the steps need mending.")
        self.stdout.write(self.style.SUCCESS("The conversation of the contract works."))
