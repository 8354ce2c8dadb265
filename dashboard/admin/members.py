from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from dashboard import access, adjustments, granting, member_page, people, wording
from dashboard.admin.base import BigAdmin
from events import clock
from loyalty import queries
from loyalty.models import Tier
from members import searching
from members.models import Member, User

FOUND_AT_MOST = 100


class ContactForm(forms.ModelForm):
    """Of a member only the contact person is set here: everything else goes through `members`, with its event."""

    class Meta:
        model = Member
        fields = ["contact_person"]


@admin.register(Member)
class MemberAdmin(BigAdmin):
    noun = "member"
    form = ContactForm
    list_display = ["who", "tier", "points", "joined", "home", "status_word"]
    list_display_links = ["who"]
    search_fields = ["name"]  # shows the box; `get_search_results` answers it
    search_help_text = _("Tên, số điện thoại, mã thẻ; hoặc 4 số cuối và tên")
    ordering = ["-id"]
    fields = ["contact_person"]
    change_form_before_template = "dashboard/member/summary.html"
    change_form_outer_after_template = "dashboard/member/sections.html"
    actions_detail = ["adjust_points", "give_voucher"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        members = super().get_queryset(request).filter(practice=False)
        stores = access.stores_of(request.user)
        browsing = request.resolver_match is not None and (request.resolver_match.url_name or "").endswith(
            "_changelist"
        )
        if stores is not None and browsing and not request.GET.get("q"):
            # a store manager browses the own regulars; a guest from another shop is found by searching
            return members.filter(home_store_id__in=stores)
        return members

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Member], search_term: str
    ) -> tuple[QuerySet[Member], bool]:
        if not search_term.strip():
            return queryset, False
        found = searching.search(search_term, limit=FOUND_AT_MOST)
        ids = [hit.member_id for hit in found]
        closeness = Case(*(When(pk=id, then=place) for place, id in enumerate(ids)), default=len(ids))
        return queryset.filter(pk__in=ids).order_by(closeness, "-pk"), False

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        ids = [row.pk for row in rows]
        named = people.shown(request, ids)
        balances = queries.balances(ids, at=clock.now())
        tiers = {tier.id: tier for tier in Tier.objects.all()}
        first = min(tiers.values(), key=lambda tier: tier.rank, default=None)
        stores = wording.store_names()
        for row in rows:
            balance = balances[row.pk]
            row.shown = named[row.pk]
            row.balance = balance
            row.tier_now = tiers.get(balance.tier_id or 0, first)
            row.home_name = stores.get(row.home_store_id or row.joined_store_id or 0, wording.NOTHING)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "contact_person":
            kwargs["queryset"] = User.objects.filter(is_active=True).filter(groups__isnull=False).distinct()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # members join at the till, online or by import

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        obj.save(update_fields=["contact_person"])

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        member = self.get_object(request, object_id)
        if member is not None and self.has_view_permission(request, member):
            context |= member_page.context(request, cast(Member, member), at=clock.now())
        return super().change_view(request, object_id, form_url, context)

    @action(description=_("Cộng/trừ điểm"), permissions=["adjust"], icon="exposure")
    def adjust_points(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self.get_object(request, object_id)
        return adjustments.page(request, self.admin_site, cast(Member | None, member))

    def has_adjust_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", "points")

    @action(description=_("Tặng voucher"), permissions=["grant"], icon="redeem")
    def give_voucher(self, request: HttpRequest, object_id: str) -> HttpResponse:
        member = self.get_object(request, object_id)
        return granting.page(request, self.admin_site, cast(Member | None, member))

    def has_grant_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return access.may(request.user, "act", "voucher")

    @display(description=_("thành viên"), header=True)
    def who(self, member: Any) -> list[str]:
        return [member.shown.name, member.shown.below, member.shown.initials]

    @display(description=_("hạng"))
    def tier(self, member: Any) -> str:
        return wording.tier_name(member.tier_now)

    @display(description=_("điểm dùng được"))
    def points(self, member: Any) -> str:
        if member.balance.debt:
            return wording.points(-member.balance.debt)
        return wording.points(member.balance.available)

    @display(description=_("tham gia"))
    def joined(self, member: Member) -> str:
        return wording.moment(member.joined_at)

    @display(description=_("cửa hàng"))
    def home(self, member: Any) -> str:
        return member.home_name

    @display(description=_("trạng thái"), label={"active": "success", "closed": "warning", "erased": "default"})
    def status_word(self, member: Member) -> tuple[str, str]:
        return member.status, member.get_status_display()


def link(member_id: UUID) -> str:
    return reverse("admin:members_member_change", args=[member_id])
