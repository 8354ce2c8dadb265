"""`manage.py erase_member ID|PHONE`: forgets a person for good; the books stay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard import naming
from events import clock
from members import erasing


class Command(BaseCommand):
    help = (
        "Xóa dữ liệu cá nhân của một thành viên; sổ điểm và hóa đơn giữ lại. / Erase a member's personal "
        "data; bills and points stay without a name. Cannot be undone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("member", help="the member's id or phone")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, member: str, yes: bool, **options: Any) -> None:
        found = naming.member_of(member)
        if not yes and input(f"Erase {found.pk} for good? Type yes: ").strip() != "yes":
            raise CommandError("Nothing was erased.")
        erasing.erase(member_id=found.pk, by="system", at=clock.now())
        self.stdout.write(f"{found.pk} is erased; bills, points and consents stay without a name.")
