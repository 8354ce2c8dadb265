"""What happened with a member, in words and with the reason, newest first, a page at a time.

Bills and returns come from the books, an imported past among them; everything else from the events.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard import linking, wording
from loyalty import owning, revisions
from loyalty import wording as reasons
from loyalty.look import words
from loyalty.models import Entry, OrderEvent, Purchase, Return, Tier
from members.models import CloseReason, Purpose, TimelineItem
from rewards.models import Voucher

SHOWN = 15
# told by the books themselves
FROM_THE_BOOKS = ("purchase.recorded", "purchase.returned", "purchase.cancelled", "purchase.corrected")
# whose entry says why
GIVEN = ("points.adjusted", "points.awarded")
ICONS = {
    "purchase": "receipt_long",
    "return": "assignment_return",
    "points": "exposure",
    "tier": "military_tech",
    "voucher": "redeem",
    "member": "person",
    "consent": "gavel",
    "case": "support_agent",
    "note": "sticky_note_2",
    "feedback": "star",
    "survey": "quiz",
    "voice": "campaign",
    "label": "sell",
    "identifiers": "visibility",
}
# the names under which `member.changed` tells what changed
CHANGED = {
    "name": gettext_lazy("họ tên"),
    "call_name": gettext_lazy("tên gọi"),
    "honorific": gettext_lazy("xưng hô"),
    "birth_day": gettext_lazy("sinh nhật"),
    "gender": gettext_lazy("giới tính"),
    "locale": gettext_lazy("ngôn ngữ"),
    "province": gettext_lazy("tỉnh, thành phố"),
    "ward": gettext_lazy("phường, xã"),
    "home_store": gettext_lazy("cửa hàng quen"),
    "contact_person": gettext_lazy("người phụ trách"),
    "phone": gettext_lazy("điện thoại"),
    "card": gettext_lazy("thẻ"),
    "email": gettext_lazy("e-mail"),
    "qr_generation": gettext_lazy("mã QR"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    at: datetime
    icon: str
    title: Any
    words: str
    where: str
    by: str

    @property
    def moment(self) -> str:
        return wording.moment(self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A page of it, and from which moment the next page goes back."""

    items: list[Happened]
    more_before: str


def of(member_id: UUID, *, before: datetime | None, stores: dict[int, str], currency: str) -> Timeline:
    purchases = _newest(owning.bills_of(member_id).filter(revisions.STANDS), "occurred_at", before)
    returns = _newest(Return.objects.filter(member_id=member_id).select_related("purchase"), "occurred_at", before)
    told = TimelineItem.objects.filter(member_id=member_id).exclude(type__in=FROM_THE_BOOKS).select_related("event")
    events = _newest(told, "at", before)
    rows: list[tuple[datetime, Any]] = [(row.occurred_at, row) for row in (*purchases, *returns)]
    rows += [(row.at, row) for row in events]
    rows.sort(key=lambda row: row[0], reverse=True)
    more = len(rows) > SHOWN
    rows = rows[:SHOWN]
    words = _Words(member_id, [row for _at, row in rows], stores=stores, currency=currency)
    return Timeline(
        items=[words.of(row) for _at, row in rows], more_before=rows[-1][0].isoformat() if more and rows else ""
    )


def _newest(rows: Any, field: str, before: datetime | None) -> list[Any]:
    if before is not None:
        rows = rows.filter(**{f"{field}__lt": before})
    return list(rows.order_by(f"-{field}")[: SHOWN + 1])


class _Words:
    """Says each row in words; what the rows point to is fetched once for all of them."""

    def __init__(self, member_id: UUID, rows: Iterable[Any], *, stores: dict[int, str], currency: str) -> None:
        self._stores, self._currency = stores, currency
        rows = list(rows)
        events = [row for row in rows if isinstance(row, TimelineItem)]
        self._actors = wording.Actors([row.event.by for row in events] + [r.by for r in rows if hasattr(r, "by")])
        seqs = [row.data["entry"] for row in events if row.type in GIVEN and "entry" in row.data]
        self._reasons = dict(
            Entry.objects.filter(member_id=member_id, seq__in=seqs).values_list("seq", "reason") if seqs else ()
        )
        ids = [row.subject_id for row in events if row.type.startswith("voucher.") and row.subject_id]
        self._vouchers = (
            {v.pk: v for v in Voucher.objects.filter(pk__in=ids).select_related("definition")} if ids else {}
        )
        changed = any(row.type == "tier.changed" for row in events)
        self._tiers = {tier.pk: tier for tier in Tier.objects.all()} if changed else {}
        closed = any(row.type == "case.closed" for row in events)
        self._close_reasons = {row.pk: row for row in CloseReason.objects.all()} if closed else {}

    def of(self, row: Any) -> Happened:
        if isinstance(row, Purchase):
            return self._purchase(row)
        if isinstance(row, Return):
            return self._return(row)
        return self._event(row)

    def _purchase(self, row: Purchase) -> Happened:
        return Happened(
            at=row.occurred_at,
            icon=ICONS["purchase"],
            title=linking.to(
                "loyalty_purchase",
                row.pk,
                _("Mua %(money)s, hóa đơn %(receipt)s")
                % {"money": wording.money(row.total, currency=self._currency), "receipt": row.receipt},
            ),
            words=", ".join(self._of_bill(row)),
            where=self._stores.get(row.store_id, ""),
            by=row.staff or ("" if row.by.startswith("import:") else self._actors.name(row.by)),
        )

    def _of_bill(self, row: Purchase) -> Iterable[str]:
        if row.status == Purchase.Status.REVIEW:
            yield _("điểm chờ nhân viên duyệt")
        language = words.language()
        for matched in row.reasons.get("matched", ()):
            if matched.get("points"):
                yield "+" + reasons.explanation(matched, currency=self._currency, language=language)
        for refused in row.reasons.get("refused", ()):
            yield reasons.refusal(refused, language=language)
        if row.spent:
            yield _("dùng %(points)s điểm") % {"points": wording.points(row.spent)}
        if row.voucher_discount:
            yield _("voucher giảm %(money)s") % {"money": wording.money(row.voucher_discount, currency=self._currency)}

    def _return(self, row: Return) -> Happened:
        told = []
        if row.clawed_back:
            told.append(_("thu hồi %(points)s điểm") % {"points": wording.points(row.clawed_back)})
        if row.given_back:
            told.append(_("hoàn %(points)s điểm đã dùng") % {"points": wording.points(row.given_back)})
        return Happened(
            at=row.occurred_at,
            icon=ICONS["return"],
            title=linking.to(
                "loyalty_return",
                row.pk,
                _("%(kind)s %(money)s, hóa đơn %(receipt)s")
                % {
                    "kind": str(row.get_kind_display()).capitalize(),
                    "money": wording.money(row.amount, currency=self._currency),
                    "receipt": row.purchase.receipt,
                },
            ),
            words=", ".join(told),
            where=self._stores.get(row.store_id, ""),
            by=self._actors.name(row.by),
        )

    def _event(self, row: TimelineItem) -> Happened:
        noun = row.type.partition(".")[0]
        title: Any = str(wording.EVENT_TYPES.get(row.type, row.type))
        title = title[:1].upper() + title[1:]
        if noun == "case" and row.subject_id:
            title = linking.to("members_case", row.subject_id, title)
        return Happened(
            at=row.at,
            icon=ICONS.get(noun, "circle"),
            title=title,
            words=", ".join(part for part in self._why(row) if part),
            where=self._stores.get(row.store_id or 0, ""),
            by=self._actors.name(row.event.by),
        )

    def _why(self, row: TimelineItem) -> Iterable[str]:
        data = row.data
        match row.type:
            case "points.adjusted" | "points.awarded":
                yield _("%(points)s điểm") % {"points": wording.points(data.get("points"), signed=True)}
                yield self._reasons.get(data.get("entry"), "")
            case "points.expired":
                yield _("%(points)s điểm") % {"points": wording.points(-data.get("points", 0))}
            case "points.matured" | "points.given_up" | "points.held":
                yield _("%(points)s điểm") % {"points": wording.points(data.get("points", 0))}
            case "order.told":
                yield str(dict(OrderEvent.Type.choices).get(data.get("said", ""), ""))
            case "tier.changed":
                yield wording.tier_name(self._tiers.get(data.get("to") or 0))
            case "member.changed":
                names = ("birth_day" if name.startswith("birth_") else name for name in data.get("changed", ()))
                yield ", ".join(dict.fromkeys(str(CHANGED.get(name, name)) for name in names))
            case "consent.given" | "consent.withdrawn":
                yield str(dict(Purpose.choices).get(data.get("purpose"), ""))
                yield str(wording.CHANNELS.get(data.get("channel", ""), ""))
            case "case.answered":
                yield _("khách nói") if data.get("who") == "member" else ""
                if data.get("points"):
                    yield _("xin lỗi bằng %(points)s điểm") % {"points": wording.points(data["points"])}
            case "case.closed":
                reason = self._close_reasons.get(data.get("reason", ""))
                yield wording.in_language(reason.name_vi, reason.name_en) if reason else ""
            case "feedback.given":
                yield f"{data.get('score')}/10"
            case "label.given" | "label.taken":
                yield data.get("key", "")
            case _ if row.type.startswith("voucher."):
                voucher = self._vouchers.get(row.subject_id) if row.subject_id else None
                if voucher:
                    kind = voucher.definition
                    yield wording.in_language(kind.name_vi, kind.name_en)
                    yield voucher.note
                if data.get("discount"):
                    yield wording.money(data["discount"], currency=self._currency)
