"""All figures of comfort in one: climate against its rivals, EnergyPlus, sleep on real minutes, clean air. Prints their tables.

Each part has a file of its own (`comfort_climate.py`, `comfort_energyplus.py`, `comfort_sleep.py`, `comfort_air.py`) and runs
alone too; a part whose data or plant is not there says so. `python bench/comfort.py [--quick]`: quick takes 2 to 4 minutes,
the whole about an hour of two cores.
"""

from __future__ import annotations

import sys

import comfort_air
import comfort_climate
import comfort_energyplus
import comfort_sleep
import report


def main() -> int:
    quick = "--quick" in sys.argv
    figures: dict[str, report.Figure] = {}
    limits: list[str] = [*comfort_climate.LIMITS, *comfort_energyplus.LIMITS]
    for title, part in (("Climate", comfort_climate), ("EnergyPlus", comfort_energyplus)):
        found, table = part.measure(quick=quick)
        print(f"\n## {title}\n\n{table}")
        figures |= found
    for title, measured in (("Sleep", comfort_sleep), ("Clean air", comfort_air)):
        print(f"\n## {title}\n")
        found, said = measured.figures(quick=quick)
        figures |= found
        limits += said
    for name, one in figures.items():
        print(
            f"{name}: {one['value']:.4g} {one['unit']}{'' if one.get('reached', True) else '  (goal missed)'}"
        )
    report.write("comfort", figures, limits, quick=quick)
    return 0


if __name__ == "__main__":
    sys.exit(main())
