"""A made-up bedroom with a purifier, for the tests of clean air: dust that follows a model, orders that take effect at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from jiahe.catalog.loader import Shelf
from jiahe.comfort.air_ahead import Scene
from jiahe.comfort.air_model import AirModel
from jiahe.comfort.air_room import RoomAir
from jiahe.comfort.clean_air import CleanAir
from jiahe.comfort.outfit import Placed, outfit
from jiahe.comfort.sleep_habit import Habit, Night
from jiahe.comfort.step import Order
from jiahe.comfort.wishes import RoomWish, Sleeper, Wishes
from jiahe.comfort.words import SENTENCES
from jiahe.model.definition import Value
from jiahe.model.happening import Actor, Cause, PropertyRef, Quality

ZONE = ZoneInfo("Asia/Shanghai")
NOON = 1_784_520_000.0  # 2026-07-20 12:00 in Shanghai, a Monday
SHELF = Shelf.shipped()
XIAOMI, OLDER, MIDEA = "zhimi.airpurifier.mb4", "zhimi.airpurifier.v3", "midea.fc.air_purifier"
FAMILIES = (XIAOMI, OLDER, MIDEA)
WANG = Cause("1", Actor.PERSON, "Wang")
SLEEPER = Sleeper("wang", "Wang", "band", "bedroom")
HABIT = Habit([Night(day, 660.0, 1140.0) for day in range(739_800, 739_816)])  # 23:00 to 07:00
PLANT = AirModel(0.35, 0.5, 4.0, 3.0)


@dataclass
class Known:
    value: Value
    quality: Quality
    observed_at: float


class Bedroom:
    """A purifier, its sensor, dust that follows `PLANT`, and orders that take effect at once."""

    def __init__(self, product: str = XIAOMI, *, air: bool = True, sleep: bool = False) -> None:
        profile = SHELF.get(product)
        assert profile is not None
        sensor = SHELF.get("xiaomi.ble.contact")
        assert sensor is not None
        self.outfit = outfit(
            [
                Placed("p", "bedroom", "air_purifier", profile.profile),
                Placed("window", "bedroom", "contact_sensor", sensor.profile),
            ]
        )
        self.wishes = Wishes({"bedroom": RoomWish(air=air, sleep=sleep)}, (SLEEPER,))
        self.clean = CleanAir(ZONE)
        self.clean.fit(self.outfit)
        self.at, self.dust, self.outdoor, self.takes = NOON, 60.0, 90.0, True
        self.values: dict[PropertyRef, Known] = {}
        self.orders: list[Order] = []
        self.notes: list[str] = []
        self.shows: float | None = None
        self.scene = Scene(NOON, True, None, False, False, True, lambda: [1.0] * 96, [HABIT], True)
        self.away = False
        self.say(power=True, mode="auto", filter_life=80)

    def say(self, **values: Value) -> None:
        for path, value in values.items():
            self.values[PropertyRef("p", path)] = Known(value, Quality.GOOD, self.at)

    def hand(self, cause: Cause = WANG, /, **values: Value) -> None:
        self.say(**values)
        for path in values:
            self.clean.changed(self.at, PropertyRef("p", path), cause)

    def window(self, *, closed: bool) -> None:
        self.values[PropertyRef("window", "contact")] = Known(closed, Quality.GOOD, self.at)

    @property
    def room(self) -> RoomAir:
        return self.clean.rooms["bedroom"]

    @property
    def noise(self) -> float:
        level = self.room.ways.standing(self.values.get, "p")
        return 99.0 if level is None else level.noise

    def on(self) -> bool:
        return self.values[PropertyRef("p", "power")].value is True

    def code(self) -> str:
        assert self.room.decision is not None
        return self.room.decision.reasons[0].code

    def live(self, minutes: int = 1) -> None:
        for _ in range(minutes):
            self.at += 60.0
            share = self.room.ways.share(self.values.get, "p")
            self.dust = PLANT.after(self.dust, self.outdoor, 0.4 if share is None else share, 1 / 60)
            self.say(pm2_5=round(self.dust) if self.shows is None else self.shows)
            step = self.clean.minute(
                self.at,
                self.values.get,
                self.wishes,
                self.outfit,
                {"bedroom": replace(self.scene, at=self.at)},
                away=self.away,
            )
            for order in step.orders:
                self.outfit.definitions[order.ref].check(order.value)
                self.orders.append(order)
                if self.takes:
                    self.say(**{order.ref.path: order.value})
                self.clean.ended(self.at, order, done=self.takes)
            self.notes += [note.reasons[0].code for note in step.notes]
            for note in step.notes:
                for one in note.reasons:
                    SENTENCES[one.code]["en"].format(**one.figures)
                    SENTENCES[one.code]["zh"].format(**one.figures)

    def bed(self, *, asleep: bool = True) -> None:
        self.scene = replace(self.scene, quiet=True, asleep=asleep, awake=False)

    def up(self) -> None:
        self.scene = replace(self.scene, quiet=False, asleep=False, awake=True)
