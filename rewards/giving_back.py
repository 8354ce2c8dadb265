"""What becomes of the vouchers of a bill that came back: part of the return's own transaction, under its lock."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from events import outbox
from loyalty import policies
from loyalty.models import Return
from loyalty.records import ReturnRecord
from loyalty.till import Till
from rewards import issuing

# A voucher that ends too soon gets as long as points that come back do.
GIVE_BACK = """
WITH back AS (
  UPDATE rewards_voucheruse u
     SET state = 'given_back', given_back_at = %(at)s, return_id = %(return)s,
         extended_to = CASE WHEN v.expires_at < %(soon)s THEN %(extended)s::timestamptz END
    FROM rewards_voucher v JOIN rewards_voucherdefinition d ON d.id = v.definition_id
   WHERE u.purchase_id = %(purchase)s AND u.state = 'redeemed' AND v.id = u.voucher_id
     AND (d.on_return = 'reinstate' OR %(corrected)s) AND v.voided_at IS NULL
  RETURNING u.voucher_id, u.discount, u.extended_to
), freed AS (
  UPDATE rewards_voucher v SET used = used - 1, expires_at = coalesce(back.extended_to, v.expires_at)
    FROM back WHERE v.id = back.voucher_id
  RETURNING v.id, v.member_id, v.expires_at, back.discount
)
SELECT id, events_record('voucher.given_back', member_id, id, %(store)s,
                         jsonb_build_object('purchase', %(purchase)s, 'return', %(return)s, 'discount', discount,
                                            'expires_at', expires_at),
                         %(happened)s, %(at)s, %(by)s, %(request)s, %(readers)s::text[])
  FROM freed
"""


def give_back(returned: ReturnRecord, *, till: Till, at: datetime, request_id: str) -> list[UUID]:
    """Bring back the vouchers of a bill that came back whole, as their policy says; answers which.

    A partial return keeps them used; of a bill that was corrected all come back, for its next revision to use. A
    voucher that has ended, or ends within the programme's days for points that come back, gets those days.
    """
    if not returned.whole:
        return []
    days = policies.at(at).programme.give_back_days
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE_BACK,
            {
                "purchase": str(returned.purchase_id),
                "return": str(returned.id),
                "corrected": returned.kind == Return.Kind.CORRECTION,
                "soon": at + timedelta(days=days),
                "extended": issuing.last_moment(at, days=days),
                "store": till.store_id,
                "at": at,
                "happened": returned.occurred_at,
                "by": till.by,
                "request": request_id,
                "readers": outbox.readers_of("voucher.given_back"),
            },
        )
        return [id for id, _event in cursor.fetchall()]
