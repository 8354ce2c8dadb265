"""What must hold between the rollups and the books, for `manage.py audit_ledger`."""

from collections.abc import Iterator

from django.conf import settings

from analytics import absorbing, moving
from events.invariants import Invariant

# While an event is on its way the rollups may rightly lag behind the books.
NOTHING_ON_ITS_WAY = f"""
NOT EXISTS (SELECT FROM events_delivery WHERE state = 'open' AND reader = '{absorbing.READER}')
"""
DAYS = """
SELECT * FROM (
    SELECT store_id, business_date FROM (
        WITH {moves}
        SELECT store_id, business_date, sum(bills) AS bills, sum(visits) AS visits, sum(gross) AS gross,
               sum(returned) AS returned, sum(profit) AS profit, sum(costed) AS costed, sum(earned) AS earned,
               sum(spent) AS spent
        FROM move GROUP BY 1, 2
    ) b FULL JOIN analytics_storeday d USING (store_id, business_date)
    WHERE (b.bills, b.visits, b.gross, b.returned, b.profit, b.costed, b.earned, b.spent) IS DISTINCT FROM
          (d.bills, d.member_visits + d.guest_visits, d.member_gross + d.guest_gross,
           d.member_returned + d.guest_returned, d.member_profit + d.guest_profit, d.member_costed + d.guest_costed,
           d.earned, d.spent)
) wrong WHERE {settled}
"""
MONTHS = """
SELECT * FROM (
    SELECT member_id, month FROM (
        WITH {moves}
        SELECT member_id, date_trunc('month', business_date::timestamp)::date AS month, sum(visits) AS visits,
               sum(gross - returned) AS revenue, sum(profit) AS profit, sum(costed) AS costed, sum(earned) AS earned,
               sum(spent) AS spent
        FROM move WHERE member_id IS NOT NULL GROUP BY 1, 2
    ) b FULL JOIN analytics_membermonth m USING (member_id, month)
    WHERE (b.visits, b.revenue, b.profit, b.costed, b.earned, b.spent) IS DISTINCT FROM
          (m.visits, m.revenue, m.profit, m.costed, m.earned, m.spent)
) wrong WHERE {settled}
"""
STATES = """
SELECT * FROM (
    SELECT coalesce(s.member_id, m.member_id) AS member_id
    FROM analytics_memberstate s
    FULL JOIN (
        SELECT member_id, sum(visits) AS visits, sum(revenue) AS revenue, sum(profit) AS profit, sum(costed) AS costed
        FROM analytics_membermonth GROUP BY member_id
    ) m ON m.member_id = s.member_id
    LEFT JOIN (
        SELECT member_id, min(occurred_at) AS first_at, max(occurred_at) AS last_at
        FROM analytics_owned WHERE member_id IS NOT NULL AND gone_on IS NULL GROUP BY member_id
    ) b ON b.member_id = s.member_id
    LEFT JOIN loyalty_purchase f ON f.id = s.first_purchase_id
    WHERE (s.visits, s.revenue, s.profit, s.costed, f.occurred_at, s.last_at, f.business_date)
          IS DISTINCT FROM (m.visits, m.revenue, m.profit, m.costed, b.first_at, b.last_at, s.first_on)
) wrong WHERE {settled}
"""
REVENUE = """
SELECT * FROM (
    SELECT r.month FROM analytics_revenuemonth r
    LEFT JOIN (
        SELECT date_trunc('month', business_date::timestamp)::date AS month,
               sum(member_gross - member_returned) AS members, sum(guest_gross - guest_returned) AS guests,
               sum(member_profit) AS member_profit, sum(guest_profit) AS guest_profit
        FROM analytics_storeday GROUP BY 1
    ) d ON d.month = r.month
    WHERE r.as_of >= r.month + interval '1 month' - interval '1 day' AND r.changed_on IS NULL AND NOT r.counting
      AND (r.new_revenue + r.repeat_revenue, r.guest_revenue, r.new_profit + r.repeat_profit, r.guest_profit)
          IS DISTINCT FROM (coalesce(d.members, 0), coalesce(d.guests, 0), coalesce(d.member_profit, 0),
                            coalesce(d.guest_profit, 0))
) wrong WHERE {settled}
"""

CASHIERS = """
SELECT * FROM (
    SELECT store_id, business_date, staff FROM (
        WITH {moves}
        SELECT store_id, business_date, staff, sum(visits) AS visits, sum(gross - returned) AS revenue
        FROM move GROUP BY 1, 2, 3
    ) b FULL JOIN analytics_cashierday c USING (store_id, business_date, staff)
    WHERE (b.visits, b.revenue) IS DISTINCT FROM (c.member_visits + c.guest_visits, c.revenue)
) wrong WHERE {settled}
"""
JOINED = """
SELECT * FROM (
    SELECT day, via, store_id FROM (
        SELECT (joined_at AT TIME ZONE '{zone}')::date AS day, joined_via AS via,
               coalesce(joined_store_id, 0) AS store_id, count(*) AS members
        FROM members_member WHERE NOT practice GROUP BY 1, 2, 3
    ) b FULL JOIN analytics_joinedday j USING (day, via, store_id)
    WHERE b.members IS DISTINCT FROM j.members
) wrong WHERE {settled}
"""


def queries() -> Iterator[Invariant]:
    parts = {"moves": moving.everything(), "settled": NOTHING_ON_ITS_WAY, "zone": settings.TIME_ZONE}
    for code, sentence, sql in (
        ("R1", "once all is delivered, the days of the stores are what their bills and returns come to", DAYS),
        ("R2", "once all is delivered, the months of the members are what their bills and returns come to", MONTHS),
        ("R3", "once all is delivered, states are the sums of months, from the first kept bill to the last", STATES),
        ("R4", "once all is delivered, the revenue of a month that is over is that of its days", REVENUE),
        ("R5", "once all is delivered, the days of the cashiers are what their bills and returns come to", CASHIERS),
        ("R6", "once all is delivered, the days of joining are those of the members", JOINED),
    ):
        yield Invariant(code=code, sentence=sentence, sql=sql.format(**parts))
