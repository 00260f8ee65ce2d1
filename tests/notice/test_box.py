"""A person's list of notices: in order, bounded, and what was read stays read."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from jiahe.notice.box import BODY, LIMIT, TITLE, Box, short
from jiahe.notice.happening import Happening, Text
from jiahe.notice.topic import Topic


def happening(key: str = "k", at: float = 1.0) -> Happening:
    return Happening(
        Topic.AIR, key, at, {"en": Text("A", "b"), "zh": Text("甲", "乙")}, "fan", "pm2_5", "/devices/fan"
    )


def test_a_notice_is_shown_without_what_only_the_hub_needs():
    box = Box()
    assert box.add(happening()) == 1
    (row,) = box.after(0)
    assert row["words"] == {"en": {"title": "A", "body": "b"}, "zh": {"title": "甲", "body": "乙"}}
    assert (row["read"], row["count"], row["path"]) == (False, 1, "/devices/fan")
    assert "key" not in row


def test_the_same_again_counts_the_newest_of_its_kind():
    box = Box()
    box.add(happening("a"))
    box.add(happening("b"))
    box.count(happening("a", 9.0))
    first, second = box.after(0)
    assert (first["count"], first["last_at"], second["count"]) == (2, 9.0, 1)
    box.count(happening("never"))


@given(st.lists(st.one_of(st.just("add"), st.integers(0, 300)), max_size=300))
def test_reading_never_goes_back_and_never_ahead(turns):
    box, read = Box(), 0
    for turn in turns:
        if turn == "add":
            box.add(happening())
        else:
            box.read_to(turn)
            read = max(read, min(turn, box.last))
        assert box.read == read
        rows = box.after(0)
        assert len(rows) <= LIMIT
        assert box.unread == sum(not row["read"] for row in rows)
        assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    again = Box(json.loads(json.dumps(box.body())))
    assert (again.after(0), again.last, again.read) == (box.after(0), box.last, box.read)


def test_an_id_is_never_given_twice_though_all_were_dropped():
    box = Box()
    for _ in range(LIMIT * 2):
        box.add(happening())
    assert box.last == LIMIT * 2
    assert Box(box.body()).add(happening()) == LIMIT * 2 + 1


@given(st.text(max_size=800))
def test_texts_are_cut_whole(text):
    assert len(short(text, TITLE)) <= TITLE
    assert short(text, BODY) == text or short(text, BODY).endswith("…")
