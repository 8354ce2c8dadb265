"""`manage.py seed_demo`: the invented coffee chain, written once into an empty shop."""

import time
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.seeding import filling
from dashboard.seeding.progress import Progress
from events import clock


class Command(BaseCommand):
    help = "Fills an empty shop with the demo: a coffee chain with members and a history that ends now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--members", type=int, default=3000)
        parser.add_argument("--months", type=int, default=18)
        parser.add_argument("--seed", type=int, default=2026, help="the same seed and end give the same history")

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        bar = Progress("Writing the demo history", out=cast(TextIO, self.stderr._out))
        members, months = options["members"], options["months"]
        if not 1 <= members <= 100_000 or not 1 <= months <= 60:
            raise CommandError("--members is 1 to 100,000 and --months 1 to 60.")
        try:
            filled = filling.fill(members=members, months=months, seed=options["seed"], at=clock.now(), show=bar.show)
        except filling.ShopNotEmpty:
            raise CommandError("This shop has members or bills of its own; the demo is for an empty one.") from None
        except filling.OtherDemo:
            raise CommandError("This shop holds a demo made with another seed or size; use the same numbers.") from None
        bar.done()
        if filled.before:
            self.stdout.write("The demo was there already; nothing was changed.")
        else:
            seconds = time.monotonic() - began
            self.stdout.write(f"{filled.members:,} members and {filled.bills:,} bills written in {seconds:.0f} s.")
