"""manage.py relay"""

import signal
import threading
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandParser

from events import clock
from events.relaying import Relay


class Command(BaseCommand):
    help = "Tells the worker what is due (settings.DUE_WORK). Runs until it is stopped; two do no harm."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        relay = Relay(app=current_app._get_current_object(), now=clock.now, stop=stop)
        if options["once"]:
            self.stdout.write(f"{relay.round()}")
            return
        self.stdout.write("The relay is running.")
        self.stdout.flush()
        relay.run()
