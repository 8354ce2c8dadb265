"""What a shop does on its first day, in order. Whether a step is done is read from the rows it is about."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.founding import WELCOME
from campaigns.models import Campaign, SendingPolicy
from dashboard import shell
from loyalty.models import ApiKey, Device, EarningRule, Entry, Programme, Store, TierTable
from members import roles, terms
from members.models import Member, TermsText, User

FOUNDED = "system"


@dataclass(frozen=True, kw_only=True)
class Step:
    """`why` says in one sentence what it is good for; a shop may leave what is not `needed`."""

    key: str
    icon: str
    title: Any
    why: Any
    done: Callable[[], bool]
    needed: bool = True


def _named() -> bool:
    name = Programme.objects.values_list("name", flat=True).filter(pk=1).first()
    return bool(name) and name != str(shell.DEFAULT_NAME)


def _has_store() -> bool:
    return Store.objects.filter(practice_of=None).exists()


def _points_are_decided() -> bool:
    return EarningRule.objects.exclude(published_by=FOUNDED).exists()


def _tiers_are_decided() -> bool:
    return TierTable.objects.exclude(published_by=FOUNDED).exists()


def _welcomes() -> bool:
    return Campaign.objects.filter(key=WELCOME, running=True).exists()


def _terms_are_decided() -> bool:
    return TermsText.objects.exclude(code=terms.FOUNDING).exists()


def _has_people() -> bool:
    """Somebody stands at a till: a cashier or a manager, and a device they sit down at."""
    at_a_till = [roles.CASHIER, roles.STORE_MANAGER]
    return User.objects.filter(is_active=True, groups__name__in=at_a_till).exists() and Device.objects.exists()


def _has_key() -> bool:
    return ApiKey.objects.filter(test=False, revoked_at=None).exists()


def _channel_was_tried() -> bool:
    return SendingPolicy.objects.filter(tested_at__isnull=False).exists()


def _has_members() -> bool:
    return Member.objects.filter(practice=False).exists()


def _has_earned() -> bool:
    return Entry.objects.filter(kind="earn").exists()


STEPS = (
    Step(
        key="name",
        icon="loyalty",
        title=_("Tên cửa hàng và tên của điểm"),
        why=_("Khách thấy tên này trên thẻ, tin nhắn và hóa đơn."),
        done=_named,
    ),
    Step(
        key="stores",
        icon="storefront",
        title=_("Cửa hàng"),
        why=_("Mỗi hóa đơn thuộc một cửa hàng; cửa hàng online cũng là một cửa hàng."),
        done=_has_store,
    ),
    Step(
        key="points",
        icon="payments",
        title=_("Tích điểm và giá trị của điểm"),
        why=_("Quyết định chương trình hoàn lại cho khách bao nhiêu phần trăm."),
        done=_points_are_decided,
    ),
    Step(
        key="tiers",
        icon="military_tech",
        title=_("Hạng thành viên"),
        why=_("Chọn một trong bốn bộ có sẵn; sửa lúc nào cũng được."),
        done=_tiers_are_decided,
    ),
    Step(
        key="welcome",
        icon="redeem",
        title=_("Quà chào mừng"),
        why=_("Thành viên mới nhận voucher ngay, nhờ vậy quay lại lần hai."),
        done=_welcomes,
    ),
    Step(
        key="terms",
        icon="description",
        title=_("Thể lệ chương trình"),
        why=_("Khách đồng ý với thể lệ khi đăng ký. Một bản có sẵn đang áp dụng; hãy đọc và sửa cho đúng cửa hàng."),
        done=_terms_are_decided,
        needed=False,
    ),
    Step(
        key="people",
        icon="badge",
        title=_("Nhân viên và thiết bị"),
        why=_("Thu ngân đăng nhập tại quầy bằng thiết bị đã ghi danh và mã PIN."),
        done=_has_people,
        needed=False,
    ),
    Step(
        key="key",
        icon="key",
        title=_("Kết nối máy bán hàng"),
        why=_("Khóa API để phần mềm bán hàng gửi hóa đơn sang."),
        done=_has_key,
        needed=False,
    ),
    Step(
        key="channels",
        icon="mark_email_read",
        title=_("Kênh gửi tin"),
        why=_("Gửi thử một tin cho chính mình trước khi gửi cho khách."),
        done=_channel_was_tried,
        needed=False,
    ),
    Step(
        key="import",
        icon="upload_file",
        title=_("Thành viên đầu tiên"),
        why=_("Nhập danh sách khách cũ từ file, hoặc đăng ký ngay tại quầy."),
        done=_has_members,
    ),
    Step(
        key="first_point",
        icon="add_circle",
        title=_("Điểm đầu tiên"),
        why=_("Gửi một hóa đơn từ máy bán hàng hoặc tích tại quầy."),
        done=_has_earned,
    ),
)


@dataclass(frozen=True, kw_only=True)
class State:
    """Every step with whether it is done; `next`: the first that is needed and is not."""

    steps: list[tuple[Step, bool]]

    @property
    def done(self) -> int:
        return sum(done for _step, done in self.steps)

    @property
    def over(self) -> bool:
        return all(done for step, done in self.steps if step.needed)

    @property
    def next(self) -> Step | None:
        return next((step for step, done in self.steps if step.needed and not done), None)


def state() -> State:
    return State(steps=[(step, step.done()) for step in STEPS])


def find(key: str) -> Step | None:
    return next((step for step in STEPS if step.key == key), None)
