"""The five roles of staff. What each may do is written where it is asked (TRUST's matrix, at the doors)."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from members.models import User

ADMIN = "admin"
MARKETER = "marketer"
ANALYST = "analyst"
STORE_MANAGER = "store_manager"
CASHIER = "cashier"

LABELS = {
    ADMIN: _("quản trị viên"),
    MARKETER: _("marketing"),
    ANALYST: _("phân tích"),
    STORE_MANAGER: _("cửa hàng trưởng"),
    CASHIER: _("thu ngân"),
}


def ensure() -> None:
    """Makes the groups that are missing. Safe to run again, and at the same instant twice."""
    Group.objects.bulk_create([Group(name=name) for name in LABELS], ignore_conflicts=True)


def give(*, user: User, role: str) -> None:
    """Gives somebody one more role. Raises KeyError for a role nobody wrote down."""
    if role not in LABELS:
        raise KeyError(role)
    ensure()
    user.groups.add(Group.objects.get(name=role))
