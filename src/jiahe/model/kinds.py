"""Kinds of device: Matter's device types where it has one, and what Matter lacks. Owns names and numbers, no device.

Sources: Matter 1.4 Device Library Specification (device type ids), MIoT-Spec-V2 (the kind in a device's URN).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """A kind of device: Matter's device type where it has one (`matter` is its id, 0 where not)."""

    name: str
    matter: int
    miot: tuple[str, ...]
    en: str
    zh: str


_KINDS = (
    # name, Matter's device type id, MIoT-Spec kinds, English, Chinese
    DeviceKind("room_air_conditioner", 0x0072, ("air-conditioner",), "Air conditioner", "空调"),
    DeviceKind("air_purifier", 0x002D, ("air-purifier",), "Air purifier", "空气净化器"),
    DeviceKind("fresh_air", 0, ("air-fresh",), "Fresh air system", "新风机"),
    DeviceKind("fan", 0x002B, ("fan", "ceiling-fan"), "Fan", "风扇"),
    DeviceKind("heater", 0, ("heater",), "Heater", "取暖器"),
    DeviceKind("bath_heater", 0, ("bath-heater",), "Bathroom heater", "浴霸"),
    DeviceKind("electric_blanket", 0, ("electric-blanket",), "Electric blanket", "电热毯"),
    DeviceKind("humidifier", 0, ("humidifier",), "Humidifier", "加湿器"),
    DeviceKind("dehumidifier", 0, ("dehumidifier",), "Dehumidifier", "除湿机"),
    DeviceKind("diffuser", 0, ("diffuser",), "Scent diffuser", "香薰机"),
    DeviceKind("thermostat", 0x0301, ("thermostat",), "Thermostat", "温控器"),
    DeviceKind("light", 0x010C, ("light",), "Light", "灯"),
    DeviceKind("outlet", 0x010A, ("outlet",), "Outlet", "插座"),
    DeviceKind("wall_switch", 0x010F, ("switch",), "Wall switch", "墙壁开关"),
    DeviceKind("window_covering", 0x0202, ("curtain",), "Curtain", "窗帘"),
    DeviceKind("airer", 0, ("airer",), "Clothes airer", "晾衣机"),
    DeviceKind("robot_vacuum", 0x0074, ("vacuum",), "Robot vacuum", "扫地机器人"),
    DeviceKind("refrigerator", 0x0070, ("refrigerator", "fridge"), "Refrigerator", "冰箱"),
    DeviceKind("oven", 0x007B, ("oven",), "Oven", "烤箱"),
    DeviceKind("microwave_oven", 0x0079, ("microwave-oven",), "Microwave oven", "微波炉"),
    DeviceKind("cook_surface", 0x0077, ("induction-cooker",), "Cook surface", "灶面"),
    DeviceKind("extractor_hood", 0x007A, ("hood",), "Extractor hood", "油烟机"),
    DeviceKind("rice_cooker", 0, ("cooker",), "Rice cooker", "电饭煲"),
    DeviceKind("pressure_cooker", 0, ("pressure-cooker",), "Pressure cooker", "压力锅"),
    DeviceKind("air_fryer", 0, ("air-fryer",), "Air fryer", "空气炸锅"),
    DeviceKind("kettle", 0, ("kettle",), "Kettle", "水壶"),
    DeviceKind("coffee_machine", 0, ("coffee-machine",), "Coffee machine", "咖啡机"),
    DeviceKind("dishwasher", 0x0075, ("dishwasher",), "Dishwasher", "洗碗机"),
    DeviceKind("laundry_washer", 0x0073, ("washer",), "Washing machine", "洗衣机"),
    DeviceKind("laundry_dryer", 0x007C, ("dryer",), "Tumble dryer", "干衣机"),
    DeviceKind("water_heater", 0x050F, ("water-heater",), "Water heater", "热水器"),
    DeviceKind("air_quality_sensor", 0x002C, ("air-monitor",), "Air quality monitor", "空气检测仪"),
    DeviceKind("temperature_sensor", 0x0302, ("temperature-humidity-sensor",), "Temperature sensor", "温湿度计"),
    DeviceKind("contact_sensor", 0x0015, ("magnet-sensor",), "Door and window sensor", "门窗传感器"),
    DeviceKind("occupancy_sensor", 0x0107, ("motion-sensor", "occupancy-sensor"), "Motion sensor", "人体传感器"),
    DeviceKind("light_sensor", 0x0106, ("illumination-sensor",), "Light sensor", "光照传感器"),
    DeviceKind("water_leak_detector", 0x0043, ("submersion-sensor",), "Water leak detector", "水浸传感器"),
    DeviceKind("smoke_alarm", 0x0076, ("smoke-sensor",), "Smoke alarm", "烟雾报警器"),
    DeviceKind("camera", 0, ("camera",), "Camera", "摄像机"),
    DeviceKind("doorbell", 0, ("video-doorbell",), "Doorbell", "可视门铃"),
    DeviceKind("speaker", 0x0022, ("speaker",), "Speaker", "音箱"),
    DeviceKind("wristband", 0, (), "Wristband", "手环"),
    DeviceKind("generic", 0, (), "Appliance", "电器"),
)  # fmt: skip

DEVICE_KINDS = MappingProxyType({kind.name: kind for kind in _KINDS})
"""Every kind by its name, which is the name of a device's profile."""

KIND_OF_MIOT = MappingProxyType({miot: kind for kind in _KINDS for miot in kind.miot})
"""The kind by the word in a MIoT-Spec URN."""
