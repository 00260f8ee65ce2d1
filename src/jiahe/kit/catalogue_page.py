"""The catalogue page's frame, style and script. Owns how it looks and filters; never a product."""

from __future__ import annotations

CARD_STYLE = """
.filters{display:grid;grid-template-columns:2fr 1fr 1fr 1fr;gap:10px;margin:18px 0 8px}
.filters label{display:block;font-size:.82rem;color:var(--soft)}
input,select{width:100%;min-height:44px;padding:8px 12px;border:1px solid var(--line);border-radius:10px;background:var(--card);color:var(--ink);font:inherit}
input:focus-visible,select:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
ul.cards{list-style:none;margin:14px 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,330px),1fr));gap:14px}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:16px;min-width:0;display:flex;flex-direction:column}
.card h2{margin:.1em 0 .1em;font-size:1.15rem;overflow-wrap:anywhere}
.card .foot{margin-top:auto;padding-top:8px}
.card p{overflow-wrap:anywhere}
.card dl{margin-top:8px}
summary{cursor:pointer;min-height:32px}
[hidden]{display:none!important}
@media (max-width:760px){.filters{grid-template-columns:1fr 1fr}.filters label:first-child{grid-column:1/-1}}
"""

SCRIPT = """
const field = id => document.getElementById(id);
const cards = [...document.querySelectorAll('.card')];
const asked = new URLSearchParams(location.hash.slice(1));
for (const id of ['text', 'maker', 'kind', 'grade']) {
  if (asked.has(id)) field(id).value = asked.get(id);
  field(id).addEventListener('input', show);
}
function show() {
  const words = field('text').value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const card of cards) {
    const fits = words.every(word => card.dataset.text.includes(word))
      && ['maker', 'kind', 'grade'].every(id => !field(id).value || card.dataset[id] === field(id).value);
    card.hidden = !fits;
    shown += fits;
  }
  field('count').textContent = shown === 1 ? '1 product' : shown + ' products';
  field('none').hidden = shown > 0;
  const kept = new URLSearchParams();
  for (const id of ['text', 'maker', 'kind', 'grade']) if (field(id).value) kept.set(id, field(id).value);
  history.replaceState(null, '', '#' + kept);
}
show();
"""

TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-%SCRIPT-HASH%'">
<title>%TITLE%</title>
<style>%STYLE%</style>
<script type="application/ld+json">%LINKED%</script>
</head>
<body>
<main>
<header>
<p class="over">Jiahe 家和</p>
<h1>%TITLE%</h1>
<p class="sub">Each of these is one file. What it can do, how it does without internet, and who vouches for it.</p>
</header>
<form class="filters" role="search">
<label>Search<input id="text" type="search" placeholder="purifier, 空调, zhimi …" autocomplete="off"></label>
<label>Maker<select id="maker"><option value="">All</option>%MAKERS%</select></label>
<label>Kind<select id="kind"><option value="">All</option>%KINDS%</select></label>
<label>Without internet<select id="grade"><option value="">All</option>%GRADES%</select></label>
</form>
<p class="sub" id="count" role="status">%COUNT% products</p>
<p id="none" hidden>Nothing fits. Fewer words find more.</p>
<ul class="cards">
%CARDS%</ul>
</main>
<script>%SCRIPT%</script>
</body>
</html>
"""
