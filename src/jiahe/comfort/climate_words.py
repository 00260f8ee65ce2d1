"""The sentences of the climate: a code, and in English and Chinese what it says with its figures. Owns words; decides nothing.

Figures are named in braces; `at`, `until` and `since` are epoch seconds, which whoever shows them writes as a local time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        code: MappingProxyType({"en": en, "zh": zh})
        for code, en, zh in (
            # ---- a plan
            ("hold", "Keeps the room at {target} °C, as wanted now.", "按当前设定保持 {target} °C。"),
            ("ahead", "Starts now so that it is {target} °C at {at}, when somebody is usually home ({chance} %).",
             "现在开始，让室内在 {at} 到达 {target} °C，那时通常有人在家（{chance} %）。"),
            ("ahead_point", "Starts now so that it is {target} °C at {at}, as the schedule wants.",
             "现在开始，让室内按日程在 {at} 到达 {target} °C。"),
            ("coast", "Off: it stays comfortable by itself until about {until}.", "关闭：到 {until} 左右室内仍会舒适。"),
            ("leaving", "Off ahead of {at}: usually nobody is home from then on.",
             "在 {at} 之前提前关闭：之后通常没有人在家。"),
            ("empty", "Off: nobody is home, and nobody is expected before {at}.", "关闭：家中无人，预计 {at} 前无人回来。"),
            ("empty_long", "Off: nobody is home, and nobody is expected soon.", "关闭：家中无人，近期预计无人回来。"),
            ("empty_bands", "Off: no band has been in reach since {since}, and nobody is expected before {at}.",
             "关闭：自 {since} 起没有手环在附近，预计 {at} 前无人回来。"),
            ("empty_long_bands", "Off: no band has been in reach since {since}, and nobody is expected soon.",
             "关闭：自 {since} 起没有手环在附近，近期预计无人回来。"),
            ("empty_unseen", "Off: nobody has been seen for {hours} h, and nobody is expected before {at}.",
             "关闭：已 {hours} 小时没有看到有人，预计 {at} 前无人回来。"),
            ("empty_long_unseen", "Off: nobody has been seen for {hours} h, and nobody is expected soon.",
             "关闭：已 {hours} 小时没有看到有人，近期预计无人回来。"),
            ("away", "Off: the home is set to away.", "关闭：家庭处于离家模式。"),
            ("scheduled_off", "Off, as the schedule wants at this time.", "按日程，此时关闭。"),
            ("cheap_hour", "Works ahead while electricity costs less.", "趁电价较低时提前运行。"),
            ("dearer_from", "Works ahead: from {at} on, electricity costs {times} times as much.",
             "提前运行：{at} 起电价是现在的 {times} 倍。"),
            ("mild", "Off: it is comfortable without.", "关闭：不用空调也舒适。"),
            ("wish", "Follows the temperature that was asked for: {target} °C.", "按要求的温度运行：{target} °C。"),
            ("sleep_curve", "Follows the sleep curve: {target} °C.", "按睡眠曲线运行：{target} °C。"),
            ("set_for", "Set to {setting} °C, so that the room is at about {value} °C by {at}.",
             "设为 {setting} °C，使室内在 {at} 左右约为 {value} °C。"),
            ("set_near", "Set to {setting} °C, the nearest step.", "设为最接近的 {setting} °C。"),
            ("set_still", "It stays set to {setting} °C for now.", "暂时保持设定 {setting} °C。"),
            # ---- a hand
            ("hand", "{who} set {target} °C by hand: it stays so until {until}.", "{who} 手动设为 {target} °C，保持到 {until}。"),
            ("hand_device", "Set to {target} °C at the appliance: it stays so until {until}.",
             "在电器上设为 {target} °C，保持到 {until}。"),
            ("hand_off", "Switched off by hand: it stays so until {until}.", "已手动关闭，保持到 {until}。"),
            ("hand_forever", "Set by hand until somebody says otherwise.", "已手动设定，直到有人更改。"),
            # ---- no plan
            ("no_model", "Uses the schedule: the room is not known well enough yet ({days} days of readings).",
             "按日程运行：对房间了解还不够（已有 {days} 天数据）。"),
            ("bad_model", "Uses the schedule: the room does not behave as predicted.", "按日程运行：房间的变化与预测不符。"),
            ("no_solution", "Uses the schedule: the plan took too long to compute.", "按日程运行：计划计算超时。"),
            ("no_reading", "Uses the schedule: the room's temperature is not known yet.", "按日程运行：尚无室内温度。"),
            ("no_weather", "Uses the schedule: nobody tells the outdoor temperature.", "按日程运行：没有室外温度。"),
            # ---- faults
            ("window_open", "Off: a window seems to be open (since {since}).", "关闭：似乎有窗户开着（自 {since} 起）。"),
            ("sensor_missing", "The room's sensor has said nothing for {minutes} min: the appliance uses its own.",
             "房间传感器已 {minutes} 分钟没有数据：改用电器自身的温度。"),
            ("sensor_stuck", "The room's sensor has shown {value} °C for {hours} h, which cannot be: the appliance uses its own.",
             "房间传感器 {hours} 小时一直显示 {value} °C，不可能如此：改用电器自身的温度。"),
            ("sensor_jumping", "The room's sensor jumps ({count} times in 2 h): the appliance uses its own.",
             "房间传感器读数跳变（2 小时内 {count} 次）：改用电器自身的温度。"),
            ("unit_refuses", "The appliance refused {count} times: it is tried again at {at}.",
             "电器拒绝了 {count} 次，将在 {at} 再试。"),
            ("unit_idle", "The appliance says it is on, but takes only {watts} W for {minutes} min: it does not work.",
             "电器显示已开启，但 {minutes} 分钟内只耗电 {watts} W：没有在工作。"),
            ("no_effect", "The room does not follow ({minutes} min, {gap} K missing): a window may be open, or the appliance does not work.",
             "室温没有变化（{minutes} 分钟，仍差 {gap} K）：可能有窗户开着，或电器没有工作。"),
            ("frost", "Heats: {value} °C in the room, and pipes must not freeze.", "加热：室内 {value} °C，防止冻结。"),
            ("unsafe", "{asked} °C was asked for; {target} °C is the limit that is kept for safety.",
             "要求 {asked} °C；出于安全，限制为 {target} °C。"),
            ("steady", "Stays as it is for now: it was changed {count} times within the hour.",
             "暂时不变：一小时内已更改 {count} 次。"),
            ("stays_on", "Stays on until {until} at least: it was switched on a short while ago.",
             "至少开到 {until}：刚开启不久，避免频繁开关。"),
            ("stays_off", "Stays off until {until} at least: it was switched off a short while ago.",
             "至少关到 {until}：刚关闭不久，避免频繁开关。"),
            # ---- what was learned
            ("learned", "Learned: {target} °C from {minute} on {days}, as it was set by hand twice.",
             "已学会：{days} {minute} 起 {target} °C，因为两次手动这样设定。"),
            ("learned_off", "Learned: off from {minute} on {days}, as it was switched off by hand twice.",
             "已学会：{days} {minute} 起关闭，因为两次手动关闭。"),
            ("forgotten", "Forgotten: the time {minute} on {days}; it was changed by hand three times.",
             "已忘记：{days} {minute} 的设定，因为三次被手动更改。"),
        )
    }
)  # fmt: skip
"""By code, then by language."""
