"""The vocabulary of traits and kinds of device: small, ours, each row with its counterpart in Matter and MIoT-Spec.

Owns the words and their units (UCUM); never knows a product. Sources: Matter 1.4 Application Cluster
Specification and Device Library (cluster, attribute and device type names and numbers), MIoT-Spec-V2 (service and
property names as they stand in published instances).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from jiahe.model.definition import MAIN, ActionDef, Kind, PropertyDef


@dataclass(frozen=True, slots=True)
class Word:
    """One property (or action) of the vocabulary, with what it is called elsewhere.

    `matter` is "Cluster.Attribute" or "" where Matter has none; `miot` is "service:property" ("*" any service).
    """

    definition: PropertyDef | ActionDef
    matter: str
    miot: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceKind:
    """A kind of device: Matter's device type where it has one (`matter` is its id, 0 where not)."""

    name: str
    matter: int
    miot: tuple[str, ...]
    en: str
    zh: str


def _word(  # noqa: PLR0913  # a row of the table below has this many columns
    trait: str,
    name: str,
    kind: Kind,
    en: str,
    zh: str,
    matter: str,
    *miot: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    writable: bool = False,
) -> Word:
    labels = MappingProxyType({"en": en, "zh": zh})
    definition = PropertyDef(name, kind, unit, low, high, trait=trait, writable=writable, labels=labels)
    return Word(definition, matter, miot)


B, N, F, E, T = Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.ENUM, Kind.TEXT

_ROWS = (
    # trait, name, kind, English, Chinese, Matter, MIoT-Spec …
    _word("on_off", "power", B, "Power", "开关", "OnOff.OnOff", "*:on", writable=True),
    _word("mode", "mode", E, "Mode", "模式", "ModeSelect.CurrentMode", "*:mode", writable=True),
    _word("fault", "fault", T, "Fault", "故障", "", "*:fault"),
    _word("thermostat", "target_temperature", F, "Set point", "目标温度", "Thermostat.OccupiedCoolingSetpoint",
          "air-conditioner:target-temperature", "heater:target-temperature", "thermostat:target-temperature",
          unit="Cel", writable=True),
    _word("fan", "fan_mode", E, "Fan", "风速", "FanControl.FanMode", "fan-control:fan-level", writable=True),
    _word("fan", "fan_level", N, "Fan level", "风量档位", "FanControl.SpeedSetting",
          "air-purifier:fan-level", "air-purifier:favorite-level", "fan:fan-level", writable=True),
    _word("fan", "fan_percent", N, "Fan speed", "风速", "FanControl.PercentSetting", "fan:speed-level",
          unit="%", low=0, high=100, writable=True),
    _word("fan", "fan_rpm", N, "Motor speed", "电机转速", "", unit="/min"),
    _word("swing", "swing_vertical", B, "Vertical swing", "上下摆风", "FanControl.RockSetting",
          "fan-control:vertical-swing", writable=True),
    _word("swing", "swing_horizontal", B, "Horizontal swing", "左右摆风", "FanControl.RockSetting",
          "fan-control:horizontal-swing", writable=True),
    _word("comfort_mode", "eco", B, "Eco", "节能", "", "air-conditioner:eco", writable=True),
    _word("comfort_mode", "turbo", B, "Turbo", "强劲", "", writable=True),
    _word("comfort_mode", "sleep", B, "Sleep", "睡眠", "", "air-conditioner:sleep-mode", writable=True),
    _word("comfort_mode", "dryer", B, "Self-drying", "干燥", "", "air-conditioner:dryer", writable=True),
    _word("comfort_mode", "frost_protection", B, "Frost protection", "防冻", "", writable=True),
    _word("comfort_mode", "auxiliary_heat", B, "Auxiliary heat", "电辅热", "", "air-conditioner:heater", writable=True),
    _word("comfort_mode", "bracelet_control", B, "Wristband control", "手环控制", "", writable=True),
    _word("comfort_mode", "bracelet_sleep", B, "Wristband asleep", "手环入睡", "", writable=True),
    _word("temperature", "temperature", F, "Temperature", "温度", "TemperatureMeasurement.MeasuredValue",
          "environment:temperature", "temperature-humidity-sensor:temperature", unit="Cel"),
    _word("temperature", "outdoor_temperature", F, "Outdoor temperature", "室外温度",
          "TemperatureMeasurement.MeasuredValue", unit="Cel"),
    _word("humidity", "humidity", F, "Humidity", "湿度", "RelativeHumidityMeasurement.MeasuredValue",
          "environment:relative-humidity", "temperature-humidity-sensor:relative-humidity", unit="%", low=0, high=100),
    _word("air_quality", "pm2_5", F, "PM2.5", "PM2.5", "Pm25ConcentrationMeasurement.MeasuredValue",
          "environment:pm2.5-density", unit="ug/m3", low=0),
    _word("air_quality", "pm10", F, "PM10", "PM10", "Pm10ConcentrationMeasurement.MeasuredValue",
          "environment:pm10-density", unit="ug/m3", low=0),
    _word("air_quality", "air_quality", E, "Air quality", "空气质量", "AirQuality.AirQuality",
          "environment:air-quality"),
    _word("filter", "filter_life", N, "Filter life", "滤芯剩余", "HepaFilterMonitoring.Condition",
          "filter:filter-life-level", unit="%", low=0, high=100),
    _word("filter", "filter_used_time", N, "Filter used", "滤芯已用", "", "filter:filter-used-time", unit="h", low=0),
    _word("filter", "filter_left_time", N, "Filter left", "滤芯可用", "", "filter:filter-left-time", unit="d", low=0),
    _word("filter", "filter_alert", B, "Clean the filter", "清洗滤网", "HepaFilterMonitoring.ChangeIndication"),
    _word("anion", "anion", B, "Ionizer", "负离子", "", "*:anion", writable=True),
    _word("indicator", "brightness", N, "Display brightness", "屏幕亮度", "", "screen:brightness", writable=True),
    _word("indicator", "display", B, "Display", "屏显", "", "indicator-light:on", writable=True),
    _word("sound", "buzzer", B, "Buzzer", "提示音", "", "alarm:alarm", writable=True),
    _word("child_lock", "child_lock", B, "Child lock", "童锁", "", "physical-controls-locked:physical-controls-locked",
          writable=True),
    _word("energy", "electric_power", F, "Power draw", "功率", "ElectricalPowerMeasurement.ActivePower",
          "power-consumption:electric-power", unit="W", low=0),
    _word("energy", "energy", F, "Energy used", "用电量", "ElectricalEnergyMeasurement.CumulativeEnergyImported",
          "power-consumption:power-consumption", unit="kW.h", low=0),
)  # fmt: skip

VOCABULARY = MappingProxyType({row.definition.name: row for row in _ROWS})
"""Every word by its property name; a name means the same thing in every component of every device."""

ACTIONS = MappingProxyType(
    {
        "reset_filter": Word(
            ActionDef(
                "reset_filter",
                trait="filter",
                labels=MappingProxyType({"en": "Filter changed", "zh": "重置滤芯"}),
            ),
            "HepaFilterMonitoring.ResetCondition",
            ("filter:reset-filter-life",),
        ),
        "toggle": Word(
            ActionDef("toggle", trait="on_off", labels=MappingProxyType({"en": "Toggle", "zh": "切换"})),
            "OnOff.Toggle",
            ("*:toggle",),
        ),
    }
)

DEVICE_KINDS = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            DeviceKind("room_air_conditioner", 0x0072, ("air-conditioner",), "Air conditioner", "空调"),
            DeviceKind("air_purifier", 0x002D, ("air-purifier",), "Air purifier", "空气净化器"),
            DeviceKind("generic", 0, (), "Appliance", "电器"),
        )
    }
)


def defined(name: str, component: str = MAIN, **changes: object) -> PropertyDef:
    """The vocabulary's definition of a property, fitted to one product (limits, choices, readable, writable)."""
    word = VOCABULARY[name].definition
    if not isinstance(word, PropertyDef):
        raise TypeError(f"{name} is an action, not a property")
    return replace(word, component=component, **changes)  # type: ignore[arg-type]  # the caller's keys are PropertyDef's
