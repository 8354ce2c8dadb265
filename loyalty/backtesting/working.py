"""A back-test as a job: a month of bills to a chunk, then the sums. Its result stays with the job.

Rules that change meanwhile begin it again, so that all months are judged alike.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from events import jobs
from events.jobs import Progress
from events.models import Job
from loyalty import policies
from loyalty.backtesting import running
from loyalty.backtesting.judging import Item
from loyalty.backtesting.running import Result
from loyalty.models import RuleVersion
from loyalty.till import local_day

KIND = "backtest"
MOST_MONTHS = 60


def start(*, version_id: int, months: int, by: str, at: datetime) -> int:
    """Ask how a version would have done over the last months beside the live rules; answers the job's id.

    Asked again on the same day, of the same policies, it is the same job.
    """
    today = local_day(at)
    first = today - relativedelta(months=min(months, MOST_MONTHS)) + timedelta(days=1)
    version = policies.at(at).version
    key = f"{version_id}.{first}.{today}.{version}"
    cursor = {"version": version_id, "first": str(first), "last": str(today), "months": months}
    return jobs.start(kind=KIND, key=key, at=at, by=by, cursor=cursor, total=len(_months(first, today)) + 1)


def items(version: RuleVersion) -> list[Item]:
    """The live rules with this version in the place of its rule's others, as if it had always been in force."""
    others = [item for item in running.live() if item.standing.rule_id != version.rule_id]
    return [*others, running.drafted(version)]


def chunk(*, job: Job, at: datetime) -> Progress:
    """A month of bills, or at the end the sums."""
    cursor = dict(job.cursor)
    version = RuleVersion.objects.select_related("rule").get(pk=cursor["version"])
    now = policies.at(at).version
    table = f"backtest_{job.pk}"
    first, last = date.fromisoformat(cursor["first"]), date.fromisoformat(cursor["last"])
    months = _months(first, last)
    done = cursor.get("done", 0) if cursor.get("policies") == now else 0
    if done == 0:
        running.begin(table, kind="UNLOGGED")
    cursor["policies"] = now
    if done < len(months):
        running.judge(table, items(version), first=months[done][0], last=months[done][1])
        return Progress(done=done + 1, total=len(months) + 1, cursor={**cursor, "done": done + 1})
    result = running.finish(table, items(version), first=first, last=last)
    return Progress(done=done + 1, total=len(months) + 1, cursor={**cursor, "result": _told(result)}, finished=True)


def latest(version_id: int) -> Job | None:
    """The last back-test of a version that was asked for."""
    return Job.objects.filter(kind=KIND, key__startswith=f"{version_id}.").order_by("-id").first()


def result_of(job: Job) -> Result | None:
    """What it came to; None while it is at work."""
    told = job.cursor.get("result")
    if told is None:
        return None
    differences = {
        name: tuple(running.Difference(**{**one, "member_id": UUID(one["member_id"])}) for one in told[name])
        for name in ("winners", "losers")
    }
    return Result(
        **{
            **told,
            **differences,
            "first": date.fromisoformat(told["first"]),
            "last": date.fromisoformat(told["last"]),
            "parts": tuple(running.Part(**part) for part in told["parts"]),
            "months": tuple((date.fromisoformat(month), was, would) for month, was, would in told["months"]),
            "spread": tuple((step, count) for step, count in told["spread"]),
        }
    )


def _told(result: Result) -> dict[str, Any]:
    told = asdict(result)
    told["first"], told["last"] = str(result.first), str(result.last)
    told["months"] = [[str(month), was, would] for month, was, would in result.months]
    for name in ("winners", "losers"):
        told[name] = [{**one, "member_id": str(one["member_id"])} for one in told[name]]
    return told


def _months(first: date, last: date) -> Sequence[tuple[date, date]]:
    """Calendar months, the first and the last cut off."""
    found = []
    while first <= last:
        ends = min(last, (first.replace(day=1) + relativedelta(months=1)) - timedelta(days=1))
        found.append((first, ends))
        first = ends + timedelta(days=1)
    return found
