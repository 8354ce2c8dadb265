"""`manage.py import_consents FILE`: what members agreed to, with the proof."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import clock
from members.importing import consents, words
from members.importing.reading import FileUnreadable
from members.importing.resolving import KINDS


class Command(BaseCommand):
    help = "Nhập sự đồng ý từ tệp CSV, kèm bằng chứng. / Import consents with their proof from a CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--member-as", choices=KINDS, default="", help="what the member column holds")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        chosen = consents.ConsentOptions(member_as=options["member_as"], dry_run=options["dry_run"])
        try:
            done = consents.run(source=file, at=clock.now(), by="system", options=chosen)
        except FileUnreadable as refusal:
            raise CommandError(words.of_file(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        for line in words.of_report(done):
            self.stdout.write(line)
