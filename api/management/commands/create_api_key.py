"""A key for a POS system, printed once."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events import clock
from loyalty import keys
from loyalty.models import ApiKey, Store, Terminal
from loyalty.models.stores import SCOPES


class Command(BaseCommand):
    help = "Makes an API key for a till of a store and prints it; nobody can read it again later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("store", nargs="?", help="code of the store")
        parser.add_argument(
            "--replaces",
            metavar="PREFIX",
            help="a successor of this key (lp_live_PREFIX_…), of its store, till, scopes",
        )
        parser.add_argument("--overlap-days", type=int, default=7, help="how long the old key works yet (default: 7)")
        parser.add_argument("--terminal", help="code of the till the key stays with")
        parser.add_argument("--scopes", default=",".join(SCOPES), help=f"some of {','.join(SCOPES)} (default: all)")
        parser.add_argument("--test", action="store_true", help="writes to the store's practice twin")
        parser.add_argument("--description", default="")
        parser.add_argument("--days", type=int, help="ends after so many days (default: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["replaces"]:
            self.stdout.write(_successor(options["replaces"], overlap=timedelta(days=options["overlap_days"]), at=now))
            return
        if not options["store"]:
            raise CommandError("Name the store of the key, or with --replaces the key that it succeeds.")
        store = Store.objects.filter(code=options["store"]).first()
        if store is None:
            known = ", ".join(Store.objects.filter(practice_of=None).order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no store {options['store']!r}. There are: {known or 'none yet'}.")
        terminal = None
        if options["terminal"]:
            terminal = Terminal.objects.filter(store=store, code=options["terminal"]).first()
            if terminal is None:
                known = ", ".join(store.terminals.order_by("code").values_list("code", flat=True))
                raise CommandError(f"{store.code} has no till {options['terminal']!r}. It has: {known or 'none yet'}.")
        days = options["days"]
        try:
            _, text = keys.create(
                store=store,
                terminal=terminal,
                scopes=[scope for scope in options["scopes"].split(",") if scope],
                test=options["test"],
                description=options["description"],
                at=now,
                expires_at=now + timedelta(days=days) if days else None,
            )
        except keys.ScopeUnknown:
            raise CommandError(f"Scopes are some of: {', '.join(SCOPES)}.") from None
        self.stdout.write(text)


def _successor(prefix: str, *, overlap: timedelta, at: datetime) -> str:
    key = ApiKey.objects.filter(prefix=prefix).first()
    if key is None:
        raise CommandError(f"There is no key {prefix!r}. The prefix is the third part of a key: lp_live_PREFIX_…")
    try:
        _, text = keys.replace(key=key, overlap=max(overlap, timedelta(0)), at=at)
    except keys.KeyRefused:
        raise CommandError(f"{key} is revoked or past its time: make a new key instead.") from None
    return text
