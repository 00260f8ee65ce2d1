"""The catalogue: every product with its maker, what works, how it does without internet, and its report; as a list, and
as one static page with schema.org/Product JSON-LD for shops. Owns the page; changes no product.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jiahe.catalog.product import Product
from jiahe.driver.family import FAMILIES
from jiahe.kit.catalogue_page import CARD_STYLE, SCRIPT, TEMPLATE
from jiahe.kit.look import STYLE
from jiahe.kit.offline import GRADE_WORDS, grade_of
from jiahe.kit.signature import fingerprint
from jiahe.model.vocabulary import DEVICE_KINDS


@dataclass(frozen=True, slots=True)
class Entry:
    """A product and what is known of it. `report` is a verified report of this very file, `link` where it lies."""

    product: Product
    digest: str = ""
    report: Mapping[str, Any] | None = None
    link: str = ""


def row_of(entry: Entry) -> dict[str, Any]:
    """The product as the list has it, and as JSON."""
    product, local = entry.product, grade_of(entry.product)
    writable = [row.definition.path for row in product.rows if row.definition.writable]
    readable = [row.definition.path for row in product.rows if not row.definition.writable]
    report = entry.report
    return {
        "id": product.id,
        "maker": product.maker,
        "kind": product.kind,
        "family": product.family,
        "names": dict(product.names),
        "sets": writable,
        "tells": readable,
        "does": [row.definition.path for row in product.actions],
        "local": {"grade": local.grade, "why": local.why},
        "shop": dict(product.shop),
        "report": None
        if report is None
        else {
            "verdict": report["verdict"],
            "date": report["date"],
            "twin": bool(report["subject"].get("twin")),
            "signed_by": fingerprint(report["signature"]["public_key"]),
            "link": entry.link,
        },
    }


def fits(report: Mapping[str, Any], product: Product, digest: str) -> bool:
    """Whether a report is about this very product file."""
    about = report.get("product", {})
    return bool(about.get("id") == product.id and about.get("file_sha256") == digest)


def page(entries: Iterable[Entry], title: str = "Products that work with Jiahe") -> str:
    """The whole page: search, filters and cards; nothing from anywhere else."""
    rows = sorted((row_of(entry) for entry in entries), key=lambda row: (row["maker"].lower(), row["id"]))
    makers = sorted({row["maker"] for row in rows}, key=str.lower)
    kinds = sorted({row["kind"] for row in rows})
    linked = json.dumps(
        {"@context": "https://schema.org", "@graph": [linked_data(row) for row in rows]},
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).replace("<", "\\u003c")
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    return (
        TEMPLATE.replace("%TITLE%", _text(title))
        .replace("%STYLE%", STYLE + CARD_STYLE)
        .replace("%SCRIPT-HASH%", digest)
        .replace("%COUNT%", str(len(rows)))
        .replace("%MAKERS%", _options(makers, makers))
        .replace("%KINDS%", _options(kinds, [_kind(kind) for kind in kinds]))
        .replace("%GRADES%", _options(list(GRADE_WORDS), list(GRADE_WORDS.values())))
        .replace("%CARDS%", "".join(map(_card, rows)))
        .replace("%LINKED%", linked)
        .replace("%SCRIPT%", SCRIPT)
    )


def linked_data(row: Mapping[str, Any]) -> dict[str, Any]:
    """schema.org/Product: the form that shops and search engines read."""
    properties = [
        ("Local grade", GRADE_WORDS[row["local"]["grade"]]),
        ("Protocol", FAMILIES[row["family"]].title if row["family"] in FAMILIES else row["family"]),
        ("Settings", ", ".join(row["sets"])),
        ("Readings", ", ".join(row["tells"])),
        ("Actions", ", ".join(row["does"])),
    ]
    if row["report"]:
        tried = "virtual twin" if row["report"]["twin"] else "device"
        properties.append(
            ("Conformance report", f"{row['report']['verdict']} ({tried}, {row['report']['date']})")
        )
    body: dict[str, Any] = {
        "@type": "Product",
        "name": row["names"].get("en", row["id"]),
        "alternateName": row["names"].get("zh", ""),
        "model": row["id"],
        "mpn": row["id"],
        "brand": {"@type": "Brand", "name": row["maker"]},
        "category": _kind(row["kind"]),
        "description": f"{_kind(row['kind'])} by {row['maker']}. {GRADE_WORDS[row['local']['grade']]}.",
        "additionalProperty": [
            {"@type": "PropertyValue", "name": name, "value": value} for name, value in properties if value
        ],
    }
    if url := row["shop"].get("url"):
        body["url"] = url
    if gtin := row["shop"].get("gtin"):
        body["gtin"] = gtin
    return body


def _card(row: Mapping[str, Any]) -> str:
    names, local, report = row["names"], row["local"], row["report"]
    english, chinese = _text(names.get("en", row["id"])), _text(names.get("zh", ""))
    search = " ".join(
        [row["id"], row["maker"], row["kind"], *names.values(), *row["sets"], *row["tells"]]
    ).lower()
    lists = "".join(
        f"<dt>{title}</dt><dd>{_text(', '.join(row[key]).replace('_', ' '))}</dd>"
        for title, key in (("Sets", "sets"), ("Tells", "tells"), ("Does", "does"))
        if row[key]
    )
    shop = (
        f' · <a href="{_text(row["shop"]["url"])}" rel="noopener">Shop</a>' if row["shop"].get("url") else ""
    )
    return f"""<li class="card" data-maker="{_text(row["maker"])}" data-kind="{_text(row["kind"])}" data-grade="{local["grade"]}" data-text="{_text(search)}">
<p class="over">{_text(row["maker"])} · {_text(_kind(row["kind"]))}</p>
<h2>{english}</h2>
<p class="sub">{chinese} · <code>{_text(row["id"])}</code></p>
<p><span class="badge {local["grade"]}">{GRADE_WORDS[local["grade"]]}</span></p>
<p class="sub">{_text(local["why"])}</p>
<details><summary>{_some(row)}</summary><dl>{lists}</dl></details>
<p class="foot">{_report(report)}{shop}</p>
</li>
"""


def _some(row: Mapping[str, Any]) -> str:
    """How much it can do, in words."""
    counted = [
        (len(row[key]), word) for key, word in (("sets", "setting"), ("tells", "reading"), ("does", "action"))
    ]
    return ", ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in counted if number)


def _report(report: Mapping[str, Any] | None) -> str:
    if report is None:
        return '<span class="sub">No conformance report yet</span>'
    tried = "twin" if report["twin"] else "device"
    badge = f'<span class="badge {report["verdict"]}">{report["verdict"]}</span>'
    return f'{badge} <a href="{_text(report["link"])}">Report of its {tried}, {_text(report["date"])}</a>'


def _options(values: Iterable[str], titles: Iterable[str]) -> str:
    pairs = zip(values, titles, strict=True)
    return "".join(f'<option value="{_text(value)}">{_text(title)}</option>' for value, title in pairs)


def _kind(kind: str) -> str:
    found = DEVICE_KINDS.get(kind)
    return str(getattr(found, "en", "")) or kind.replace("_", " ").capitalize()


def _text(value: object) -> str:
    return html.escape(str(value))
