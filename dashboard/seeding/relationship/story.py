"""All of it, one room after the other."""

from datetime import datetime

from django.db import transaction

from dashboard.seeding.relationship import cases, notes, replies, voices
from dashboard.seeding.relationship.telling import Story
from dashboard.seeding.shop import Shop


@transaction.atomic
def write(*, shop: Shop, seed: int, ends: datetime) -> None:
    """All of it, in one transaction."""
    story = Story(shop=shop, seed=seed, ends=ends)
    if not story.people or not story.bills:
        return
    cases.judge(story)
    cases.open_and_answer(story)
    notes.write(story)
    replies.write(story)
    voices.write(story)
    story.record()
