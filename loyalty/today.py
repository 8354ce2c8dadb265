"""The bills of a business day as its store sees them, and which of them may be undone with one touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from events.refusals import Refusal
from loyalty import owning, revisions
from loyalty.models import Purchase, Return, ReviewDecision
from loyalty.till import Till
from members.models import Member

SHOWN = 200

# state → how a page says it
STATES = {
    "posted": _("đã tích"),
    "review": _("chờ kiểm tra"),
    "refused": _("đã từ chối"),
    "partly_returned": _("đã trả một phần"),
    "returned": _("đã trả hết"),
    "cancelled": _("đã hủy"),
    "corrected": _("đã sửa"),
}
# what keeps a bill from being undone → the sentence for whoever asks
WHY_NOT = {
    "not_today": _("Chỉ hoàn tác được hóa đơn của hôm nay; hóa đơn cũ hơn thì trả hàng."),
    "not_own": _("Đây là hóa đơn của người khác. Cần cửa hàng trưởng xác nhận."),
    "not_last": _("Chỉ hoàn tác được hóa đơn gần nhất của mình; hóa đơn trước đó thì trả hàng."),
    "cancelled": _("Hóa đơn này đã hủy rồi."),
    "returned": _("Hóa đơn này đã trả hết rồi."),
    "corrected": _("Hóa đơn này đã sửa rồi: xem hóa đơn mới cùng số."),
    "moved": _("Hóa đơn này đã chuyển sang thành viên khác. Cần cửa hàng trưởng xác nhận."),
    "claimed": _("Hóa đơn này đã được tích bù. Cần cửa hàng trưởng xác nhận."),
}


class NotUndoable(Refusal):
    """The bill is not the last of whoever asks, or no longer theirs to undo; `reason` is a key of WHY_NOT."""

    code = "not_undoable"


@dataclass(frozen=True, slots=True, kw_only=True)
class BillToday:
    """A bill of the day. `moved` is empty, move or claim; `keeps` says what keeps `by` from undoing it, or nothing."""

    id: UUID
    receipt: str
    occurred_at: datetime
    total: int
    due: int
    member_id: UUID | None
    member_name: str
    earned: int
    spent: int
    state: str
    moved: str
    by: str
    staff: str
    terminal_code: str
    keeps: str


def bills_of(
    *, till: Till, at: datetime, by: str | None = None, terminal_id: int | None = None, limit: int = SHOWN
) -> tuple[BillToday, ...]:
    """The bills of the business day at `at` in the till's store, newest first: of one person, one terminal, or all.

    `keeps` is judged for `by`, and where nobody is named for the till's own.
    """
    rows = Purchase.objects.filter(revisions.STANDS, store=till.store_id, business_date=till.business_date(at))
    if by is not None:
        rows = rows.filter(by=by)
    if terminal_id is not None:
        rows = rows.filter(terminal=terminal_id)
    newest = list(rows.select_related("terminal").order_by("-recorded_at", "-id")[:limit])
    asks = by if by is not None else till.by
    return _told(newest, by=asks, last=_last_of(asks, till=till, at=at))


def must_be_undoable(*, purchase_id: UUID, till: Till, at: datetime) -> None:
    """Raises NotUndoable unless the bill is the till's own person's last of today, and stands as it was."""
    row = Purchase.objects.filter(pk=purchase_id, store=till.store_id).select_related("terminal").first()
    if row is None or row.business_date != till.business_date(at):
        raise NotUndoable(reason="not_today")
    (bill,) = _told([row], by=till.by, last=_last_of(till.by, till=till, at=at))
    if bill.keeps:
        raise NotUndoable(reason=bill.keeps)


def _last_of(by: str, *, till: Till, at: datetime) -> UUID | None:
    """The newest bill of a person's day that was not undone yet."""
    rows = Purchase.objects.filter(revisions.STANDS, store=till.store_id, business_date=till.business_date(at), by=by)
    return (
        rows.exclude(returns__kind=Return.Kind.CANCELLATION)
        .order_by("-recorded_at", "-id")
        .values_list("pk", flat=True)
        .first()
    )


def _told(rows: Sequence[Purchase], *, by: str, last: UUID | None) -> tuple[BillToday, ...]:
    """Each bill with its member, its state and what keeps `by` from undoing it; five queries however many they are."""
    ids = [row.pk for row in rows]
    moves = owning.last_moves(rows)
    owners = {row.pk: moves[row.pk].to_member_id if row.pk in moves else row.member_id for row in rows}
    names = dict(Member.objects.filter(pk__in={owner for owner in owners.values() if owner}).values_list("pk", "name"))
    returns: dict[UUID, list[Return]] = {}
    for back in Return.objects.filter(purchase__in=ids).only("purchase", "kind", "whole"):
        returns.setdefault(back.purchase_id, []).append(back)
    decided = {one.purchase_id: one for one in ReviewDecision.objects.filter(purchase__in=ids)}
    told = []
    for row in rows:
        move, decision, owner = moves.get(row.pk), decided.get(row.pk), owners[row.pk]
        state = _state(row, returns.get(row.pk, ()), decision)
        moved = move.kind if move else ""
        told.append(
            BillToday(
                id=row.pk,
                receipt=row.receipt,
                occurred_at=row.occurred_at,
                total=row.total,
                due=row.due,
                member_id=owner,
                member_name=names.get(owner, "") if owner else "",
                earned=move.earned if move else decision.earned if decision else row.earned,
                spent=row.spent,
                state=state,
                moved=moved,
                by=row.by,
                staff=row.staff,
                terminal_code=row.terminal.code if row.terminal else "",
                keeps=_keeps(row, state, moved, by=by, last=last),
            )
        )
    return tuple(told)


def _state(row: Purchase, returns: Sequence[Return], decision: ReviewDecision | None) -> str:
    if any(back.kind == Return.Kind.CORRECTION for back in returns):
        return "corrected"
    if any(back.kind == Return.Kind.CANCELLATION for back in returns):
        return "cancelled"
    if any(back.whole for back in returns):
        return "returned"
    if returns:
        return "partly_returned"
    if row.status == Purchase.Status.REVIEW and not (decision and decision.approved):
        return "refused" if decision else "review"
    return "posted"


def _keeps(row: Purchase, state: str, moved: str, *, by: str, last: UUID | None) -> str:
    if row.by != by:
        return "not_own"
    if state in ("cancelled", "returned", "corrected"):
        return state
    if moved:
        return "claimed" if moved == "claim" else "moved"
    return "" if row.pk == last else "not_last"
