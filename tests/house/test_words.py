"""One word, one meaning: docs/words_vi.md is kept by the source, the templates and the translations."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READ = [
    *ROOT.glob("locale/*/LC_MESSAGES/*.po"),
    *ROOT.glob("templates/**/*.html"),
    *(
        path
        for app in (
            "events",
            "members",
            "loyalty",
            "rewards",
            "analytics",
            "campaigns",
            "api",
            "counter",
            "portal",
            "dashboard",
        )
        for path in (ROOT / app).rglob("*.py")
    ),
]
# hoá, khoẻ, huỷ: the mark on the second vowel at the end of a syllable (but quý is right)
NEW_STYLE_MARKS = re.compile(r"\b\w*(?:o[àáảãạèéẻẽẹ]|(?<![qQ])u[ỳýỷỹỵ])\b")


def words_to_avoid() -> list[str]:
    rows = re.findall(
        r"^\|([^|]*)\|([^|]*)\|([^|]*)\|([^|]*)\|$", (ROOT / "docs/words_vi.md").read_text(), re.MULTILINE
    )
    return [word.strip() for row in rows[2:] for word in row[2].split(",") if word.strip()]


def found(pattern: re.Pattern[str], files: list[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_the_table_has_words_to_avoid():
    assert {"hội viên", "biên lai", "cấp bậc"} <= set(words_to_avoid())


def test_no_page_says_a_word_to_avoid():
    words = "|".join(re.escape(word) for word in words_to_avoid())
    assert not found(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), READ)


def test_tone_marks_stand_as_retailers_print_them():
    assert NEW_STYLE_MARKS.search("hoá đơn")
    assert NEW_STYLE_MARKS.search("huỷ")
    assert not NEW_STYLE_MARKS.search("Quý khách hóa đơn hủy hoàn toàn")
    assert not found(NEW_STYLE_MARKS, READ)
