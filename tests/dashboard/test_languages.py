"""Nobody reads English on a Vietnamese page, nor Vietnamese on an English one."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from dashboard import access
from dashboard.running import translating
from members.models import ConsentText, TermsText
from rewards.models import StampCard, VoucherDefinition
from tests.dashboard.test_who_opens_what import addresses  # noqa: F401 - a fixture
from tests.doors.rows.dashboard import PAGES

LOCALE = Path(settings.BASE_DIR) / "locale"
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹàáãèéìíòóõùúý]", re.IGNORECASE)
# What has a digit in it is an identifier, no word, whatever letters stand in it.
IDENTIFIER = re.compile(r"\b[\w-]*\d[\w-]*\b")
# Names of things, the same in both languages.
SAME = {"api", "sku", "voucher", "webhook", "online", "e-mail", "marketing", "demo", "vnd", "qr", "valkey"}
# What an English page would surely say somewhere.
ENGLISH = set(
    re.findall(
        r"[a-z]+",
        """
    the and of to is are was be by with from your you this that not no yes all any add new change changed delete
    save saved view select selected search filter filters clear reset next previous page pages show hide count
    counts row rows item items action actions run close cancel confirm back home log logout login sign password
    username user users group name date time value state status true false none unknown enter code submit loading
    results result found data settings light dark system language theme toggle sorting sort more open edit remove
    create today now clock calendar choose file image currently before after field required error errors correct
    below please must permission history recent model models site administration welcome again forgotten security
    key keys authenticator recovery codes
        """,
    )
)


class Words(HTMLParser):
    """What a person reads on a page: text, and what is said by labels, titles and placeholders."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        typed = tag == "textarea" or ("lang" in known and tag != "html")  # staff's own words
        if tag in {"script", "style", "svg"} or typed or "material-symbols-outlined" in (known.get("class") or ""):
            self.silent += tag not in {"br", "img", "input"}
        elif self.silent:
            self.silent += tag not in {"br", "img", "input", "hr", "meta", "link"}
        else:
            self.said += [
                known[name] or "" for name in ("placeholder", "title", "aria-label", "alt") if known.get(name)
            ]

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag not in {"br", "img", "input", "hr", "meta", "link"}:
            self.silent -= 1

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.said.append(data.strip())


def read(html: str) -> list[str]:
    words = Words()
    words.feed(html)
    return words.said


def pages_of(browser, address, language):
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for name in sorted(PAGES):
        answer = browser.get(address(name))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield name, read(answer.content.decode())
    for name in ("mfa_index", "mfa_list_webauthn", "account_reauthenticate"):
        yield name, read(browser.get(reverse(name), follow=True).content.decode())


@pytest.fixture(scope="module", autouse=True)
def catalogues():
    translating.compile_all(LOCALE)
    translation.trans_real._translations = {}


@pytest.mark.parametrize("role", [access.ADMIN])
def test_a_vietnamese_page_says_nothing_in_english(addresses, signed_in, role):  # noqa: F811
    wrong = set()
    data = {"English", *ConsentText.objects.values_list("body_en", flat=True)}
    for terms in TermsText.objects.all():
        data |= {terms.body_en, *terms.body_en.splitlines()}
    for kind in VoucherDefinition.objects.all():
        data |= {kind.key, kind.name_en}
    for card in StampCard.objects.all():
        data |= {card.key, card.name_en}
    for name, said in pages_of(signed_in(role), addresses, "vi"):
        for sentence in said:
            words = set(re.findall(r"[a-z][a-z-]+", IDENTIFIER.sub("", sentence.lower()))) - SAME
            if words & ENGLISH and not VIETNAMESE.search(sentence) and sentence not in data:
                wrong.add(f"{name}: {sentence[:90]}")
    assert "\n".join(sorted(wrong)) == ""


def test_an_english_page_says_nothing_in_vietnamese(addresses, signed_in):  # noqa: F811
    catalogue = read_po((LOCALE / "en/LC_MESSAGES/django.po").open("rb"), locale="en")
    ours = {str(m.id[0] if isinstance(m.id, tuple) else m.id).lower() for m in catalogue if m.id}
    ours -= {"tiếng việt", "điểm", "thành viên", "quà chào mừng"}  # the language, and what the shop named in Vietnamese
    wrong = set()
    for name, said in pages_of(signed_in(access.ADMIN), addresses, "en"):
        wrong |= {f"{name}: {s[:90]}" for s in said if s.lower() in ours and VIETNAMESE.search(s)}
    assert "\n".join(sorted(wrong)) == ""


def test_the_language_is_the_persons_not_the_browsers(client, staff, shop):
    answer = client.get("/accounts/login/", headers={"accept-language": "en-US,en;q=0.9"})
    assert "Đăng nhập" in answer.content.decode()

    client.post("/language/", {"language": "en", "next": "/accounts/login/"})
    assert "Sign in" in client.get("/accounts/login/").content.decode()


def test_choosing_a_language_does_not_lead_elsewhere(client, shop):
    assert client.post("/language/", {"language": "en", "next": "https://evil.example/"})["Location"] == "/"
