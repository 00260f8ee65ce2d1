"""The errors of the house. Owns whose fault a failure is; never decides what to do about it.

A command that does not work is an `Outcome`, never an exception.
"""

from __future__ import annotations


class JiaheError(Exception):
    """Anything this house raises on purpose; its text is a sentence for a person."""


class ProtocolError(JiaheError):
    """Bytes or talk that break a protocol family's rules."""


class LocalProtocolError(ProtocolError):
    """We were about to send nonsense: a defect on our side, nothing was sent."""


class LinkError(JiaheError):
    """The way to a device is closed: unreachable, refused or lost."""


class AuthError(JiaheError):
    """Somebody, person or device, is not who the secret says."""


class StoreError(JiaheError):
    """The disk or the database cannot do what was asked."""


class UnknownName(JiaheError):
    """No device, property, action or room has this name."""


class SpecError(JiaheError):
    """A product file, MIoT-Spec instance or rule is wrong, and where."""

    def __init__(self, message: str, *, file: str = "", line: int = 0, key: str = "") -> None:
        self.message, self.file, self.line, self.key = message, file, line, key
        place = ":".join(str(part) for part in (file, line or "", key) if part)
        super().__init__(f"{place}: {message}" if place else message)


class OutOfDefinition(JiaheError):
    """A value that a property's definition does not admit; names the property and the bound."""

    def __init__(self, property_name: str, message: str, bound: object = None) -> None:
        self.property_name, self.message, self.bound = property_name, message, bound
        super().__init__(f"{property_name}: {message}")
