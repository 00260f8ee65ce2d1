"""How a MIoT-Spec instance's own words become ours: units, choices, labels, components. Pure; never reads an instance.

What the vocabulary has no word for keeps the maker's name, made readable in both languages as far as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from types import MappingProxyType

from jiahe.model.definition import MAIN

LABEL_LIMIT = 80
"""Characters of a label: longer ones are a maker's notes to himself."""

UNITS: Mapping[str, str] = MappingProxyType(
    {
        # as instances spell it (lower case, no blanks) -> UCUM
        "percentage": "%", "percent": "%", "%": "%",
        "celsius": "Cel", "℃": "Cel", "°c": "Cel", "fahrenheit": "[degF]", "℉": "[degF]", "kelvin": "K",
        "μg/m3": "ug/m3", "µg/m3": "ug/m3", "ug/m3": "ug/m3", "μg/m³": "ug/m3", "mg/m3": "mg/m3", "mg/m³": "mg/m3",
        "ppm": "[ppm]", "ppb": "[ppb]", "microsiemens": "uS",
        "days": "d", "day": "d", "hours": "h", "hour": "h", "minutes": "min", "minute": "min", "min": "min",
        "seconds": "s", "second": "s", "s": "s", "milliseconds": "ms", "ms": "ms",
        "watt": "W", "w": "W", "kilowatt": "kW", "kwh": "kW.h", "wh": "W.h", "volt": "V", "v": "V", "mv": "mV",
        "ampere": "A", "a": "A", "ma": "mA", "mah": "mA.h", "hz": "Hz",
        "lux": "lx", "lx": "lx", "arcdegrees": "deg", "arcdegress": "deg", "arcdegree": "deg", "degrees": "deg",
        "pascal": "Pa", "pa": "Pa", "hpa": "hPa", "kpa": "kPa", "mmhg": "mm[Hg]",
        "l": "L", "liter": "L", "litre": "L", "ml": "mL", "m3": "m3", "m³": "m3", "m3/h": "m3/h", "m³/h": "m3/h",
        "meter": "m", "metre": "m", "cm": "cm", "mm": "mm", "m2": "m2", "m²": "m2", "g": "g", "gram": "g", "kg": "kg",
        "calorie": "kcal", "kcal": "kcal", "bpm": "/min", "rpm": "/min", "db": "dB", "times": "", "steps": "",
        "rgb": "", "none": "", "": "",
    }
)  # fmt: skip
"""Spellings found in published instances, misspelt ones too; `rgb` says how a number is packed and is no unit."""

_CHINESE = re.compile("[\u3400-\u9fff]")

_CHOICES: Mapping[str, str] = MappingProxyType(
    {
        "关": "off", "关闭": "off", "开": "on", "打开": "on", "开启": "on", "是": "yes", "否": "no", "无": "none",
        "自动": "auto", "手动": "manual", "低": "low", "中": "medium", "高": "high", "标准": "standard", "强劲": "strong",
        "节能": "eco", "安静": "quiet", "静音": "silent", "睡眠": "sleep", "正常": "normal", "空闲": "idle", "暂停": "pause",
        "单次任务": "once", "重复任务": "repeat", "没装": "not_installed", "装了": "installed", "尘盒": "dust_box",
        "水箱": "water_tank", "二合一水箱": "two_in_one_tank",
    }
)  # fmt: skip

_GLOSSARY: Mapping[str, str] = MappingProxyType(
    {
        "action": "动作", "add": "添加", "air": "空气", "alarm": "提示音", "angle": "角度", "anion": "负离子", "app": "应用",
        "area": "面积", "auto": "自动", "automatic": "自动", "average": "平均", "battery": "电池", "bright": "亮度",
        "brightness": "亮度", "brush": "刷子", "button": "按键", "buzzer": "蜂鸣器", "carpet": "地毯", "charging": "充电",
        "child": "儿童", "clean": "清扫", "cleaning": "清扫", "cloud": "云端", "code": "代码", "collect": "收集", "color": "颜色",
        "colour": "颜色", "control": "控制", "cook": "烹饪", "cooking": "烹饪", "count": "次数", "country": "国家",
        "current": "当前", "custom": "自定义", "cycle": "循环", "data": "数据", "debug": "调试", "default": "默认",
        "delay": "延时", "delete": "删除", "delta": "变化", "device": "设备", "display": "显示", "door": "门", "dry": "干燥",
        "dust": "集尘", "duration": "时长", "eco": "节能", "electric": "电", "enable": "启用", "end": "结束", "energy": "能耗",
        "error": "错误", "extra": "附加", "factory": "工厂", "fan": "风扇", "fast": "快速", "fault": "故障", "faults": "故障",
        "favorite": "最爱", "filter": "滤芯", "first": "首次", "flow": "流光", "food": "食物", "function": "功能", "gear": "档位",
        "go": "前往", "hardware": "硬件", "heat": "加热", "heater": "加热", "heating": "加热", "high": "高", "horizontal": "水平",
        "hour": "小时", "humidity": "湿度", "id": "编号", "indicator": "指示灯", "info": "信息", "interval": "间隔", "key": "按键",
        "language": "语言", "left": "剩余", "level": "档位", "life": "寿命", "light": "灯光", "limit": "限制", "list": "列表",
        "lock": "锁", "loop": "循环", "low": "低", "lower": "下", "main": "主", "manual": "手动", "map": "地图", "max": "最大",
        "memory": "记忆", "min": "最小", "minute": "分钟", "mode": "模式", "mop": "拖布", "motion": "移动", "motor": "电机",
        "mute": "静音", "name": "名称", "natural": "自然", "night": "夜间", "number": "数量", "off": "关", "on": "开",
        "open": "打开", "order": "预约", "outdoor": "室外", "pause": "暂停", "percent": "百分比", "play": "播放", "point": "点",
        "position": "位置", "power": "电源", "preheat": "预热", "press": "按下", "pressed": "按下", "product": "产品",
        "quick": "快速", "range": "范围", "reboot": "重启", "recipe": "菜谱", "record": "记录", "remote": "遥控器", "repeat": "重复",
        "reset": "重置", "resume": "继续", "room": "房间", "run": "运行", "scene": "场景", "screen": "屏幕", "sensor": "传感器",
        "serial": "序列号", "set": "设置", "setting": "设置", "side": "边", "silent": "静音", "sleep": "睡眠", "speed": "速度",
        "start": "开始", "state": "状态", "status": "状态", "step": "步进", "stop": "停止", "sweep": "清扫", "swing": "摆风",
        "switch": "开关", "target": "目标", "task": "任务", "temp": "温度", "temperature": "温度", "time": "时间", "timer": "定时",
        "times": "次数", "toggle": "切换", "total": "累计", "turn": "转", "type": "类型", "up": "上", "update": "更新",
        "upload": "上传", "upper": "上", "use": "使用", "used": "已用", "user": "用户", "vacuum": "吸尘", "value": "数值",
        "version": "版本", "vertical": "垂直", "video": "视频", "virtual": "虚拟", "voice": "语音", "voltage": "电压",
        "volume": "音量", "wake": "唤醒", "wall": "墙", "warm": "保温", "warn": "警告", "wash": "清洗", "water": "水",
        "wind": "风", "work": "工作", "working": "工作", "zone": "区域",
    }
)  # fmt: skip
"""A maker's name in Chinese where every one of its words is here; otherwise the name stays as it is."""

_ROOMS_OF_A_FRIDGE: Mapping[str, str] = MappingProxyType(
    {
        "fridge-chamber": "fridge", "refrigeration-chamber": "fridge", "freezer-chamber": "freezer",
        "freezing-chamber": "freezer", "ice-chamber": "ice", "variable-temperature-chamber": "variable",
        "convertible-chamber": "variable", "zero-temperature-chamber": "fresh",
    }
)  # fmt: skip

_APPLIANCES = frozenset(
    {"light", "ambient-light", "fan", "ceiling-fan", "heater", "switch", "humidifier", "air-purifier", "air-conditioner",
     "air-fresh", "curtain", "airer", "ptc-bath-heater", "thermostat", "oven", "water-heater", "speaker", "microphone",
     *_ROOMS_OF_A_FRIDGE}
)  # fmt: skip
"""Services that are an appliance of their own: beside another one each is a component."""

_MAIN_SERVICES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"outlet": ("switch",), "bath-heater": ("ptc-bath-heater",), "camera": ("camera-control",)}
)


def identifier(name: str) -> str:
    """A name that can stand in a path."""
    kept = "".join(mark if f"a{mark}".isidentifier() else " " for mark in name.strip().lower())
    cleaned = re.sub(r"[\s_]+", "_", kept).strip("_")
    return cleaned if cleaned.isidentifier() else f"p_{cleaned}"


def apart(title: str, service: str, ours: Container[str]) -> str:
    """The maker's own name for what our word does not mean, kept apart from our word of the same name."""
    own = identifier(title)
    return f"{identifier(service)}_{own}" if own in ours else own


def choice(description: str, value: object) -> str:
    """The word of one value of a list: a word, not necessarily an identifier ("60", "level1")."""
    text = description.strip()
    if re.fullmatch(r"[+-]?[\d.]+", text):
        return text
    word = _CHOICES.get(text) or re.sub(r"[^\w.+%°]+", "_", text.lower()).strip("_")
    return word[:LABEL_LIMIT] or f"value_{value}"


def unit(text: object) -> tuple[str, str]:
    """The UCUM code of a spec's unit, and what is to stand in the label where there is no code."""
    written = str(text or "").strip()
    code = UNITS.get(re.sub(r"\s+", "", written).lower())
    return (code, "") if code is not None else ("", written[:20])


def labels(description: object, name: str, remark: str = "") -> Mapping[str, str]:
    """What a person reads: the maker's description, or its name made readable; `remark` in brackets behind it."""
    text = re.sub(r"\s+", " ", str(description or "")).strip()[:LABEL_LIMIT]
    words = [word for word in re.split(r"[-_ ]+", name) if word]
    plain = " ".join(words).capitalize()[:LABEL_LIMIT] or "?"
    if _CHINESE.search(text):
        english, chinese = plain, text
    else:
        english = _sentence(text) if text and text != name else plain
        known = [_GLOSSARY.get(word.lower()) for word in words]
        chinese = "".join(part for part in known if part) if words and all(known) else english
    behind = f" ({remark})" if remark else ""
    return MappingProxyType({"en": english + behind, "zh": chinese + behind})


def _sentence(text: str) -> str:
    """ "Motor Reverse" as "Motor reverse"; abbreviations stay as they are."""
    first, *rest = text.split(" ")
    return " ".join(
        [first[:1].upper() + first[1:], *(word.lower() if word.istitle() else word for word in rest)]
    )


class Components:
    """Which component each service of a device belongs to, decided once from the whole list of services.

    The device's own service and what serves it (filter, battery, indicator) are `main`; another appliance in the same
    case (the fan of a lamp, the third socket of a strip, a fridge's freezer) is a component.
    """

    def __init__(self, device: str, services: Iterable[tuple[str, str]]) -> None:
        """`services` are names and descriptions, in order."""
        self._services, self._device = list(services), device
        names = [name for name, _ in self._services]
        wanted = (*_MAIN_SERVICES.get(device, ()), device)
        self.main = next((names.index(name) for name in wanted if name in names), 0)
        self._of = [self._component(index) for index in range(len(names))]

    def of(self, index: int) -> str:
        """The component of this service."""
        return self._of[index]

    def own(self, index: int) -> bool:
        """Whether `on`, `mode`, `status` of this service are those of an appliance, not of a helper."""
        return index == self.main or self._services[index][0] in _APPLIANCES

    def spare(self, index: int) -> str:
        """Where to go when the name is taken in the component."""
        return identifier(self._services[index][0])

    def _component(self, index: int) -> str:
        name = self._services[index][0]
        if name in _ROOMS_OF_A_FRIDGE:
            return _ROOMS_OF_A_FRIDGE[name]
        if index == self.main:
            return MAIN
        alike = [place for place, (other, _) in enumerate(self._services) if other == name]
        if len(alike) > 1:
            return self._of_several(index, alike)
        return identifier(name) if name in _APPLIANCES else MAIN

    def _of_several(self, index: int, alike: list[int]) -> str:
        name, description = self._services[index]
        said = description.strip().lower()
        if name == "switch" and "usb" in said:
            return "usb"
        for side in ("left", "right", "side", "upper", "lower"):
            if re.search(rf"\b{side}\b", said):
                return f"{side}_{identifier(name.partition('-')[0])}"
        if index == alike[0] and name not in _APPLIANCES:
            return MAIN
        if name == "switch":
            sockets = [i for i in alike if i != self.main and "usb" not in self._services[i][1].lower()]
            count = sockets.index(index)
            return f"outlet_{count + 1}" if self._device == "outlet" else f"switch_{count + 2}"
        others = {self._services[i][1].strip().lower() for i in alike if i != index}
        if said and said not in others and said.isascii() and len(said) <= 32 and said != name:
            return identifier(said)
        return f"{identifier(name)}_{alike.index(index) + 1}"
