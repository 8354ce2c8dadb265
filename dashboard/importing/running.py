"""An import as a job (`events.jobs`): the file is put into parts, each part is imported in its turn, bad rows are kept.

A part commits by itself and may be imported again: the importers know what is there already. Cancelled or killed, the
job goes on after the last part that was done.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.importing import files, kinds, preparing
from dashboard.importing.files import KIND, Brought
from dashboard.importing.sheets import Sheet
from events import jobs
from events.jobs import Progress
from events.models import Job
from loyalty.importing import members, purchases
from loyalty.importing.members import MemberOptions
from loyalty.importing.purchases import PurchaseOptions
from members.importing import consents, report, words
from members.importing.consents import ConsentOptions
from members.importing.reading import FileUnreadable
from members.importing.report import ImportReport
from rewards import checkout

SUMS = ("posted", "known", "returns", "points", "amount", "members_joined", "stores_opened")


def key(brought: Brought, *, dry: bool) -> str:
    """A file is imported once; it is checked once for each choice of columns."""
    return f"{brought.token}.{brought.answers.get('choice', 0)}.check" if dry else f"{brought.token}.run"


def start(brought: Brought, *, dry: bool, by: str, at: datetime) -> int:
    """Ask for the check, or for the import itself; asked for again it is the same job. Answers its id."""
    cursor = {"token": brought.token, "dry": dry, "of": brought.kind, "name": brought.name}
    return jobs.start(kind=KIND, key=key(brought, dry=dry), at=at, by=by, cursor=cursor)


def job_of(brought: Brought, *, dry: bool) -> Job | None:
    return Job.objects.filter(kind=KIND, key=key(brought, dry=dry)).first()


def remembered(token: str) -> Brought | None:
    """What the jobs still tell of a file that is gone: its name and what it held, nothing of anybody in it."""
    if not files.is_token(token):
        return None
    asked = Job.objects.filter(kind=KIND, key__startswith=f"{token}.")
    last = asked.order_by("-id").first()
    if last is None:
        return None
    check = asked.filter(key__endswith=".check").order_by("-id").first()
    choice = int(check.key.split(".")[1]) if check else 0
    told = last.cursor
    return Brought(token=token, kind=told["of"], name=told["name"], by=last.by, answers={"choice": choice})


@jobs.commits_itself
def chunk(*, job: Job, at: datetime) -> Progress:
    """Prepare the file, or import its next part, or write down what was refused."""
    cursor: dict[str, Any] = dict(job.cursor)
    brought = files.find(cursor["token"])
    if brought is None:
        return Progress(done=job.done, cursor={**cursor, "why": {"why": "file_gone"}}, finished=True)
    try:
        if "parts" not in cursor:
            return _prepare(brought, cursor)
        if cursor["next"] < cursor["parts"]:
            return _next_part(brought, cursor, by=job.by, at=at, total=job.total)
    except FileUnreadable as refusal:
        return Progress(done=job.done, cursor={**cursor, "why": refusal.details}, finished=True)
    _write_errors(brought, dry=cursor["dry"])
    return Progress(done=cursor["rows"], total=cursor["rows"], cursor=cursor, finished=True)


def _prepare(brought: Brought, cursor: dict[str, Any]) -> Progress:
    done = preparing.prepare(brought)
    for old in brought.folder.glob(f"{'check' if cursor['dry'] else 'run'}.*.json"):
        old.unlink()
    _keep_refused(brought, "flaws", done.flaws, dry=cursor["dry"])
    begun = {
        "parts": done.parts,
        "next": 0,
        "rows": done.rows,
        "sums": {},
        "problems": dict(Counter(done.flaws.values())),
    }
    return Progress(done=0, total=done.rows, cursor={**cursor, **begun})


def _next_part(brought: Brought, cursor: dict[str, Any], *, by: str, at: datetime, total: int | None) -> Progress:
    n = cursor["next"]
    wrong = io.StringIO()
    did = _import(brought, n, dry=cursor["dry"], errors=wrong, by=by, at=at)
    numbers = preparing.numbers(brought, n)
    _keep_refused(brought, f"{n:04d}", _numbered(wrong, numbers), dry=cursor["dry"])
    sums = Counter(cursor["sums"]) + Counter({name: getattr(did, name) for name in SUMS})
    problems = Counter(cursor["problems"]) + Counter(did.problems)
    return Progress(
        done=cursor.get("done", 0) + len(numbers),
        total=total,
        cursor={
            **cursor,
            "next": n + 1,
            "done": cursor.get("done", 0) + len(numbers),
            "sums": dict(sums),
            "problems": dict(problems),
        },
    )


def _import(brought: Brought, n: int, *, dry: bool, errors: io.StringIO, by: str, at: datetime) -> ImportReport:
    source, said = preparing.part(brought, n), brought.answers
    if brought.kind == "members":
        chosen = MemberOptions(create_stores=said.get("create_stores", False), dry_run=dry, errors=errors)
        return members.run(source=source, at=at, by=by, options=chosen)
    if brought.kind == "consents":
        asked = ConsentOptions(member_as=said.get("member_as", ""), dry_run=dry, errors=errors)
        return consents.run(source=source, at=at, by=by, options=asked)
    options = PurchaseOptions(
        member_as=said.get("member_as", ""),
        create_members=said.get("create_members", False),
        create_stores=said.get("create_stores", False),
        dry_run=dry,
        errors=errors,
        take_back=checkout.return_purchase,
    )
    return purchases.run(source=source, at=at, by=by, options=options)


def _numbered(wrong: io.StringIO, numbers: Any) -> dict[int, str]:
    """The part's refused rows by their numbers in the file that was brought; the header of a part is its row 1."""
    wrong.seek(0)
    rows = csv.reader(wrong)
    next(rows, None)
    return {numbers[int(row[0]) - 2]: row[1] for row in rows}


def _keep_refused(brought: Brought, name: str, found: Mapping[int, str], *, dry: bool) -> None:
    path = brought.folder / f"{'check' if dry else 'run'}.{name}.json"
    path.write_text(json.dumps({str(number): reason for number, reason in found.items()}), encoding="utf-8")


def _write_errors(brought: Brought, *, dry: bool) -> None:
    """The refused rows of all parts as they were brought, in order, with `line` and `reason` before them."""
    refused: dict[int, str] = {}
    for path in sorted(brought.folder.glob(f"{'check' if dry else 'run'}.*.json")):
        refused |= {int(number): reason for number, reason in json.loads(path.read_text(encoding="utf-8")).items()}
    into = brought.errors(dry=dry)
    if not refused:
        into.unlink(missing_ok=True)
        return
    headers = Sheet(brought.original).headers
    skip = len(kinds.OURS) if headers[: len(kinds.OURS)] == list(kinds.OURS) else 0
    with into.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*kinds.OURS, *headers[skip:]])
        for number, reason, cells in preparing.refused(brought, refused):
            writer.writerow([number, words.of_row(reason), *(report.as_text(cell) for cell in cells[skip:])])
