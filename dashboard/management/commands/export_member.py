"""`manage.py export_member ID|PHONE`: everything the shop knows of one member, for that member."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dashboard import naming
from events import clock
from members import exporting


class Command(BaseCommand):
    help = (
        "Xuất mọi dữ liệu về một thành viên. / Export all data of one member: "
        "JSON on the screen, or a file with --to (.json or .zip)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("member", help="the member's id or phone")
        parser.add_argument("--to", type=Path, help="write to this file: .zip has pages and tables, too")
        parser.add_argument("--language", choices=[code for code, _ in settings.LANGUAGES], default="")

    def handle(self, *args: Any, member: str, to: Path | None, language: str, **options: Any) -> None:
        at, found = clock.now(), naming.member_of(member)
        if to is not None and to.suffix == ".zip":
            to.write_bytes(exporting.as_zip(member_id=found.pk, language=language or found.locale, at=at))
        else:
            text = exporting.as_json(member_id=found.pk, at=at)
            if to is None:
                self.stdout.write(text)
            else:
                to.write_text(text, encoding="utf-8")
        exporting.told(member_id=found.pk, by="system", at=at)
        if to is not None:
            self.stdout.write(f"{found.pk} → {to}")
