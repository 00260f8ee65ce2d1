"""The one question: who may do what."""

from __future__ import annotations

import pytest

from jiahe.home.permission import GRANTS, Principal, Role, Verb, Via, allowed

OWNER = Principal("p1", "Mei", Role.OWNER, Via.SESSION)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("via", Via)
def test_the_owner_may_everything_by_every_way_in(verb, via):
    decision = allowed(Principal("p1", "Mei", Role.OWNER, via), verb, "home")
    assert decision
    assert decision.reason == ""


@pytest.mark.parametrize("verb", Verb)
def test_a_stranger_may_nothing(verb):
    decision = allowed(None, verb, "home")
    assert not decision
    assert "Sign in" in decision.reason


def test_a_role_without_a_row_may_nothing_and_is_told_so(monkeypatch):
    monkeypatch.setattr("jiahe.home.permission.GRANTS", {})
    decision = allowed(OWNER, Verb.OPERATE, "ac")
    assert not decision
    assert decision.reason == "Mei may not operate ac: ask the owner of this home."


def test_every_role_has_a_row():
    assert set(GRANTS) == set(Role)
