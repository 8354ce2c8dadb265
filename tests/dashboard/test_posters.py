"""A phone that reads the poster of a store comes to that store's page for joining."""

import dataclasses
import io

import pypdfium2
import pytest
import zxingcpp
from django.urls import reverse
from PIL import Image

from dashboard import access, posters
from loyalty.look import brand, colours
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


LONG_SHOP = "Công ty Cổ phần Thương mại Dịch vụ Trang sức và Đá quý Hoàng Kim Phát Việt Nam"
LONG_STORE = "Trung tâm thương mại Vạn Hạnh Mall, tầng trệt, sảnh A cạnh thang cuốn số 2 phía đường Sư Vạn Hạnh"


@pytest.mark.parametrize("with_logo", [False, True])
@pytest.mark.parametrize("colour", ["#0b1330", "#fff3b0", "#ffffff"])
def test_long_names_are_broken_not_shrunk_and_a_pale_colour_still_has_its_frame(shop, colour, with_logo):
    look = dataclasses.replace(brand.current(), shop_name=LONG_SHOP, colour=colour)
    shop.name, shop.address = LONG_STORE, LONG_STORE
    picture = io.BytesIO()
    Image.new("RGBA", (320, 120), (139, 30, 63, 255)).save(picture, "PNG")
    drawn = posters.draw(shop, shop=look, size="a4", logo=picture.getvalue() if with_logo else b"")
    [page] = pypdfium2.PdfDocument(drawn)
    lines = [line.strip() for line in page.get_textpage().get_text_range().splitlines()]
    assert " ".join(lines).count(LONG_STORE) == 2
    assert LONG_SHOP in " ".join(lines)
    assert max(map(len, lines)) < 70
    kinds = [thing.type for thing in page.get_objects()]
    assert (pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds) == with_logo
    seen = page.render(scale=2).to_pil().convert("RGB")
    dots = seen.width / posters.WIDTH  # to a millimetre
    # all around, the paper is left white
    assert seen.crop((0, int(70 * dots), int(4 * dots), seen.height)).getextrema() == ((255, 255),) * 3
    middle = seen.getpixel((int((posters.WIDTH - posters.CODE) / 2 * dots), int(173 * dots)))
    assert colours.contrast("#{:02x}{:02x}{:02x}".format(*middle), "#ffffff") >= colours.EDGE
    [code] = zxingcpp.read_barcodes(seen)
    assert code.text == posters.address_of(shop)
