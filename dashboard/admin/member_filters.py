"""What a list of members may be narrowed to: each a condition that walks an index, whatever the number of members."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from dashboard import access, figures, wording
from loyalty.models import Account, Tier
from members.models import Member, Tag

MOST_TAGS = 200


class _Dropdown(DropdownFilter):
    all_option = ["", _("tất cả")]

    def chosen(self) -> str:
        """What was picked, where it is one of the choices."""
        known = {str(value) for value, _words in self.lookup_choices}
        return self.value() if self.value() in known else ""


class TierFilter(_Dropdown):
    """Whoever has no account yet stands in the first tier."""

    title = _("hạng")
    parameter_name = "tier"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(tier.pk), wording.tier_name(tier)) for tier in Tier.objects.order_by("rank")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.chosen():
            return queryset
        of_member = Account.objects.filter(member_id=OuterRef("pk"))
        first = Tier.objects.order_by("rank").values_list("pk", flat=True).first()
        if int(self.chosen()) == first:
            above = of_member.exclude(tier_id=first).exclude(tier_id__isnull=True)
            return queryset.filter(~Exists(above))
        return queryset.filter(Exists(of_member.filter(tier_id=int(self.chosen()))))


class StoreFilter(_Dropdown):
    title = _("cửa hàng")
    parameter_name = "store"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(id), name) for id, name in figures.shops(access.stores_of(request.user)).items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(home_store_id=int(self.chosen())) if self.chosen() else queryset


class StatusFilter(_Dropdown):
    title = _("trạng thái")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Member.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(status=self.chosen()) if self.chosen() else queryset


class TagFilter(_Dropdown):
    title = _("nhãn")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The keys in use, by a walk that leaps from one to the next along the index of bearers."""
        return [(key, key) for key in _keys()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.chosen():
            return queryset
        bearers = Tag.objects.filter(key=self.chosen(), until_at=None)
        return queryset.filter(pk__in=bearers.values("member_id"))


def _keys() -> list[str]:
    found: list[str] = []
    borne = Tag.objects.filter(until_at=None).order_by("key")
    while len(found) < MOST_TAGS:
        following = borne.filter(key__gt=found[-1]) if found else borne
        key = following.values_list("key", flat=True).first()
        if key is None:
            break
        found.append(key)
    return found
