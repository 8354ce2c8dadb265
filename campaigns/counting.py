"""How many turns of a campaign stand where: what the dashboard shows and what must add up to the audience."""

from collections.abc import Iterable

from django.db.models import Count

from campaigns.models import Turn


def by_state(*, campaign_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Campaign → state → number of turns; states without any are left out."""
    counted: dict[int, dict[str, int]] = {}
    rows = Turn.objects.filter(campaign_id__in=list(campaign_ids)).values_list("campaign_id", "state")
    for campaign_id, state, count in rows.annotate(count=Count("id")).order_by():
        counted.setdefault(campaign_id, {})[state] = count
    return counted
