"""What stands in the demo home: its rooms and its devices, by name. Owns who they are; never where they live or what they do."""

from __future__ import annotations

from jiahe.virtual.appliance_laws import LAWS, UNITS
from jiahe.virtual.balcony import BALCONY
from jiahe.virtual.fridge_plug import PLUG
from jiahe.virtual.lived import BEDROOM_PURIFIER, CONDITIONER, COOKER, DISHWASHER, FRIDGE, LAMP, PURIFIER
from jiahe.virtual.resident import Maker, Resident

ROOMS = (
    {"id": "living-room", "en": "Living room", "zh": "客厅"},
    {"id": "bedroom", "en": "Bedroom", "zh": "卧室"},
    {"id": "kitchen", "en": "Kitchen", "zh": "厨房"},
    {"id": "balcony", "en": "Balcony", "zh": "阳台"},
)


def furnish(maker: Maker) -> tuple[Resident, ...]:
    """The devices, in the order of their addresses; the bands, which have none, are the last."""
    return (
        maker.purifier(1, id=PURIFIER, names={"en": "Air purifier", "zh": "空气净化器"}, room="living-room"),
        maker.conditioner(1, id=CONDITIONER, names={"en": "Air conditioner", "zh": "空调"}, room="bedroom"),
        _midea(maker, "midea.ca.refrigerator", FRIDGE, "Refrigerator", "冰箱"),
        _midea(maker, "midea.ea.rice_cooker", COOKER, "Rice cooker", "电饭煲"),
        _midea(maker, "midea.e1.dishwasher", DISHWASHER, "Dishwasher", "洗碗机"),
        maker.miio("philips.light.bulb", 1, id=LAMP, names={"en": "Bedside lamp", "zh": "床头灯"}, room="bedroom",
                   values={"light_level": 60, "warmth": 20, "scene": 4}),
        _midea(maker, "midea.fc.air_purifier", BEDROOM_PURIFIER, "Bedroom purifier", "卧室净化器", "bedroom"),
        maker.miio("cgllc.airm.cgdn1", 2, id=BALCONY, names={"en": "Air monitor", "zh": "空气检测仪"}, room="balcony",
                   values={"battery": 100, "charging": "not_charging", "battery_voltage": 4.12}),
        maker.miio("chuangmi.plug.212a01", 3, id=PLUG, names={"en": "Fridge plug", "zh": "冰箱插座"}, room="kitchen",
                   values={"power": True, "display": True}),
        maker.band(1, model="mi-band-4", id="wang-band", names={"en": "Wang Fang's band", "zh": "王芳的手环"}),
        maker.band(2, model="mi-band-3", id="li-band", names={"en": "Li Wei's band", "zh": "李伟的手环"}),
    )  # fmt: skip


def _midea(maker: Maker, product: str, id_: str, en: str, zh: str, room: str = "kitchen") -> Resident:
    law = LAWS[product]
    return maker.appliance(
        product,
        1,
        id=id_,
        names={"en": en, "zh": zh},
        room=room,
        actions=law.actions,
        facts=UNITS.get(product, {}),
    )
