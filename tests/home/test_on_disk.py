"""The home's rooms on the real database, closed and opened again, with a second process beside it."""

from __future__ import annotations

from jiahe.home.credentials import Tokens
from jiahe.home.people import People
from jiahe.home.registry import Registry
from jiahe.home.vault import Vault
from jiahe.model.definition import Profile
from jiahe.model.happening import Actor, Cause
from jiahe.storage.database import Database
from jiahe.storage.documents import Documents

CAUSE = Cause("c1", Actor.PERSON, "Mei")
SECRETS = {"token": b"\x01" * 16}
PASSWORD = "correct horse"


async def test_everything_is_there_after_a_restart_and_no_secret_is_in_the_files(tmp_path, clock):
    path = tmp_path / "home.db"
    database = await Database.open(path)
    documents = Documents(database)
    vault = await Vault.open(tmp_path, documents)
    registry = await Registry.open(documents, clock, lambda product, facts: Profile("generic", {}))
    people = await People.open(documents, clock)
    entered = await people.claim(await people.new_claim_code(), "Mei", PASSWORD, "::1")
    device = await registry.adopt(
        product="p", family="miio", hardware_id="1", address="10.0.0.1", cause=CAUSE, facts={"firmware": "1"}
    )
    await vault.seal(device.id, SECRETS)
    beside = await Database.open(path, exclusive=False)  # as `jiahe token create` while the hub runs
    token = await Tokens(Documents(beside), clock).create("script")
    await beside.close()
    assert (await people.by_token(token)).principal.name == "script"
    await database.close()

    written = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.name.startswith("home.db"))
    for secret in (SECRETS["token"], PASSWORD.encode(), entered.secret.encode(), token.encode()):
        assert secret not in written

    database = await Database.open(path)
    documents = Documents(database)
    assert await (await Vault.open(tmp_path, documents)).unseal(device.id) == SECRETS
    again = await Registry.open(documents, clock, lambda product, facts: Profile("generic", {}))
    assert again.device(device.id) == device
    people = await People.open(documents, clock)
    assert (await people.by_session(entered.secret)).principal.name == "Mei"
    assert (await people.login("Mei", PASSWORD, "::1")).signed.principal.name == "Mei"
    await database.close()
