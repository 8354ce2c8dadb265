"""Thương hiệu: the admin says how the shop looks, every door follows, and the history says who it was."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dashboard import access
from loyalty.look import brand
from loyalty.models import Logo, Programme

ADDRESS = "/admin/brand/"
SAID = {"name": "Trà Xanh", "colour": "#8b1e3f", "unit_vi": "sao", "unit_en": "stars", "currency_sign": "đ"}


@pytest.fixture
def ha(staff, signed_in):
    return signed_in(access.ADMIN)


def png(size=(96, 48)):
    out = io.BytesIO()
    Image.new("RGBA", size, (10, 90, 160, 255)).save(out, "PNG")
    return out.getvalue()


def test_what_is_saved_is_seen_at_once_and_in_the_history(ha, staff):
    logo = SimpleUploadedFile("logo.png", png(), content_type="image/png")

    answer = ha.post(ADDRESS, {**SAID, "logo": logo}, follow=True)

    page = answer.content.decode()
    assert "Đã lưu" in page
    assert "2.450 sao" in page
    assert "1.225.000đ" in page
    assert Logo.objects.get().uploaded_by == f"user:{staff[access.ADMIN].pk}"
    assert "--shop:#8b1e3f" in ha.get(brand.current().stylesheet_url).content.decode()
    changed = Programme.pgh_event_models["update"].objects.filter(pgh_label="update").get()
    assert changed.colour == "#8b1e3f"
    assert changed.pgh_context.metadata["user"] == staff[access.ADMIN].pk


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"colour": "red"}, "Viết màu như"),
        ({"unit_vi": "1000"}, "có chữ số hay dấu"),
        ({"logo": SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>")}, "Không đọc được ảnh này"),
        ({"logo": SimpleUploadedFile("logo.png", png((1, 1)))}, "Logo nhỏ quá"),
        ({"logo": SimpleUploadedFile("logo.png", png() + b"\0" * 300_000)}, "Logo lớn quá"),
    ],
    ids=["colour", "unit", "svg", "1×1", "large"],
)
def test_one_wrong_field_changes_nothing_and_says_which(ha, wrong, words):
    answer = ha.post(ADDRESS, {**SAID, **wrong})

    assert words in answer.content.decode()
    assert Programme.objects.get().name == "Cà phê Phố"
    assert not Logo.objects.exists()
    assert brand.current().colour == "#047a57"


def test_a_logo_can_be_taken_away(ha):
    ha.post(ADDRESS, {**SAID, "logo": SimpleUploadedFile("logo.png", png())})
    assert brand.current().logo_url

    ha.post(ADDRESS, {**SAID, "no_logo": "on"})

    assert brand.current().logo_url is None


def test_the_preview_shows_what_is_typed_and_writes_nothing(ha):
    typed = {**SAID, "name": "<b>Trà</b>", "colour": "#ffee00"}

    page = ha.get(reverse("admin:brand-preview"), typed).content.decode()

    assert "&lt;b&gt;Trà&lt;/b&gt;" in page
    assert "background: #ffee00; color: #000000" in page
    assert Programme.objects.get().colour == "#047a57"


def test_a_preview_of_no_colour_keeps_the_one_in_force(ha):
    page = ha.get(reverse("admin:brand-preview"), {**SAID, "colour": "red;} body{display:none"}).content.decode()

    assert "display:none" not in page
    assert "#047a57" in page


def test_the_dashboard_wears_the_colour_and_the_name(ha):
    ha.post(ADDRESS, SAID)

    page = ha.get("/admin/").content.decode()

    assert "Trà Xanh" in page
    assert brand.current().dashboard_stylesheet_url in page
    assert "--color-primary-600:#8b1e3f" in ha.get("/brand/dashboard.css").content.decode()
