"""The page that helps to install the home's certificate: HTML without a script, for every browser there is. Pure.

Owns its look; its words stand in `trust_words.py`. What is not ours is escaped (the certificate's name holds the home's).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from jiahe.web.trust_words import LANGUAGES, Platform, Words

CA_PATH, PROFILE_PATH = "/trust/ca.crt", "/trust/ca.mobileconfig"


@dataclass(frozen=True, slots=True)
class Shown:
    """What one visitor's page says. `url` "" while the secure door is closed; `secure`: they came over it."""

    language: str
    user_agent: str
    name: str
    fingerprint: str
    url: str
    secure: bool


def language_of(header: str) -> str:
    """The first of our languages in an Accept-Language header; English where there is none. Weights are in its order."""
    for part in header.split(",")[:20]:
        tag = part.partition(";")[0].strip().lower()
        for language in LANGUAGES:
            if tag == language or tag.startswith(f"{language}-"):
                return language
    return "en"


def platform_of(words: Words, user_agent: str) -> str:
    """Which platform's steps stand open."""
    for platform in words.platforms:
        if any(mark in user_agent for mark in platform.marks):
            return platform.id
    return words.platforms[0].id


def trust_page(shown: Shown) -> str:
    """The whole page."""
    words = LANGUAGES[shown.language]
    other = "zh" if shown.language == "en" else "en"
    tag = "zh-Hans" if shown.language == "zh" else "en"
    own = platform_of(words, shown.user_agent)
    parts = [
        f'<!doctype html><html lang="{tag}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<title>{words.title} · Jiahe</title><link rel="icon" href="/icon.svg"><style>{STYLE}</style></head><body>',
        f'<header><a class="home" href="/">{SIGN}<span>Jiahe <span lang="zh-Hans">家和</span></span></a>',
        f'<a class="other" lang="{other}" hreflang="{other}" href="/trust?lang={other}">{words.other}</a></header>',
        f"<main><h1>{words.title}</h1>",
        f'<p class="here">{TICK}{words.here}</p>' if shown.secure else "",
        f"<p>{words.lead}</p><p>{words.promise}</p>",
        _fingerprint(words, shown),
        f'<section aria-labelledby="how"><h2 id="how">{words.choose}</h2>',
        *(_platform(words, platform, shown, open_=platform.id == own) for platform in words.platforms),
        "</section>",
        _end(words, shown),
        "</main></body></html>",
    ]
    return "".join(parts)


def _fingerprint(words: Words, shown: Shown) -> str:
    pairs = shown.fingerprint.split(":")
    rows = (pairs[at : at + 8] for at in range(0, len(pairs), 8))
    grid = "".join(f"<span>{html.escape(' '.join(row))}</span> " for row in rows)
    return (
        f'<section class="card" aria-labelledby="print"><h2 id="print">{words.fingerprint}</h2>'
        f"<code>{grid}</code><p>{words.compare}</p></section>"
    )


def _platform(words: Words, platform: Platform, shown: Shown, *, open_: bool) -> str:
    steps = "".join(f"<li>{_step(words, step, shown)}</li>" for step in platform.steps)
    note = f'<p class="note">{_bold(html.escape(platform.note))}</p>' if platform.note else ""
    yours = f' <span class="yours">{words.yours}</span>' if open_ else ""
    return (
        f'<details name="how"{" open" if open_ else ""}><summary>{platform.name}{yours}</summary>'
        f"<ol>{steps}</ol>{note}</details>"
    )


def _step(words: Words, step: str, shown: Shown) -> str:
    text = _bold(html.escape(step))
    save = f'<a href="{CA_PATH}" download="jiahe-ca.crt">{words.save}</a>'
    profile = f'<a href="{PROFILE_PATH}">{words.profile}</a>'
    filled = text.replace("{save}", save).replace("{profile}", profile)
    return filled.replace("{name}", html.escape(shown.name))  # last: a home's name may hold braces


def _bold(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)


def _end(words: Words, shown: Shown) -> str:
    if shown.secure:
        return f'<p class="end"><a class="go" href="/">{words.back}</a></p>'
    if not shown.url:
        return f'<p class="end">{words.closed}</p>'
    url = html.escape(shown.url, quote=True)
    return (
        f'<p class="end"><a class="go" href="{url}/">{words.open}</a>'
        f'<span class="url">{html.escape(shown.url)}</span><span>{words.open_text}</span></p>'
    )


SIGN = (
    '<svg width="36" height="36" viewBox="0 0 512 512" aria-hidden="true"><rect width="512" height="512" rx="128"/>'
    '<path d="M112 244 256 122l144 122M152 214v148a28 28 0 0 0 28 28h152a28 28 0 0 0 28-28V214M200 300c18-22 38-22 56 '
    '0s38 22 56 0"/></svg>'
)
TICK = '<svg class="tick" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true"><path d="m4 10.5 4 4 8-9"/></svg>'

STYLE = """
:root{--bg:#f3f1ec;--surface:#fff;--sunken:#eae7e0;--line:#ddd9d0;--ink:#1a211e;--ink-2:#58625d;--accent:#0a725a;
--accent-ink:#fff;--accent-soft:#dcefe8;color-scheme:light dark}
@media(prefers-color-scheme:dark){:root{--bg:#0f1312;--surface:#1a201e;--sunken:#262e2b;--line:#2f3835;--ink:#edf2ef;
--ink-2:#a4b0ab;--accent:#5ccba6;--accent-ink:#05261b;--accent-soft:#17352c}}
*{box-sizing:border-box}
html{font:100%/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','PingFang SC','Microsoft YaHei',
'Noto Sans CJK SC',sans-serif;background:var(--bg);color:var(--ink);-webkit-text-size-adjust:100%;text-size-adjust:100%}
html[lang^=zh]{line-height:1.65}
body{margin:0 auto;max-width:42rem;padding:16px 20px 48px;overflow-wrap:break-word}
header{display:flex;justify-content:space-between;align-items:center;min-height:52px}
.home{display:flex;align-items:center;gap:10px;min-height:44px;font-weight:600;color:inherit;text-decoration:none}
.other{display:flex;align-items:center;min-height:44px;padding:0 4px}
rect{fill:var(--accent)}
header path{fill:none;stroke:var(--accent-ink);stroke-width:30;stroke-linecap:round;stroke-linejoin:round}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:20px 0 16px;text-wrap:balance}
h2{font-size:1rem;font-weight:600;margin:0 0 10px}
p{margin:0 0 12px;max-width:38rem}
a{color:var(--accent);text-underline-offset:3px}
section{margin-top:28px}
.card{background:var(--surface);border-radius:20px;padding:20px}
.card p{margin:12px 0 0;font-size:.875rem;color:var(--ink-2)}
code{display:grid;grid-template-columns:repeat(auto-fit,minmax(14.5em,1fr));gap:2px 24px;
font:.9375rem/1.7 ui-monospace,'SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace}
code span{white-space:nowrap}
.here{display:flex;gap:10px;align-items:flex-start;background:var(--accent-soft);border-radius:12px;padding:12px 16px}
.tick{flex:none;margin-top:2px}
.tick path{fill:none;stroke:var(--accent);stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round}
details{background:var(--surface);border-radius:16px;margin-top:8px}
summary{display:flex;align-items:center;gap:10px;min-height:52px;padding:0 20px;font-weight:600;cursor:pointer;
list-style:none;border-radius:16px}
summary::-webkit-details-marker{display:none}
summary::after{content:'';margin-inline-start:auto;width:9px;height:9px;border:solid var(--ink-2);border-width:0 2px 2px 0;
transform:translateY(-2px) rotate(45deg)}
details[open] summary::after{transform:translateY(2px) rotate(225deg)}
.yours{font-size:.8125rem;font-weight:500;color:var(--accent);background:var(--accent-soft);border-radius:99px;
padding:2px 10px}
ol{list-style:none;counter-reset:step;margin:0;padding:0 20px 12px}
li{counter-increment:step;position:relative;padding:0 0 14px 40px}
li::before{content:counter(step);position:absolute;left:0;top:-1px;width:26px;height:26px;border-radius:50%;
background:var(--sunken);font-size:.8125rem;font-weight:600;display:grid;place-items:center}
b{font-weight:600}
li a{display:inline-block;padding:10px 0;margin:-10px 0}
.note{margin:0;padding:0 20px 18px 60px;font-size:.875rem;color:var(--ink-2)}
.end{display:grid;justify-items:start;gap:8px;margin-top:32px;color:var(--ink-2)}
.go{display:inline-flex;align-items:center;justify-content:center;min-height:48px;padding:0 24px;border-radius:99px;
background:var(--accent);color:var(--accent-ink);font-weight:600;text-decoration:none}
.url{font:.9375rem ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;color:var(--ink)}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
@media(max-width:30rem){.go{width:100%}.end{justify-items:stretch}}
"""
