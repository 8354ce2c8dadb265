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

# The last row of each of a member's cards that gave a voucher or lost it.
STAMPS_OWN = """
SELECT g.id FROM rewards_stampcardgift g
  JOIN rewards_stampcard c ON c.id = g.card_id
  LEFT JOIN rewards_voucher v ON v.id = g.voucher_id
  LEFT JOIN rewards_stampcardgift b
    ON (b.key, b.member_id, b.number, b.step) = (g.key, g.member_id, g.number, g.step - 1)
 WHERE v.member_id IS DISTINCT FROM g.member_id OR c.key <> g.key
    OR (g.step > 1 AND b.id IS NULL)
    OR (g.step % 2 = 0 AND (b.voucher_id <> g.voucher_id OR v.voided_at IS NULL OR v.used > 0))
"""

# While an event is on its way the gifts may rightly lag behind the books.
STAMPS_FILLED = """
WITH term AS (
  SELECT c.*, least(c.valid_until, lead(c.valid_from) OVER versions) AS ends
    FROM rewards_stampcard c WINDOW versions AS (PARTITION BY c.key ORDER BY c.valid_from, c.version)
), given AS (
  SELECT DISTINCT ON (g.key, g.member_id, g.number) g.* FROM rewards_stampcardgift g
   ORDER BY g.key, g.member_id, g.number, g.step DESC
), claimed AS (
  SELECT g.key, g.member_id, max(g.number) AS number FROM given g JOIN rewards_voucher v ON v.id = g.voucher_id
   WHERE g.step % 2 = 1 AND v.used = 0 AND v.voided_at IS NULL
     AND v.expires_at > (SELECT recorded_at FROM events_event ORDER BY id DESC LIMIT 1)
   GROUP BY g.key, g.member_id
)
SELECT g.member_id AS id, g.key FROM claimed g
 WHERE g.number > (
   SELECT coalesce(sum(floor(l.quantity - coalesce(
            (SELECT sum(k.quantity) FROM loyalty_returnline k
              WHERE k.purchase_id = l.purchase_id AND k.line = l.line), 0))), 0) / (SELECT min(needed) FROM term
                                                                                    WHERE term.key = g.key)
     FROM loyalty_purchase p
     JOIN loyalty_purchaseline l ON l.purchase_id = p.id
     JOIN term t ON t.key = g.key AND t.active AND p.occurred_at >= t.valid_from
                AND (t.ends IS NULL OR p.occurred_at < t.ends)
                AND (l.category = ANY (t.categories) OR l.sku = ANY (t.skus))
    WHERE (p.member_id = g.member_id
           OR p.id IN (SELECT purchase_id FROM loyalty_billowner WHERE member_id = g.member_id))
      AND coalesce((SELECT o.member_id FROM loyalty_billowner o WHERE o.purchase_id = p.id), p.member_id) = g.member_id
      AND (p.status <> 'review'
           OR EXISTS (SELECT FROM loyalty_reviewdecision d WHERE d.purchase_id = p.id AND d.approved))
   )
   AND NOT EXISTS (SELECT FROM events_delivery WHERE state = 'open' AND reader = 'rewards.filling.hear')
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
    yield Invariant(code="V1", sentence="a card's voucher is its member's, given and lost in turn", sql=STAMPS_OWN)
    yield Invariant(code="V1", sentence="no unused voucher of a card that is not full", sql=STAMPS_FILLED)
