"""Reading vouchers: a member's, one by one, and those of a bill. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db.models import F, QuerySet

from loyalty.till import last_day
from rewards import codes
from rewards.models import Voucher, VoucherDefinition, VoucherUse

MOST = 200
State = Literal["issued", "redeemed", "expired", "void"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherView:
    """A voucher as its member may see it. `state`: issued, redeemed, expired or void. Amounts in minor units.

    `code` is for the member's own eyes (a message, the portal): who knows it can use the voucher.
    """

    id: UUID
    member_id: UUID
    last4: str
    key: str
    state: State
    kind: Literal["amount", "percent"]
    amount: int | None
    percent: int | None
    cap: int | None
    minimum_basket: int
    name_vi: str
    name_en: str
    terms_vi: str
    terms_en: str
    issued_at: datetime
    expires_at: datetime
    uses_left: int

    @property
    def code(self) -> str:
        return codes.shown(codes.of(self.id))

    @property
    def last_day(self) -> date:
        return last_day(self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedVoucher:
    """A voucher on a bill; `return_id` is the return with which it came back."""

    id: UUID
    last4: str
    discount: int
    name_vi: str
    name_en: str
    return_id: UUID | None = None


def of_member(*, member_id: UUID, at: datetime, before: UUID | None = None, limit: int = MOST) -> list[VoucherView]:
    """A member's vouchers, newest first; `before` is the id of the last one seen."""
    rows = Voucher.objects.filter(member_id=member_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [view(row, at=at) for row in rows.select_related("definition").order_by("-pk")[:limit]]


def live_of(*, member_id: UUID, at: datetime) -> list[VoucherView]:
    """Those a member can use now, the one that ends first before the others."""
    live = Voucher.objects.filter(member_id=member_id, voided_at__isnull=True, used__lt=F("uses_allowed"))
    rows = live.filter(expires_at__gt=at).select_related("definition").order_by("expires_at", "pk")
    return [view(row, at=at) for row in rows[:MOST]]


def by_ids(ids: Iterable[UUID], *, at: datetime) -> dict[UUID, VoucherView]:
    rows = Voucher.objects.filter(pk__in=list(ids)).select_related("definition")
    return {row.pk: view(row, at=at) for row in rows}


def state(row: Voucher, *, at: datetime) -> State:
    """issued, redeemed, expired or void: nobody stores it, so that nobody has to sweep."""
    if row.voided_at is not None:
        return "void"
    if row.used >= row.uses_allowed:
        return "redeemed"
    return "issued" if row.expires_at > at else "expired"


def view(row: Voucher, *, at: datetime) -> VoucherView:
    terms = row.definition
    return VoucherView(
        id=row.pk,
        member_id=row.member_id,
        last4=row.last4,
        key=terms.key,
        state=state(row, at=at),
        kind="percent" if terms.kind == VoucherDefinition.Kind.PERCENT else "amount",
        amount=terms.amount,
        percent=terms.percent,
        cap=terms.cap,
        minimum_basket=terms.minimum_basket,
        name_vi=terms.name_vi,
        name_en=terms.name_en,
        terms_vi=terms.terms_vi,
        terms_en=terms.terms_en,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        uses_left=row.uses_allowed - row.used,
    )


def on_bill(purchase_id: UUID) -> tuple[UsedVoucher, ...]:
    """The vouchers used on a bill, as they were; also those that came back since."""
    return on_bills([purchase_id]).get(purchase_id, ())


def on_bills(purchase_ids: Iterable[UUID]) -> dict[UUID, tuple[UsedVoucher, ...]]:
    found: dict[UUID, tuple[UsedVoucher, ...]] = {}
    for use in _uses().filter(purchase_id__in=list(purchase_ids)).order_by("id"):
        terms = use.voucher.definition
        found[use.purchase_id] = (
            *found.get(use.purchase_id, ()),
            UsedVoucher(
                id=use.voucher_id,
                last4=use.voucher.last4,
                discount=use.discount,
                name_vi=terms.name_vi,
                name_en=terms.name_en,
                return_id=use.return_id,
            ),
        )
    return found


def _uses() -> QuerySet[VoucherUse]:
    return VoucherUse.objects.select_related("voucher__definition")
