"""The learning climate on a plant of other people: EnergyPlus 25.2 (PyPI `pyenergyplus-lbnl`), one zone, Shanghai's typical year.

Three weeks in summer and in winter after three weeks of learning, the controller against a unit that holds the same
temperature while somebody is home (thermostat), and one that always does; all are off on journeys that the household told of. EnergyPlus moves the heat (an ideal unit of
limited capacity that holds its set point); the electric power is that heat through the inverter's own efficiency
(`virtual.inverter`), the same for all. The zone's description below is our own. Windows stay shut.

EnergyPlus is 440 MB and not in the locked environment: it lives in `.peers/energyplus`, which
`python bench/comfort_energyplus.py --install` makes; without it, or without `../shared/data/weather`, the benchmark says
so and has no figures. The part that runs inside of it is `comfort_energyplus_zone.py`.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import report

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / ".peers" / "energyplus"
EPW = ROOT.parent / "shared" / "data" / "weather" / "Shanghai-Hongqiao_TMYx.epw.gz"
PACKAGES = ("pyenergyplus-lbnl==26.1.0", "numpy", "highspy", "tzdata")
HOUSEHOLDS = {"office couple": 204, "another couple": 205}
"""Seeds of the families: the first was looked at while the controller was mended, the second was not."""
DAYS = 21
"""What is counted: a week in which a journey before it is paid back, by who let the flat go, says nothing (`comfort_energyplus_zone`)."""
SHIFTS = (0.0, 0.25, 0.5, 0.9)
GOAL = 5.0 * DAYS / 92
"""K·h: five a season."""
LIMITS = (
    "EnergyPlus: one zone of 56 m2 with two windows, its own weather (TMYx Shanghai), ideal unit; three weeks a season after "
    "three weeks of learning; energies at equal discomfort (5 K·h a season, scaled).",
)


def install() -> None:
    """Makes the environment."""
    venv.create(PLACE, with_pip=True)
    subprocess.run([PLACE / "bin" / "python", "-m", "pip", "install", "-q", *PACKAGES], check=True)


def missing() -> str:
    """Why there are no figures; empty where there are."""
    if not (PLACE / "bin" / "python").exists():
        return "EnergyPlus is not installed (python bench/comfort_energyplus.py --install)"
    return "" if EPW.exists() else "there is no weather of Shanghai (../shared/data/weather)"


def play(season: str, policy: str, shift: float, days: int, household: int) -> dict[str, float]:
    """kWh, K·h, mean K off and settings a day of the days after the learning."""
    with tempfile.TemporaryDirectory() as place:
        weather = Path(place) / "weather.epw"
        weather.write_bytes(gzip.decompress(EPW.read_bytes()))
        words: list[str | Path] = [PLACE / "bin" / "python", ROOT / "bench" / "comfort_energyplus_zone.py", weather, place, season, policy,
                 str(shift), str(days), str(household)]  # fmt: skip
        done = subprocess.run(
            words,
            check=False,
            capture_output=True,
            text=True,
            env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'bench'}"},
        )
        if done.returncode:
            raise RuntimeError(f"EnergyPlus did not run: {done.stderr[-2000:]}{done.stdout[-500:]}")
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


def measure(*, quick: bool) -> tuple[dict[str, report.Figure], str]:
    """Figures and a table; both say why where there are none."""
    why = missing()
    if why:
        return {}, f"no figures on EnergyPlus: {why}"
    figures: dict[str, report.Figure] = {}
    lines = [
        "| household | season | policy | shift K | kWh | K·h | settings a day |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, household in HOUSEHOLDS.items():
        for season in ("summer",) if quick else ("summer", "winter"):
            reached: dict[str, float] = {}
            for policy in ("always on", "thermostat", "learning climate"):
                runs: list[dict[str, Any]] = []
                for shift in SHIFTS:
                    runs.append(play(season, policy, shift, DAYS, household))
                    one = runs[-1]
                    lines.append(
                        f"| {name} | {season} | {policy} | {shift} | {one['energy']:.2f} | {one['discomfort']:.2f} | {one['changes']:.1f} |"
                    )
                    if one["discomfort"] <= GOAL:
                        break
                energy = _at_goal(runs)
                if energy is not None:
                    reached[policy] = energy
                    key = f"energyplus_{season}_{name}_{policy}".replace(" ", "_")
                    figures[key] = report.figure([energy], "kWh of 21 days at equal discomfort")
            rival = min((value for key, value in reached.items() if key != "learning climate"), default=None)
            if "learning climate" in reached and rival is not None:
                saved = 100 * (1 - reached["learning climate"] / rival)
                key = f"energyplus_{season}_{name}_saved".replace(" ", "_")
                figures[key] = report.figure([saved], "% of the better rival that is as comfortable")
    return figures, "\n".join(lines)


def _at_goal(runs: list[dict[str, Any]]) -> float | None:
    last = runs[-1]
    if last["discomfort"] > GOAL:
        return None
    if len(runs) == 1:
        return float(last["energy"])
    before = runs[-2]
    part = (before["discomfort"] - GOAL) / (before["discomfort"] - last["discomfort"])
    return float(before["energy"] + part * (last["energy"] - before["energy"]))


def main() -> None:
    if "--install" in sys.argv:
        install()
        return
    figures, text = measure(quick="--quick" in sys.argv)
    print(text)
    for name, one in figures.items():
        print(f"{name}: {one['value']:.3g} {one['unit']}")


if __name__ == "__main__":
    main()
