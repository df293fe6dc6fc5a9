"""What can be sent as a model, as pieces of bytes; nothing is copied that need not be."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Union

from . import safetensors

if TYPE_CHECKING:
    import numpy

#: Bytes-like objects (also `array.array` and one numpy array) are sent as their bytes, paths and binary files as
#: what they hold, a mapping or a list of numpy arrays as a safetensors file.
Payload = Union[
    bytes,
    bytearray,
    memoryview,
    "os.PathLike[str]",
    str,
    BinaryIO,
    "numpy.ndarray[Any, Any]",
    "Mapping[str, numpy.ndarray[Any, Any]]",
    "Sequence[numpy.ndarray[Any, Any]]",
    Any,
]

#: Bytes of one piece.
PIECE = 512 * 1024


@dataclass(frozen=True)
class Body:
    """The body of an upload."""

    pieces: Iterator[memoryview | bytes]
    #: `None` when it is not known beforehand.
    length: int | None
    #: Whether the next piece may take its time.
    reads_files: bool = False


def body_of(payload: Payload) -> Body:
    """The bytes of a payload.

    Raises:
        TypeError: it is nothing that can be sent.
        OSError: the file cannot be read.
    """
    if isinstance(payload, (str, os.PathLike)):
        return _body_of_file(open(payload, "rb"), close=True)
    if isinstance(payload, Mapping) or _is_list_of_arrays(payload):
        buffers = safetensors.encode(payload)
        return Body(_slices(buffers), sum(len(buffer) for buffer in buffers))
    if callable(getattr(payload, "read", None)):
        return _body_of_file(payload, close=False)
    buffer = bytes_of(payload)
    return Body(_slices([buffer]), len(buffer))


def bytes_of(value: Any) -> memoryview:
    """The bytes of anything with a buffer, in C order."""
    try:
        view = memoryview(value)
    except TypeError:
        raise TypeError(
            f"a {type(value).__name__} is no model: give bytes, a path, a binary file, or numpy arrays"
        ) from None
    if not view.c_contiguous:
        numpy = sys.modules.get("numpy")
        view = memoryview(numpy.ascontiguousarray(value) if numpy is not None else view.tobytes())
    # an empty view has no shape to cast
    return view.cast("B") if view.nbytes > 0 else memoryview(b"")


def _is_list_of_arrays(payload: Any) -> bool:
    return isinstance(payload, (list, tuple)) and all(hasattr(item, "__array__") for item in payload)


def _slices(buffers: Sequence[memoryview]) -> Iterator[memoryview]:
    for buffer in buffers:
        for start in range(0, len(buffer), PIECE):
            yield buffer[start : start + PIECE]


def _body_of_file(file: Any, close: bool) -> Body:
    if isinstance(file, io.TextIOBase):
        raise TypeError("the file is open as text: open it with mode 'rb'")
    try:
        info = os.fstat(file.fileno())
        length = max(0, info.st_size - file.tell()) if stat.S_ISREG(info.st_mode) else None
    except (OSError, AttributeError):
        length = None
    return Body(_read(file, length, close), length, reads_files=True)


def _read(file: Any, length: int | None, close: bool) -> Iterator[bytes]:
    """No more than the length, as the file may grow meanwhile."""
    with closing(file) if close else _Open():
        left = length
        while left is None or left > 0:
            piece = file.read(PIECE if left is None else min(PIECE, left))
            if not piece:
                if left:
                    raise EOFError(f"the file has become shorter: {left} bytes are missing")
                return
            if left is not None:
                left -= len(piece)
            yield piece


class _Open:
    """Leaves a file open."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass
