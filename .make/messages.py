"""Collects what people read, so that nobody reads it in the wrong language.

`python .make/messages.py` adds new sentences to the .po files (untranslated ones stay empty and are listed);
`python .make/messages.py --check` only looks, and ends with 1 when a sentence has no translation.

Our own sentences are Vietnamese in the source: locale/en translates them. The pages of unfold and allauth that people
see are English at their source: locale/vi translates those.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import allauth
import unfold
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "__": None,
    "pgettext_lazy": ((1, "c"), 2),
}
OURS = (
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
    "templates",
)

# The parts of other people's packages whose words reach a page of ours.
UNFOLD = Path(unfold.__file__).parent
ALLAUTH = Path(allauth.__file__).parent
THEIRS = [
    *(path for path in UNFOLD.rglob("*") if "contrib" not in path.parts),
    *(UNFOLD / "contrib" / "filters").rglob("*"),
    *(UNFOLD / "contrib" / "forms").rglob("*"),
    *(ALLAUTH / "mfa").rglob("*.py"),
    *(ALLAUTH / "templates" / "mfa").rglob("*"),
    ALLAUTH / "account" / "forms.py",
    ALLAUTH / "account" / "adapter.py",
    *(
        ALLAUTH / "templates" / "account" / name
        for name in (
            "logout.html",
            "reauthenticate.html",
            "base_reauthenticate.html",
            "password_change.html",
            "account_inactive.html",
            "messages/logged_in.txt",
            "messages/logged_out.txt",
            "messages/password_changed.txt",
        )
    ),
]
HEADS = {
    "en": "English of our own sentences, which are Vietnamese in the source.",
    "vi": "Vietnamese of the sentences of unfold and allauth that people see. Words: docs/words_vi.md.",
}
# header lines that say nothing or change with every run
NOISE = ('"POT-', '"PO-Revision', '"Project-Id', '"Report-', '"Last-Tr', '"Language-Team', '"Generated-By')


def sentences(paths: Iterator[Path]) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Every marked sentence (or pair of singular and plural) with its context."""
    for path in sorted(paths):
        if path.suffix not in {".py", ".html", ".txt"} or not path.is_file() or "migrations" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            # what is left of a template is not indented as Python would be
            text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, found, _comments, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            if found and (found if isinstance(found, str) else found[0]):
                yield found, context


def our_files() -> Iterator[Path]:
    for folder in OURS:
        yield from (ROOT / folder).rglob("*")


def bring_up_to_date(language: str, paths: Iterator[Path], *, write: bool) -> list[str]:
    """The sentences without a translation; the file gets new ones and loses those nobody says any more."""
    file = LOCALE / language / "LC_MESSAGES" / "django.po"
    known = read_po(io.BytesIO(file.read_bytes()), locale=language) if file.is_file() else Catalog(locale=language)
    fresh = Catalog(locale=language, fuzzy=False, header_comment=f"# {HEADS[language]}")
    missing = []
    for id, context in sentences(paths):
        message = known.get(id, context)
        translated = message.string if message else ""
        fresh.add(id, translated, context=context)
        if not translated or (isinstance(translated, tuple) and not all(translated)):
            missing.append(id if isinstance(id, str) else id[0])
    if write:
        file.parent.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        write_po(out, fresh, width=120, omit_header=False, sort_output=True, ignore_obsolete=True)
        lines = [line for line in out.getvalue().decode().splitlines() if not line.startswith(NOISE)]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sorted(set(missing))


def main() -> int:
    settings.configure()
    write = "--check" not in sys.argv
    missing = [("en", text) for text in bring_up_to_date("en", our_files(), write=write)]
    missing += [("vi", text) for text in bring_up_to_date("vi", iter(THEIRS), write=write)]
    for language, text in missing:
        print(f"{language}: no translation of {text!r}")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
