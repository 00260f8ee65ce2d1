"""Where the sun stands and how much a cloudless sky lets through. Pure astronomy to a degree; knows no weather.

Declination by Cooper (Solar Energy 12 (1969) 333-346), the equation of time by Spencer (1971), the clear sky by Haurwitz (Journal of
Meteorology 2 (1945) 154-166).
"""

from __future__ import annotations

import math

DAY = 86400.0
YEAR_DAYS = 365.2425
NEW_YEAR = 1_735_689_600.0  # 2025-01-01T00:00Z


def sine_of_altitude(latitude: float, longitude: float, t: float) -> float:
    """The sine of the sun's altitude over the horizon (below 0: night); degrees north and east, epoch seconds."""
    days = (t - NEW_YEAR) / DAY
    day = days % YEAR_DAYS
    declination = math.radians(23.45) * math.sin(2.0 * math.pi * (285.0 + day) / 365.0)
    b = 2.0 * math.pi * day / 365.0
    equation = 229.18 * (0.000075 + 0.001868 * math.cos(b) - 0.032077 * math.sin(b) - 0.014615 * math.cos(2 * b)
                         - 0.040849 * math.sin(2 * b))  # minutes  # fmt: skip
    solar_hour = (days % 1.0) * 24.0 + longitude / 15.0 + equation / 60.0
    angle = math.radians(15.0 * (solar_hour - 12.0))
    north = math.radians(latitude)
    return math.sin(north) * math.sin(declination) + math.cos(north) * math.cos(declination) * math.cos(angle)


def clear_sky(latitude: float, longitude: float, t: float) -> float:
    """Radiation on the horizontal under a cloudless sky, in W/m2."""
    height = sine_of_altitude(latitude, longitude, t)
    return 1098.0 * height * math.exp(-0.057 / height) if height > 0.01 else 0.0
