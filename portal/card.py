"""The card: who, how many points, which tier, and the code that a till scans."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import clock
from loyalty import keeping, policies, standings
from loyalty.keeping import Keep
from loyalty.standings import Standing
from members import qr
from portal import access, drawing, frame
from portal.access import MemberRequest


@dataclass(frozen=True, kw_only=True)
class Card:
    """The member as every page shows them. `worth` is the money (minor units) the points buy."""

    standing: Standing
    worth: int
    tier_name: str
    next_name: str
    progress: int
    keep: Keep | None
    at: datetime

    @property
    def number(self) -> str:
        """The card to be read aloud: LM 1234 5678 9012."""
        card = self.standing.card or ""
        letters, digits = (card[:2], card[2:]) if card.startswith("LM") else ("", card)
        groups = [digits[start : start + 4] for start in range(0, len(digits), 4)]
        return " ".join(filter(None, [letters, *groups]))

    @property
    def phone(self) -> str:
        """The phone to be read aloud: 0912 345 678."""
        phone = self.standing.phone or ""
        digits = "0" + phone[3:] if phone.startswith("+84") else phone
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}".strip()


def of(request: MemberRequest, *, at: datetime) -> Card:
    """The card of the member who signed in."""
    member = request.member
    standing = standings.of("id", member.pk, practice=member.practice, at=at)
    assert standing is not None  # noqa: S101  members_only has just read the member
    return shown(standing, at=at)


def shown(standing: Standing, *, at: datetime) -> Card:
    tier = standing.tier
    english = frame.language() == "en"
    following = tier.next_tier
    target = tier.window_spend + tier.next_missing
    return Card(
        standing=standing,
        worth=standing.balance.available * policies.last_known(at).spending.point_value,
        tier_name=tier.tier.name_en if english else tier.tier.name_vi,
        next_name=(following.name_en if english else following.name_vi) if following else "",
        progress=100 * tier.window_spend // target if following and target else 100,
        keep=keeping.keep_by(member_id=standing.member_id, standing=tier, at=at),
        at=at,
    )


@require_safe
@access.members_only
def card(request: MemberRequest) -> HttpResponse:
    """The code alone, as large as the screen allows, and the numbers to be read aloud."""
    at = clock.now()
    own = of(request, at=at)
    shown = frame.around(
        request,
        tab="card",
        at=at,
        card=own,
        bars=drawing.bars(own.standing.card) if own.standing.card else None,
        **turning(request, at=at),
    )
    return render(request, "portal/card.html", shown)


@require_safe
@access.members_only
def code(request: MemberRequest) -> HttpResponse:
    """The code of this half minute; the page asks again when it ends."""
    return render(request, "portal/parts/code.html", turning(request, at=clock.now()))


def turning(request: MemberRequest, *, at: datetime) -> dict[str, Any]:
    """The code that a till scans, and how long it is good for."""
    return {
        "qr": drawing.qr(qr.text(request.member, at), label=_("Mã QR thành viên của bạn")),
        "seconds_left": qr.SECONDS - int(at.timestamp()) % qr.SECONDS,
        "seconds": qr.SECONDS,
    }
