"""A phone that reads the poster of a store comes to that store's page for joining."""

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse

from dashboard import access
from loyalty.models import Programme, Store


@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("a5", 420)])
def test_the_code_of_a_poster_leads_to_the_stores_own_page(signed_in, shop, settings, size, width):
    settings.PUBLIC_URL = "https://khach.caphepho.vn"
    Programme.objects.update(name="Cà phê Phố Ẫữ", policies_version=7)
    Store.objects.filter(pk=shop.pk).update(address="12 Nguyễn Huệ, phường Sài Gòn")
    browser = signed_in(access.MANAGER)
    address = reverse("admin:loyalty_store_poster", args=[shop.pk])
    assert "caphepho.vn/join/" in browser.get(address).content.decode()

    answer = browser.get(address, {"size": size, "language": "vi"})
    assert answer["Content-Type"] == "application/pdf"
    [page] = pypdfium2.PdfDocument(answer.content)
    assert round(page.get_width()) == width
    [code] = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert code.text == f"https://khach.caphepho.vn/join/{shop.code}"
    text = page.get_textpage().get_text_range()
    assert "Cà phê Phố Ẫữ" in text
    assert "Đăng ký thành viên" in text


def test_there_is_no_poster_of_a_practice_store_nor_of_an_unknown_size(admin, shop):
    twin = Store.objects.create(code="twin", name="Thử", practice_of=shop)
    address = reverse("admin:loyalty_store_poster", args=[shop.pk])
    assert admin.get(reverse("admin:loyalty_store_poster", args=[twin.pk])).status_code == 404
    assert admin.get(address, {"size": "a0"}).status_code == 404
    assert admin.get(address, {"size": "a4", "language": "xx"}).status_code == 404
