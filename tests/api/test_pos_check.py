"""The two commands an integrator meets first."""

import io

import pytest
from django.core.management import CommandError, call_command

from loyalty import keys
from loyalty.models import ApiKey, Store
from tests.api.conftest import Shop, Till


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


def test_a_key_is_replaced_and_both_work_for_a_while(shop: Shop) -> None:
    old = shop.key_with("lookup", "earn")
    prefix, out = old.split("_")[2], io.StringIO()
    call_command("create_api_key", "--replaces", prefix, "--overlap-days", "2", stdout=out)
    new = out.getvalue().strip()
    for key in (old, new):
        assert Till(shop.url, key).get("/api/v1/purchases", receipt="nothing").status_code == 404
    kept = ApiKey.objects.get(prefix=new.split("_")[2])
    assert (kept.store, sorted(kept.scopes), kept.expires_at) == (shop.store, ["earn", "lookup"], None)
    # the server remembers a key it has just seen for a while: one that it has not
    unused = shop.key_with("lookup", "earn")
    call_command("create_api_key", "--replaces", unused.split("_")[2], "--overlap-days", "0", stdout=io.StringIO())
    assert Till(shop.url, unused).get("/api/v1/purchases", receipt="nothing").status_code == 401
    assert Till(shop.url, new).get("/api/v1/purchases", receipt="nothing").status_code == 404
    with pytest.raises(CommandError, match="past its time"):
        call_command("create_api_key", "--replaces", unused.split("_")[2])
    with pytest.raises(CommandError, match="no key"):
        call_command("create_api_key", "--replaces", "nobody")
    with pytest.raises(CommandError, match="Name the store"):
        call_command("create_api_key")


def test_two_stores_whose_long_codes_begin_alike_practise_apart(shop: Shop) -> None:
    codes = [f"cua-hang-so-mot-ha-noi-{n}" for n in (1, 2)]
    twins = [keys.practice_twin(Store.objects.create(code=code, name=code)) for code in codes]
    assert twins[0] != twins[1] and all(twin.practice for twin in twins)
