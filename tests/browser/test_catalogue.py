"""The catalogue in a browser: found by a word, a maker and a grade; fits a phone and a desk, in light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser

from jiahe.catalog.loader import Shelf
from jiahe.kit.catalogue import Entry, page


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_found_and_fitting(browser: Browser, tmp_path: Path, width: int, theme: str) -> None:
    file = tmp_path / "index.html"
    file.write_text(page(Entry(product) for product in Shelf.shipped().all()), "utf-8")
    view = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    complaints: list[str] = []
    view.on("console", lambda message: complaints.append(message.text))
    view.on("pageerror", lambda error: complaints.append(str(error)))
    view.on("request", lambda asked: None if asked.url.startswith("file:") else complaints.append(asked.url))
    await view.goto(file.as_uri())
    everything = await view.locator(".card:visible").count()
    assert everything == len(Shelf.shipped().all())
    await view.fill("#text", "空调")
    assert await view.locator(".card:visible").count() == 1
    await view.fill("#text", "")
    await view.select_option("#maker", "Midea")
    await view.select_option("#kind", "room_air_conditioner")
    assert await view.inner_text("#count") == "1 product"
    await view.fill("#text", "nothing of the kind")
    assert await view.locator("#none").is_visible()
    await view.reload()  # what was asked stands in the address
    assert await view.input_value("#text") == "nothing of the kind"
    assert await view.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    await view.close()
