"""A house whose people have passkeys and second factors, and a secure door that the test opens and closes.

Owns these fakes and one way to ask under any host name; never what is asked.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from tests.machines.authenticator import Authenticator

from jiahe.home.one_time_code import one_time_code, step_of
from jiahe.home.passkeys import Passkeys
from jiahe.home.second_factor import SecondFactors
from jiahe.home.vault import Vault
from jiahe.hub.certificate import fingerprint, new_authority
from jiahe.web.secure import SecureState

PASSWORD = "correct horse"


class FakeSecureDoor:
    """The secure door as the test says it is."""

    def __init__(self, now: float) -> None:
        self.der = new_authority(now, "<b>家</b>").der
        self.now = SecureState(
            "https://jiahe.local:8443", 8443, "jiahe.local", True, fingerprint(self.der), trouble="none"
        )

    def state(self) -> SecureState:
        return self.now

    def authority(self) -> bytes | None:
        return self.der if self.now.fingerprint else None

    async def set_only(self, on: bool) -> None:
        self.now = dataclasses.replace(self.now, only=on)


async def furnish(house: Any, directory: Any) -> Any:
    """The same house with what this file is about; its doors are replaced."""
    vault = await Vault.open(directory, house.documents)
    house.passkeys = await Passkeys.open(house.documents, house.clock)
    house.factors = await SecondFactors.open(house.documents, vault, house.clock)
    house.secure = FakeSecureDoor(house.clock.now())
    house.people.household.forget += [house.passkeys.forget, house.factors.forget]
    house.doors = dataclasses.replace(
        house.doors,
        passkeys=house.passkeys,
        second_factors=house.factors,
        secure=house.secure,
        passkeys_of=lambda person: len(house.passkeys.of(person)),
        has_second_factor=house.factors.is_on,
        asks_second_factor=house.factors.asks,
    )
    return house


@dataclass
class Browser:
    """One browser at one host name, with a phone's passkeys. Cookies are kept by hand: every host is this machine."""

    client: Any
    host: str
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    async def ask(self, method: str, path: str, body: Any = None, *, status: int, **headers: str) -> Any:
        """The answer's body; fails where the status is another."""
        sent = {"Host": self.host, "Origin": self.origin, "User-Agent": "Mozilla (iPhone)", **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.client.request(method, path, json=body, headers=sent, allow_redirects=False)
        assert answer.status == status, await answer.text()
        for name, morsel in answer.cookies.items():
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)
        if "json" in answer.content_type:
            return await answer.json()
        return answer

    async def become_owner(self, house: Any) -> None:
        code = await house.people.new_claim_code()
        body = {"code": code, "name": "Lin", "password": PASSWORD}
        await self.ask("POST", "/api/claim", body, status=204)

    async def sign_in(self) -> None:
        await self.ask("POST", "/api/session", {"name": "Lin", "password": PASSWORD}, status=204)

    async def add_passkey(self, **traits: Any) -> tuple[Authenticator, dict[str, Any]]:
        device = Authenticator(self.origin, **traits)
        options = await self.ask("POST", "/api/passkeys/options", {}, status=200)
        made = await self.ask("POST", "/api/passkeys", {"passkey": device.make(options)}, status=201)
        return device, made

    async def enter(self, device: Authenticator, status: int = 204, **wrong: Any) -> Any:
        options = await self.ask("POST", "/api/session/passkey/options", {}, status=200)
        body = {"passkey": device.answer(options, **wrong)}
        return await self.ask("POST", "/api/session/passkey", body, status=status)

    async def switch_on(self, house: Any) -> tuple[bytes, list[str]]:
        """A second factor: its secret and the recovery codes; its first code's step is over."""
        import base64

        begun = await self.ask("POST", "/api/second-factor/totp", {}, status=201)
        secret = base64.b32decode(begun["secret"] + "=" * (-len(begun["secret"]) % 8))
        code = one_time_code(secret, step_of(house.clock.now()))
        on = await self.ask("PUT", "/api/second-factor/totp", {"code": code}, status=200)
        house.clock.pass_(301)
        return secret, on["codes"]


def code_now(secret: bytes, house: Any) -> str:
    return one_time_code(secret, step_of(house.clock.now()))
