"""manage.py prepare"""

import os
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dashboard.seeding import first_steps
from events import clock
from loyalty.engines import privileges


class Command(BaseCommand):
    help = (
        "Brings the schema up to date and gives an empty shop its programme and first policies. With APP_ROLE and "
        "APP_PASSWORD in the environment it also gives that role of PostgreSQL its rights. Safe to repeat."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=options["verbosity"], interactive=False)
        first_steps.ensure(clock.now())
        role, password = os.environ.get("APP_ROLE", ""), os.environ.get("APP_PASSWORD", "")
        if role and not password:
            raise CommandError("APP_ROLE is set and APP_PASSWORD is not: the application's role needs a password.")
        if role:
            privileges.grant(role=role, password=password)
            self.stdout.write(f"{role} may work in this database.")
