"""A field of a body: some bits of one byte. Owns reading and writing them; never what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bits:
    """`width` bits of byte `byte`, the lowest of them bit `shift`."""

    byte: int
    shift: int = 0
    width: int = 1
    mask: int = field(init=False, repr=False)
    """The largest value that fits."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "mask", (1 << self.width) - 1)

    def read(self, body: bytes) -> int | None:
        """The value; None in a body that ends before it."""
        return body[self.byte] >> self.shift & self.mask if self.byte < len(body) else None

    def write(self, body: bytearray, value: int) -> None:
        """Puts the value in place, leaving the byte's other bits; a body that ends before it stays as it is."""
        if self.byte < len(body):
            kept = body[self.byte] & ~(self.mask << self.shift)
            body[self.byte] = kept | (value & self.mask) << self.shift
