"""Fields that stand in several rows of the table. Owns these constants only."""

from __future__ import annotations

from jiahe.web.shape import Field

ID_CHARACTERS, PATH_CHARACTERS = 40, 120
CODE = Field("string", "The code of the one-time link.", required=True, low=1, high=100)
NAME = Field("string", "A name for people.", required=True, low=1, high=400)
PASSWORD = Field("string", "8 to 256 characters.", required=True, high=1024)
DEVICE = Field("string", "A device's id.", low=1, high=ID_CHARACTERS)
PROPERTY = Field("string", "A property's path.", low=1, high=PATH_CHARACTERS)
HEX = Field("string", "Hexadecimal.", high=256)
CURSOR = Field("integer", "The `seq` of the last record that is known.", low=0, high=2**53)
YAML = Field("string", "The whole file, as YAML.", required=True, low=1, high=60_000)
EPOCH = Field("number", "Epoch seconds.", low=0, high=1e11)
