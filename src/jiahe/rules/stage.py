"""A scene is played: its commands go out together, and it ends with who confirmed. Owns that outcome; never a value."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from jiahe.model.definition import Profile
from jiahe.model.errors import JiaheError
from jiahe.model.happening import Cause, Status
from jiahe.model.said import told
from jiahe.rules.bind import bind_scene
from jiahe.rules.doors import HomeDoors
from jiahe.rules.program import Enter, Give
from jiahe.rules.rule import HomeMode
from jiahe.rules.scene import Scene
from jiahe.rules.sight import Sight, Unknowable

ALL, PARTLY, NONE = "all_confirmed", "partly_confirmed", "not_confirmed"


@dataclass(frozen=True, slots=True)
class SceneOutcome:
    """`status` is all_confirmed, partly_confirmed or not_confirmed; `parts` say each: target, status, reason."""

    scene: str
    status: str
    parts: tuple[Mapping[str, Any], ...]


async def play(  # a door for each neighbour
    scene: Scene,
    definitions: Mapping[str, Profile],
    sight: Sight,
    cause: Cause,
    home: HomeDoors,
    set_mode: Callable[[HomeMode, Cause], None],
) -> SceneOutcome:
    """Gives every order of the scene at once and waits for every end. Faults where the scene does not fit the home."""
    program = bind_scene(scene, definitions)
    waiting: list[tuple[dict[str, Any], str]] = []
    parts: list[dict[str, Any]] = []
    for at in program:
        if isinstance(at, Enter):
            set_mode(at.mode, cause)
            parts.append(
                {"target": "mode", "value": at.mode.value, "status": Status.CONFIRMED.value, "reason": ""}
            )
            continue
        assert isinstance(at, Give), "a scene sets values, calls actions and sets the mode"
        part: dict[str, Any] = {"target": f"{at.target.device}.{at.target.path}"}
        parts.append(part)
        try:
            if at.arguments is None:
                assert at.value is not None
                part["value"] = at.value(sight)
                command = home.submit(at.target, cause, value=part["value"])
            else:
                part["arguments"] = [compute(sight) for compute in at.arguments]
                command = home.submit(at.target, cause, arguments=part["arguments"])
        except (JiaheError, Unknowable) as error:
            part |= {
                "status": Status.REFUSED.value,
                "reason": str(error),
                **told(getattr(error, "message", "")),
            }
            continue
        waiting.append((part, command.id))
    ends = await asyncio.gather(*(home.outcome(command) for _, command in waiting))
    for (part, _), end in zip(waiting, ends, strict=True):
        part |= {"status": end.status.value, "reason": end.reason, **told(end.reason)}
    good = sum(part["status"] == Status.CONFIRMED.value for part in parts)
    status = ALL if good == len(parts) else PARTLY if good else NONE
    return SceneOutcome(scene.id, status, tuple(parts))
