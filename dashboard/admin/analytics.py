from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from analytics.models import RetentionTerms
from dashboard.admin.base import ShopAdmin


@admin.register(RetentionTerms)
class RetentionTermsAdmin(ShopAdmin):
    """One row; what is changed holds from the next night on, nights that were counted stay as they are."""

    noun = "retention terms"
    list_display = ["window", "period_days"]
    fieldsets = [
        (
            None,
            {
                "fields": ["window_days", "period_days"],
                "description": _("Áp dụng từ đêm sau; các đêm đã tính giữ nguyên."),
            },
        )
    ]

    @display(description=_("cửa sổ khách hàng"))
    def window(self, terms: RetentionTerms) -> str:
        if terms.window_days is None:
            return str(_("theo nhịp mua của cửa hàng"))
        return str(_("%(n)s ngày")) % {"n": terms.window_days}
