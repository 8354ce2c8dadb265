from argparse import ArgumentParser
from datetime import timedelta
from time import monotonic
from typing import Any

from dateutil.relativedelta import relativedelta
from django.core.management.base import BaseCommand, CommandError

from events import clock
from loyalty import policies
from loyalty.backtesting import running, working
from loyalty.backtesting.judging import Item
from loyalty.models import RuleVersion
from loyalty.till import local_day


class Command(BaseCommand):
    help = "What a draft of a bonus rule, or the rules in force (live), would have given over the last months."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("draft", help="the key of a rule (its newest version), key/number, or live")
        parser.add_argument("--months", type=int, default=12)

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        policies.at(at)
        last = local_day(at)
        first = last - relativedelta(months=max(1, min(options["months"], working.MOST_MONTHS))) + timedelta(days=1)
        began = monotonic()
        items = self._items(options["draft"])
        result = running.run(items, first=first, last=last)
        seconds = monotonic() - began
        self.stdout.write(f"{first} to {last}: {result.bills} bills of {result.members} members, {seconds:.1f} s")
        self.stdout.write(
            f"happened {result.happened} points, would be {result.points} ({result.points - result.happened:+d})"
        )
        self.stdout.write(f"  base {result.base}, tiers {result.tier}; {result.changed} bills differ")
        for part in result.parts:
            self.stdout.write(f"  {part.key}: {part.points} points, {part.bills} bills, {part.members} members")

    def _items(self, draft: str) -> list[Item]:
        if draft == "live":
            return running.live()
        key, _, number = draft.partition("/")
        versions = RuleVersion.objects.filter(rule__key=key).select_related("rule").order_by("-number")
        version = (versions.filter(number=int(number)) if number.isdigit() else versions).first()
        if version is None:
            raise CommandError(f"There is no rule {draft!r}.")
        return working.items(version)
