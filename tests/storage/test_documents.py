"""Documents and sealed bytes: put, replaced, deleted, listed, and the same after a restart."""

import pytest

from jiahe.model.errors import StoreError
from jiahe.storage.database import Database
from jiahe.storage.documents import LARGEST, Documents


async def test_documents_are_kept_by_kind_and_id(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    documents = Documents(database)
    await documents.put("room", "kitchen", {"name": "厨房", "floor": 1})
    await documents.put("room", "attic", {"name": "Attic"})
    await documents.put("person", "kitchen", {"name": "Mr Kitchen"})
    await documents.put("room", "attic", {"name": "Loft"})
    await database.close()

    database = await Database.open(tmp_path / "home.db")
    documents = Documents(database)
    assert await documents.get("room", "attic") == {"name": "Loft"}
    assert await documents.all("room") == {"attic": {"name": "Loft"}, "kitchen": {"name": "厨房", "floor": 1}}
    await documents.delete("room", "attic")
    await documents.delete("room", "never")
    assert await documents.get("room", "attic") is None
    assert await documents.all("person") == {"kitchen": {"name": "Mr Kitchen"}}
    assert await documents.all("device") == {}
    await database.close()


async def test_what_is_no_json_or_too_large_is_refused(tmp_path):
    database = await Database.open(tmp_path / "home.db")
    documents = Documents(database)
    with pytest.raises(StoreError, match="not JSON"):
        await documents.put("room", "x", {"name": object()})
    with pytest.raises(StoreError, match="at most"):
        await documents.put("room", "x", {"name": "x" * LARGEST})
    assert await documents.all("room") == {}
    await database.close()
