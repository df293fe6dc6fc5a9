"""The download of a model, which goes on where it was when the connection breaks."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol

from ._call import Answer, error_of
from ._operations import download_path
from .errors import DownloadError, NebulaError, ProtocolError

#: Bytes that are read at once.
CHUNK = 512 * 1024
#: Bytes of the answer of a node that refuses.
MAX_ERROR_BYTES = 65_536
#: Seconds for which nothing may come.
SILENCE = 120.0
#: Times in a row that a download breaks without any further byte.
_MAX_FRUITLESS = 5
_FIRST_DELAY = 0.1


class Sink(Protocol):
    """Where the bytes go."""

    def begin(self, size: int) -> None:
        """Before the first byte, with the number of all."""

    def room(self, position: int, size: int) -> memoryview:
        """Memory for the next bytes, at most `size`."""

    def commit(self, count: int) -> None:
        """So many bytes are in the memory that `room` gave."""


class BufferSink:
    """The caller's memory, or new memory of the right size."""

    def __init__(self, buffer: Any = None) -> None:
        self.buffer = buffer
        self._view: memoryview | None = None
        if buffer is not None:
            view = memoryview(buffer)
            if view.readonly or not view.c_contiguous:
                raise ValueError("the buffer must be writable and in one piece")
            self._view = view.cast("B") if view.nbytes > 0 else memoryview(bytearray())

    def begin(self, size: int) -> None:
        if self._view is None:
            self.buffer = bytearray(size)
            self._view = memoryview(self.buffer)
        elif len(self._view) < size:
            raise ValueError(f"the model has {size} bytes, the buffer room for {len(self._view)}")

    def room(self, position: int, size: int) -> memoryview:
        assert self._view is not None
        return self._view[position : position + size]

    def commit(self, count: int) -> None:
        pass


class FileSink:
    """An open binary file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._scratch = memoryview(bytearray(CHUNK))

    def begin(self, size: int) -> None:
        pass

    def room(self, position: int, size: int) -> memoryview:
        return self._scratch[: min(size, CHUNK)]

    def commit(self, count: int) -> None:
        self._file.write(self._scratch[:count])


class NewFile:
    """A file that is there whole or not at all."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)

    def __enter__(self) -> BinaryIO:
        directory, name = os.path.split(os.path.abspath(self._path))
        self._file = tempfile.NamedTemporaryFile(dir=directory, prefix=f".{name}.", delete=False)
        return self._file  # type: ignore[return-value]

    def __exit__(self, kind: object, *_: object) -> None:
        self._file.close()
        if kind is None:
            os.replace(self._file.name, self._path)
        else:
            os.unlink(self._file.name)


class Download:
    """What has come of a model, and what to ask for next."""

    def __init__(self, id: str, sink: Sink) -> None:
        self.target = download_path(id)
        self.position = 0
        self._size: int | None = None
        self._sink = sink
        self._fruitless = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"Range": f"bytes={self.position}-"} if self.position > 0 else {}

    @property
    def complete(self) -> bool:
        return self._size is not None and self.position >= self._size

    def check_head(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of an answer that has the bytes.

        Raises:
            ProtocolError: it has other bytes.
            ValueError: the buffer is too small.
        """
        if self.position > 0:
            match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", headers.get("content-range", ""))
            if status != 206 or match is None or int(match[1]) != self.position or int(match[2]) != self._size:
                raise ProtocolError("the node did not answer with the bytes that are missing")
            return
        text = headers.get("content-length", "")
        if status != 200 or not text.isdigit():
            raise ProtocolError("the node did not answer with the bytes of a model")
        size = int(text)
        self._sink.begin(size)
        self._size = size

    def refuse(self, status: int, body: bytes) -> NebulaError:
        """The error of an answer without the bytes."""
        return error_of(Answer(status, {}, body))

    def room(self) -> memoryview:
        assert self._size is not None
        return self._sink.room(self.position, min(CHUNK, self._size - self.position))

    def commit(self, count: int) -> None:
        self._sink.commit(count)
        self.position += count
        self._fruitless = 0

    def broken(self, error: NebulaError) -> float:
        """The connection was lost, or not made.

        Returns:
            Seconds after which to go on.

        Raises:
            NebulaError: nothing has come before.
            DownloadError: nothing more comes.
        """
        if self._size is None:
            raise error
        self._fruitless += 1
        if self._fruitless >= _MAX_FRUITLESS:
            raise DownloadError(
                f"the download ended after {self.position} of {self._size} bytes: {error}"
            ) from error
        return float(_FIRST_DELAY * 2**self._fruitless)
