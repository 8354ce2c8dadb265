"""What must hold of the ledger, as queries that find what breaks it (docs: L1–L10)."""

from collections.abc import Iterator

from events.invariants import Invariant
from loyalty.models import TierTable

BUCKETS = ("available", "pending", "held", "debt")


def _per_bucket(template: str, joiner: str = " OR ") -> str:
    return joiner.join(template.format(bucket=bucket) for bucket in BUCKETS)


L1_SUMS = f"""
SELECT a.member_id FROM loyalty_account a
  LEFT JOIN (SELECT member_id, count(*) AS n, max(seq) AS top, {", ".join(f"sum({b}) AS {b}" for b in BUCKETS)}
               FROM loyalty_entry GROUP BY member_id) e USING (member_id)
 WHERE {_per_bucket("a.{bucket} <> coalesce(e.{bucket}, 0)")}
    OR a.entries <> coalesce(e.n, 0) OR coalesce(e.top, 0) <> coalesce(e.n, 0)
"""

L1_AFTER = f"""
SELECT member_id, seq FROM (
  SELECT member_id, seq,
         {", ".join(f"{b}, {b}_after, lag({b}_after, 1, 0::bigint) OVER w AS {b}_before" for b in BUCKETS)}
    FROM loyalty_entry WINDOW w AS (PARTITION BY member_id ORDER BY seq)) steps
 WHERE {_per_bucket("{bucket}_after <> {bucket}_before + {bucket}")}
"""

L1_ORPHANS = """
SELECT e.member_id, e.seq FROM loyalty_entry e LEFT JOIN loyalty_account a USING (member_id) WHERE a.member_id IS NULL
"""

L2_LOTS = """
SELECT a.member_id FROM loyalty_account a
  LEFT JOIN (SELECT member_id, sum(remaining) FILTER (WHERE NOT pending) AS live,
                    sum(remaining) FILTER (WHERE pending) AS waiting, count(*) AS n
               FROM loyalty_lot GROUP BY member_id) l USING (member_id)
  LEFT JOIN (SELECT member_id, sum(points) AS points FROM loyalty_hold WHERE ended_at IS NULL GROUP BY member_id) h
      USING (member_id)
 WHERE a.available <> coalesce(l.live, 0) OR a.pending <> coalesce(l.waiting, 0) OR a.lots <> coalesce(l.n, 0)
    OR a.held <> coalesce(h.points, 0)
"""

L2_REMAINING = """
SELECT l.member_id, l.seq FROM loyalty_lot l
  LEFT JOIN (SELECT member_id, lot_seq, sum(points) AS used FROM loyalty_lotuse GROUP BY member_id, lot_seq) u
         ON u.member_id = l.member_id AND u.lot_seq = l.seq
 WHERE l.remaining <> l.points - coalesce(u.used, 0) OR l.remaining < 0 OR l.remaining > l.points
"""

L2_DUE = """
SELECT a.member_id FROM loyalty_account a
  JOIN (SELECT member_id, min(due) AS due FROM (
          SELECT member_id, CASE WHEN pending THEN least(matures_at, lapses_at) ELSE expires_at END AS due
            FROM loyalty_lot WHERE remaining > 0
          UNION ALL
          SELECT member_id, expires_at FROM loyalty_hold WHERE ended_at IS NULL) dues
         GROUP BY member_id) d USING (member_id)
 WHERE d.due IS NOT NULL AND (a.next_due_at IS NULL OR a.next_due_at > d.due)
"""

# what a hold took from lots left again with what was captured of it and let go of it
L2_HOLDS = """
SELECT h.id FROM loyalty_hold h
  LEFT JOIN (SELECT member_id, reverses_seq, -sum(held) AS over, -sum(held) FILTER (WHERE kind = 'capture') AS captured
               FROM loyalty_entry WHERE kind IN ('capture', 'release') GROUP BY member_id, reverses_seq) e
         ON e.member_id = h.member_id AND e.reverses_seq = h.entry_seq
  LEFT JOIN loyalty_entry begun ON begun.member_id = h.member_id AND begun.seq = h.entry_seq AND begun.kind = 'hold'
 WHERE begun.held IS DISTINCT FROM h.points OR coalesce(e.captured, 0) <> h.captured
    OR coalesce(e.over, 0) <> CASE WHEN h.ended_at IS NULL THEN 0 ELSE h.points END
"""

L3_BUCKETS = """
SELECT member_id FROM loyalty_account
 WHERE least(available, pending, held, debt) < 0 OR (available > 0 AND debt > 0)
UNION ALL
SELECT member_id FROM loyalty_entry
 WHERE least(available_after, pending_after, held_after, debt_after) < 0 OR (available_after > 0 AND debt_after > 0)
"""

L4_ENTRY = """
SELECT e.member_id, e.seq FROM loyalty_entry e
  LEFT JOIN (SELECT member_id, entry_seq, sum(points) AS points FROM loyalty_lotuse GROUP BY member_id, entry_seq) u
         ON u.member_id = e.member_id AND u.entry_seq = e.seq
  LEFT JOIN (SELECT member_id, entry_seq, sum(points) AS points FROM loyalty_lot GROUP BY member_id, entry_seq) l
         ON l.member_id = e.member_id AND l.entry_seq = e.seq
 WHERE e.available + e.pending <> coalesce(l.points, 0) - coalesce(u.points, 0)
"""

L4_EXPIRED_USED = """
SELECT u.member_id, u.entry_seq FROM loyalty_lotuse u
  JOIN loyalty_entry e ON e.member_id = u.member_id AND e.seq = u.entry_seq
  JOIN loyalty_lot l ON l.member_id = u.member_id AND l.seq = u.lot_seq
 WHERE u.points > 0 AND l.expires_at IS NOT NULL
   AND ((e.kind IN ('spend', 'hold', 'adjust') AND l.expires_at <= e.recorded_at)
     OR (e.kind = 'expire' AND l.expires_at > e.recorded_at)
     OR (e.kind IN ('spend', 'hold', 'expire') AND l.pending))
"""

# A spend took from a lot while another lot that should have gone first kept points from it. What a lot kept at that
# entry is what it held before: its points less all uses up to and with the entry. A lot that waited then could not go
# first, and the end of one that slides was another then.
L4_ORDER = """
SELECT s.member_id, s.seq FROM loyalty_entry s
  JOIN loyalty_lotuse u ON u.member_id = s.member_id AND u.entry_seq = s.seq AND u.points > 0
  JOIN loyalty_lot taken ON taken.member_id = u.member_id AND taken.seq = u.lot_seq
  JOIN loyalty_lot first ON first.member_id = s.member_id AND first.entry_seq < s.seq AND first.seq <> taken.seq
   AND (coalesce(first.expires_at, 'infinity'), first.opened_at, first.seq)
     < (coalesce(taken.expires_at, 'infinity'), taken.opened_at, taken.seq)
   AND (first.expires_at IS NULL OR first.expires_at > s.recorded_at)
 WHERE s.kind IN ('spend', 'hold') AND NOT first.slides AND NOT taken.slides
   AND NOT EXISTS (SELECT 1 FROM loyalty_entry ripe
                    WHERE first.matures_at IS NOT NULL AND ripe.member_id = s.member_id AND ripe.kind = 'mature'
                      AND ripe.seq > s.seq)
   AND NOT first.pending AND first.lapses_at IS NULL
   AND first.points > (SELECT coalesce(sum(b.points), 0) FROM loyalty_lotuse b
                        WHERE b.member_id = s.member_id AND b.lot_seq = first.seq AND b.entry_seq <= s.seq)
"""

L5_REVERSALS = """
SELECT r.member_id, r.reverses_seq FROM loyalty_entry r
  JOIN loyalty_entry e ON e.member_id = r.member_id AND e.seq = r.reverses_seq
 WHERE r.kind IN ('clawback', 'spend_return')
 GROUP BY r.member_id, r.reverses_seq, e.available, e.pending, e.held, e.debt
HAVING abs(sum(r.available + r.pending - r.debt)) > abs(e.available + e.pending + e.held - e.debt)
"""

L5_WHOLE = """
SELECT p.id FROM loyalty_purchase p JOIN (
    SELECT purchase_id, bool_or(whole) AS whole, sum(amount) AS amount, sum(due) AS due, sum(discount) AS discount,
           sum(points_value) AS points_value, sum(base) AS base, sum(clawed_back) AS clawed_back,
           sum(given_back) AS given_back
      FROM loyalty_return GROUP BY purchase_id) r ON r.purchase_id = p.id
  LEFT JOIN (SELECT purchase_id, sum(earned - earned_back) AS earned FROM loyalty_billmove GROUP BY purchase_id) m
         ON m.purchase_id = p.id
 WHERE r.amount > p.total OR r.base > p.base OR r.given_back > p.spent
    OR (r.whole AND (r.amount, r.due, r.discount, r.points_value, r.base, r.given_back)
        IS DISTINCT FROM (p.total, p.due, p.voucher_discount, p.points_value, p.base, p.spent))
    OR (r.whole AND p.status = 'posted' AND r.clawed_back <> p.earned + coalesce(m.earned, 0))
"""

L5_RETURNED_LINES = """
SELECT p.id, l.line FROM loyalty_purchase p
  JOIN loyalty_purchaseline l ON l.purchase_id = p.id
  JOIN (SELECT purchase_id, bool_or(whole) AS whole FROM loyalty_return GROUP BY 1) r ON r.purchase_id = p.id
  LEFT JOIN (SELECT purchase_id, line, sum(quantity) AS quantity, sum(amount) AS amount
               FROM loyalty_returnline GROUP BY 1, 2) b ON b.purchase_id = p.id AND b.line = l.line
 WHERE coalesce(b.quantity, 0) > l.quantity OR coalesce(b.amount, 0) > l.amount
    OR r.whole AND (coalesce(b.quantity, 0), coalesce(b.amount, 0)) <> (l.quantity, l.amount)
"""

L5_ENTRIES_FOLLOW_RETURNS = """
SELECT r.id FROM loyalty_return r
  LEFT JOIN (SELECT return_id, sum(available + pending - debt) FILTER (WHERE kind = 'clawback') AS clawed,
                    sum(available - debt) FILTER (WHERE kind = 'spend_return') AS given
               FROM loyalty_entry WHERE return_id IS NOT NULL GROUP BY return_id) e ON e.return_id = r.id
 WHERE r.clawed_back <> -coalesce(e.clawed, 0) OR r.given_back <> coalesce(e.given, 0)
"""

L6_IDENTITY = """
SELECT * FROM (
  SELECT (SELECT coalesce(sum(available + pending + held - debt), 0) FROM loyalty_entry
           WHERE kind IN ('earn', 'opening', 'adjust', 'bonus', 'spend_return', 'reinstate', 'absorb',
                          'spend', 'capture', 'expire', 'clawback', 'cancel_pending')) AS moved,
         (SELECT coalesce(sum(available + pending + held - debt), 0) FROM loyalty_account) AS held) identity
 WHERE moved <> held
"""

L6_SIGNS = """
SELECT member_id, seq, kind FROM loyalty_entry
 WHERE (kind IN ('earn', 'opening', 'bonus', 'spend_return', 'reinstate', 'absorb')
        AND available + pending + held - debt <= 0)
    OR (kind IN ('spend', 'capture', 'expire', 'clawback', 'cancel_pending') AND available + pending + held - debt >= 0)
    OR (kind IN ('hold', 'release', 'mature') AND available + pending + held - debt <> 0)
"""

L7_ONE_ENTRY_PER_BILL = """
SELECT member_id, purchase_id, kind FROM loyalty_entry
 WHERE kind IN ('earn', 'spend', 'capture') AND purchase_id IS NOT NULL
 GROUP BY member_id, purchase_id, kind, move_id HAVING count(*) > 1
"""

L7_BILLS_MATCH_ENTRIES = """
SELECT p.id FROM loyalty_purchase p
  LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
  LEFT JOIN (SELECT purchase_id, sum(available + pending - debt) FILTER (WHERE kind = 'earn') AS earned,
                    -sum(available + held - debt) FILTER (WHERE kind IN ('spend', 'capture')) AS spent
               FROM loyalty_entry WHERE kind IN ('earn', 'spend', 'capture') AND move_id IS NULL GROUP BY purchase_id) e
         ON e.purchase_id = p.id
 WHERE p.earned + coalesce(d.earned, 0) <> coalesce(e.earned, 0) OR p.spent <> coalesce(e.spent, 0)
"""

L7_MOVES_FOLLOW_EACH_OTHER = """
SELECT id FROM (
  SELECT m.id, m.step, m.from_member_id, p.base - m.base AS gone, p.status, d.approved, m.returned,
         row_number() OVER w AS nth, lag(m.to_member_id, 1, p.member_id) OVER w AS owner
    FROM loyalty_billmove m JOIN loyalty_purchase p ON p.id = m.purchase_id
    LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
  WINDOW w AS (PARTITION BY m.purchase_id ORDER BY m.step)) moved
 WHERE step <> nth OR from_member_id IS DISTINCT FROM owner
    OR (status = 'posted' OR approved)
       AND gone <> (SELECT coalesce(sum(base), 0) FROM loyalty_return WHERE id = ANY (returned))
"""

L7_ENTRIES_FOLLOW_MOVES = """
SELECT m.id FROM loyalty_billmove m
  LEFT JOIN (SELECT move_id, sum(available + pending - debt) FILTER (WHERE kind = 'clawback') AS clawed,
                    sum(available + pending - debt) FILTER (WHERE kind = 'earn') AS earned
               FROM loyalty_entry WHERE move_id IS NOT NULL GROUP BY move_id) e ON e.move_id = m.id
 WHERE m.earned_back <> -coalesce(e.clawed, 0) OR m.earned <> coalesce(e.earned, 0)
"""

L7_GONE_WITH_ITS_POINTS = """
SELECT e.purchase_id, e.member_id FROM loyalty_entry e JOIN loyalty_billowner o ON o.purchase_id = e.purchase_id
 WHERE e.kind IN ('earn', 'clawback') AND e.member_id <> o.member_id
 GROUP BY e.purchase_id, e.member_id HAVING sum(e.available + e.pending - e.debt) <> 0
"""

L7_BALANCE_PRINTED = """
SELECT p.id FROM loyalty_purchase p
  LEFT JOIN loyalty_correction c ON c.next_id = p.id
  JOIN LATERAL (SELECT available_after, debt_after FROM loyalty_entry
                 WHERE member_id = p.member_id AND recorded_at = p.recorded_at
                   AND (purchase_id = p.id AND kind IN ('earn', 'spend', 'capture')
                        AND return_id IS NULL AND move_id IS NULL
                     OR return_id = c.back_id AND kind IN ('clawback', 'absorb'))
                 ORDER BY seq DESC LIMIT 1) e ON true
 WHERE p.member_id IS NOT NULL AND p.status = 'posted' AND p.import_id IS NULL
   AND (p.available_after, p.debt_after) IS DISTINCT FROM (e.available_after, e.debt_after)
"""

L7_LINES = """
SELECT p.id FROM loyalty_purchase p
  LEFT JOIN (SELECT purchase_id, sum(amount) AS amount, sum(voucher_discount) AS vouchers,
                    sum(points_discount) AS points,
                    sum(goods - voucher_discount - points_discount) AS base
               FROM loyalty_purchaseline GROUP BY purchase_id) l ON l.purchase_id = p.id
 WHERE p.lines_amount <> coalesce(l.amount, 0) OR p.voucher_discount <> coalesce(l.vouchers, 0)
    OR p.points_value <> coalesce(l.points, 0) OR p.base <> coalesce(l.base, 0)
"""

L7_REVISIONS = """
SELECT p.id FROM loyalty_purchase p
  LEFT JOIN loyalty_correction c ON c.next_id = p.id
  LEFT JOIN loyalty_purchase old ON old.id = c.purchase_id
  LEFT JOIN loyalty_return r ON r.id = c.back_id
 WHERE (p.revision > 1 OR c.next_id IS NOT NULL)
   AND ((old.store_id, old.period, old.receipt, old.revision + 1)
        IS DISTINCT FROM (p.store_id, p.period, p.receipt, p.revision::int)
     OR (r.kind, r.whole, r.purchase_id, r.member_id) IS DISTINCT FROM ('correction', true, old.id, p.member_id))
UNION ALL
SELECT r.purchase_id FROM loyalty_return r LEFT JOIN loyalty_correction c ON c.back_id = r.id
 WHERE r.kind = 'correction' AND c.back_id IS NULL
UNION ALL
SELECT c.purchase_id FROM loyalty_correction c JOIN loyalty_return r ON r.purchase_id = c.purchase_id
 WHERE r.id <> c.back_id
"""

L7_AWARDS_NAME_THEIR_ENTRY = """
SELECT a.id FROM loyalty_eventaward a
  LEFT JOIN loyalty_entry e ON e.member_id = a.member_id AND e.seq = a.entry_seq
 WHERE (e.kind, e.available + e.pending - e.debt, e.recorded_at) IS DISTINCT FROM ('bonus', a.points, a.at)
UNION ALL
SELECT e.member_id FROM loyalty_entry e
  LEFT JOIN loyalty_eventaward a ON a.member_id = e.member_id AND a.entry_seq = e.seq
 WHERE e.kind = 'bonus' AND a.id IS NULL
"""

STRAYS = """
SELECT p.id FROM loyalty_purchase p
  LEFT JOIN loyalty_store s ON s.id = p.store_id LEFT JOIN members_member m ON m.id = p.member_id
 WHERE s.id IS NULL OR (p.member_id IS NOT NULL AND m.id IS NULL)
UNION ALL
SELECT b.id FROM loyalty_billmove b LEFT JOIN members_member m ON m.id = b.to_member_id WHERE m.id IS NULL
UNION ALL
SELECT a.member_id FROM loyalty_account a LEFT JOIN members_member m ON m.id = a.member_id WHERE m.id IS NULL
"""

L10_HISTORY = """
SELECT a.member_id FROM loyalty_account a
  LEFT JOIN LATERAL (SELECT tier_id FROM loyalty_tierbeginning b WHERE b.member_id = a.member_id
                      ORDER BY b.since DESC, b.id DESC LIMIT 1) b ON true
 WHERE coalesce(a.tier_id, (SELECT id FROM loyalty_tier ORDER BY rank LIMIT 1))
       IS DISTINCT FROM coalesce(b.tier_id, (SELECT id FROM loyalty_tier ORDER BY rank LIMIT 1))
"""

# The tier that bills, returns and overrides give, computed for everybody at once; an override counts by the last moment
# anything of the member was recorded, because the nightly review ends it.
L10_FUNCTION = """
WITH metric AS (
  SELECT p.member_id, p.occurred_at AS at, p.base FROM loyalty_purchase p
    LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
   WHERE p.member_id IS NOT NULL AND (p.status = 'posted' OR d.approved)
  UNION ALL
  SELECT member_id, counts_at, -base FROM loyalty_return WHERE member_id IS NOT NULL
  UNION ALL
  SELECT to_member_id, counts_at, base FROM loyalty_billmove
  UNION ALL
  SELECT from_member_id, counts_at, -base FROM loyalty_billmove WHERE from_member_id IS NOT NULL
  UNION ALL
  SELECT a.member_id, t.valid_from, 0 FROM loyalty_tierturn u JOIN loyalty_tiertable t ON t.id = u.table_id
    JOIN loyalty_account a ON a.member_id <= u.upto
), rolling AS (
  {rolling}
), reached AS (
  SELECT member_id, max(t.rank) AS rank FROM rolling r
    JOIN loyalty_tierthreshold h ON h.table_id = r.table_id AND h.spend <= r.spend
    JOIN loyalty_tier t ON t.id = h.tier_id GROUP BY member_id
), lifted AS (
  SELECT member_id, max(t.rank) AS rank, bool_or(until_at IS NOT NULL) AS ends
    FROM loyalty_tieroverride o JOIN loyalty_tier t ON t.id = o.tier_id GROUP BY member_id
)
SELECT a.member_id FROM loyalty_account a
  LEFT JOIN reached USING (member_id) LEFT JOIN lifted USING (member_id)
  LEFT JOIN loyalty_tier t ON t.id = a.tier_id
 WHERE CASE WHEN lifted.ends
            THEN coalesce(t.rank, 0) NOT BETWEEN coalesce(reached.rank, 0)
                                         AND greatest(coalesce(reached.rank, 0), lifted.rank)
            ELSE coalesce(t.rank, 0) <> greatest(coalesce(reached.rank, 0), coalesce(lifted.rank, 0)) END
"""

ROLLING_OF_ERA = """
  SELECT member_id, at, {id} AS table_id,
         sum(base) OVER (PARTITION BY member_id ORDER BY at RANGE BETWEEN {span} PRECEDING AND CURRENT ROW) AS spend
    FROM metric
"""


RULES_COUNT_DOWN_TO_NOTHING = """
SELECT purchase_id, member_id, version_id FROM loyalty_ruleaward GROUP BY purchase_id, member_id, version_id
HAVING sum(points) < 0 OR sum(times) NOT IN (0, 1) OR (sum(times) = 0 AND sum(points) <> 0)
"""

RULES_BUDGETS = """
SELECT b.version_id FROM loyalty_rulebudget b
  LEFT JOIN (SELECT version_id, sum(points) AS points FROM loyalty_ruleaward GROUP BY version_id) a USING (version_id)
 WHERE b.spent <> coalesce(a.points, 0) OR b.spent > b.budget
"""

RULES_DAILY_LIMITS = """
SELECT a.member_id, a.rule_id, a.day FROM loyalty_ruleaward a
  JOIN (SELECT rule_id, max(per_member) AS most FROM loyalty_ruleversion
         GROUP BY rule_id HAVING bool_and(per_member IS NOT NULL AND period = 'day')) v USING (rule_id)
 GROUP BY a.member_id, a.rule_id, a.day, v.most HAVING sum(a.points) > v.most
"""

RULES_REASONS = """
SELECT p.id FROM loyalty_purchase p
 WHERE p.member_id IS NOT NULL AND p.reasons ? 'seen'
   AND p.earned <> (SELECT coalesce(sum((one->>'points')::bigint), 0)
                      FROM jsonb_array_elements(p.reasons->'matched') one)
"""


def _l10_function() -> str:
    """One rolling sum per tier table, because a window frame has one constant width."""
    tables = list(TierTable.objects.order_by("valid_from"))
    parts = []
    for place, table in enumerate(tables):
        span = f"(interval '{table.window_days} days' - interval '1 microsecond')"
        begins = f"'{table.valid_from.isoformat()}'" if place else "'-infinity'"
        ends = f"'{tables[place + 1].valid_from.isoformat()}'" if place + 1 < len(tables) else "'infinity'"
        rolled = ROLLING_OF_ERA.format(id=table.id, span=span)
        parts.append(
            f"SELECT member_id, table_id, spend FROM ({rolled}) era_{table.id} "
            f"WHERE at >= {begins}::timestamptz AND at < {ends}::timestamptz"
        )
    empty = "SELECT NULL::uuid AS member_id, NULL::smallint AS table_id, NULL::bigint AS spend WHERE false"
    return L10_FUNCTION.format(rolling=" UNION ALL ".join(parts) or empty)


def queries() -> Iterator[Invariant]:
    yield Invariant(
        code="L1", sentence="buckets of an account are the sums of its entries; positions have no gap", sql=L1_SUMS
    )
    yield Invariant(code="L1", sentence="balance after = balance before + change", sql=L1_AFTER)
    yield Invariant(code="L1", sentence="every entry belongs to an account", sql=L1_ORPHANS)
    yield Invariant(
        code="L2", sentence="available and pending = what remains of the lots; held = the open holds", sql=L2_LOTS
    )
    yield Invariant(
        code="L2", sentence="remaining = points - uses + given back, between 0 and points", sql=L2_REMAINING
    )
    yield Invariant(code="L2", sentence="nothing is due before its account is", sql=L2_DUE)
    yield Invariant(code="L2", sentence="a hold ends whole, captured or let go", sql=L2_HOLDS)
    yield Invariant(
        code="L3", sentence="no bucket below zero; available and debt are not both above zero", sql=L3_BUCKETS
    )
    yield Invariant(code="L4", sentence="an entry's lots and uses add up to it", sql=L4_ENTRY)
    yield Invariant(code="L4", sentence="nothing expired was used, nothing alive expired", sql=L4_EXPIRED_USED)
    yield Invariant(code="L4", sentence="lots were spent by expiry, age, number", sql=L4_ORDER)
    yield Invariant(code="L5", sentence="reversals of an entry never exceed it", sql=L5_REVERSALS)
    yield Invariant(code="L5", sentence="partial returns never exceed the bill; a whole return is exact", sql=L5_WHOLE)
    yield Invariant(
        code="L5",
        sentence="no more of a line came back than was sold, and a whole return left nothing",
        sql=L5_RETURNED_LINES,
    )
    yield Invariant(code="L5", sentence="a return's entries are what it says", sql=L5_ENTRIES_FOLLOW_RETURNS)
    yield Invariant(code="L6", sentence="all that moved = all that accounts hold", sql=L6_IDENTITY)
    yield Invariant(code="L6", sentence="each kind of entry has its sign", sql=L6_SIGNS)
    yield Invariant(code="L7", sentence="a bill earns once and spends once", sql=L7_ONE_ENTRY_PER_BILL)
    yield Invariant(code="L7", sentence="a bill's points are its entries'", sql=L7_BILLS_MATCH_ENTRIES)
    yield Invariant(
        code="L7", sentence="a bill moves on from its owner, with what is kept", sql=L7_MOVES_FOLLOW_EACH_OTHER
    )
    yield Invariant(code="L7", sentence="a move's entries are what it says", sql=L7_ENTRIES_FOLLOW_MOVES)
    yield Invariant(code="L7", sentence="a bill that left takes its points along", sql=L7_GONE_WITH_ITS_POINTS)
    yield Invariant(code="L7", sentence="the balance a till printed is the ledger's", sql=L7_BALANCE_PRINTED)
    yield Invariant(code="L7", sentence="lines add up to their bill", sql=L7_LINES)
    yield Invariant(
        code="L7",
        sentence="each award for an event names its entry, with the same points",
        sql=L7_AWARDS_NAME_THEIR_ENTRY,
    )
    yield Invariant(
        code="L5", sentence="what a rule gave for a bill is given back once", sql=RULES_COUNT_DOWN_TO_NOTHING
    )
    yield Invariant(
        code="L7", sentence="a rule's budget is spent as its bills say, and never beyond", sql=RULES_BUDGETS
    )
    yield Invariant(code="L7", sentence="no member gets more of a rule in a day than it allows", sql=RULES_DAILY_LIMITS)
    yield Invariant(code="L7", sentence="the reasons of a bill add up to what it earned", sql=RULES_REASONS)
    yield Invariant(
        code="L7", sentence="of the revisions of a receipt the last one stands, the others came back", sql=L7_REVISIONS
    )
    yield Invariant(code="L8", sentence="no bill or account of an unknown member or store", sql=STRAYS)
    yield Invariant(code="L10", sentence="an account's tier is the last that began", sql=L10_HISTORY)
    yield Invariant(
        code="L10", sentence="tiers follow from bills, returns, moves, tables and overrides", sql=_l10_function()
    )
