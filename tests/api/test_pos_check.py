"""The two commands an integrator meets first."""

import io

import pytest
from django.core.management import CommandError, call_command

from loyalty.models import ApiKey
from tests.api.conftest import Shop


def played(url: str, key: str) -> tuple[list[str], str]:
    out = io.StringIO()
    try:
        call_command("pos_check", url, key, stdout=out, no_color=True)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def test_the_contract_passes_on_a_fresh_test_key(shop: Shop) -> None:
    out = io.StringIO()
    call_command("create_api_key", "q1", "--test", "--description", "pos_check", stdout=out)
    lines, error = played(shop.url, out.getvalue().strip())
    assert error == "", "\n".join(lines)
    assert all(line.startswith("pass ") for line in lines[:-1])
    again, error = played(shop.url, out.getvalue().strip())
    assert (error, len(again)) == ("", len(lines)), "it can be played again and again:\n" + "\n".join(again)


def test_what_is_wrong_is_said(shop: Shop) -> None:
    lines, error = played(shop.url, shop.key_with("earn", "lookup", test=True))
    assert any("MEND" in line and "scope" in line for line in lines)
    assert "need mending" in error
    assert "not a test key" in played(shop.url, shop.key)[1]
    lines, error = played("http://127.0.0.1:9", shop.key_with(test=True))
    assert len(lines) == 1 and "no answer" in lines[0]


def test_a_key_is_made_for_a_till_with_its_scopes(shop: Shop) -> None:
    out = io.StringIO()
    call_command("create_api_key", "q1", "--terminal", "t1", "--scopes", "lookup,earn", "--days", "30", stdout=out)
    key = ApiKey.objects.get(prefix=out.getvalue().split("_")[2])
    assert (key.terminal and key.terminal.code, sorted(key.scopes), key.test) == ("t1", ["earn", "lookup"], False)
    assert key.expires_at is not None
    with pytest.raises(CommandError, match="There are: q1"):
        call_command("create_api_key", "nowhere")
    with pytest.raises(CommandError, match="It has: t1"):
        call_command("create_api_key", "q1", "--terminal", "t9")
    with pytest.raises(CommandError, match="Scopes are some of"):
        call_command("create_api_key", "q1", "--scopes", "everything")
