"""manage.py up"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dashboard.running import environment
from dashboard.running.house import House
from dashboard.running.run_folder import CannotRun
from loyalty.engines.children import NotAnswering
from loyalty.engines.footing import EngineMissing


class Command(BaseCommand):
    help = "Runs the whole platform in this terminal until Ctrl-C: engines, web, worker, beat, relay (`make run`)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--engines-only", action="store_true", help="PostgreSQL and Valkey, nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            House(place=environment.prepare(), out=sys.stdout).run(engines_only=options["engines_only"])
        except (CannotRun, NotAnswering, EngineMissing) as problem:
            sys.exit(str(problem))  # for a person: one sentence, no trace
