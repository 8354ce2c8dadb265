"""`manage.py import_purchases FILE`: bills of any age, under the rules of the API."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import clock
from loyalty.importing import purchases
from members.importing import words
from members.importing.reading import FileUnreadable
from members.importing.resolving import KINDS
from rewards import checkout


class Command(BaseCommand):
    help = "Nhập lịch sử hóa đơn từ tệp CSV (một dòng cho mỗi dòng hàng). / Import bills from a CSV file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--member-as",
            choices=KINDS,
            default="",
            help="what the member column holds",
        )
        parser.add_argument("--create-members", action="store_true", help="unknown members join")
        parser.add_argument("--create-stores", action="store_true", help="unknown stores are opened")
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="say what would happen, write nothing",
        )
        parser.add_argument("--chunk", type=int, default=100_000, help="bills per transaction")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        chosen = purchases.PurchaseOptions(
            member_as=options["member_as"],
            create_members=options["create_members"],
            create_stores=options["create_stores"],
            dry_run=options["dry_run"],
            chunk=max(1, options["chunk"]),
            take_back=checkout.return_purchase,
        )
        try:
            done = purchases.run(source=file, at=clock.now(), by="system", options=chosen)
        except FileUnreadable as refusal:
            raise CommandError(words.of_file(refusal)) from None
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        for line in words.of_report(done):
            self.stdout.write(line)
