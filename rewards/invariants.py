"""What must hold of vouchers, as queries that find what breaks it (docs: V1, V3)."""

from collections.abc import Iterator

from events.invariants import Invariant

V1_USES = """
SELECT v.id FROM rewards_voucher v
  LEFT JOIN (SELECT voucher_id, count(*) FILTER (WHERE state = 'redeemed') AS live
               FROM rewards_voucheruse GROUP BY voucher_id) u ON u.voucher_id = v.id
 WHERE v.used <> coalesce(u.live, 0) OR v.used > v.uses_allowed
"""

V1_OWN = """
SELECT u.id FROM rewards_voucheruse u
  JOIN rewards_voucher v ON v.id = u.voucher_id
  LEFT JOIN loyalty_purchase p ON p.id = u.purchase_id
 WHERE u.member_id <> v.member_id OR p.member_id IS DISTINCT FROM v.member_id OR p.store_id <> u.store_id
"""

V1_ONCE = """
SELECT min(id::text) AS id, voucher_id, purchase_id FROM rewards_voucheruse
 GROUP BY voucher_id, purchase_id HAVING count(*) > 1
"""

V1_DISCOUNT = """
SELECT coalesce(p.id, u.purchase_id) AS id FROM (SELECT id, voucher_discount FROM loyalty_purchase
                                                  WHERE voucher_discount <> 0) p
  FULL JOIN (SELECT purchase_id, sum(discount) AS discount FROM rewards_voucheruse GROUP BY purchase_id) u
         ON u.purchase_id = p.id
 WHERE p.voucher_discount IS DISTINCT FROM u.discount
"""

V3_BACK = """
SELECT u.id FROM rewards_voucheruse u
  JOIN rewards_voucher v ON v.id = u.voucher_id
  JOIN rewards_voucherdefinition d ON d.id = v.definition_id
  LEFT JOIN loyalty_return r ON r.id = u.return_id
 WHERE u.state = 'given_back'
   AND (d.on_return <> 'reinstate' AND r.kind <> 'correction' OR r.id IS NULL OR NOT r.whole
        OR r.purchase_id <> u.purchase_id
        OR r.recorded_at <> u.given_back_at)
"""

V3_KEPT = """
SELECT u.id FROM rewards_voucheruse u
  JOIN rewards_voucher v ON v.id = u.voucher_id
  JOIN rewards_voucherdefinition d ON d.id = v.definition_id
  JOIN loyalty_return r ON r.purchase_id = u.purchase_id AND r.whole
 WHERE u.state = 'redeemed' AND (d.on_return = 'reinstate' OR r.kind = 'correction')
   AND (v.voided_at IS NULL OR v.voided_at > r.recorded_at)
"""

O1_ISSUED = """
SELECT v.id FROM rewards_voucher v
  LEFT JOIN (SELECT subject_id, count(*) AS told FROM events_event WHERE type = 'voucher.issued' GROUP BY subject_id) e
         ON e.subject_id = v.id
 WHERE coalesce(e.told, 0) <> 1
"""

O1_USED = """
SELECT u.id FROM (SELECT voucher_id AS id, count(*) AS uses, count(*) FILTER (WHERE state = 'given_back') AS back
                    FROM rewards_voucheruse GROUP BY voucher_id) u
  LEFT JOIN (SELECT subject_id, count(*) FILTER (WHERE type = 'voucher.redeemed') AS uses,
                    count(*) FILTER (WHERE type = 'voucher.given_back') AS back
               FROM events_event WHERE type IN ('voucher.redeemed', 'voucher.given_back') GROUP BY subject_id) e
         ON e.subject_id = u.id
 WHERE (u.uses, u.back) IS DISTINCT FROM (coalesce(e.uses, 0), coalesce(e.back, 0))
"""

STRAYS = """
SELECT v.id FROM rewards_voucher v LEFT JOIN members_member m ON m.id = v.member_id WHERE m.id IS NULL
"""


def queries() -> Iterator[Invariant]:
    yield Invariant(code="V1", sentence="a voucher counts its live uses, never more than allowed", sql=V1_USES)
    yield Invariant(code="V1", sentence="a voucher is used by its member, on a bill of the store", sql=V1_OWN)
    yield Invariant(code="V1", sentence="a voucher is used once per bill", sql=V1_ONCE)
    yield Invariant(code="V1", sentence="a bill's discount is that of its vouchers", sql=V1_DISCOUNT)
    yield Invariant(code="V3", sentence="what came back had a whole return and a policy that says so", sql=V3_BACK)
    yield Invariant(code="V3", sentence="a whole return brings back what its policy says", sql=V3_KEPT)
    yield Invariant(code="O1", sentence="every voucher was told of once when it was issued", sql=O1_ISSUED)
    yield Invariant(code="O1", sentence="every use and give-back of a voucher was told of", sql=O1_USED)
    yield Invariant(code="V1", sentence="no voucher of an unknown member", sql=STRAYS)
