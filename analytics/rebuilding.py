"""All rollups from the books, whatever stood in them: after an upgrade, a restore, or a doubt."""

from django.db import connection, transaction

from analytics import absorbing, joining, moving

# Locked in the order in which absorbing touches them: whoever is in the middle of it is let finish, nobody begins.
EMPTIED = (
    "analytics_ahead",
    "analytics_reviewedfigure",
    "analytics_memberstate",
    "analytics_membermonth",
    "analytics_cashierday",
    "analytics_storeday",
)
LOCKED = ", ".join((*EMPTIED, "analytics_revenuemonth"))
# What has no delivery yet is in the books already: its events are remembered in the statement that counts, so that each
# bill is taken once, from here or from its event.
EVERYTHING = """
WITH ahead AS (
    INSERT INTO analytics_ahead (event_id)
    SELECT e.id FROM events_delivery d JOIN events_event e ON e.id = d.event_id
    WHERE d.reader = %(reader)s AND d.state IN ('open', 'dead') AND e.type = ANY (%(types)s)
), reviewed AS (
    INSERT INTO analytics_reviewedfigure (subject_id)
    SELECT purchase_id FROM loyalty_reviewdecision WHERE approved
    UNION ALL
    SELECT r.id FROM loyalty_return r JOIN loyalty_reviewdecision d ON d.purchase_id = r.purchase_id AND d.approved
), """


def rebuild() -> int:
    """Drop days, months, cashiers and states and make them again, in one transaction; answers how many have a state.

    Deliveries to this floor wait meanwhile; pages read what stood there before. The revenue of every month is asked
    for again and counted by the next night (`nightly.count_revenue`); nights stay as they were counted.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
        joining.alone()
        cursor.execute(f"LOCK TABLE {LOCKED} IN EXCLUSIVE MODE")
        # not TRUNCATE: the role the platform works as may only add and delete
        for table in EMPTIED:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute(
            f"{EVERYTHING}{moving.everything()}{moving.text('add.sql')}"
            "SELECT (SELECT count(*) FROM state), ARRAY(SELECT DISTINCT month FROM day), "
            "(SELECT max(business_date) FROM move)",
            {"reader": absorbing.READER, "types": list(absorbing.TYPES)},
        )
        members, months, last = cursor.fetchone()
        moving.find_firsts_and_lasts(members="SELECT member_id FROM analytics_memberstate", values={})
        if months:
            cursor.execute("SELECT array_agg(month) FROM analytics_revenuemonth")
            moving.ask_for_another_count(months=sorted({*months, *(cursor.fetchone()[0] or ())}), on=last)
        joining.recount(reader=absorbing.READER)
        for name in ("work_mem", "jit"):
            cursor.execute(f"SET LOCAL {name} TO DEFAULT")
    return int(members)


def missing() -> bool:
    """Whether there is something and no rollup of it: the shop was there before its figures were, or before some kind
    of them was."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM loyalty_purchase) AND NOT EXISTS (SELECT FROM analytics_storeday)"
            " OR EXISTS (SELECT FROM analytics_storeday) AND NOT EXISTS (SELECT FROM analytics_cashierday)"
            " OR EXISTS (SELECT FROM members_member WHERE NOT practice)"
            " AND NOT EXISTS (SELECT FROM analytics_joinedday)"
        )
        return bool(cursor.fetchone()[0])
