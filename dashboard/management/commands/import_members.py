"""`manage.py import_members FILE`: members with their identifiers, opening points and promised tiers."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import clock
from loyalty.importing import members
from members.importing import words
from members.importing.reading import FileUnreadable


class Command(BaseCommand):
    help = "Nhập thành viên từ tệp CSV (nhiều dòng cho một người = nhiều đợt điểm). / Import members from a CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--create-stores", action="store_true", help="unknown stores are opened")
        parser.add_argument("--chunk", type=int, default=100_000, help="persons per transaction")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        chosen = members.MemberOptions(
            create_stores=options["create_stores"], dry_run=options["dry_run"], chunk=max(1, options["chunk"])
        )
        try:
            done = members.run(source=file, at=clock.now(), by="system", options=chosen)
        except FileUnreadable as refusal:
            raise CommandError(words.of_file(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        for line in words.of_report(done):
            self.stdout.write(line)
