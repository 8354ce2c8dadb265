"""What becomes of words that people said: never changed, never deleted, but blanked when a member is erased."""

from collections.abc import Mapping

import pgtrigger

from events.models import no_truncate

NEVER_DELETED = pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)
_BLANK = "''"


def said_once(words: Mapping[str, str] | tuple[str, ...]) -> list[pgtrigger.Trigger]:
    """Triggers of an append-only table whose columns `words` may be blanked, and nothing else be done to.

    `words`: names of text columns, or column → the SQL literal that means blank.
    """
    blanks = dict(words) if isinstance(words, Mapping) else dict.fromkeys(words, _BLANK)
    only_blanked = " AND ".join(f"(NEW.{name} = OLD.{name} OR NEW.{name} = {blank})" for name, blank in blanks.items())
    kept = "ARRAY[" + ", ".join(f"'{name}'" for name in blanks) + "]::text[]"
    return [
        pgtrigger.Trigger(
            name="said_once",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=(
                f"IF to_jsonb(NEW) - {kept} IS DISTINCT FROM to_jsonb(OLD) - {kept} OR NOT ({only_blanked}) THEN "
                "RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END IF; RETURN NEW;"
            ),
        ),
        NEVER_DELETED,
        no_truncate(),
    ]
