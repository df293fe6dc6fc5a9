"""Dataclasses from the JSON of the API: `camelCase` becomes `snake_case`, unknown fields are skipped."""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from typing import Any, TypeVar

from .errors import ProtocolError

T = TypeVar("T")


def camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def decode(kind: type[T], value: Any) -> T:
    """The value as the dataclass.

    Raises:
        ProtocolError: a field is missing, or of another type.
    """
    try:
        return typing.cast(T, _decode(kind, value))
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(
            f"the node's answer is no {kind.__name__} ({error}); is it of another version?"
        ) from error


@functools.cache
def _fields(kind: type) -> list[tuple[str, str, Any, bool]]:
    hints = typing.get_type_hints(kind)
    return [
        (field.name, camel_case(field.name), hints[field.name], field.default is dataclasses.MISSING)
        for field in dataclasses.fields(kind)
    ]


def _decode(kind: Any, value: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)

    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        (inner,) = (argument for argument in arguments if argument is not type(None))
        return _decode(inner, value)
    if origin is tuple:
        if not isinstance(value, list):
            raise TypeError("expected a list")
        return tuple(_decode(arguments[0], item) for item in value)
    if dataclasses.is_dataclass(kind):
        return _decode_dataclass(typing.cast(type, kind), value)
    if kind is int and isinstance(value, str):
        return int(value)
    if kind is float and isinstance(value, int):
        return float(value)
    if isinstance(kind, type) and not isinstance(value, kind):
        raise TypeError(f"expected {kind.__name__}, not {type(value).__name__}")
    return value


def _decode_dataclass(kind: type, value: Any) -> Any:
    if not isinstance(value, dict):
        raise TypeError("expected an object")
    found = {}
    for name, key, hint, required in _fields(kind):
        if key in value:
            found[name] = _decode(hint, value[key])
        elif required:
            raise KeyError(key)
    return kind(**found)
