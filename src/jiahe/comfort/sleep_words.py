"""The sentences of sleep and the sleep curve: a code, and in English and Chinese what it says. Owns words; decides nothing.

Figures are named in braces; `at` is epoch seconds, which whoever shows it writes as a local time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        code: MappingProxyType({"en": en, "zh": zh})
        for code, en, zh in (
            # ---- stages
            ("sleep.awake", "Awake.", "醒着。"),
            ("sleep.quiet", "Lies still in bed for {still} min: lights dim, the purifier is quiet.",
             "已在床上静卧 {still} 分钟：调暗灯光，净化器静音。"),
            ("sleep.asleep", "Asleep ({percent} %).", "已入睡（{percent} %）。"),
            ("sleep.walks", "Up again: {steps} steps in a minute.", "已起身：一分钟内 {steps} 步。"),
            ("sleep.moves", "Awake: moves more than a sleeper does.", "已醒来：活动多于睡眠中的翻身。"),
            ("sleep.woke", "Probably awake (asleep {percent} %).", "可能已醒来（入睡概率 {percent} %）。"),
            # ---- a band that is not believed
            ("sleep.no_band", "No band has told anything yet.", "还没有手环数据。"),
            ("sleep.band_silent", "The band has said nothing for {minutes} min: nothing is done for sleep.",
             "手环已 {minutes} 分钟没有数据：不执行睡眠动作。"),
            ("sleep.band_off", "The band is not worn: nothing is done for sleep.", "手环未佩戴：不执行睡眠动作。"),
            ("sleep.band_no_pulse", "The band finds no pulse and has not moved for {minutes} min: it seems to lie somewhere.",
             "手环 {minutes} 分钟没有心率也没有活动：可能未佩戴。"),
            ("sleep.band_still", "The band has not moved for {minutes} min: it seems to lie somewhere.",
             "手环 {minutes} 分钟没有活动：可能未佩戴。"),
            ("sleep.band_senseless", "The band told an activity that has no meaning: nothing is done for sleep.",
             "手环的活动数据无意义：不执行睡眠动作。"),
            ("sleep.clock_back", "The band's clock went back by {minutes} min: nothing is done for sleep until it runs.",
             "手环时间倒退 {minutes} 分钟：恢复正常前不执行睡眠动作。"),
            ("sleep.another_wearer", "Somebody else seems to wear the band (pulse {pulse} instead of {usual} a minute).",
             "手环似乎由他人佩戴（心率 {pulse}，平时 {usual} 次/分）。"),
            ("sleep.shared_band", "{people} have the same band {band}: nobody knows who sleeps.",
             "{people} 使用同一手环 {band}：无法判断是谁在睡。"),
            ("sleep.nights_missing", "{nights} nights without a band: the usual times are those from before.",
             "已有 {nights} 晚没有手环数据：沿用以前的作息。"),
            # ---- the curve
            ("curve.begins", "The sleep curve begins at {target} °C.", "睡眠曲线从 {target} °C 开始。"),
            ("curve.rises", "The sleep curve: {target} °C, {hours} h after falling asleep.",
             "睡眠曲线：入睡 {hours} 小时后 {target} °C。"),
            ("curve.top", "The sleep curve stays at its end, {target} °C.", "睡眠曲线保持在终点 {target} °C。"),
            ("curve.back", "Back to {target} °C before the usual waking at {at}.", "在平时醒来的 {at} 之前恢复到 {target} °C。"),
            ("curve.woke", "Awake: back to {target} °C at once.", "已醒来：立即恢复到 {target} °C。"),
            ("curve.two", "Two sleep here: {target} °C is the one of {who}.", "两人同睡：按 {who} 的 {target} °C。"),
            ("curve.bounded", "{target} °C is the limit that is kept for safety.", "出于安全，限制为 {target} °C。"),
            ("curve.told_unit", "The air conditioner was told that the wearer sleeps.", "已告知空调佩戴者已入睡。"),
        )
    }
)  # fmt: skip
"""Every code of sleep and of the sleep curve."""
