"""What staff wrote down of members for each other."""

from dashboard.seeding import sayings
from dashboard.seeding.relationship.telling import Story, new_id
from members.models import Note

NOTED = 0.08


def write(story: Story) -> None:
    rows = []
    for member, home, *_rest, joined in story.people:
        if story.chance.random() < NOTED:
            owner = story.owner(home)
            at = joined + (story.ends - joined) * float(story.chance.random())
            seen_by = "everybody" if story.chance.random() < 0.6 else "office"
            rows.append(
                Note(
                    id=new_id(),
                    member_id=member,
                    author=owner,
                    text=story.pick(sayings.NOTES),
                    seen_by=seen_by,
                    pinned=bool(story.chance.random() < 0.25),
                    at=at,
                    by=f"user:{owner.pk}",
                )
            )
    Note.objects.bulk_create(rows)
    for row in rows:
        data = {"pinned": row.pinned, "seen_by": row.seen_by}
        story.tell("note.added", row.member_id, row.pk, None, data, row.at, row.by)
