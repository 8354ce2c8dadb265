from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from dashboard import access, confirming, member_page, people, wording
from dashboard.admin.base import BigAdmin
from dashboard.admin.day_filter import DayFilter
from dashboard.admin.member_filters import StatusFilter, StoreFilter, TagFilter, TierFilter
from dashboard.member_page import actions, sections, small_actions
from events import clock
from loyalty import queries
from loyalty.models import Tier
from members import searching
from members.models import Member

# one more than a page shows: whoever is not among the closest is asked for with another word
FOUND_AT_MOST = BigAdmin.list_per_page + 1


@admin.register(Member)
class MemberAdmin(BigAdmin):
    noun = "member"
    list_display = ["who", "tier", "points", "joined", "home", "status_word"]
    list_display_links = ["who"]
    search_fields = ["name"]  # shows the box; `get_search_results` answers it
    search_help_text = _("Tên, số điện thoại, mã thẻ; hoặc 4 số cuối và tên")
    ordering = ["-id"]
    list_filter = [TierFilter, StoreFilter, StatusFilter, TagFilter, ("joined_at", DayFilter)]
    fields = ["contact_person"]  # the page of one member is `member_page`, not a form

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

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # members join at the till, online or by import

    def get_urls(self) -> list[URLPattern]:
        """A member's page is fetched in parts, and each action on it has an address of its own."""
        parts: dict[str, Callable[[HttpRequest, Member], HttpResponse]] = {
            "section": lambda request, member: member_page.section(request, member, at=clock.now()),
            "top": lambda request, member: member_page.top(request, member, at=clock.now()),
            "note": self._note,
            "drop_tag": self._drop_tag,
            "show_identifiers": self._show_identifiers,
        }
        views = {name: self._of_member(view) for name, view in parts.items()}
        views |= {name: self._of_member(self._performing(name)) for name in actions.ACTIONS}
        return [
            path(f"<uuid:object_id>/{name}/", self.admin_site.admin_view(view), name=f"members_member_{name}")
            for name, view in views.items()
        ] + super().get_urls()

    def _of_member(self, view: Callable[[HttpRequest, Member], HttpResponse]) -> Callable[..., HttpResponse]:
        """The view of one member, for whoever may look at them."""

        def found(request: HttpRequest, object_id: UUID) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            member = self.get_object(request, str(object_id))
            if member is None:
                raise Http404
            return view(request, cast(Member, member))

        return found

    def _performing(self, name: str) -> Callable[[HttpRequest, Member], HttpResponse]:
        def performed(request: HttpRequest, member: Member) -> HttpResponse:
            return actions.perform(
                request,
                self.admin_site,
                member,
                name,
                at=clock.now(),
                done=lambda said: self._after(request, member, said),
            )

        return performed

    def _after(self, request: HttpRequest, member: Member, said: str) -> HttpResponse:
        """The page as it is now, to whoever did something on it."""
        member.refresh_from_db()
        return member_page.page(request, self.admin_site, member, at=clock.now(), said=said)

    def _note(self, request: HttpRequest, member: Member) -> HttpResponse:
        return self._small(request, member, "change", "note", small_actions.note)

    def _drop_tag(self, request: HttpRequest, member: Member) -> HttpResponse:
        return self._small(request, member, "change", "member", small_actions.drop_tag)

    def _small(self, request: HttpRequest, member: Member, right: str, noun: str, do: Any) -> HttpResponse:
        """A button without a form: POST only."""
        if not access.may(request.user, right, noun):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        said = do(member, request.POST, user_id=request.user.pk, at=clock.now())
        return self._after(request, member, said)

    def _show_identifiers(self, request: HttpRequest, member: Member) -> HttpResponse:
        if not sections.may_show(request, member):
            raise PermissionDenied
        if request.method != "POST":
            question = __("Hiện số đầy đủ của %(member)s? Việc xem được ghi lại với tên của bạn.") % {"member": member}
            return confirming.ask(
                request, self.admin_site, title=__("Hiện đầy đủ"), question=question, back=link(member.pk)
            )
        return small_actions.show_identifiers(request, member, at=clock.now())

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The member's page; a contact person sent to it (a form without scripts) is appointed."""
        member = self.get_object(request, object_id)
        if member is None or not self.has_view_permission(request, member):
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method == "POST":
            return self._performing("appoint")(request, cast(Member, member))
        return member_page.page(request, self.admin_site, cast(Member, member), at=clock.now(), extra=extra_context)

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
