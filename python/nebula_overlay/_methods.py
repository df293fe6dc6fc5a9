"""Methods made of the operations, so that signatures and docstrings stand in one place."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def describe(method: Callable[..., Any], operation: Callable[..., Any], owner: str) -> None:
    """Gives a method the name, the docstring and the signature of its operation."""
    signature = inspect.signature(operation)
    returned = str(signature.return_annotation).removeprefix("Call[").removesuffix("]")
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    method.__name__ = operation.__name__
    method.__qualname__ = f"{owner}.{operation.__name__}"
    method.__doc__ = operation.__doc__
    method.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[itself, *signature.parameters.values()], return_annotation=returned
    )
