"""The client for asyncio."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

from . import _operations, safetensors, types
from ._async import Exchange, Transport
from ._call import Answer, Call, error_of
from ._download import MAX_ERROR_BYTES, SILENCE, BufferSink, Download, FileSink, NewFile, Sink
from ._endpoint import place
from ._methods import describe
from ._payload import Payload, body_of
from .errors import NebulaError, NoAnswerError, NodeGoneError, NoNodeRunningError
from .events import POLL_WAIT, STREAM_SILENCE, Event, EventCursor, EventMode

P = ParamSpec("P")
T = TypeVar("T")


def _method(operation: Callable[P, Call[T]]) -> Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]]:
    async def method(self: AsyncClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._transport.run(operation(*args, **kwargs))

    describe(method, operation, "AsyncClient")
    return method


class AsyncClient:
    """Speaks to a running node through its local API, for one event loop.

    Takes what `Client` takes and has the same methods. When a task that waits for one is cancelled, the node gives
    the operation up. It is an asynchronous context manager, which closes the connections.
    """

    def __init__(
        self,
        data_dir: str | os.PathLike[str] | None = None,
        *,
        socket: str | os.PathLike[str] | None = None,
        url: str | None = None,
        token: str | None = None,
        timeout: float | None = None,
    ) -> None:
        self._transport = Transport(place(data_dir, socket=socket, url=url, token=token), timeout)

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"AsyncClient({self._transport.place.where!r})"

    def close(self) -> None:
        """Closes the connections that are not in use. The client can be used again."""
        self._transport.close()

    node = _method(_operations.node)
    peers = _method(_operations.peers)
    connect = _method(_operations.connect)
    disconnect = _method(_operations.disconnect)
    set_direct = _method(_operations.set_direct)
    send = _method(_operations.send)
    models = _method(_operations.models)
    send_kept = _method(_operations.send_kept)
    fetch = _method(_operations.fetch)
    cancel_fetch = _method(_operations.cancel_fetch)
    federation = _method(_operations.federation)
    join = _method(_operations.join)
    late_join = _method(_operations.late_join)
    propagate = _method(_operations.propagate)
    beacon = _method(_operations.beacon)
    set_beacon = _method(_operations.set_beacon)
    external_connection_service = _method(_operations.external_connection_service)
    set_external_connection_service = _method(_operations.set_external_connection_service)
    restrictions = _method(_operations.restrictions)
    ban = _method(_operations.ban)
    lift_ban = _method(_operations.lift_ban)
    clear_restrictions = _method(_operations.clear_restrictions)
    scores = _method(_operations.scores)
    score = _method(_operations.score)
    engine = _method(_operations.engine)
    set_engine = _method(_operations.set_engine)
    requests = _method(_operations.requests)
    answer_request = _method(_operations.answer_request)
    metrics = _method(_operations.metrics)
    openapi = _method(_operations.openapi)

    async def upload(
        self,
        payload: Payload,
        *,
        round: int,
        weight: int = 1,
        kind: str = "model",
        encoding: types.Encoding | None = None,
    ) -> types.Model:
        """See `Client.upload`."""
        call = _operations.upload_call(round=round, weight=weight, kind=kind, encoding=encoding)
        return await self._transport.upload(call, body_of(payload))

    async def send_model(
        self,
        payload: Payload,
        peers: Iterable[str] | None = None,
        *,
        round: int,
        weight: int = 1,
        encoding: types.Encoding | None = None,
    ) -> types.SentModel:
        """See `Client.send_model`."""
        model = await self.upload(payload, round=round, weight=weight, encoding=encoding)
        return types.SentModel(model, await self.send_kept(model.id, peers))

    async def download(self, id: str) -> bytearray:
        """See `Client.download`."""
        sink = BufferSink()
        await self._download(id, sink)
        return sink.buffer  # type: ignore[no-any-return]

    async def download_into(self, id: str, buffer: Any) -> int:
        """See `Client.download_into`."""
        return await self._download(id, BufferSink(buffer))

    async def download_to(self, id: str, target: str | os.PathLike[str] | BinaryIO) -> int:
        """See `Client.download_to`."""
        if isinstance(target, (str, os.PathLike)):
            with NewFile(target) as file:
                return await self._download(id, FileSink(file))
        return await self._download(id, FileSink(target))

    async def download_arrays(self, id: str) -> dict[str, Any]:
        """See `Client.download_arrays`."""
        return safetensors.decode(await self.download(id))

    def events(
        self,
        types: Collection[str] | None = None,
        *,
        since: str | None = None,
        mode: EventMode = "auto",
        retry_for: float = 60.0,
    ) -> AsyncEvents:
        """See `Client.events`; iterate with `async for`."""
        return AsyncEvents(self._transport, EventCursor(types, since, mode, retry_for))

    async def _download(self, id: str, sink: Sink) -> int:
        download = Download(id, sink)
        while not download.complete:
            try:
                async with self._transport.connection(SILENCE) as connection:
                    await _receive(connection, download)
            except (NodeGoneError, NoNodeRunningError, NoAnswerError) as error:
                await asyncio.sleep(download.broken(error))
        return download.position


async def _receive(connection: Exchange, download: Download) -> None:
    await connection.send_head("GET", download.target, download.headers)
    status, headers = await connection.read_head()
    if status not in (200, 206):
        raise download.refuse(status, await connection.read_rest(MAX_ERROR_BYTES))
    download.check_head(status, headers)
    while not download.complete:
        count = await connection.read_into(download.room())
        if count == 0:
            raise NodeGoneError(download.target)
        download.commit(count)
    await connection.read_rest(0)


class AsyncEvents:
    """The events of a node for `async for`, which goes on over lost connections and restarts of the node.

    It may be cancelled while it waits, as by `asyncio.wait_for`, and be used again: nothing is lost.
    """

    def __init__(self, transport: Transport, cursor: EventCursor) -> None:
        self._transport = transport
        self._cursor = cursor
        self._stream: Exchange | None = None
        self._closed = False

    async def __aenter__(self) -> AsyncEvents:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __aiter__(self) -> AsyncEvents:
        return self

    async def __anext__(self) -> Event:
        if self._closed:
            raise StopAsyncIteration
        return await self.get()

    @property
    def last_id(self) -> str | None:
        """What to give as `since` to go on after the last event that was taken."""
        return self._cursor.seen_id

    async def open(self) -> AsyncEvents:
        """Begins to follow now: what happens after this is not missed."""
        if self._stream is None and self._cursor.last_id is None:
            await self._fill(0.0)
        return self

    async def get(self) -> Event:
        """The next event.

        Raises:
            NebulaError: the node was away for longer than `retry_for`.
        """
        while (event := self._cursor.next()) is None:
            await self._fill(POLL_WAIT)
        return event

    async def wait_for(self, name: str, condition: Callable[[Event], bool] = lambda _: True) -> Event:
        """The next event of the name that fulfils the condition; others before it are dropped."""
        while True:
            event = await self.get()
            if event.name == name and condition(event):
                return event

    def close(self) -> None:
        """Ends the iteration."""
        self._closed = True
        self._drop()

    async def _fill(self, wait: float) -> None:
        """Takes what comes next; `wait` is of the long poll, in seconds."""
        try:
            if self._cursor.polls:
                await self._poll(wait)
            else:
                await self._read()
        except (NodeGoneError, NoNodeRunningError, NoAnswerError) as error:
            self._drop()
            await self._pause(error)
        except BaseException:
            # also of a cancelled read, whose piece may be lost; the next stream goes on by the id
            self._drop()
            raise

    async def _read(self) -> None:
        stream = self._stream
        if stream is None:
            stream = self._stream = await self._transport.exchange(STREAM_SILENCE)
            await stream.send_head("GET", self._cursor.target(POLL_WAIT), {})
            status, headers = await stream.read_head()
            if status != 200:
                raise error_of(Answer(status, {}, await stream.read_rest(MAX_ERROR_BYTES)))
            if not self._cursor.opened(headers.get("content-type", "")):
                self._drop()
                return
        piece = await stream.read_some()
        if piece == b"":
            raise NodeGoneError(self._transport.place.where)
        self._cursor.feed(piece)

    async def _poll(self, wait: float) -> None:
        call = Call("GET", self._cursor.target(wait), bytes, timeout=wait + STREAM_SILENCE)
        self._cursor.page(await self._transport.run(call))

    async def _pause(self, error: NebulaError) -> None:
        await asyncio.sleep(self._cursor.lost(error, time.monotonic()))

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.connection.close()
