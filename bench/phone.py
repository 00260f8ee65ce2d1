"""The app on a phone: what it weighs, how soon it opens on a slow line, and how soon a card shows a change.

The app as it is built, a real hub, Chromium by its own protocol. `python bench/phone.py [--quick]`.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import report
from chromium import FAST_3G, HEARD, PRESET, chromium, offset, opening, phone, until
from listening import Ear, Ears
from played import Played
from playwright.sync_api import Browser, BrowserContext
from running import HOST, JIAHE, Door, RunningHub, folder, free_port, plain_environment, stop
from stream import Stamping

from jiahe.web.doors import STATIC

PHONES = 100
DEVICE = {"kind": "conditioner", "number": 915, "host": "127.79.9.31"}
PATH = "target_temperature"
PAUSE = 0.11
"""Seconds between two changes: not a multiple of the 50 ms that a commit lingers."""
SHELL, OPEN, CARD = 120.0, 1_000.0, 50.0
"""The goals: kB of 1000 bytes, and milliseconds."""

LIMITS = (
    f"Openings: {FAST_3G.latency:g} ms for each request, {FAST_3G.down:g} kbit/s, processor {FAST_3G.cpu:g} times slower (Lighthouse's "
    "mobile profile, the fast 3G of before), as Chromium's protocol emulates them: no connection is made anew. "
    f"`by_preset`: {PRESET.latency:g} ms and {PRESET.down:g} kbit/s, which charges each request 3.75 ways there and back; two requests "
    "in a row are 1.1 s there.",
    "`first_opening`: signed in, nothing of the app on the phone. `opened_again`: the app was open once and its worker keeps it. "
    "Both end when the first card is painted and the page is idle; the demo's home of a dozen devices, on the phone's screen.",
    "A processor 4 times slower is 4 times as sensitive to what else this machine does.",
    f"Cards: {PHONES} streams are open at the same hub beside one Chromium of full speed. `record` is when the hub's loop hears that "
    "the journal has synced; `painted` is after the frame that shows it. The page's clock is set by question and answer, right to 1 ms.",
    "`shell`: what a browser fetches before the first screen, gzip -9 of the build (most browsers take the smaller brotli).",
)


def main() -> None:
    quick = "--quick" in sys.argv
    rounds, changes = (3, 10) if quick else (11, 150)
    if not (STATIC / "index.html").exists():
        sys.exit("the phone app is not built (make install)")
    figures: dict[str, report.Figure] = {}
    weigh(figures)
    with folder() as place, chromium() as browser:
        with demo(place / "demo") as link:
            openings(figures, browser, link, rounds)
        cards(figures, browser, place / "home", changes)
    report.write("phone", figures, LIMITS, quick=quick)


# ---- what it weighs -----------------------------------------------------------------------------------------------


def weigh(figures: dict[str, report.Figure]) -> None:
    """The page, what it names, and one language of words."""
    page = (STATIC / "index.html").read_text("utf-8")
    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', page)
    words = re.findall(r'data-(?:en|zh)="/([^"]+)"', page)
    first = packed("index.html") + sum(map(packed, named)) + max(map(packed, words))
    every = sum(
        packed(str(file.relative_to(STATIC)))
        for file in STATIC.rglob("*")
        if file.suffix in {".js", ".css", ".html"}
    )
    figures["shell"] = report.figure([first / 1e3], "kB", at_most=SHELL)
    figures["all_pages"] = report.figure([every / 1e3], "kB")


def packed(name: str) -> int:
    file = STATIC / f"{name}.gz"
    return (file if file.exists() else STATIC / name).stat().st_size


# ---- how soon it opens --------------------------------------------------------------------------------------------


@contextmanager
def demo(directory: Path) -> Iterator[str]:
    """The demo's hub; its link."""
    words = [
        str(JIAHE),
        "demo",
        "--dir",
        str(directory),
        "--host",
        HOST,
        "--port",
        str(free_port()),
        "--past",
        "1",
    ]
    process = subprocess.Popen(words, env=plain_environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if found := re.search(r"http://\S+/enter/\S+", line):
                yield found[0]
                return
        raise RuntimeError(f"the demo ended with status {process.wait()}")
    finally:
        stop(process)


def openings(figures: dict[str, report.Figure], browser: Browser, link: str, rounds: int) -> None:
    url = link.split("/enter/", maxsplit=1)[0]
    known = phone(browser)
    page = known.new_page()
    page.goto(link)
    until(page, "document.querySelectorAll('main article').length")
    until(page, "navigator.serviceWorker.controller ? 1 : 0")
    until(page, "caches.keys().then((all) => all.length)")
    page.close()
    signed = known.storage_state()
    first, again, preset = [], [], []
    for number in range(rounds + 1):
        found = (
            fresh(browser, signed, url, FAST_3G),
            opening(known, url, FAST_3G),
            fresh(browser, signed, url, PRESET),
        )
        if number:  # the first of each finds byte code and file caches cold
            for into, value in zip((first, again, preset), found, strict=True):
                into.append(value)
    known.close()
    figures["first_opening"] = report.figure(first, "ms", at_most=OPEN)
    figures["opened_again"] = report.figure(again, "ms", at_most=OPEN)
    figures["first_opening_by_preset"] = report.figure(preset, "ms")


def fresh(browser: Browser, signed: object, url: str, line: tuple) -> float:
    context = phone(browser, signed)
    shown = opening(context, url, line)  # type: ignore[arg-type]
    context.close()
    return shown


# ---- how soon a card shows a change -------------------------------------------------------------------------------


def cards(figures: dict[str, report.Figure], browser: Browser, home: Path, changes: int) -> None:
    with Played(devices=[DEVICE]) as played:
        with RunningHub(home) as first:
            first.adopt(played.devices)
            own(first)
        hub = Stamping(home)
        ears = Ears([Ear.stream((hub.port, hub.token)) for _ in range(PHONES)])
        ears.wait(lambda body: body.startswith(b'{"type":"snapshot"'))
        context = phone(browser)
        heard = watch(context, hub, played, ears, changes)
        context.close()
        ears.close()
        hub.close()
    dom, painted = zip(*heard, strict=True)
    figures["record_to_card_p50"] = report.percentile(dom, 50, "ms", at_most=CARD)
    figures["record_to_card_p99"] = report.percentile(dom, 99, "ms", at_most=CARD)
    figures["record_to_painted_p50"] = report.percentile(painted, 50, "ms", at_most=CARD)
    figures["record_to_painted_p99"] = report.percentile(painted, 99, "ms")


def own(hub: RunningHub) -> None:
    """Somebody takes the home, by the link that it printed: without an owner nobody can sign in."""
    found = re.search(r"/claim/(\S+)", hub.log.read_text("utf-8"))
    assert found is not None, "the hub printed no link for its owner"
    door = Door(hub.port)
    status, answer = door.request(
        "POST", "/api/claim", {"code": found[1], "name": "Mei", "password": "a long password"}
    )
    assert status < 300, answer
    door.close()


def watch(
    context: BrowserContext, hub: Stamping, played: Played, ears: Ears, changes: int
) -> list[tuple[float, float]]:
    """Milliseconds from each change's record to the card, and to the frame that shows it."""
    door = Door(hub.port, hub.token)
    status, link = door.request("POST", "/api/links", {})
    assert status == 201, link
    page = context.new_page()
    page.goto(f"http://{HOST}:{hub.port}/enter/{link['code']}")
    until(page, "document.querySelectorAll('main article').length")
    values = [17.5 + number for number in range(12)]
    heard = []
    begun = offset(page)
    for number in range(-5, changes):
        told = page.evaluate("document.querySelector('main').textContent")
        value = next(one for one in values if f"{one:.1f}" not in told)  # neither now nor what the room has
        values.append(values.pop(values.index(value)))
        page.evaluate(HEARD, [f"{value:.1f}"])
        time.sleep(PAUSE)
        hub.tell("commits")
        played.set(0, {PATH: value})
        arrivals = ears.wait(lambda body, v=value: f'"property":"{PATH}","value":{v}'.encode() in body)  # type: ignore[misc]
        until(page, f"window.benchHeard['{value:.1f}']?.painted || 0")
        shown = page.evaluate(f"window.benchHeard['{value:.1f}']")
        record = max(at for _, at in hub.tell("commits") if at <= min(arrivals)) / 1e6
        if number >= 0:
            heard.append((begun + shown["dom"] - record, begun + shown["painted"] - record))
    door.close()
    return heard


if __name__ == "__main__":
    main()
