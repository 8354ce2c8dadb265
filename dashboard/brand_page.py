"""Thương hiệu: what the shop is called and looks like, with the look of the doors beside the form."""

from dataclasses import replace
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from dashboard import access, wording
from events import clock
from events.refusals import Refusal
from loyalty import money as amounts
from loyalty.look import brand, changing, colours, logos, words
from loyalty.look.brand import Brand
from loyalty.look.changing import Words

# Vietnamese and English, as the form offers them; any other word may be typed
UNITS = (("điểm", "points"), ("xu", "coins"), ("hạt", "beans"), ("sao", "stars"))
REFUSED = {
    "colour_unreadable": ("colour", gettext_lazy("Viết màu như #047a57: dấu # và sáu chữ số hoặc chữ a đến f.")),
    "logo_too_large": ("logo", gettext_lazy("Logo lớn quá 256 KB hoặc rộng quá 4.000 điểm ảnh.")),
    "logo_too_small": ("logo", gettext_lazy("Logo nhỏ quá: cần ít nhất 32 điểm ảnh.")),
    "logo_unreadable": ("logo", gettext_lazy("Không đọc được ảnh này. Hãy dùng PNG, JPEG hoặc WebP.")),
}
WORD_REFUSED = gettext_lazy("Để trống, dài quá, hoặc có chữ số hay dấu.")


class BrandForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Tên cửa hàng"),
        max_length=changing.LONGEST_NAME,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("Khách thấy tên này trên thẻ, trong tin nhắn và trên hóa đơn in."),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": "image/png,image/jpeg,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG hoặc WebP, nhiều nhất 256 KB. Nền trong suốt thì đẹp hơn."),
    )
    no_logo = forms.BooleanField(label=gettext_lazy("Bỏ logo"), required=False, widget=UnfoldBooleanWidget)
    colour = forms.CharField(
        label=gettext_lazy("Màu của cửa hàng"),
        max_length=7,
        widget=UnfoldAdminTextInputWidget({"spellcheck": "false", "autocomplete": "off"}),
        help_text=gettext_lazy("Màu chữ, màu khi rê chuột và màu ban đêm được tính để luôn đọc được."),
    )
    unit_vi = forms.CharField(
        label=gettext_lazy("Một điểm gọi là"),
        max_length=changing.LONGEST_UNIT,
        widget=UnfoldAdminTextInputWidget({"list": "units_vi", "autocomplete": "off"}),
    )
    unit_en = forms.CharField(
        label=gettext_lazy("Tiếng Anh, số nhiều"),
        max_length=changing.LONGEST_UNIT,
        widget=UnfoldAdminTextInputWidget({"list": "units_en", "autocomplete": "off"}),
    )
    currency_sign = forms.ChoiceField(
        label=gettext_lazy("Ký hiệu tiền"), required=False, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, shop: Brand, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        signs = ["", *({"VND": ["đ", "VND"]}.get(shop.currency, [shop.currency]))]
        if shop.sign not in signs:
            signs.append(shop.sign)
        field = cast(forms.ChoiceField, self.fields["currency_sign"])
        field.choices = [(sign, _amount(shop, sign)) for sign in signs]
        if not shop.logo_digest:
            del self.fields["no_logo"]

    def words(self) -> Words:
        said = self.cleaned_data
        return Words(
            name=said["name"],
            unit_vi=said["unit_vi"],
            unit_en=said["unit_en"],
            currency_sign=said["currency_sign"],
        )


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The form, and what it does when sent."""
    if not access.may(request.user, "change", "brand"):
        raise PermissionDenied
    shop = brand.current()
    form = BrandForm(request.POST or None, request.FILES or None, shop=shop, initial=_said(shop))
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        messages.success(request, _("Đã lưu. Mọi trang dùng tên và màu mới ngay từ bây giờ."))
        return HttpResponseRedirect(reverse("admin:brand"))
    context = {
        **site.each_context(request),
        "title": _("Thương hiệu"),
        "form": form,
        "units": UNITS,
        "logo_url": shop.logo_url,
        **_looks(shop),
    }
    return TemplateResponse(request, "dashboard/brand.html", context)


def preview(request: HttpRequest) -> HttpResponse:
    """How the doors would look with what stands in the form; writes nothing."""
    if not access.may(request.user, "change", "brand"):
        raise PermissionDenied
    shop = brand.current()
    typed = request.GET
    colour = typed.get("colour", "").strip().lower()
    tried = replace(
        shop,
        shop_name=typed.get("name", "")[: changing.LONGEST_NAME],
        colour=colour if colours.HEX.fullmatch(colour) else shop.colour,
        unit_vi=typed.get("unit_vi", "")[: changing.LONGEST_UNIT],
        unit_en=typed.get("unit_en", "")[: changing.LONGEST_UNIT],
        sign=typed.get("currency_sign", "")[: changing.LONGEST_SIGN],
    )
    return TemplateResponse(request, "dashboard/brand_preview.html", {"logo_url": shop.logo_url, **_looks(tried)})


def _said(shop: Brand) -> dict[str, Any]:
    return {
        "name": shop.shop_name,
        "colour": shop.colour,
        "unit_vi": shop.unit_vi,
        "unit_en": shop.unit_en,
        "currency_sign": shop.sign,
    }


def _saved(request: HttpRequest, form: BrandForm) -> bool:
    """All of it or, with a word at the field that is wrong, nothing."""
    upload = form.cleaned_data.get("logo")
    try:
        with transaction.atomic():
            changing.change(words=form.words(), colour=form.cleaned_data["colour"])
            if upload is not None:
                # one byte more than is taken: a film is not read to its end
                image = upload.read(logos.LARGEST_FILE + 1)
                changing.put_logo(upload=image, by=f"user:{request.user.pk}", at=clock.now())
            elif form.cleaned_data.get("no_logo"):
                changing.take_logo_away()
    except Refusal as refusal:
        brand.forget()
        known = {**REFUSED, "word_unreadable": (refusal.details.get("field", ""), WORD_REFUSED)}
        field, said = known[refusal.code]
        form.add_error(field or None, str(said))
        return False
    return True


def _looks(shop: Brand) -> dict[str, Any]:
    """The shop by day and by night, with figures as it would write them."""
    number = wording.points(2450)
    return {
        "shown": shop,
        "sides": [
            {"words": _("Ban ngày"), "palette": shop.day, "around": colours.DAY, "text": "#171b22"},
            {"words": _("Ban đêm"), "palette": shop.night, "around": colours.NIGHT, "text": "#eef1f5"},
        ],
        "balance": f"{number} {shop.unit}",
        "worth": _amount(shop, shop.sign),
    }


def _amount(shop: Brand, sign: str) -> str:
    return amounts.written(1_225_000, currency=shop.currency, language=words.language(), sign=sign)
