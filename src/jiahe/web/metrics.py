"""The home as Prometheus text (exposition format 0.0.4).

Owns the names of the series; never changes anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from jiahe.home.permission import SYSTEM, Verb
from jiahe.model.happening import Quality, Reach
from jiahe.web.call import Service
from jiahe.web.sight import Sight


def metrics_text(service: Service, sight: Sight) -> str:
    """All series at this moment, of what this viewer sees."""
    return "\n".join(_lines(service, sight)) + "\n"


def _lines(service: Service, sight: Sight) -> Iterator[str]:
    doors = service.doors
    if sight.may(Verb.SEE, SYSTEM):
        yield from _own_lines(service)
    reaches = Counter(doors.store.availability(id_).state for id_ in doors.home.devices if sight.sees(id_))
    rows = [({"state": reach.value}, float(reaches[reach])) for reach in Reach]
    yield from _series("jiahe_devices", "gauge", "Devices by whether they can be operated.", rows)
    values = []
    for ref, reading in doors.store.snapshot().items():
        if (
            reading.quality is Quality.GOOD
            and isinstance(reading.value, bool | int | float)
            and sight.sees(*ref)
        ):
            values.append(({"device": ref.device, "property": ref.path}, float(reading.value)))
    yield from _series("jiahe_value", "gauge", "Numbers and switches that are known at this moment.", values)


def _own_lines(service: Service) -> Iterator[str]:
    """What is about the hub and not about the home."""
    doors = service.doors
    uptime = doors.health().get("uptime", 0.0)
    yield from _series("jiahe_uptime_seconds", "gauge", "Since the hub started.", [({}, float(uptime))])
    yield from _series(
        "jiahe_journal_seq", "counter", "Last record on disk.", [({}, float(doors.journal.committed_seq))]
    )
    yield from _series(
        "jiahe_streams", "gauge", "Open WebSocket streams.", [({}, float(service.streams.count))]
    )
    answers = [({"status": str(status)}, float(number)) for status, number in sorted(service.counts.items())]
    yield from _series("jiahe_http_answers_total", "counter", "Answers by status.", answers)


def _series(name: str, kind: str, about: str, rows: Iterable[tuple[dict[str, str], float]]) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in rows:
        inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
        yield f"{name}{{{inner}}} {value!r}" if inner else f"{name} {value!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
