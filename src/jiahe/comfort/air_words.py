"""The sentences of clean air: a code, and in English and Chinese what it says. Owns words; decides nothing.

Figures are named in braces; `at` is epoch seconds, which whoever shows it writes as a local time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        code: MappingProxyType({"en": en, "zh": zh})
        for code, en, zh in (
            # ---- a plan
            ("air.clean", "Rests: the air is clean ({now} µg/m³).", "停歇：空气洁净（{now} µg/m³）。"),
            ("air.nobody", "Rests: nobody seems to be here ({now} µg/m³).", "停歇：这里似乎没有人（{now} µg/m³）。"),
            ("air.cleans", "Cleans: {now} µg/m³ here, about {outdoor} outside.", "净化中：室内 {now}，室外约 {outdoor} µg/m³。"),
            ("air.silent", "Cleans quietly beside a sleeper: {now} µg/m³, about {noise} dB(A).",
             "有人睡觉，静音净化：{now} µg/m³，约 {noise} dB(A)。"),
            ("air.before_arrival", "Cleans ahead: somebody is expected in {minutes} min ({now} µg/m³).",
             "提前净化：预计 {minutes} 分钟后有人（{now} µg/m³）。"),
            ("air.before_sleep", "Cleans ahead of the night, which begins in {minutes} min ({now} µg/m³).",
             "睡前净化：{minutes} 分钟后入睡（{now} µg/m³）。"),
            ("air.noise_bound", "Not louder than {noise} dB(A) while somebody sleeps.", "有人睡觉时不超过 {noise} dB(A)。"),
            ("air.expects", "In {minutes} min it is expected to be {then} µg/m³.", "预计 {minutes} 分钟后为 {then} µg/m³。"),
            ("air.threshold", "Cleans above {threshold} µg/m³ ({now} now): the room is not known well enough to plan.",
             "超过 {threshold} µg/m³ 时净化（现为 {now}）：对房间了解还不够。"),
            ("air.blind", "Runs quietly: no sensor tells how the air is.", "低速运行：没有空气质量数据。"),
            ("air.away", "Rests: the home is set to away.", "停歇：家庭处于离家模式。"),
            ("air.looks", "Runs quietly for some minutes: its sensor only measures while it runs.",
             "低速运行几分钟：其传感器只在运行时测量。"),
            ("air.hushed", "Runs quietly: somebody is in bed (about {noise} dB(A)).", "静音运行：有人上床休息（约 {noise} dB(A)）。"),
            ("air.given_back", "As it was before the night.", "恢复到睡前的设置。"),
            # ---- a hand
            ("air.hand", "{who} set it by hand: it stays so until {until}.", "{who} 手动设定，保持到 {until}。"),
            ("air.hand_device", "Set at the appliance: it stays so until {until}.", "在电器上设定，保持到 {until}。"),
            ("air.hand_off", "{who} switched it off: it stays so until {until}.", "{who} 已关闭，保持到 {until}。"),
            ("air.hand_device_off", "Switched off at the appliance: it stays so until {until}.", "在电器上关闭，保持到 {until}。"),
            # ---- faults
            ("air.sensor_missing", "The dust sensor has said nothing for {minutes} min: it runs quietly without.",
             "颗粒物传感器已 {minutes} 分钟没有数据：低速运行。"),
            ("air.sensor_stuck", "The dust sensor has shown {value} µg/m³ for {hours} h, which cannot be: it runs quietly without.",
             "颗粒物传感器 {hours} 小时一直显示 {value} µg/m³，不可能如此：低速运行。"),
            ("air.sensor_jumping", "The dust sensor jumps ({count} times in an hour): it runs quietly without.",
             "颗粒物传感器读数跳变（一小时 {count} 次）：低速运行。"),
            ("air.refuses", "The purifier refused {count} times: it is tried again at {at}.",
             "净化器拒绝了 {count} 次，将在 {at} 再试。"),
            ("air.window_open", "Rests: a window is open, and the outdoor air comes in as fast as it is cleaned.",
             "停歇：窗户开着，室外空气进入与净化一样快。"),
            # ---- the filter
            ("filter.soon", "The filter lasts about {days} more days ({percent} % left).", "滤芯约可再用 {days} 天（剩余 {percent} %）。"),
            ("filter.used", "The filter is used up: {grams} g of dust caught, {percent} % of its clean air left.",
             "滤芯已用完：累计 {grams} 克颗粒物，洁净空气量剩 {percent} %。"),
            # ---- advice
            ("advice.open", "Open the window for about {minutes} min: {co2} ppm of CO2 here, and the air outside is better.",
             "建议开窗约 {minutes} 分钟：室内 CO2 {co2} ppm，室外空气更好。"),
            ("advice.open_unknown", "Open the window for about {minutes} min: {co2} ppm of CO2 here.",
             "建议开窗约 {minutes} 分钟：室内 CO2 {co2} ppm。"),
            ("advice.air", "Air the room: {indoor} µg/m³ here, about {outdoor} outside.", "建议开窗通风：室内 {indoor}，室外约 {outdoor} µg/m³。"),
            ("advice.damp_dry", "Damp: {humidity} %. The air conditioner or the dehumidifier can dry the air.",
             "潮湿：{humidity} %。可用空调除湿模式或除湿机。"),
            ("advice.filter", "Change the purifier's filter: {percent} % left.", "请更换净化器滤芯：剩余 {percent} %。"),
            ("advice.filter_days", "Change the purifier's filter soon: {percent} % left, about {days} days.",
             "请尽快更换净化器滤芯：剩余 {percent} %，约 {days} 天。"),
            ("advice.open_humid", "Open the window for about {minutes} min: {humidity} % here, and the air outside is drier.",
             "建议开窗约 {minutes} 分钟：室内湿度 {humidity} %，室外更干燥。"),
            ("advice.close", "Close the window: {outdoor} µg/m³ outside, {indoor} here.", "建议关窗：室外 {outdoor}，室内 {indoor} µg/m³。"),
            ("advice.stuffy_dirty_outside",
             "Stuffy ({co2} ppm of CO2), but {outdoor} µg/m³ outside: open only for {minutes} min, with the purifier on.",
             "空气闷（CO2 {co2} ppm），但室外 {outdoor} µg/m³：只开 {minutes} 分钟，并开启净化器。"),
            ("advice.dry", "Dry: {humidity} %. A humidifier helps; 40 to 60 % is comfortable.", "干燥：{humidity} %。建议加湿，40 至 60 % 较舒适。"),
            ("advice.damp", "Damp: {humidity} %. Dry the air, for mould grows on cold walls.", "潮湿：{humidity} %。建议除湿，避免冷墙长霉。"),
            ("advice.mould", "The coldest wall is as damp as mould needs ({surface} % there): air and heat more.",
             "最冷的墙面湿度达到 {surface} %，可能长霉：请通风并升温。"),
        )
    }
)  # fmt: skip
"""Every code of the air, the filter and advice."""
