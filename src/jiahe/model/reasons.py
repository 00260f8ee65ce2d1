"""Why something was not done: a value that fits no definition, a right that is missing, a device that did not do it. Owns
these sentences in English and in Chinese, by their code; decides nothing. What a request may hold is in `forms.py`, what
the hub answers beyond that in `answers.py`; all are said here.
"""

from __future__ import annotations

from types import MappingProxyType

from jiahe.model.answers import ANSWERS
from jiahe.model.forms import FORMS
from jiahe.model.said import Said, Sentences, table
from jiahe.model.said import say as _say

_REASONS: Sentences = table(
    # ---- rights
    ("sign_in", "Sign in first: nothing in this home is open to strangers.", "请先登录：这个家不对陌生人开放。"),
    ("key_ended", "The key of {who} has ended: ask the owner of this home.", "{who}的钥匙已到期：请找这个家的主人。"),
    ("may_not", "{who} may not {verb} {what}: ask the owner of this home.", "{who}无权{verb}{what}：请找这个家的主人。"),
    ("may_not_now", "{who} may not {verb} {what} at this hour.", "{who}在这个时段无权{verb}{what}。"),
    ("verb_see", "see", "查看"),
    ("verb_operate", "operate", "操作"),
    ("verb_configure", "configure", "设置"),
    ("verb_share", "share", "共享"),
    ("nobody_here", "{who} may not operate anything in this home (any more)", "{who}（已）无权操作这个家的任何设备"),
    ("kind_may_not", "nothing of kind {kind} may operate devices in this home", "{kind} 类来源不能操作这个家的设备"),
    ("rule_gone", "there is no rule '{rule}' in this home (any more)", "家里（已）没有规则“{rule}”"),
    ("rule_of_nobody",
     "the rule {rule} acts for somebody who is not in this home any more: save it again, or remove it",
     "规则 {rule} 的所有者已不在这个家：请重新保存或删除它"),
    ("rule_acts_for", "the rule {rule} acts for {who}: {why}", "规则 {rule} 代表{who}：{why}"),
    # ---- coming in, and names
    ("wrong_login", "The name or the password is not right.", "名字或密码不正确。"),
    ("wrong_claim", "This link is not valid any more. Start Jiahe again and open the new link that it prints.",
     "这个链接已失效。请重新启动家和，打开它给出的新链接。"),
    ("wrong_enter", "This link is not valid any more.", "这个链接已失效。"),
    ("wrong_join", "This invitation is not valid any more. Ask for a new one: each is good once and for a day.",
     "这个邀请已失效。请索取新的邀请：每个只能用一次，一天内有效。"),
    ("wrong_old", "The old password is not right.", "旧密码不正确。"),
    ("no_person", "There is no password to change here: nobody with a name is signed in.", "这里没有可更改的密码：没有以名字登录的人。"),
    ("name_empty", "a name needs at least one character", "名字至少要有一个字符"),
    ("name_long", "a name has at most {most} characters; this has {count}", "名字最多 {most} 个字符，现在有 {count} 个"),
    ("name_turns", "a name must not turn the direction of the writing", "名字不能改变文字方向"),
    ("name_control", "a name must not have control characters", "名字不能含有控制字符"),
    ("name_taken", "Somebody in this home is called {who} already.", "家里已有人叫{who}。"),
    ("room_taken", "There is a room called {name} already.", "已有名为{name}的房间。"),
    ("device_here", "This device is in the home already: it is {name} ({id}).", "这台设备已在家中：{name}（{id}）。"),
    ("people_full", "A home has at most {most} people: remove those whose keys have ended.", "一个家最多 {most} 人：请移除钥匙已到期的人。"),
    ("last_owner", "Somebody must own this home: make another person an owner first.", "这个家必须有主人：请先让另一个人成为主人。"),
    # ---- keys that are handed on
    ("hand_more", "Give only what is yours to give: you may not {verb} {what} so long", "只能给出自己拥有的权限：您不能在这段时间内{verb}{what}"),
    ("hand_verbs", "Give only what is yours to give: a guest of yours sees and operates, no more", "只能给出自己拥有的权限：您的客人只能查看和操作"),
    ("hand_rooms", "Give only what is yours to give: name the rooms that a guest of yours may enter", "只能给出自己拥有的权限：请选择客人可以进入的房间"),
    ("hand_room", "Give only what is yours to give: not '{name}', or not so long", "只能给出自己拥有的权限：“{name}”不行，或时间不能这么长"),
    # ---- values
    ("takes_truth", "takes true or false, not {value}", "只能是真或假，不能是 {value}"),
    ("takes_one_of", "takes one of {names}; not {value}", "只能是 {names} 之一，不能是 {value}"),
    ("takes_text", "takes a text of at most {most} characters", "只能是最多 {most} 个字符的文字"),
    ("takes_number", "takes a number, not {value}", "只能是数字，不能是 {value}"),
    ("takes_whole", "takes a whole number, not {value}", "只能是整数，不能是 {value}"),
    ("below", "{value} is below the lowest, {bound}", "{value} 低于最小值 {bound}"),
    ("above", "{value} is above the highest, {bound}", "{value} 高于最大值 {bound}"),
    ("off_step", "{value} is not on the steps of {step}", "{value} 不在每档 {step} 的刻度上"),
    ("read_only", "can only be read", "只能读取"),
    # ---- how a command ended
    ("stopping", "the hub is stopping", "家和正在停止"),
    ("stopped", "the hub stopped before the device answered", "家和在设备应答之前停止了"),
    ("superseded", "a newer command for the same property came first", "同一属性有了更新的指令"),
    ("line_full", "{most} commands are already waiting for this device", "已有 {most} 条指令在等这台设备"),
    ("line_late", "earlier commands to this device took until its deadline; it was not sent",
     "之前发给这台设备的指令占用到了它的期限；没有发送"),
    ("given_up", "it was given up on the way to the device", "在发往设备的途中放弃了"),
    ("defect", "a defect of the hub: {what}", "家和出现缺陷：{what}"),
    ("silent", "the device did not report the new value in time", "设备没有及时上报新的数值"),
    ("silent_action", "the device did not answer in time; it may have done it, so it was not sent again",
     "设备没有及时应答；它可能已经执行，所以没有重发"),
    ("refused", "the device refused: {why}", "设备拒绝了：{why}"),
    ("unanswered", "the device did not answer in time", "设备没有及时应答"),
    ("untold", "the device took it but does not report this value", "设备接受了，但不上报这个数值"),
    ("untold_yet", "the device took it but did not report the new value in time", "设备接受了，但没有及时上报新的数值"),
    ("otherwise", "the device took it but reports {told}, not {wished}", "设备接受了，但上报的是 {told}，不是 {wished}"),
    ("assumed", "the device accepted it; it cannot report this value", "设备接受了；它无法上报这个数值"),
    ("perhaps", "no answer; it may have done it, so it was not sent again", "没有应答；它可能已经执行，所以没有重发"),
    ("perhaps_of", "{why}; it may have done it, so it was not sent again", "{why}；它可能已经执行，所以没有重发"),
    ("not_sent", "not sent: {why}", "没有发送：{why}"),
    ("not_yet", "the device is not connected yet", "设备还没有连接"),
    ("not_running", "this device is not running: its product file or its key is missing", "这台设备没有运行：缺少产品文件或密钥"),
)  # fmt: skip

SENTENCES: Sentences = MappingProxyType({**_REASONS, **FORMS, **ANSWERS})
"""All of them, by code (no code stands in two of the tables: `tests/rules/test_sentences.py`)."""


def say(code: str, **figures: object) -> Said:
    """This sentence, filled in; KeyError for a code that there is not."""
    return _say(SENTENCES, code, **figures)
