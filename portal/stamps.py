"""How full the member's stamp cards are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import frame
from rewards import stamping, wording
from rewards.stamping import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamps:
    """One card as pages show it: its name, a circle for each stamp, and the line that says the same."""

    name: str
    progress: Progress
    words: str


def of(member_id: UUID, *, at: datetime) -> list[Stamps]:
    """The cards that collect stamps now, also those that are empty yet."""
    language = frame.language()
    return [
        Stamps(
            name=one.card.name_en if language == "en" else one.card.name_vi,
            progress=one,
            words=wording.stamps(one, language=language),
        )
        for one in stamping.progress(member_id=member_id, at=at)
    ]
