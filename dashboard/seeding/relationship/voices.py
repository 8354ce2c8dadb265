"""Recommendations in the members' own words, with the consent for exactly this."""

from datetime import timedelta

from dashboard.seeding import sayings
from dashboard.seeding.relationship.telling import Story, new_id
from members.models import Consent, Voice

QUOTED = 0.004


def write(story: Story) -> None:
    consents: list[Consent] = []
    rows: list[Voice] = []
    states = ("approved", "approved", "waiting", "refused")
    for member, home, honorific, called, joined in story.people:
        if called and story.chance.random() < QUOTED:
            at = joined + (story.ends - joined) * float(story.chance.random())
            consents.append(
                Consent(
                    id=new_id(),
                    member_id=member,
                    purpose="voice",
                    channel="any",
                    granted=True,
                    text_id="voice-1",
                    how="portal",
                    store_id=home,
                    at=at,
                    recorded_at=at,
                    by=f"member:{member}",
                )
            )
            state = states[len(rows) % len(states)]
            signed = f"{honorific} {called}".strip()
            rows.append(
                Voice(
                    id=new_id(),
                    member_id=member,
                    text=sayings.VOICES[len(rows) % len(sayings.VOICES)],
                    signed=signed[:1].upper() + signed[1:],
                    store_id=home,
                    consent=consents[-1],
                    state=state,
                    at=at,
                    by=f"member:{member}",
                    decided_at=None if state == "waiting" else min(at + timedelta(hours=5), story.ends),
                    decided_by=None if state == "waiting" else story.owner(home),
                )
            )
    Consent.objects.bulk_create(consents)
    Voice.objects.bulk_create(rows)
    for row in rows:
        story.tell("voice.given", row.member_id, row.pk, row.store_id, {}, row.at, row.by)
