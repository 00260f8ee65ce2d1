"""How the kit's pages look: one style for light and dark, phone and desk, no font or picture from anywhere. Owns colours
and spacing; never a word of content.
"""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--paper:#f6f5f2;--card:#fff;--ink:#1c1b19;--soft:#66625b;--line:#e2dfd8;--accent:#0b6b57;
--good:#10694a;--good-bg:#dff2e8;--bad:#9c1f1f;--bad-bg:#fbe3e1;--note:#7a4d00;--note-bg:#fbeed3;--skip:#57534c;--skip-bg:#ebe8e2}
@media (prefers-color-scheme:dark){:root{--paper:#141412;--card:#1e1d1a;--ink:#eeebe4;--soft:#a8a298;--line:#34322d;--accent:#6fd0b5;
--good:#8be0ba;--good-bg:#123a2a;--bad:#ffb3ac;--bad-bg:#4a1715;--note:#f3cf8e;--note-bg:#40300f;--skip:#bdb7ad;--skip-bg:#2d2b27}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main{max-width:1200px;margin:0 auto;padding:24px 16px 64px}
main.narrow{max-width:860px}
h1{font-size:1.9rem;line-height:1.2;margin:.1em 0 .2em}
h2{font-size:1.05rem;margin:2rem 0 .6rem}
.over{color:var(--accent);font-weight:600;margin:0}
.sub,small{color:var(--soft)}
p{margin:.4em 0}
a{color:var(--accent)}
code{font:.85em ui-monospace,SFMono-Regular,Consolas,monospace;overflow-wrap:anywhere}
.badge{display:inline-block;padding:1px 10px;border-radius:99px;font-size:.82rem;font-weight:600;background:var(--skip-bg);color:var(--skip);white-space:nowrap}
.passed,.offline{background:var(--good-bg);color:var(--good)}
.failed{background:var(--bad-bg);color:var(--bad)}
.noted,.sometimes{background:var(--note-bg);color:var(--note)}
ul.checks{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:14px;overflow:hidden}
ul.checks>li{padding:10px 14px;border-top:1px solid var(--line)}
ul.checks>li:first-child{border-top:0}
ul.findings{margin:.3em 0 0;padding-left:1.2em;font-size:.92rem;color:var(--soft);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(120px,max-content) 1fr;gap:6px 18px;margin:0;font-size:.94rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
@media (max-width:520px){dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:8px}h1{font-size:1.5rem}}
"""
