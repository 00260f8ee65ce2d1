"""The vocabulary of traits and kinds of device: small, ours, each row with its counterpart in Matter and MIoT-Spec.

Owns the words and their units (UCUM); never knows a product. Sources: Matter 1.4 Application Cluster
Specification and Device Library (cluster, attribute and device type names and numbers), MIoT-Spec-V2 (service and
property names as they stand in published instances).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from jiahe.model.definition import MAIN, ActionDef, Kind, PropertyDef
from jiahe.model.kinds import DEVICE_KINDS, KIND_OF_MIOT, DeviceKind

__all__ = ["ACTIONS", "DEVICE_KINDS", "KIND_OF_MIOT", "VOCABULARY", "DeviceKind", "Word", "defined"]


@dataclass(frozen=True, slots=True)
class Word:
    """One property (or action) of the vocabulary, with what it is called elsewhere.

    `matter` is "Cluster.Attribute" or "" where Matter has none; `miot` is "service:property" ("*" any service).
    """

    definition: PropertyDef | ActionDef
    matter: str
    miot: tuple[str, ...] = ()


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
    # ---- switching and programmes
    _word("on_off", "power", B, "Power", "开关", "OnOff.OnOff", "*:on", writable=True),
    _word("on_off", "power_on_behavior", E, "When power returns", "来电后", "OnOff.StartUpOnOff",
          "*:default-power-on-state", "custome:off-memory", "yl-light:init-power-opt", writable=True),
    _word("mode", "mode", E, "Mode", "模式", "ModeSelect.CurrentMode", "*:mode", writable=True),
    _word("fault", "fault", T, "Fault", "故障", "", "*:fault"),
    _word("timer", "off_delay", N, "Off after", "延时关闭", "OnOff.OnTime", "*:off-delay-time", "fan:off-delay",
          "countdown:countdown-time", "yl-light:off-delay-time", unit="min", low=0, writable=True),
    _word("operation", "status", E, "Status", "状态", "OperationalState.OperationalState", "*:status"),
    _word("operation", "programme", E, "Programme", "程序", "DishwasherMode.CurrentMode", writable=True),
    _word("operation", "phase", E, "Phase", "阶段", "OperationalState.CurrentPhase"),
    _word("operation", "remaining_time", N, "Time left", "剩余时间", "OperationalState.CountdownTime", "*:left-time",
          unit="min", low=0),
    _word("operation", "delay_start", N, "Starts in", "预约", "", "*:appoint-time", unit="min", low=0, writable=True),
    _word("operation", "door_open", B, "Door open", "门已打开", "BooleanState.StateValue", "*:door-state"),
    _word("cooking", "cook_time", N, "Cooking time", "烹饪时间", "MicrowaveOvenControl.CookTime", "*:target-time",
          unit="min", low=0, writable=True),
    _word("cooking", "keep_warm", B, "Keep warm", "保温", "", "*:auto-keep-warm", writable=True),
    _word("cooking", "preheat", B, "Preheat", "预热", "", "*:preheat-switch", writable=True),
    # ---- climate
    _word("thermostat", "target_temperature", F, "Set point", "目标温度", "Thermostat.OccupiedCoolingSetpoint",
          "*:target-temperature", unit="Cel", writable=True),
    _word("humidistat", "target_humidity", N, "Target humidity", "目标湿度", "", "*:target-humidity", unit="%", low=0,
          high=100, writable=True),
    _word("fan", "fan_mode", E, "Fan", "风速", "FanControl.FanMode", "fan-control:fan-level", writable=True),
    _word("fan", "fan_level", N, "Fan level", "风量档位", "FanControl.SpeedSetting", "air-purifier:fan-level",
          "fan:fan-level", "ceiling-fan:fan-level", "humidifier:fan-level", "thermostat:fan-level", "air-fresh:fan-level",
          "heater:heat-level", writable=True),
    _word("fan", "favorite_level", N, "Favourite level", "最爱档位", "", "air-purifier:favorite-level",
          "custom-service:favorite-level", "motor-speed:favorite-fan-level", "air-purifier-favorite:favorite-fan-level",
          "air-fresh-favorite:fan-level", writable=True),
    _word("fan", "fan_percent", N, "Fan speed", "风速", "FanControl.PercentSetting", "fan:speed-level",
          "dm-service:speed-level", "custom-service:speed-level", unit="%", low=0, high=100, writable=True),
    _word("fan", "fan_rpm", N, "Motor speed", "电机转速", "", "custom-service:moto-speed-rpm", "motor-speed:motor1-speed",
          unit="/min"),
    _word("swing", "swing_vertical", B, "Vertical swing", "上下摆风", "FanControl.RockSetting",
          "fan-control:vertical-swing", "fan:vertical-swing", writable=True),
    _word("swing", "swing_horizontal", B, "Horizontal swing", "左右摆风", "FanControl.RockSetting",
          "fan-control:horizontal-swing", "fan:horizontal-swing", writable=True),
    _word("swing", "swing_angle", N, "Swing angle", "摆风角度", "", "fan:horizontal-angle",
          "fan:horizontal-swing-included-angle", "fan-control:horizontal-angle", unit="deg", writable=True),
    _word("swing", "swing_angle_vertical", N, "Vertical swing angle", "上下摆风角度", "",
          "fan-control:vertical-swing-included-angle", "fan:vertical-angle", unit="deg", writable=True),
    _word("comfort_mode", "eco", B, "Eco", "节能", "", "air-conditioner:eco", writable=True),
    _word("comfort_mode", "turbo", B, "Turbo", "强劲", "", "*:turbo", writable=True),
    _word("comfort_mode", "sleep", B, "Sleep", "睡眠", "", "air-conditioner:sleep-mode", writable=True),
    _word("comfort_mode", "dryer", B, "Self-drying", "干燥", "", "air-conditioner:dryer", "humidifier:dry", writable=True),
    _word("comfort_mode", "frost_protection", B, "Frost protection", "防冻", "", writable=True),
    _word("comfort_mode", "auxiliary_heat", B, "Auxiliary heat", "电辅热", "", "air-conditioner:heater", "air-fresh:heater",
          writable=True),
    _word("comfort_mode", "bracelet_control", B, "Wristband control", "手环控制", "", writable=True),
    _word("comfort_mode", "bracelet_sleep", B, "Wristband asleep", "手环入睡", "", writable=True),
    # ---- what is measured
    _word("temperature", "temperature", F, "Temperature", "温度", "TemperatureMeasurement.MeasuredValue",
          "*:temperature", unit="Cel"),
    _word("temperature", "outdoor_temperature", F, "Outdoor temperature", "室外温度",
          "TemperatureMeasurement.MeasuredValue", "machine-state:outdoor-temp", unit="Cel"),
    _word("temperature", "water_temperature", F, "Water temperature", "水温", "TemperatureMeasurement.MeasuredValue",
          "water-heater:temperature", "kettle:temperature", unit="Cel"),
    _word("diagnostics", "internal_temperature", F, "Temperature inside", "机内温度", "", "switch:temperature",
          "device-info:chip-temperature", "misc:pcbtemp", unit="Cel"),
    _word("humidity", "humidity", F, "Humidity", "湿度", "RelativeHumidityMeasurement.MeasuredValue",
          "*:relative-humidity", unit="%", low=0, high=100),
    _word("air_quality", "pm2_5", F, "PM2.5", "PM2.5", "Pm25ConcentrationMeasurement.MeasuredValue",
          "environment:pm2.5-density", unit="ug/m3", low=0),
    _word("air_quality", "pm10", F, "PM10", "PM10", "Pm10ConcentrationMeasurement.MeasuredValue",
          "environment:pm10-density", unit="ug/m3", low=0),
    _word("air_quality", "co2", F, "CO₂", "二氧化碳", "CarbonDioxideConcentrationMeasurement.MeasuredValue",
          "environment:co2-density", unit="[ppm]", low=0),
    _word("air_quality", "tvoc", F, "TVOC", "总挥发性有机物", "TotalVolatileOrganicCompoundsConcentrationMeasurement.MeasuredValue",
          "environment:tvoc-density", unit="mg/m3", low=0),
    _word("air_quality", "formaldehyde", F, "Formaldehyde", "甲醛", "FormaldehydeConcentrationMeasurement.MeasuredValue",
          "environment:hcho-density", unit="mg/m3", low=0),
    _word("air_quality", "air_quality", E, "Air quality", "空气质量", "AirQuality.AirQuality",
          "environment:air-quality"),
    _word("air_quality", "average_aqi", N, "Average PM2.5", "平均 PM2.5", "", "aqi:average-aqi"),
    _word("light_sensor", "illuminance", F, "Brightness outside", "光照度", "IlluminanceMeasurement.MeasuredValue",
          "illumination-sensor:illumination", "environment:illumination", unit="lx", low=0),
    _word("contact", "contact", B, "Closed", "已关闭", "BooleanState.StateValue", "magnet-sensor:contact-state"),
    _word("presence", "occupied", B, "Somebody there", "有人", "OccupancySensing.Occupancy", "*:occupancy-status",
          "motion-sensor:motion-state"),
    _word("water_leak", "water_leak", B, "Water on the floor", "漏水", "BooleanState.StateValue",
          "submersion-sensor:submersion-state"),
    _word("smoke", "smoke", B, "Smoke", "烟雾", "SmokeCoAlarm.SmokeState", "smoke-sensor:status"),
    _word("water_quality", "tds", N, "Dissolved solids", "溶解性固体", "", "tds-sensor:tds-out", unit="[ppm]", low=0),
    # ---- light
    _word("light", "light_level", N, "Brightness", "亮度", "LevelControl.CurrentLevel", "light:brightness",
          "ambient-light:brightness", unit="%", low=0, high=100, writable=True),
    _word("light", "color_temperature", N, "Colour temperature", "色温", "ColorControl.ColorTemperatureMireds",
          "light:color-temperature", "ambient-light:color-temperature", unit="K", writable=True),
    _word("light", "color", N, "Colour", "颜色", "ColorControl.CurrentHue", "light:color", "ambient-light:color",
          low=0, high=16777215, writable=True),
    # ---- covers
    _word("cover", "cover_control", E, "Move", "移动", "WindowCovering.OperationalStatus", "curtain:motor-control",
          "airer:motor-control", writable=True),
    _word("cover", "position", N, "Position", "位置", "WindowCovering.CurrentPositionLiftPercent100ths",
          "*:current-position", unit="%", low=0, high=100),
    _word("cover", "target_position", N, "Target position", "目标位置", "WindowCovering.TargetPositionLiftPercent100ths",
          "*:target-position", unit="%", low=0, high=100, writable=True),
    # ---- water
    _word("water_tank", "water_level", N, "Water level", "水量", "", "*:water-level", unit="%", low=0),
    _word("water_tank", "tank_full", B, "Tank full", "水箱已满", ""),
    _word("water_tank", "tank_missing", B, "Tank missing", "水箱未安装", ""),
    _word("washing", "spin_speed", N, "Spin speed", "脱水转速", "LaundryWasherControls.SpinSpeedCurrent", unit="/min",
          writable=True),
    _word("washing", "rinse_aid_low", B, "Rinse aid low", "缺漂洗剂", ""),
    _word("washing", "salt_low", B, "Salt low", "缺软水盐", ""),
    # ---- cleaning
    _word("cleaning", "suction", E, "Suction", "吸力", "RvcCleanMode.CurrentMode", "vacuum:fan-level",
          "sweep:suction-state", writable=True),
    _word("cleaning", "cleaning_mode", E, "Cleaning strength", "清扫强度", "RvcCleanMode.CurrentMode",
          "vacuum-extend:cleaning-mode", writable=True),
    _word("cleaning", "mop_water", E, "Mop water", "拖地水量", "", "vacuum-extend:mop-mode", "vacuum:target-water-level",
          "sweep:water-state", writable=True),
    _word("cleaning", "cleaning_time", N, "Cleaning for", "清扫时间", "", "vacuum-extend:cleaning-time", "clean-record:clean-time",
          unit="min", low=0),
    _word("cleaning", "cleaning_area", N, "Area cleaned", "清扫面积", "", "vacuum-extend:cleaning-area",
          "clean-record:clean-area", unit="m2", low=0),
    # ---- what is used up
    _word("filter", "filter_life", N, "Filter life", "滤芯剩余", "HepaFilterMonitoring.Condition",
          "filter:filter-life-level", unit="%", low=0, high=100),
    _word("filter", "filter_used_time", N, "Filter used", "滤芯已用", "", "filter:filter-used-time", unit="h", low=0),
    _word("filter", "filter_left_time", N, "Filter left", "滤芯可用", "", "filter:filter-left-time", unit="d", low=0),
    _word("filter", "filter_alert", B, "Clean the filter", "清洗滤网", "HepaFilterMonitoring.ChangeIndication"),
    _word("consumable", "brush_life", N, "Brush life", "刷子剩余", "", "brush-cleaner:brush-life-level", unit="%", low=0,
          high=100),
    _word("consumable", "brush_left_time", N, "Brush left", "刷子可用", "", "brush-cleaner:brush-left-time", unit="h", low=0),
    _word("consumable", "mop_life", N, "Mop life", "拖布剩余", "", "mop:mop-life-level", unit="%", low=0, high=100),
    _word("consumable", "mop_left_time", N, "Mop left", "拖布可用", "", "mop:mop-left-time", unit="h", low=0),
    _word("battery", "battery", N, "Battery", "电量", "PowerSource.BatPercentRemaining", "battery:battery-level", unit="%",
          low=0, high=100),
    _word("battery", "charging", E, "Charging", "充电状态", "PowerSource.BatChargeState", "battery:charging-state"),
    _word("battery", "battery_voltage", F, "Battery voltage", "电池电压", "PowerSource.BatVoltage", "battery:voltage",
          unit="V", low=0),
    _word("energy", "electric_power", F, "Power draw", "功率", "ElectricalPowerMeasurement.ActivePower",
          "power-consumption:electric-power", unit="W", low=0),
    _word("energy", "energy", F, "Energy used", "用电量", "ElectricalEnergyMeasurement.CumulativeEnergyImported",
          "power-consumption:power-consumption", unit="kW.h", low=0),
    _word("energy", "voltage", F, "Voltage", "电压", "ElectricalPowerMeasurement.Voltage", "power-consumption:voltage",
          unit="V", low=0),
    _word("energy", "current", F, "Current", "电流", "ElectricalPowerMeasurement.ActiveCurrent",
          "power-consumption:electric-current", unit="A", low=0),
    # ---- the device itself
    _word("anion", "anion", B, "Ionizer", "负离子", "", "*:anion", writable=True),
    _word("sterilize", "uv", B, "UV", "紫外线", "", "*:uv", writable=True),
    _word("indicator", "brightness", N, "Display brightness", "屏幕亮度", "", "screen:brightness",
          "indicator-light:brightness", "fan:brightness", writable=True),
    _word("indicator", "display", B, "Display", "屏显", "", "indicator-light:on", "screen:on",
          "custome:indicator-light", writable=True),
    _word("sound", "buzzer", B, "Buzzer", "提示音", "", "alarm:alarm", "fan:alarm", writable=True),
    _word("sound", "volume", N, "Volume", "音量", "LevelControl.CurrentLevel", "*:volume", unit="%", low=0, high=100,
          writable=True),
    _word("sound", "mute", B, "Mute", "静音", "OnOff.OnOff", "speaker:mute", "microphone:mute", writable=True),
    _word("sound", "do_not_disturb", B, "Do not disturb", "勿扰", "", "do-not-disturb:enable", writable=True),
    _word("child_lock", "child_lock", B, "Child lock", "童锁", "", "*:physical-controls-locked", "vacuum-extend:child-lock",
          writable=True),
    _word("camera", "motion_detection", B, "Watches for motion", "移动侦测", "", "motion-detection:motion-detection",
          writable=True),
    _word("camera", "night_vision", E, "Night vision", "夜视", "", "*:night-shot", writable=True),
    # ---- a person
    _word("wristband", "steps", N, "Steps", "步数", "", "*:steps", low=0),
    _word("wristband", "heart_rate", N, "Heart rate", "心率", "", "*:heart-rate", unit="/min", low=0, high=255),
    _word("wristband", "movement", N, "Movement", "活动量", "", low=0, high=255),
    _word("wristband", "distance", N, "Distance", "距离", "", unit="m", low=0),
    _word("wristband", "calories", N, "Energy burnt", "消耗热量", "", unit="kcal", low=0),
    _word("wristband", "asleep", B, "Asleep", "睡着", ""),
    _word("wristband", "worn", B, "Worn", "已佩戴", ""),
)  # fmt: skip

VOCABULARY = MappingProxyType({row.definition.name: row for row in _ROWS})
"""Every word by its property name; a name means the same thing in every component of every device."""


def _deed(trait: str, name: str, en: str, zh: str, matter: str, *miot: str) -> Word:
    return Word(ActionDef(name, trait=trait, labels=MappingProxyType({"en": en, "zh": zh})), matter, miot)


_DEEDS = (
    # trait, name, English, Chinese, Matter's command, MIoT-Spec …
    _deed("on_off", "toggle", "Toggle", "切换", "OnOff.Toggle", "*:toggle"),
    _deed("filter", "reset_filter", "Reset filter", "重置滤芯", "HepaFilterMonitoring.ResetCondition",
          "filter:reset-filter-life"),
    _deed("consumable", "reset_brush", "Reset brush", "重置刷子", "", "brush-cleaner:reset-brush-life"),
    _deed("consumable", "reset_mop", "Reset mop", "重置拖布", "", "mop:reset-mop-life"),
    _deed("cleaning", "start_cleaning", "Clean", "开始清扫", "RvcRunMode.ChangeToMode", "vacuum:start-sweep"),
    _deed("cleaning", "stop_cleaning", "Stop", "停止清扫", "RvcOperationalState.Pause", "vacuum:stop-sweeping"),
    _deed("cleaning", "dock", "Back to the dock", "回充", "RvcOperationalState.GoHome", "battery:start-charge",
          "vacuum:start-charge", "go-charging:start-charging"),
    _deed("operation", "start", "Start", "启动", "OperationalState.Start", "*:start-cook"),
    _deed("operation", "pause", "Pause", "暂停", "OperationalState.Pause", "*:pause"),
    _deed("operation", "resume", "Go on", "继续", "OperationalState.Resume", "*:resume-cook", "*:resume-cooking"),
    _deed("operation", "stop", "Stop", "停止", "OperationalState.Stop", "*:cancel-cooking", "*:stop-working"),
    _deed("light", "brighter", "Brighter", "调亮", "LevelControl.Step", "light:brightness-up"),
    _deed("light", "dimmer", "Dimmer", "调暗", "LevelControl.Step", "light:brightness-down"),
    _deed("identify", "identify", "Show yourself", "寻找设备", "Identify.Identify", "identify:identify",
          "audio:position"),
    _deed("wristband", "alert", "Vibrate", "振动提醒", "Identify.TriggerEffect"),
    _deed("wristband", "measure_heart_rate", "Measure the heart rate", "测心率", ""),
)  # fmt: skip

ACTIONS = MappingProxyType({deed.definition.name: deed for deed in _DEEDS})
"""Every action of the vocabulary by its name."""


def defined(name: str, component: str = MAIN, **changes: object) -> PropertyDef:
    """The vocabulary's definition of a property, fitted to one product (limits, choices, readable, writable)."""
    word = VOCABULARY[name].definition
    if not isinstance(word, PropertyDef):
        raise TypeError(f"{name} is an action, not a property")
    return replace(word, component=component, **changes)  # type: ignore[arg-type]  # the caller's keys are PropertyDef's
