"""The sentences of starts that wait for cheaper electricity: a code, and what it says in English and Chinese. Owns words only.

Figures are named in braces; `at` and `until` are epoch seconds, which whoever shows them writes as a local time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        code: MappingProxyType({"en": en, "zh": zh})
        for code, en, zh in (
            ("shift_planned", "{who} wants it ready by {until}: it starts at {at}, when electricity costs least.",
             "{who} 希望在 {until} 前完成：{at} 电价最低时启动。"),
            ("shift_moved", "Prices changed: it starts at {at} now, to be ready by {until}.",
             "电价有变：改为 {at} 启动，{until} 前完成。"),
            ("shift_started", "Starts now, as {who} planned: it is ready at about {until}.",
             "按 {who} 的计划启动，约 {until} 完成。"),
            ("shift_ended", "Switched off: the time that {who} planned is over.", "关闭：{who} 计划的时间已到。"),
            ("shift_still_on", "Could not be switched off when the time that {who} planned was over: look whether it is still on.",
             "{who} 计划的时间已到，但没能关闭：请看看它是否还开着。"),
            ("shift_door", "Does not start: its door is open. It is tried until {at}.", "未启动：门开着。{at} 前会再试。"),
            ("shift_offline", "Does not start: it is out of reach. It is tried until {at}.", "未启动：设备失去联系。{at} 前会再试。"),
            ("shift_failed", "It did not take the start. It is tried again until {at}.", "设备没有接受启动指令，{at} 前会再试。"),
            ("shift_late", "Not started: by {until} it could not be ready any more.", "没有启动：{until} 前已来不及完成。"),
            ("shift_missed", "Not started in time: it was not to be ready after {until}.", "没有及时启动：原定 {until} 前完成。"),
            ("shift_taken", "The plan is dropped: somebody started it before.", "计划取消：已有人提前启动。"),
            ("shift_gone", "The plan is dropped: who planned it is not in this home any more.", "计划取消：计划的人已不在这个家。"),
            ("shift_cancelled", "{who} took the plan back.", "{who} 取消了计划。"),
        )
    }
)  # fmt: skip
"""By code, then by language."""
