"""Giving members vouchers, one for each reason: for a whole set at once, inside the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection, transaction

from events import outbox
from loyalty.till import local_zone, midnight_after
from rewards import codes, defining
from rewards.models import Voucher, VoucherDefinition

# In one order, so that two who issue for the same reasons wait for each other and never both.
ISSUE = """
WITH issued AS (
  INSERT INTO rewards_voucher (id, definition_id, member_id, issued_for, issued_at, expires_at, uses_allowed,
                               code_hash, last4, by, note)
    SELECT w.id, %(definition)s, w.member_id, w.issued_for, %(at)s, %(expires_at)s, %(uses)s,
           decode(w.code_hash, 'hex'), w.last4, %(by)s, %(note)s
      FROM jsonb_to_recordset(%(wanted)s::jsonb)
        AS w(id uuid, member_id uuid, issued_for text, code_hash text, last4 text)
     ORDER BY w.issued_for COLLATE "C"
    ON CONFLICT ON CONSTRAINT a_reason_issues_one_voucher DO NOTHING
  RETURNING id, member_id, issued_for
)
SELECT issued_for, id,
       events_record('voucher.issued', member_id, id, NULL, %(data)s::jsonb, %(at)s, %(at)s, %(by)s, '',
                     %(readers)s::text[])
  FROM issued
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who gets a voucher, and why: the reason is its key, the same reason never issues twice."""

    member_id: UUID
    issued_for: str


@transaction.atomic
def issue(*, key: str, wanted: Sequence[Wanted], at: datetime, by: str, note: str = "") -> dict[str, UUID]:
    """Issue a voucher of the kind `key` for each reason; answers reason → voucher id. `note`: why, in words of staff.

    A reason that has its voucher keeps it, whoever asks again. Raises DefinitionUnknown or DefinitionEnded with nothing
    written, also where every reason has its voucher already.
    """
    definition = defining.in_force(key, at=at)
    if not wanted:
        return {}
    done = _known(wanted)
    new = {one.issued_for: one for one in wanted if one.issued_for not in done}
    if new:
        done |= _write(definition, list(new.values()), at=at, by=by, note=note)
        # somebody else issued for the same reason meanwhile: theirs is the voucher
        taken = [one for reason, one in new.items() if reason not in done]
        done |= _known(taken) if taken else {}
    return done


def last_moment(issued_at: datetime, *, days: int) -> datetime:
    """When a voucher of so many days ends: the local midnight after its last day."""
    zone = local_zone()
    return midnight_after(issued_at.astimezone(zone).date() + timedelta(days=days))


def _known(wanted: Sequence[Wanted]) -> dict[str, UUID]:
    reasons = [one.issued_for for one in wanted]
    return dict(Voucher.objects.filter(issued_for__in=reasons).values_list("issued_for", "id"))


def _write(
    definition: VoucherDefinition, wanted: Sequence[Wanted], *, at: datetime, by: str, note: str
) -> dict[str, UUID]:
    expires_at = last_moment(at, days=definition.valid_days)
    data = {"key": definition.key, "version": definition.version, "expires_at": expires_at.isoformat()}
    with connection.cursor() as cursor:
        # the id comes first: the code, whose hash stands in the row, is computed from it
        cursor.execute("SELECT uuidv7() FROM generate_series(1, %s)", [len(wanted)])
        ids = [row[0] for row in cursor.fetchall()]
        rows = []
        for id, one in zip(ids, wanted, strict=True):
            code = codes.of(id)
            rows.append(
                {
                    "id": str(id),
                    "member_id": str(one.member_id),
                    "issued_for": one.issued_for,
                    "code_hash": codes.hashed(code).hex(),
                    "last4": code[-4:],
                }
            )
        cursor.execute(
            ISSUE,
            {
                "definition": definition.pk,
                "at": at,
                "expires_at": expires_at,
                "uses": definition.uses,
                "by": by,
                "note": note,
                "wanted": orjson.dumps(rows).decode(),
                "data": orjson.dumps(data).decode(),
                "readers": outbox.readers_of("voucher.issued"),
            },
        )
        return {reason: id for reason, id, _event in cursor.fetchall()}
