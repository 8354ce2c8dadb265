"""What every list and page of the dashboard has in common: rights from the matrix, no full counts, nothing deleted."""

from typing import Any, ClassVar

from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from dashboard import access
from dashboard.fields import MoneyField
from dashboard.keyset import KeysetChangeList

# columns that hold minor units of the currency
AMOUNTS = {"per_amount", "point_value", "proof_above"}


class _ByMatrix:
    """Rights of the noun in `access.MATRIX` in place of Django's permission rows."""

    noun: ClassVar[str]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, "view", self.noun)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "view", self.noun)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "add", self.noun)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "change", self.noun)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_act_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return access.may(request.user, "act", self.noun)


class ShopAdmin(_ByMatrix, ModelAdmin):
    """A list and a page of one noun."""

    actions: Any = []
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = True
    history_label = _("Nhật ký")

    def prepare(self, request: HttpRequest, rows: list[Any]) -> None:
        """Hang on each row of a page what its columns show, fetched for all at once."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        changelist.title = capfirst(self.opts.verbose_name_plural)
        changelist.full_result_count = changelist.result_count  # says nothing of a count that was not made
        self.prepare(request, changelist.result_list)
        return changelist

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Amounts as people write them; a choice without links to add and edit what is chosen from."""
        if db_field.name in AMOUNTS:
            label, required = capfirst(db_field.verbose_name), not db_field.blank
            return MoneyField(label=label, required=required, min_value=0, initial=db_field.get_default())
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_urls(self) -> list[URLPattern]:
        """Nothing is deleted, and history has a page of its own."""
        return [url for url in super().get_urls() if not (url.name or "").endswith(("_delete", "_history"))]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class BigAdmin(ShopAdmin):
    """A noun with perhaps millions of rows: its list goes on from the last row shown and is not counted."""

    show_facets = None
    list_select_related: Any = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return KeysetChangeList


class Labelled(tuple[str, Any]):
    """A state: drawn as a coloured label in a list, said in words on the page of one row, which draws no labels."""

    def __new__(cls, state: str, words: Any) -> "Labelled":
        return super().__new__(cls, (state, words))

    def __str__(self) -> str:
        return str(self[1])


class Heading(list[str]):
    """Name, what stands below it, initials: drawn as a heading in a list, the name alone on the page of one row."""

    def __str__(self) -> str:
        return self[0]


class ReadOnlyAdmin(ShopAdmin):
    """Rows that say what happened: looked at, never edited."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ShopTabularInline(_ByMatrix, TabularInline):
    extra = 0
    tab = True


class ReadOnlyInline(ShopTabularInline):
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def only_stores_of(request: HttpRequest, rows: QuerySet[Any], field: str = "store_id") -> QuerySet[Any]:
    """Rows of the stores this person works for."""
    stores = access.stores_of(request.user)
    return rows if stores is None else rows.filter(**{f"{field}__in": stores})
