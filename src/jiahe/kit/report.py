"""A conformance report: the JSON that is signed, the HTML that shows it, and reading both back. Owns their form; never
examines anything. The same product, seed and date give the same bytes.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jiahe.catalog.product import Product
from jiahe.kit.finding import Examination, Verdict
from jiahe.kit.look import STYLE
from jiahe.kit.signature import canonical, fingerprint, verified
from jiahe.model.errors import AuthError, SpecError

FORMAT = "jiahe-conformance/1"
LARGEST = 4 * 1024 * 1024
"""Bytes of a report that is read: one with every check's findings full has half a million."""
_EMBEDDED = re.compile(r'<script type="application/json" id="report">\n(.*?)\n</script>', re.DOTALL)
_GROUPS = {
    "meeting": "Meeting it",
    "values": "Values",
    "actions": "Actions",
    "staying": "Staying",
    "attack": "Under attack",
}


def file_digest(data: bytes) -> str:
    """How a report names the product file that it is about."""
    return hashlib.sha256(data).hexdigest()


def body_of(
    product: Product, digest: str, done: Examination, *, version: str, date: str, subject: Mapping[str, Any]
) -> dict[str, Any]:
    """The report, not yet signed. `date` is "2026-11-23"; `subject` says who was examined, without ids and keys.

    `outcome` is the digest of product file, subject and every verdict: two runs that found the same have the same.
    """
    checks = [result.as_json() for result in done.results]
    counts = Counter(result.verdict.value for result in done.results)
    about = {
        "id": product.id,
        "maker": product.maker,
        "kind": product.kind,
        "family": product.family,
        "names": dict(product.names),
        "file_sha256": digest,
    }
    verdicts = {check["id"]: check["verdict"] for check in checks}
    outcome = hashlib.sha256(
        canonical({"file": digest, "subject": dict(subject), "verdicts": verdicts})
    ).hexdigest()
    return {
        "format": FORMAT,
        "kit": version,
        "date": date,
        "product": about,
        "subject": dict(subject),
        "verdict": "passed" if done.passed else "failed",
        "counts": {verdict.value: counts.get(verdict.value, 0) for verdict in Verdict},
        "outcome": outcome,
        "checks": checks,
        "measured": dict(done.measured),
    }


def as_json(signed: Mapping[str, Any]) -> str:
    """The signed report as a file."""
    return json.dumps(signed, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def as_html(signed: Mapping[str, Any]) -> str:
    """The same for people: one page without any other resource, with the signed JSON inside."""
    product, verdict = signed["product"], signed["verdict"]
    name = _text(product["names"].get("en") or product["id"])
    public = signed["signature"]["public_key"]
    counts = ", ".join(f"{number} {word}" for word, number in signed["counts"].items() if number)
    twin = "its virtual twin" if signed["subject"].get("twin") else "a device"
    embedded = as_json(signed).rstrip("\n").replace("<", "\\u003c")
    head = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{name}: conformance report</title>
<style>{STYLE}</style>
</head>
<body>
<main class="narrow">
<header>
<p class="over">Conformance report</p>
<h1>{name}</h1>
<p class="sub">{_text(product["maker"])} · {_text(product["id"])} · {_text(product["family"])}</p>
<p><span class="badge {verdict}">{"Passed" if verdict == "passed" else "Failed"}</span> {_text(counts)}</p>
</header>
"""
    rows = "".join(_group(group, title, signed["checks"]) for group, title in _GROUPS.items())
    measured = "".join(
        f"<dt>{_text(key.replace('_', ' '))}</dt><dd>{_text(value)}</dd>"
        for key, value in sorted(signed["measured"].items())
    )
    tail = f"""<section>
<h2>What was examined</h2>
<dl>
<dt>Examined</dt><dd>{twin}, {_text(signed["date"])}, kit {_text(signed["kit"])}</dd>
<dt>Product file (SHA-256)</dt><dd><code>{_text(product["file_sha256"])}</code></dd>
<dt>Outcome</dt><dd><code>{_text(signed["outcome"])}</code></dd>
{measured}
</dl>
</section>
<section>
<h2>Signature</h2>
<dl>
<dt>Signed by</dt><dd><code>{_text(fingerprint(public))}</code></dd>
<dt>Public key</dt><dd><code>{_text(public)}</code></dd>
<dt>Signature</dt><dd><code>{_text(signed["signature"]["value"])}</code></dd>
</dl>
<p class="sub">Anybody can check this page: <code>jiahe product verify FILE</code></p>
</section>
</main>
<script type="application/json" id="report">
{embedded}
</script>
</body>
</html>
"""
    return head + rows + tail


def _group(group: str, title: str, checks: list[Mapping[str, Any]]) -> str:
    rows = [check for check in checks if check["group"] == group]
    items = "".join(_check(check) for check in rows)
    return (
        f'<section>\n<h2>{_text(title)}</h2>\n<ul class="checks">\n{items}</ul>\n</section>\n' if rows else ""
    )


def _check(check: Mapping[str, Any]) -> str:
    findings = "".join(f"<li>{_bold(one['path'])}{_text(one['text'])}</li>" for one in check["findings"])
    more = f'<ul class="findings">{findings}</ul>' if findings else ""
    tried = f" <small>{check['tried']} tried</small>" if check["tried"] else ""
    badge = f'<span class="badge {check["verdict"]}">{check["verdict"]}</span>'
    return f"<li>{badge} {_text(check['title'])}{tried}{more}</li>\n"


def _bold(path: str) -> str:
    return f"<b>{_text(path)}</b> " if path else ""


def _text(value: object) -> str:
    return html.escape(str(value))


# ---- reading one back -------------------------------------------------------------------------------------------


def read_report(path: Path) -> dict[str, Any]:
    """The signed JSON of a report file (.json, or .html with the JSON inside), its signature checked.

    SpecError where it is no report; AuthError where the signature is wrong, or where a page shows something other
    than what is signed.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8")
    except OSError as error:
        raise SpecError(f"cannot be read ({error.strerror})", file=path.name) from None
    except UnicodeDecodeError:
        raise SpecError("is not a text in UTF-8", file=path.name) from None
    if len(data) > LARGEST:
        raise SpecError(f"has more than {LARGEST} bytes", file=path.name)
    page = "<!doctype" in text[:100].lower()
    if page:
        found = _EMBEDDED.search(text)
        if found is None:
            raise SpecError("is a page without a report in it", file=path.name)
        inner = found[1]
    else:
        inner = text
    try:
        body = json.loads(inner)
    except (ValueError, RecursionError):
        raise SpecError("is no JSON", file=path.name) from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise SpecError(f"is no report of format {FORMAT}", file=path.name)
    verified(body)
    if page:
        _same_page(body, text)
    return body


def _same_page(body: Mapping[str, Any], text: str) -> None:
    try:
        drawn = as_html(body)
    except (KeyError, TypeError, AttributeError, ValueError):
        drawn = ""
    if drawn != text:
        raise AuthError(
            "what the page shows is not what is signed inside it, or another version of the kit drew it"
        )
