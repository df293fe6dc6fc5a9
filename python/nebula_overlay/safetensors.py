"""Numpy arrays as a safetensors file and back: what the node's learning takes for parameters.

Arrays of a list are named `0`, `1` and so on.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .errors import NebulaError

if TYPE_CHECKING:
    import numpy

_NAMES = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint64": "U64",
    "uint32": "U32",
    "uint16": "U16",
    "uint8": "U8",
    "bool": "BOOL",
}
_DTYPES = {name: dtype for dtype, name in _NAMES.items()}

#: As the node has it.
_MAX_HEADER_BYTES = 4 * 1024 * 1024
_LENGTH_BYTES = 8


class SafetensorsError(NebulaError):
    """The bytes are no safetensors file."""


Arrays = "Mapping[str, numpy.ndarray[Any, Any]] | Sequence[numpy.ndarray[Any, Any]]"


def encode(arrays: Any) -> list[memoryview]:
    """The file in pieces: the header, then the memory of each array, which is not copied where it is in C order.

    Raises:
        TypeError: an array's dtype has no place in such a file.
    """
    import numpy

    pairs = arrays.items() if isinstance(arrays, Mapping) else ((str(i), a) for i, a in enumerate(arrays))
    named = {str(name): _little_endian(str(name), numpy.asarray(array)) for name, array in pairs}
    # the node's order: same tensors, same bytes
    order = sorted(named, key=lambda name: (-named[name].itemsize, name))
    header: dict[str, Any] = {}
    position = 0
    for name in order:
        array = named[name]
        header[name] = {
            "dtype": _NAMES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [position, position + array.nbytes],
        }
        position += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH_BYTES)
    buffers = [memoryview(len(text).to_bytes(_LENGTH_BYTES, "little") + text)]
    for name in order:
        array = named[name]
        if array.nbytes > 0:
            buffers.append(memoryview(array.reshape(-1)).cast("B"))
    return buffers


def decode(data: Any) -> dict[str, numpy.ndarray[Any, Any]]:
    """The arrays by name, as views of the given memory.

    Raises:
        SafetensorsError: the bytes are no safetensors file.
    """
    import numpy

    view = memoryview(data).cast("B")
    header, start = _header_of(view)
    arrays: dict[str, Any] = {}
    expected = start
    entries = sorted(
        ((name, *_entry_of(name, entry)) for name, entry in header.items() if name != "__metadata__"),
        key=lambda entry: (entry[3], entry[4]),
    )
    for name, dtype, shape, begin, end in entries:
        kind = numpy.dtype(dtype).newbyteorder("<")
        if start + begin != expected or end - begin != math.prod(shape) * kind.itemsize:
            raise SafetensorsError(f"the bytes of {name!r} are not where and as many as its header says")
        expected = start + end
        if expected > len(view):
            raise SafetensorsError("the file is cut short")
        arrays[name] = numpy.frombuffer(view[start + begin : expected], kind).reshape(shape)
    if expected != len(view):
        raise SafetensorsError("there are bytes after the last tensor")
    return arrays


def as_list(arrays: Mapping[str, Any]) -> list[Any]:
    """The arrays of a file that was made of a list, in its order.

    Raises:
        SafetensorsError: the names are not `0`, `1` and so on.
    """
    try:
        return [arrays[str(i)] for i in range(len(arrays))]
    except KeyError as error:
        raise SafetensorsError(f"the file was not made of a list: it has no {error}") from None


def _little_endian(name: str, array: Any) -> Any:
    import numpy

    if array.dtype.name not in _NAMES:
        raise TypeError(f"{name!r} has the dtype {array.dtype}, which safetensors does not know")
    little = array.dtype.byteorder in "<|" or (array.dtype.byteorder == "=" and sys.byteorder == "little")
    shape = array.shape
    # ascontiguousarray makes a scalar one-dimensional
    return numpy.ascontiguousarray(array if little else array.astype(array.dtype.newbyteorder("<"))).reshape(shape)


def _header_of(view: memoryview) -> tuple[dict[str, Any], int]:
    length = int.from_bytes(view[:_LENGTH_BYTES], "little")
    start = _LENGTH_BYTES + length
    if len(view) < _LENGTH_BYTES or length > _MAX_HEADER_BYTES or start > len(view):
        raise SafetensorsError("it is no safetensors file, or cut short")
    try:
        header = json.loads(bytes(view[_LENGTH_BYTES:start]))
    except ValueError as error:
        raise SafetensorsError("its header is not JSON") from error
    if not isinstance(header, dict):
        raise SafetensorsError("its header is no object")
    return header, start


def _entry_of(name: str, entry: Any) -> tuple[str, tuple[int, ...], int, int]:
    try:
        begin, end = entry["data_offsets"]
        dtype, shape = _DTYPES[entry["dtype"]], tuple(entry["shape"])
        numbers = (*shape, begin, end)
        if not all(type(number) is int and number >= 0 for number in numbers):
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise SafetensorsError(f"the header says nothing sound of {name!r}") from None
    return dtype, shape, begin, end
