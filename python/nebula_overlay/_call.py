"""One request of the API and how its answer is read; the sync and the async client both carry it out."""

from __future__ import annotations

import base64
import enum
import json
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ._decode import camel_case, decode
from .errors import ApiError, ProtocolError, api_error

T = TypeVar("T")

API_BASE = "/api/v1"

#: Seconds. The node gives an operation 60 s, then says so.
OPERATION_TIMEOUT = 75.0
#: Seconds. The node gives the transfer of a model an hour.
TRANSFER_TIMEOUT = 3_630.0

#: Bytes of an answer in JSON; a longer one is not a node's.
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class Default(enum.Enum):
    """Stands for an argument that was not given, where `None` is a value."""

    UNSET = enum.auto()


#: Not given.
UNSET = Default.UNSET


@dataclass(frozen=True)
class Answer:
    """A whole answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Call(Generic[T]):
    """A request, and how its answer becomes what the caller gets."""

    method: str
    #: With `{}` for each of the arguments.
    path: str
    read: Callable[[bytes], T]
    arguments: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout: float = OPERATION_TIMEOUT

    @property
    def target(self) -> str:
        """The path and query as they stand in the request."""
        path = self.path.format(*(urllib.parse.quote(argument, safe="") for argument in self.arguments))
        query = urllib.parse.urlencode(self.query)
        return f"{path}?{query}" if query else path

    @property
    def repeatable(self) -> bool:
        """Whether carrying it out twice is the same as once."""
        return self.method != "POST"

    def result(self, answer: Answer) -> T:
        """What the caller gets.

        Raises:
            ApiError: the node says that it could not do it.
            ProtocolError: the answer is not a node's.
        """
        if not 200 <= answer.status < 300:
            raise error_of(answer)
        return self.read(answer.body)


def json_call(
    method: str,
    path: str,
    kind: type[T],
    *arguments: str,
    body: Mapping[str, Any] | None = None,
    query: Mapping[str, str] | None = None,
    at: str | None = None,
    timeout: float = OPERATION_TIMEOUT,
) -> Call[T]:
    """A call whose answer is a dataclass; of the body, what is `UNSET` is left out.

    Args:
        at: the field of the answer to read; all of it by default.
    """
    encoded, headers = None, {}
    if body is not None:
        given = {camel_case(name): value for name, value in body.items() if value is not UNSET}
        encoded = json.dumps(given, allow_nan=False).encode()
        headers = {"Content-Type": "application/json"}
    return Call(
        method,
        API_BASE + path,
        lambda answer: decode(kind, part_of(answer, at)),
        arguments,
        query=query or {},
        body=encoded,
        headers=headers,
        timeout=timeout,
    )


def part_of(body: bytes, at: str | None) -> Any:
    value = parse_json(body)
    if at is None:
        return value
    if not isinstance(value, dict) or at not in value:
        raise ProtocolError(f"the node's answer has no {at}; is it of another version?")
    return value[at]


def parse_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise ProtocolError("the answer is not JSON; does another program listen there?") from error


def error_of(answer: Answer) -> ApiError:
    """The error that the node answered with."""
    try:
        error = json.loads(answer.body)["error"]
        return api_error(answer.status, str(error["name"]), str(error["message"]), error.get("reason"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return api_error(answer.status, "HttpError", f"the answer has the status {answer.status}")


def json_field(value: object) -> object:
    """A field of a message as the API takes it: bytes in base64."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    return value
