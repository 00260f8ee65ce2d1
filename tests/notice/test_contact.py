"""Whom push services may ask: the owner's own word, else the project's page; never what only this network knows."""

from __future__ import annotations

import base64
import json

import pytest

from jiahe.model.errors import OutOfDefinition
from jiahe.notice.vapid import Vapid, contact_from, new_key, project_page


def subject(contact: str = "") -> str:
    header = Vapid(new_key(), contact).authorization("https://push.example", 1e9)
    claims = header.removeprefix("vapid t=").split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("ann@example.org", "mailto:ann@example.org"),
        (" mailto:ann@example.org ", "mailto:ann@example.org"),
        ("https://example.org/home", "https://example.org/home"),
    ],
)
def test_a_contact_of_the_homes_own(given: str, kept: str) -> None:
    assert contact_from(given) == kept
    assert subject(contact_from(given)) == kept


@pytest.mark.parametrize(
    "given",
    ["", "ann", "ann@hub.local", "mailto:ann@x.invalid", "https://jiahe.local/", "http://example.org", "a b@example.org",
     "mailto:ann@example.org\r\nX: y", "https://localhost/", "a@" + "b" * 300 + ".org"],
)  # fmt: skip
def test_what_no_push_service_takes_is_refused(given: str) -> None:
    with pytest.raises(OutOfDefinition, match="contact"):
        contact_from(given)


def test_without_one_it_is_the_projects_page() -> None:
    assert subject() == project_page()
    assert project_page().startswith("https://")
