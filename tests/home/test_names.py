"""Names that people may give, and the ids made from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiahe.home.names import SLUG, check_slug, clean_name, make_slug
from jiahe.model.errors import OutOfDefinition


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("  Living room ", "Living room"),
        ("Cafe\u0301", "Café"),
        ("客厅空调", "客厅空调"),
        ("👨‍👩‍👧 room", "👨‍👩‍👧 room"),
        ("x" * 80, "x" * 80),
    ],
)
def test_a_good_name_is_kept_as_people_see_it(given_, kept):
    assert clean_name(given_) == kept


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "   ",
        "a\nb",
        "a\x00b",
        "a\x7fb",
        "x" * 81,
        "a\u202eb",
        "a\u2066b",
        "a\u200fb",
        "\ud800",
        "a\u2028b",
        "\ue000",
    ],
)
def test_a_bad_name_is_refused_in_words(bad):
    with pytest.raises(OutOfDefinition, match="a name"):
        clean_name(bad)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Living Room", "living-room"),
        ("Bébé's  AC!", "bebe-s-ac"),
        ("客厅空调", "air-purifier"),
        ("客厅 AC", "ac"),
        ("2", "air-purifier"),
        ("---", "air-purifier"),
        ("x" * 79, "x" * 40),
    ],
)
def test_a_slug_is_made_from_what_is_latin(name, slug):
    assert make_slug(name, "air purifier", ()) == slug


def test_taken_slugs_get_a_number_that_fits():
    assert make_slug("AC", "x", {"ac"}) == "ac-2"
    assert make_slug("AC", "x", {"ac", "ac-2", "ac-3"}) == "ac-4"
    long = "y" * 40
    assert make_slug(long, "x", {long}) == "y" * 38 + "-2"


@given(st.text(max_size=80), st.text(max_size=20), st.sets(st.text(max_size=5)))
def test_every_slug_is_one_and_free(name, fallback, taken):
    slug = make_slug(name, fallback, taken)
    assert SLUG.fullmatch(slug)
    assert slug not in taken


@pytest.mark.parametrize("bad", ["", "A", "a_b", "-a", "a-", "a" * 41, "a/b", "客"])
def test_a_chosen_id_must_be_a_slug(bad):
    with pytest.raises(OutOfDefinition, match="an id has"):
        check_slug(bad)


def test_a_good_id_passes():
    assert check_slug("living-room-2") == "living-room-2"
