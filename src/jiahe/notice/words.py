"""What notices say, in both languages. Owns the sentences; names of people and devices are filled in as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jiahe.notice.happening import Text, Words

Names = Mapping[str, str]
"""A device's name by language; "" is the one that somebody gave it."""

FSI, PDI = "\u2068", "\u2069"
"""FIRST STRONG ISOLATE and its end: a name in another direction does not turn the sentence around it."""

UNTOLD = "有一步没有完成，原因见规则的“为什么”。"
"""For a Chinese reader in the place of a failure's own words, which a run keeps in English."""

_SENTENCES: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    # what: English title and body, Chinese title and body
    "smoke": (("Smoke: {name}", "The detector reports smoke."), ("烟雾报警：{name}", "探测器报告有烟雾。")),
    "water_leak": (("Water: {name}", "Water on the floor."), ("漏水：{name}", "探测器报告地面有水。")),
    "rule": (("{text}", "By your rule {rule}."), ("{text}", "来自规则“{rule}”。")),
    "rule_failed": (
        ("The rule {rule} failed", "{why}"),
        ("规则“{rule}”没有成功", "{why}"),
    ),
    "rule_device_failed": (
        ("{rule}: {devices}", "The diary has the details."),
        ("{rule}：{devices}", "详情见日志。"),
    ),
    "rule_paused": (
        ("The rule {rule} is paused", "It was triggered too often and is left alone for a while."),
        ("规则“{rule}”已暂停", "它被触发得太频繁，暂时停用一会儿。"),
    ),
    "offline": (
        ("{name} is out of reach", "Nothing was heard of it for {minutes} minutes."),
        ("{name}失去联系", "已有 {minutes} 分钟没有消息。"),
    ),
    "locked_out": (
        ("{name} refuses its key", "It answers, but needs its present token or key."),
        ("{name}拒绝了密钥", "设备有应答，但需要新的令牌或密钥。"),
    ),
    "back": (("{name} is back", ""), ("{name}恢复了联系", "")),
    "life": (
        ("{name}: {what} at {value} %", "It is time for a new one."),
        ("{name}：{what}剩余 {value}%", "该更换了。"),
    ),
    "battery": (("{name}: battery at {value} %", ""), ("{name}：电量剩余 {value}%", "")),
    "flag": (("{name}: {what}", ""), ("{name}：{what}", "")),
    "pm2_5": (
        ("The air is bad: {name}", "PM2.5 has been above {limit} µg/m³ for {minutes} minutes; now {value}."),
        ("空气不好：{name}", "PM2.5 超过 {limit} µg/m³ 已有 {minutes} 分钟，现在是 {value}。"),
    ),
    "co2": (
        (
            "Stuffy air: {name}",
            "CO₂ has been above {limit} ppm for {minutes} minutes; now {value}. Open a window.",
        ),
        ("空气闷：{name}", "二氧化碳超过 {limit} ppm 已有 {minutes} 分钟，现在是 {value}。请开窗通风。"),
    ),
    "login": (("{who} signed in", "From {address}."), ("{who}登录了", "来自 {address}。")),
    "login_refused": (
        ("A sign-in was refused", "From {who}. If it was not you, nothing needs to be done: nobody came in."),
        ("有一次登录被拒绝", "来自 {who}。如果不是您，无需处理：没有人进来。"),
    ),
    "refused": (("{who} was refused", "{why}"), ("{who}被拒绝", "{why}")),
    "token_created": (
        ("A new access token was made", "By {who}. Whoever has it can use this home."),
        ("创建了新的访问令牌", "由 {who} 创建。持有者可以使用这个家。"),
    ),
    "person": (
        ("{who}: {what}", "Somebody's access to this home changed."),
        ("{who}：{what}", "家中成员的权限有变化。"),
    ),
    "password_changed": (("{who} has a new password", ""), ("{who}修改了密码", "")),
    "power": (
        ("Jiahe is back", "It stopped without a word for {span}: perhaps the power was out."),
        ("家和恢复运行", "曾意外中断 {span}，可能停过电。"),
    ),
}

ENDS: Mapping[str, tuple[str, str]] = {
    "silent": ("{name} did not answer", "{name}没有应答"),
    "undone": ("{name} did not do it", "{name}没有执行"),
}
"""How an order to a device ended badly."""

WHATS: Mapping[str, tuple[str, str]] = {
    "filter_life": ("filter", "滤芯"),
    "brush_life": ("brush", "刷子"),
    "mop_life": ("mop", "拖布"),
    "filter_alert": ("clean the filter", "请清洗滤网"),
    "tank_full": ("the tank is full", "水箱已满"),
    "tank_missing": ("the tank is missing", "水箱未安装"),
    "rinse_aid_low": ("rinse aid is low", "漂洗剂不足"),
    "salt_low": ("salt is low", "软水盐不足"),
}
"""What needs somebody's hand, by the property that says so."""


def words(sentence: str, names: Names | None = None, **filling: object) -> Words:
    """This sentence, filled in for each language; `what_` in the filling is a key of `WHATS`."""
    said = {}
    of = str(filling.pop("what_", ""))
    for at, language in enumerate(("en", "zh")):
        title, body = _SENTENCES[sentence][at]
        name = (names or {}).get(language) or (names or {}).get("", "")
        fill = {key: str(value) for key, value in filling.items()}
        fill |= {"name": FSI + name + PDI}
        if of in WHATS:
            fill["what"] = WHATS[of][at]
        said[language] = Text(_filled(title, fill), _filled(body, fill))
    return said


def ended_badly(ends: Iterable[tuple[Names, str]]) -> Mapping[str, str]:
    """Which devices did not do what they were told, by language; each with its names and a key of `ENDS`."""
    told: dict[str, list[str]] = {"en": [], "zh": []}
    for names, how in ends:
        for at, language in enumerate(told):
            name = names.get(language) or names.get("", "")
            told[language].append(_filled(ENDS[how][at], {"name": FSI + name + PDI}))
    return {"en": ", ".join(told["en"]), "zh": "，".join(told["zh"])}


def span(seconds: float) -> Mapping[str, str]:
    """How long something was, by language, in its largest unit."""
    minutes = max(1, round(seconds / 60))
    if minutes < 120:
        return {"en": f"{minutes} min", "zh": f"{minutes} 分钟"}
    hours = round(minutes / 60)
    return {"en": f"{hours} h", "zh": f"{hours} 小时"}


def _filled(sentence: str, fill: Mapping[str, str]) -> str:
    """Each {name} by its text, once: what stands in a name's own braces is left as it is."""
    parts = sentence.split("{")
    out = [parts[0]]
    for part in parts[1:]:
        key, _, rest = part.partition("}")
        out.append(fill.get(key, "") + rest)
    return "".join(out)
