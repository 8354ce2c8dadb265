"""manage.py prepare"""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from dashboard.seeding import first_steps
from events import clock


class Command(BaseCommand):
    help = "Brings the schema up to date and gives an empty shop its programme and first policies. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=options["verbosity"], interactive=False)
        first_steps.ensure(clock.now())
