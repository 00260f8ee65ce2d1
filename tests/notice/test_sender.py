"""Pushes on their way: retried within bounds, dropped when the browser is gone, never after their time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from jiahe.notice.seal import public_bytes
from jiahe.notice.sender import LINE, LONGEST_PAUSE, PAUSES, Message, Sender
from jiahe.notice.subscription import Subscription
from jiahe.notice.vapid import Vapid, new_key

KEY = public_bytes(ec.generate_private_key(ec.SECP256R1()).public_key())
VAPID = Vapid(new_key())


@dataclass
class Said:
    status: int
    retry_after: float = 0.0


class Service:
    """A push service that answers as it is told; time passes as it is told too."""

    def __init__(self, *answers: Said | Exception) -> None:
        self.answers, self.now = list(answers), 1000.0
        self.asked: list[tuple[float, str, Mapping[str, str], bytes]] = []
        self.gone: list[Subscription] = []
        self.sender = Sender(VAPID, self.post, self.left, lambda: self.now, bytes)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Said:
        self.asked.append((self.now, url, headers, body))
        answer = self.answers.pop(0) if self.answers else Said(201)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def left(self, one: Subscription) -> None:
        self.gone.append(one)

    async def play(self, jump: float, rounds: int) -> None:
        """Lets the sender work, in time that jumps."""
        task = asyncio.create_task(self.sender.run())
        for _ in range(rounds):
            for _ in range(20):
                await asyncio.sleep(0)
            self.now += jump
            self.sender._filled.set()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def message(id_: str = "a", ends_at: float = 1e9, urgent: bool = False) -> Message:
    one = Subscription(id_, "mei", f"https://push.example/{id_}", KEY, bytes(16), "s")
    return Message(one, b"{}", "topic", ends_at, urgent)


async def test_a_push_has_its_time_its_topic_and_its_urgency():
    service = Service()
    service.sender.offer(message(ends_at=1600.0, urgent=True))
    await service.play(1.0, 3)
    ((_, url, headers, body),) = service.asked
    assert url == "https://push.example/a"
    assert (headers["TTL"], headers["Topic"], headers["Urgency"]) == ("600", "topic", "high")
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Authorization"].startswith("vapid t=")
    assert len(body) <= 4096
    assert (service.sender.sent, service.sender.waiting, service.sender.trouble) == (1, 0, "")


async def test_without_internet_it_is_tried_again_some_times_and_then_given_up():
    service = Service(*[ConnectionError()] * 20)
    service.sender.offer(message())
    await service.play(1.0, int(sum(PAUSES)) + 50)
    assert len(service.asked) == len(PAUSES) + 1
    gaps = [
        round(later[0] - earlier[0]) for earlier, later in zip(service.asked, service.asked[1:], strict=False)
    ]
    assert all(pause <= gap <= pause + 2 for pause, gap in zip(PAUSES, gaps, strict=True))
    assert (service.sender.trouble, service.sender.waiting) == ("unreachable", 0)


async def test_what_has_lost_its_worth_is_not_sent():
    service = Service(*[TimeoutError()] * 3)
    service.sender.offer(message(ends_at=1020.0))
    await service.play(1.0, 100)
    assert [round(at) for at, *_ in service.asked] == [1000, 1005]


async def test_a_browser_that_is_gone_is_forgotten_with_all_that_waits_for_it():
    service = Service(Said(410))
    for id_ in ("a", "a", "b"):
        service.sender.offer(message(id_))
    await service.play(1.0, 5)
    assert [one.id for one in service.gone] == ["a"]
    assert [url[-1] for _, url, *_ in service.asked] == ["a", "b"]


async def test_a_service_that_does_not_take_our_key_loses_the_browser_too():
    service = Service(Said(403))
    service.sender.offer(message())
    await service.play(1.0, 3)
    assert len(service.gone) == 1


async def test_a_busy_service_says_when_and_not_for_ever():
    service = Service(Said(429, 60.0), Said(503, 1e6), Said(201))
    service.sender.offer(message())
    await service.play(5.0, 300)
    times = [at for at, *_ in service.asked]
    assert 60 <= times[1] - times[0] <= 66
    assert LONGEST_PAUSE <= times[2] - times[1] <= LONGEST_PAUSE + 6
    assert service.sender.sent == 1


async def test_what_a_service_will_never_take_is_not_tried_again():
    service = Service(Said(400), Said(413), Said(302))
    for _ in range(3):
        service.sender.offer(message())
    await service.play(5.0, 50)
    assert len(service.asked) == 3
    assert service.sender.dropped == 3


async def test_the_line_is_bounded_and_what_is_urgent_goes_first():
    service = Service()
    for number in range(LINE + 5):
        service.sender.offer(message(str(number)))
    assert (service.sender.waiting, service.sender.dropped) == (LINE, 5)
    service.sender.offer(message("fire", urgent=True))
    await service.play(1.0, 3)
    assert service.asked[0][1].endswith("/fire")
