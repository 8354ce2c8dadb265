import time
from typing import Any

from django.core.management.base import BaseCommand

from analytics import nightly, rebuilding
from events import clock
from loyalty import nightly as nights


class Command(BaseCommand):
    help = (
        "Makes all rollups again from the bills and returns in the books. Safe at any time; deliveries wait meanwhile."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        members = rebuilding.rebuild()
        at = clock.now()
        months = nightly.count_revenue(date=nights.last_due(at=at), at=at)
        seconds = time.monotonic() - began
        self.stdout.write(f"{members:,} members rolled up and {months} months counted in {seconds:.1f} s.")
