"""Where members would stand under a table of tiers that is not published: a preview, which writes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from loyalty import policies
from loyalty.models import Tier

# the same sources as a sum of the ledger, for everybody at once
STANDINGS = """
WITH spent AS (
  SELECT member_id, sum(base) AS spend FROM (
    SELECT p.member_id, p.base FROM loyalty_purchase p
      LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
     WHERE p.member_id IS NOT NULL AND p.occurred_at > %(since)s AND p.occurred_at <= %(at)s
       AND (p.status = 'posted' OR d.approved)
    UNION ALL
    SELECT member_id, -base FROM loyalty_return
     WHERE member_id IS NOT NULL AND counts_at > %(since)s AND counts_at <= %(at)s
    UNION ALL
    SELECT to_member_id, base FROM loyalty_billmove WHERE counts_at > %(since)s AND counts_at <= %(at)s
    UNION ALL
    SELECT from_member_id, -base FROM loyalty_billmove
     WHERE from_member_id IS NOT NULL AND counts_at > %(since)s AND counts_at <= %(at)s) metric
  GROUP BY member_id
)
SELECT coalesce(a.tier_id, %(first)s), coalesce(reached.tier_id, %(first)s), count(*)
  FROM members_member m
  LEFT JOIN loyalty_account a ON a.member_id = m.id
  LEFT JOIN spent ON spent.member_id = m.id
  LEFT JOIN LATERAL (SELECT t.tier_id FROM unnest(%(tiers)s::int[], %(needs)s::bigint[]) AS t(tier_id, need)
                      WHERE t.need <= spent.spend ORDER BY t.need DESC LIMIT 1) reached ON true
 WHERE m.status = 'active' AND NOT m.practice
 GROUP BY 1, 2
"""


@dataclass(frozen=True, kw_only=True)
class Move:
    """So many members who stand in `now` and whose spend reaches `then` under the table."""

    now: Tier
    then: Tier
    members: int

    @property
    def rises(self) -> bool:
        return self.then.rank > self.now.rank

    @property
    def holds_more(self) -> bool:
        """They keep what they have, though their spend would not reach it again."""
        return self.then.rank < self.now.rank


def preview(*, window_days: int, thresholds: Mapping[Tier, int], at: datetime) -> list[Move]:
    """What applying the table at `at` would find: from the highest tier there is to the lowest, as members stand now.

    `thresholds`: spend in minor units within the window. One pass over the window's bills.
    """
    terms = policies.at(at)
    asked: dict[str, Any] = {
        "since": at - timedelta(days=window_days),
        "at": at,
        "first": terms.first_tier.pk,
        "tiers": [tier.pk for tier in thresholds],
        "needs": list(thresholds.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS, asked)
        found = cursor.fetchall()
    moves = [Move(now=terms.tiers[now], then=terms.tiers[then], members=members) for now, then, members in found]
    return sorted(moves, key=lambda move: (-move.now.rank, -move.then.rank))
