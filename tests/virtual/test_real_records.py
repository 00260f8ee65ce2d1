"""The plant's own equations, fitted to a part of two real records, against the part that they never saw (docs/comfort.md has the figures)."""

from __future__ import annotations

from pathlib import Path

from bench import records


def test_a_real_room_is_predicted_better_than_naively(shared_data: Path) -> None:
    """Fitted on the first half of 89 days; in the second it beats the best naive prediction over an hour, six hours and the whole."""
    record = records.read_heated(shared_data / "opensmarthome", "Kitchen")
    half = len(record.inside) // 2
    table = records.horizons(records.fit_room(record, half), record, half)
    for horizon, at_most in (("1 h", 0.95), ("6 h", 0.95), ("whole", 0.65)):
        row = table[horizon]
        naive = min(value for name, value in row.items() if name != "model")
        assert row["model"] < at_most * naive, (horizon, row)
    assert table["24 h"]["model"] < 0.8, "K; here the room of a day ago is as good"


def test_a_real_room_full_of_smoke_is_predicted(shared_data: Path) -> None:
    before, cleaned, dusty = records.read_smoke(shared_data / "purifier-smoke")
    half = len(dusty.hours) // 2
    without, seen = records.fit_smoke(dusty, half)
    assert seen < 3.0
    assert 0.05 < without.entering < without.lost < 0.5
    for stretch, upto in ((dusty, half), (before, 0)):
        row = records.unseen_smoke(without, stretch, upto)
        assert row["model"] < 0.6 * min(row["as now"], row["a part of the outside"]), row
    half = len(cleaned.hours) // 2
    with_it, _ = records.fit_smoke(cleaned, half, without.lost)
    assert 1.5 < with_it.cleaned < 4.0, "1/h"
    assert records.unseen_smoke(with_it, cleaned, half)["model"] < 3.0
