"""From records to what is worth telling: once, when it has lasted, in both languages, and in nobody's words but theirs."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from jiahe.model.happening import Record, RecordKind
from jiahe.model.reasons import say
from jiahe.model.said import told
from jiahe.notice.happening import Happening
from jiahe.notice.topic import Topic
from jiahe.notice.watch import AIR_AFTER, LOCKED_AFTER, OFFLINE_AFTER, RUNS, Look, Watch, power_returned
from jiahe.notice.words import FSI, PDI, WHATS, words

NOW = 1_790_000_000.0


class Home:
    """A watch over a home of one purifier, whose words the test says."""

    def __init__(self) -> None:
        self.seq, self.somebody, self.carried = itertools.count(1), True, ""
        self.outdoors = ""
        names = {"fan": {"": "Fan", "en": "Fan", "zh": "净化器"}}
        rules = {"night": {"": "night", "en": "Quiet night", "zh": "安静的夜晚"}}
        look = Look(
            names.get,
            lambda id_: rules.get(id_, {"": id_}),
            lambda: self.somebody,
            lambda id_: id_ == self.carried,
            lambda id_: id_ == self.outdoors,
        )
        self.watch = Watch(look)

    def say(self, kind: RecordKind, at: float = NOW, **body: Any) -> list[Happening]:
        return self.watch.heard(Record(next(self.seq), at, kind, body))

    def update(self, path: str, value: Any, at: float = NOW, quality: str = "good") -> list[Happening]:
        return self.say(RecordKind.UPDATE, at, device="fan", property=path, value=value, quality=quality)

    def reach(self, state: str, at: float = NOW, device: str = "fan") -> list[Happening]:
        return self.say(RecordKind.AVAILABILITY, at, device=device, state=state, reason="")


def test_a_rule_speaks_in_its_own_words():
    (found,) = Home().say(
        RecordKind.RULE, rule="night", what="notify", run="r1", who="mei", text="Sleep {well}"
    )
    assert (found.topic, found.to, found.path) == (Topic.RULE, "mei", "/automations/rules/night")
    assert found.words["en"].title == "Sleep {well}"
    assert found.words["zh"].body == "来自规则“安静的夜晚”。"


def test_a_rule_that_says_it_in_both_languages_speaks_each_readers():
    body = {"rule": "night", "what": "notify", "run": "r1", "who": "mei", "text": "Sleep well"}
    (found,) = Home().say(RecordKind.RULE, **body, texts={"en": "Sleep well", "zh": "晚安"})
    assert (found.words["en"].title, found.words["zh"].title) == ("Sleep well", "晚安")
    (found,) = Home().say(RecordKind.RULE, **body, texts={"en": "Sleep well"})
    assert found.words["zh"].title == "Sleep well"


def test_a_rule_that_failed_or_was_paused_is_told_of_and_one_that_was_done_is_not():
    home = Home()
    (failed,) = home.say(
        RecordKind.RULE, rule="night", what="ran", ending="failed", why="the fan did not answer"
    )
    assert (failed.topic, failed.words["en"].body) == (Topic.RULE_FAILED, "the fan did not answer")
    (paused,) = home.say(RecordKind.RULE, rule="night", what="paused", why="too often")
    assert paused.topic is Topic.RULE_FAILED
    assert home.say(RecordKind.RULE, rule="night", what="ran", ending="done") == []


def test_a_rule_that_failed_names_the_devices_that_did_not_do_it():
    home = Home()

    def ended(run: str, status: str, reason: str = "", device: str = "fan", kind: str = "rule") -> None:
        cause = {"id": run, "kind": kind, "source": "night"}
        body = {"device": device, "property": "mode", "status": status, "reason": reason, "cause": cause}
        assert home.say(RecordKind.OUTCOME, **body) == []

    def said(run: str, language: str = "en") -> tuple[str, str]:
        why = "1: failed (not sent: 192.0.2.7:54321 did not answer within 5 s)"
        (found,) = home.say(RecordKind.RULE, rule="night", what="ended", run=run, ending="failed", why=why)
        text = found.words[language]
        return text.title.replace(FSI, "").replace(PDI, ""), text.body

    ended("r1", "failed", "not sent: 192.0.2.7:54321 did not answer within 5 s")
    assert said("r1") == ("Quiet night: Fan did not answer", "The diary has the details.")
    ended("r2", "timed_out")
    assert said("r2", "zh") == ("安静的夜晚：净化器没有应答", "详情见日志。")
    ended("r3", "refused", "it may not")
    ended("r3", "failed", "not sent: gone", "a device that left")
    assert said("r3")[0] == "Quiet night: Fan did not do it"
    ended("r4", "confirmed")
    ended("r4", "failed", kind="person")
    ended("r4", "failed", device="a device that left")
    assert said("r4")[0] == "The rule Quiet night failed"
    assert said("r1")[0] == "The rule Quiet night failed", "told once, and forgotten"


def test_of_runs_that_never_end_the_oldest_are_forgotten():
    home = Home()
    for number in range(RUNS + 5):
        cause = {"id": f"r{number}", "kind": "rule", "source": "night"}
        for _ in range(2):
            home.say(
                RecordKind.OUTCOME, device="fan", property="mode", status="failed", reason="", cause=cause
            )
    assert len(home.watch._badly) == RUNS
    assert "r4" not in home.watch._badly


def test_a_device_is_told_of_after_ten_minutes_and_when_it_is_back():
    home = Home()
    home.reach("offline")
    assert home.watch.due(NOW + OFFLINE_AFTER - 1) == []
    (gone,) = home.watch.due(NOW + OFFLINE_AFTER)
    assert (gone.topic, gone.device) == (Topic.DEVICE, "fan")
    assert gone.words["zh"].title == f"{FSI}净化器{PDI}失去联系"
    assert home.watch.due(NOW + OFFLINE_AFTER + 99) == []
    (back,) = home.reach("online", NOW + 900)
    assert back.words["en"].title == f"{FSI}Fan{PDI} is back"


def test_a_short_absence_is_nobodys_business():
    home = Home()
    home.reach("offline")
    assert home.reach("online", NOW + 100) == []
    assert home.watch.due(NOW + OFFLINE_AFTER) == []


def test_a_band_that_went_out_with_its_wearer_is_no_news_and_one_that_lost_its_key_is():
    home = Home()
    home.carried = "fan"
    home.reach("offline")
    assert home.watch.due(NOW + 9 * OFFLINE_AFTER) == []
    assert home.reach("online", NOW + 9 * OFFLINE_AFTER) == []
    home.reach("locked_out", NOW)
    home.reach("offline", NOW + 1)
    assert home.watch.due(NOW + OFFLINE_AFTER) == []
    home.reach("locked_out", NOW + 2)
    (found,) = home.watch.due(NOW + 2 + LOCKED_AFTER)
    assert "key" in found.words["en"].title


def test_a_refused_key_is_told_of_sooner():
    home = Home()
    home.reach("locked_out")
    (found,) = home.watch.due(NOW + LOCKED_AFTER)
    assert "key" in found.words["en"].title


def test_a_device_that_left_is_not_spoken_of():
    home = Home()
    home.reach("offline")
    home.say(RecordKind.HOME, what="device_removed", device="fan")
    assert home.watch.due(NOW + OFFLINE_AFTER) == []
    home.reach("offline", device="stranger")
    assert home.watch.due(NOW + OFFLINE_AFTER) == []


@pytest.mark.parametrize("path", ["smoke", "kitchen.water_leak"])
def test_an_alarm_is_told_at_once_and_breaks_through(path):
    home = Home()
    (found,) = home.update(path, True)
    assert found.breaks_through
    assert (found.topic, found.part) == (Topic.SAFETY, path)
    assert home.update(path, True) == []  # the same alarm goes on
    home.update(path, False)
    assert len(home.update(path, True)) == 1


def test_a_filter_is_told_of_once_though_it_swings():
    home = Home()
    told = [len(home.update("filter_life", value)) for value in (40, 6, 5, 4, 6, 5, 7, 5, 9, 5)]
    assert told == [0, 0, 1, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize("path", sorted(set(WHATS) - {"filter_life", "brush_life", "mop_life"}))
def test_what_needs_a_hand_is_told_of_when_it_begins(path):
    home = Home()
    assert [len(home.update(path, value)) for value in (False, True, True, False, True)] == [0, 1, 0, 0, 1]


def test_the_air_of_a_sensor_outdoors_is_nobodys_room():
    home = Home()
    home.update("pm2_5", 180)
    home.outdoors = "fan"
    assert home.watch.due(NOW + AIR_AFTER) == []
    home.outdoors = ""
    assert len(home.watch.due(NOW + AIR_AFTER + 60)) == 1, "brought in, it tells of its room again"


def test_bad_air_must_last_while_somebody_is_home():
    home = Home()
    home.update("pm2_5", 180.0)
    home.update("pm2_5", 90.0, NOW + 300)
    assert home.watch.due(NOW + AIR_AFTER - 1) == []
    home.somebody = False
    assert home.watch.due(NOW + AIR_AFTER) == []
    home.somebody = True
    (found,) = home.watch.due(NOW + AIR_AFTER + 60)
    assert found.topic is Topic.AIR
    assert "now 90" in found.words["en"].body


def test_a_pan_on_the_stove_clears_before_anybody_is_told():
    home = Home()
    home.update("pm2_5", 300.0)
    home.update("pm2_5", 20.0, NOW + 400)
    assert home.watch.due(NOW + AIR_AFTER) == []
    home.update("co2", 2000, NOW)
    home.update("co2", 1400, NOW + 60)  # a dip above four fifths of the limit does not begin the minutes anew
    assert len(home.watch.due(NOW + AIR_AFTER)) == 1


@pytest.mark.parametrize("quality", ["stale", "unknown", "assumed"])
def test_a_value_that_is_not_good_alarms_nobody(quality):
    home = Home()
    assert home.update("smoke", True, quality=quality) == []
    assert home.update("filter_life", 1, quality=quality) == []


@pytest.mark.parametrize("value", [None, "yes", 1.5, [], {}])
def test_wild_values_are_nothing(value):
    home = Home()
    for path in ("smoke", "tank_full"):
        assert home.update(path, value) == []
    if not isinstance(value, float):
        assert home.update("filter_life", value) == []
        assert home.update("pm2_5", value) == []


def test_sign_ins_and_refusals_are_for_who_may_share():
    home = Home()
    (login,) = home.say(RecordKind.SECURITY, what="login", who="Mei", address="192.168.1.7", via="session")
    assert (login.topic, login.words["en"].body) == (Topic.SECURITY, "From 192.168.1.7.")
    (refused,) = home.say(RecordKind.SECURITY, what="login_refused", who="10.0.0.9")
    assert "10.0.0.9" in refused.words["zh"].body
    assert home.say(RecordKind.SECURITY, what="logout", who="Mei") == []


def test_what_was_refused_is_told_in_both_languages():
    why = say("may_not", who="Bo", verb=say("verb_see"), what="the home")
    (found,) = Home().say(RecordKind.SECURITY, what="refused", who="Bo", reason=why, **told(why))
    assert str(why) in found.words["en"].body
    assert "查看" in found.words["zh"].body
    assert "Bo" in found.words["zh"].body
    (plain,) = Home().say(
        RecordKind.SECURITY, what="refused", who="Bo", reason="wrong", says={"code": "none"}
    )
    assert "wrong" in plain.words["zh"].body


def test_a_power_cut_says_how_long():
    found = power_returned(NOW - 3 * 3600, NOW)
    assert "3 h" in found.words["en"].body
    assert "3 小时" in found.words["zh"].body


@pytest.mark.parametrize("name", ["<b>Mei</b>", "{name}", "{0}{who}", "\u202egnaf", "😀" * 50])
def test_a_name_is_text_and_stays_whole(name):
    said = words("offline", {"": name}, minutes=10)
    assert said["en"].title == f"{FSI}{name}{PDI} is out of reach"
    assert "{" not in said["en"].body


def test_garbage_in_a_record_is_nothing():
    home = Home()
    for kind in RecordKind:
        assert home.say(kind) == []
        assert (
            home.say(kind, device=7, property=None, state=[], what={}, rule=3, who=4, value=5, quality="good")
            == []
        )


def test_who_was_invited_is_told_to_whoever_keeps_the_home():
    (found,) = Home().say(RecordKind.SECURITY, what="person_invited", who="Ana", person="Mei", role="adult")
    assert (found.topic, found.path) == (Topic.SECURITY, "/people")
    assert "Mei" in found.words["en"].title + found.words["en"].body
    assert "已邀请" in found.words["zh"].title + found.words["zh"].body
