"""`manage.py import_do_not_advertise FILE --date 2026-11-01`: the national do-not-advertise list, whole."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns import blocking
from events import clock


class Command(BaseCommand):
    help = "Nhập danh sách không quảng cáo, mỗi dòng một số. / Import the do-not-advertise list, one phone a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--date", type=date.fromisoformat, required=True, help="the day the list is of")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig") as lines:
                count, unreadable = blocking.import_list(phones=lines, listed_on=options["date"], at=clock.now())
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file}: {error}") from None
        self.stdout.write(f"{count} số / phones")
        if unreadable:
            self.stdout.write(f"{unreadable} dòng không đọc được / unreadable lines")
