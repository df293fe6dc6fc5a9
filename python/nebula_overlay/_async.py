"""HTTP over asyncio's streams, with connections that are kept for the next request."""

from __future__ import annotations

import asyncio
import http.client
import io
import time
from collections.abc import AsyncIterator, Awaitable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from ._call import MAX_ANSWER_BYTES, Answer, Call
from ._endpoint import Endpoint, Place
from ._payload import Body
from ._sync import KEEP_IDLE, MAX_IDLE, UPLOAD_SILENCE
from .errors import NoAnswerError, NodeGoneError, NoNodeRunningError, ProtocolError

T = TypeVar("T")

#: Bytes of the head of an answer, and of what is read ahead.
_READ_AHEAD = 1024 * 1024


class Connection:
    """One connection to the endpoint."""

    def __init__(
        self, endpoint: Endpoint, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.endpoint = endpoint
        self.reader = reader
        self.writer = writer
        self.used = False
        self.idle_since = 0.0

    def alive(self) -> bool:
        """Whether an idle connection is still there."""
        closing = self.writer.is_closing() or self.reader.at_eof()
        return not closing and time.monotonic() - self.idle_since <= KEEP_IDLE

    def close(self) -> None:
        self.writer.transport.abort()


class Transport:
    """Carries out calls of one event loop; any number of its tasks may use it at the same time."""

    def __init__(self, place: Place, timeout: float | None) -> None:
        self.place = place
        self._timeout = timeout
        self._idle: list[Connection] = []

    def close(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    async def run(self, call: Call[T]) -> T:
        """Carries out a call. When the task is cancelled, the node gives the operation up.

        Raises:
            NebulaError: see `errors`.
        """
        timeout = call.timeout if self._timeout is None else min(call.timeout, self._timeout)
        while True:
            async with self.connection(timeout) as connection:
                try:
                    await connection.send_head(call.method, call.target, call.headers, call.body)
                    return call.result(await connection.read_answer())
                except NodeGoneError:
                    # the node may have closed the idle connection just before
                    if not (connection.used and call.repeatable):
                        raise

    async def upload(self, call: Call[T], body: Body) -> T:
        """Carries out a call with a body of any size."""
        headers = {"Content-Type": "application/octet-stream", **call.headers}
        if body.length is not None:
            headers["Content-Length"] = str(body.length)
        else:
            headers["Transfer-Encoding"] = "chunked"
        async with self.connection(UPLOAD_SILENCE) as connection:
            refused = None
            try:
                await connection.send_head(call.method, call.target, headers)
                await connection.send_body(body)
            except NodeGoneError as error:
                # it may have said why before it closed the connection
                refused = error
            connection.timeout = call.timeout
            try:
                return call.result(await connection.read_answer())
            except NodeGoneError:
                raise refused or NodeGoneError(self.place.where) from refused

    @asynccontextmanager
    async def connection(self, timeout: float) -> AsyncIterator[Exchange]:
        """A connection for one request, kept for the next one unless anything fails."""
        exchange = await self.exchange(timeout)
        try:
            yield exchange
        finally:
            if exchange.finished and len(self._idle) < MAX_IDLE:
                exchange.connection.used = True
                exchange.connection.idle_since = time.monotonic()
                self._idle.append(exchange.connection)
            else:
                exchange.connection.close()

    async def exchange(self, timeout: float) -> Exchange:
        """A connection for one request, which the caller closes."""
        return Exchange(await self._acquire(timeout), self.place.where, timeout)

    async def _acquire(self, timeout: float) -> Connection:
        endpoint = self.place.endpoint()
        while self._idle:
            connection = self._idle.pop()
            if connection.endpoint == endpoint and connection.alive():
                return connection
            connection.close()
        try:
            opening: Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
            if endpoint.socket is not None:
                opening = asyncio.open_unix_connection(endpoint.socket, limit=_READ_AHEAD)
            else:
                opening = asyncio.open_connection(endpoint.host, endpoint.port, limit=_READ_AHEAD)
            return Connection(endpoint, *await asyncio.wait_for(opening, timeout))
        except (FileNotFoundError, ConnectionError) as error:
            raise NoNodeRunningError(self.place.where) from error
        except (TimeoutError, asyncio.TimeoutError) as error:
            raise NoAnswerError(self.place.where, timeout) from error


class Exchange:
    """One request and its answer; failures of the connection become errors of this package."""

    def __init__(self, connection: Connection, where: str, timeout: float) -> None:
        self.connection = connection
        self.used = connection.used
        #: Seconds for which nothing may come or be taken.
        self.timeout = timeout
        self.finished = False
        self._where = where
        self._chunked = False
        self._keeps = False
        #: Bytes of the body, or of its present chunk, that have not been read; `None` up to the end.
        self._left: int | None = None
        self._at_end = False

    async def send_head(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> None:
        """Sends the request, with its body when it is short."""
        given = {**self.connection.endpoint.headers, **headers}
        if body is not None:
            given["Content-Length"] = str(len(body))
        elif method in ("POST", "PUT") and "Content-Length" not in given and "Transfer-Encoding" not in given:
            given["Content-Length"] = "0"
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        self.connection.writer.write(head + (body or b""))
        await self._within(self.connection.writer.drain())

    async def send_body(self, body: Body) -> None:
        """Sends a body piece by piece, as fast as the node takes it."""
        writer = self.connection.writer
        while True:
            if body.reads_files:
                piece = await asyncio.to_thread(next, body.pieces, None)
            else:
                piece = next(body.pieces, None)
            if piece is None:
                break
            if body.length is None:
                writer.write(b"%x\r\n" % len(piece))
            writer.write(piece)
            if body.length is None:
                writer.write(b"\r\n")
            await self._within(writer.drain())
        if body.length is None:
            writer.write(b"0\r\n\r\n")
            await self._within(writer.drain())

    async def read_head(self) -> tuple[int, Mapping[str, str]]:
        """The status and the headers of the answer, the names in lower case."""
        head = await self._within(self.connection.reader.readuntil(b"\r\n\r\n"))
        status_line, _, rest = head.partition(b"\r\n")
        version, _, status = status_line.partition(b" ")
        if not version.startswith(b"HTTP/1.") or not status[:3].isdigit():
            raise ProtocolError(f"what listens on {self._where} does not speak HTTP")
        parsed = http.client.parse_headers(io.BytesIO(rest))
        headers = {name.lower(): value for name, value in parsed.items()}
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        self._keeps = version == b"HTTP/1.1" and headers.get("connection", "").lower() != "close"
        length = headers.get("content-length")
        if status[:3] in (b"204", b"304"):
            self._at_end = True
        elif not self._chunked and length is not None:
            self._left = int(length)
            self._at_end = self._left == 0
        return int(status[:3]), headers

    async def read_answer(self) -> Answer:
        """The whole answer."""
        status, headers = await self.read_head()
        return Answer(status, headers, await self.read_rest(MAX_ANSWER_BYTES))

    async def read_rest(self, limit: int) -> bytes:
        """What is left of the body.

        Raises:
            ProtocolError: it is longer than the limit.
        """
        pieces, size = [], 0
        while piece := await self.read_some():
            size += len(piece)
            if size > limit:
                raise ProtocolError(f"the answer is longer than {limit} bytes")
            pieces.append(piece)
        self.end()
        return b"".join(pieces)

    async def read_into(self, room: memoryview) -> int:
        """Bytes of the body; 0 at its end."""
        piece = await self.read_some(len(room))
        room[: len(piece)] = piece
        return len(piece)

    async def read_some(self, most: int = 65_536) -> bytes:
        """Bytes of the body as they come; none at its end."""
        if self._at_end:
            return b""
        if self._chunked and not self._left:
            await self._next_chunk()
            if self._at_end:
                return b""
        reader = self.connection.reader
        piece = await self._within(reader.read(most if self._left is None else min(most, self._left)))
        if self._left is None:
            self._at_end = piece == b""
            return piece
        if piece == b"":
            raise NodeGoneError(self._where)
        self._left -= len(piece)
        if self._left == 0:
            if self._chunked:
                await self._within(reader.readexactly(2))
            else:
                self._at_end = True
        return piece

    def end(self) -> None:
        """The body has been read whole."""
        self.finished = self._at_end and self._keeps

    async def _next_chunk(self) -> None:
        line = await self._within(self.connection.reader.readuntil(b"\r\n"))
        try:
            self._left = int(line.partition(b";")[0], 16)
        except ValueError as error:
            raise ProtocolError("the answer is not HTTP: a chunk without its length") from error
        if self._left == 0:
            while await self._within(self.connection.reader.readuntil(b"\r\n")) != b"\r\n":
                pass
            self._at_end = True

    async def _within(self, awaitable: Awaitable[T]) -> T:
        with self._failures():
            return await asyncio.wait_for(awaitable, self.timeout)

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, asyncio.TimeoutError) as error:
            raise NoAnswerError(self._where, self.timeout) from error
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            raise NodeGoneError(self._where, error) from error
        except asyncio.LimitOverrunError as error:
            raise ProtocolError(f"what listens on {self._where} does not speak HTTP") from error
