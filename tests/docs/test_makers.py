"""docs/makers.md is run as it stands: every block of it, in one shell, in an empty folder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jiahe.kit.check import check_file
from jiahe.kit.report import read_report

DOCUMENT = Path(__file__).parents[2] / "docs" / "makers.md"
BLOCK = re.compile(r"^```(\S[^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRODUCTS = ("examplia.heater.one", "examplia.plug.one")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """The folder after the walk, what was printed, and how many seconds it took."""
    if shutil.which("bash") is None:
        pytest.skip("there is no shell")
    folder = tmp_path_factory.mktemp("maker")
    bin_ = folder / "bin"
    bin_.mkdir()
    command = bin_ / "jiahe"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m jiahe.cli.main "$@"\n')
    command.chmod(0o755)
    (bin_ / "python3").symlink_to(sys.executable)
    work = folder / "work"
    work.mkdir()
    blocks = [text for kind, text in BLOCK.findall(DOCUMENT.read_text("utf-8")) if kind == "sh"]
    kept = ("JIAHE_DIR", "JIAHE_URL", "JIAHE_TOKEN", "JIAHE_MAKER_DIR")
    env = {key: value for key, value in os.environ.items() if key not in kept}
    env |= {
        "PATH": f"{bin_}:{env['PATH']}", "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data"),
        "PYTHONPATH": str(DOCUMENT.parents[1] / "src"), "PYTHONIOENCODING": "utf-8", "SOURCE_DATE_EPOCH": "1790000000",
    }  # fmt: skip
    began = time.monotonic()
    done = subprocess.run(
        ["bash", "-eu", "-c", "\n".join(blocks)],
        cwd=work, env=env, capture_output=True, text=True, timeout=50, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return work, done.stdout + done.stderr, time.monotonic() - began


def test_the_files_are_good_and_bear_what_was_answered(walked: tuple[Path, str, float]) -> None:
    work, printed, _ = walked
    for name in PRODUCTS:
        checked = check_file(work / f"{name}.toml")
        assert checked.good, checked.faults
    heater = check_file(work / "examplia.heater.one.toml").product
    assert heater is not None
    assert heater.maker == "Examplia"
    assert heater.local is not None
    assert set(heater.profile.properties) == {
        "power", "target_temperature", "temperature", "child_lock", "night_light",
    }  # fmt: skip
    assert "is good" in printed


def test_the_faults_are_named_with_line_key_and_what_would_be_right(walked: tuple[Path, str, float]) -> None:
    faults = (walked[0] / "faults.txt").read_text("utf-8")
    for part in (
        "makr",
        "did you mean maker?",
        "maker: is missing",
        "'enmu' is none of",
        'datatype = "bool"',
    ):
        assert part in faults
    assert re.search(r"broken\.toml:\d+:points\[4\]\.datatype", faults)


def test_the_report_passes_is_signed_and_listed(walked: tuple[Path, str, float]) -> None:
    work, printed, _ = walked
    body = read_report(work / "reports" / "examplia.heater.one.report.html")
    assert body["verdict"] == "passed"
    assert body["date"] == "2026-09-21"
    assert "its signature is not of what it says" in printed
    page = (work / "site" / "index.html").read_text("utf-8")
    graph = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL)[1])["@graph"]  # type: ignore[index]
    assert set(PRODUCTS) <= {item["model"] for item in graph}
    assert (work / "site" / "reports" / "examplia.heater.one.report.html").is_file()


def test_the_virtual_device_was_adopted_and_operated(walked: tuple[Path, str, float]) -> None:
    work, printed, seconds = walked
    token = json.loads((work / "card.json").read_text())["token"]
    assert "heater.power: confirmed" in printed
    assert "heater.target_temperature: confirmed" in printed
    assert "Works without internet: Heater" in printed
    assert token not in printed
    assert token not in (work / "hub.txt").read_text("utf-8")
    assert seconds < 45
