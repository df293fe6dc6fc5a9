"""The client for programs without an event loop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

from . import _operations, safetensors, types
from ._call import Answer, Call, error_of
from ._download import MAX_ERROR_BYTES, SILENCE, BufferSink, Download, FileSink, NewFile, Sink
from ._endpoint import place
from ._methods import describe
from ._payload import Payload, body_of
from ._sync import Exchange, Transport
from .errors import NebulaError, NoAnswerError, NodeGoneError, NoNodeRunningError, WaitTimeoutError
from .events import POLL_WAIT, STREAM_SILENCE, Event, EventCursor, EventMode

P = ParamSpec("P")
T = TypeVar("T")


def _method(operation: Callable[P, Call[T]]) -> Callable[Concatenate[Client, P], T]:
    def method(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._transport.run(operation(*args, **kwargs))

    describe(method, operation, "Client")
    return method


class Client:
    """Speaks to a running node through its local API.

    Args:
        data_dir: the node's data directory, whose socket (or port and token) is used; by default that of the
            command `nebula`.
        socket: the path of the Unix socket, instead.
        url: `http://127.0.0.1:PORT`, instead.
        token: what opens the port; by default the file `token` of the data directory.
        timeout: seconds that an operation may take; by default as long as the node gives it: a minute, or an hour
            for one that moves a model.

    One client may be used by any number of threads at the same time. It keeps its connections open for the next
    call, and looks the node up again when it has to make one. It is a context manager, which closes them.

    Every method may raise a `NebulaError`: `NoNodeRunningError`, `NodeGoneError`, `NoAnswerError`, or an `ApiError`
    with what the node says.
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

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._transport.place.where!r})"

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

    def upload(
        self,
        payload: Payload,
        *,
        round: int,
        weight: int = 1,
        kind: str = "model",
        encoding: types.Encoding | None = None,
    ) -> types.Model:
        """Gives the node a model, which keeps it, ready to be sent.

        Args:
            payload: bytes or anything with a buffer, a path, a binary file, or a mapping or list of numpy arrays
                (as a safetensors file).
            round: the round; -1 for the model that all begin with.
            weight: the number of samples behind it.
            encoding: how it is compressed on its way; by default as the node is configured.
        """
        call = _operations.upload_call(round=round, weight=weight, kind=kind, encoding=encoding)
        return self._transport.upload(call, body_of(payload))

    def send_model(
        self,
        payload: Payload,
        peers: Iterable[str] | None = None,
        *,
        round: int,
        weight: int = 1,
        encoding: types.Encoding | None = None,
    ) -> types.SentModel:
        """Uploads a model and sends it; returns when each peer has it or has failed.

        Args:
            payload: see `upload`.
            peers: all neighbours by default.
        """
        model = self.upload(payload, round=round, weight=weight, encoding=encoding)
        return types.SentModel(model, self.send_kept(model.id, peers))

    def download(self, id: str) -> bytearray:
        """The bytes of a model that the node keeps. Goes on where it was when the connection breaks."""
        sink = BufferSink()
        self._download(id, sink)
        return sink.buffer  # type: ignore[no-any-return]

    def download_into(self, id: str, buffer: Any) -> int:
        """Writes the bytes of a model into a writable buffer, such as a numpy array, and returns their number.

        Raises:
            ValueError: the buffer is too small.
        """
        return self._download(id, BufferSink(buffer))

    def download_to(self, id: str, target: str | os.PathLike[str] | BinaryIO) -> int:
        """Writes the bytes of a model to a path, where it is whole or not at all, or to an open binary file.
        Returns their number."""
        if isinstance(target, (str, os.PathLike)):
            with NewFile(target) as file:
                return self._download(id, FileSink(file))
        return self._download(id, FileSink(target))

    def download_arrays(self, id: str) -> dict[str, Any]:
        """The numpy arrays of a model that is a safetensors file, by name.

        Raises:
            SafetensorsError: it is none.
        """
        return safetensors.decode(self.download(id))

    def events(
        self,
        types: Collection[str] | None = None,
        *,
        since: str | None = None,
        mode: EventMode = "auto",
        retry_for: float = 60.0,
    ) -> Events:
        """Follows the events of the node from now on. The request is made with the first `next`; `open` makes it
        at once.

        Args:
            types: the names of the events wanted; all by default.
            since: the id of the last event that is known, to go on after it.
            mode: `stream`, `poll`, or a stream and, where it does not come through, one request after another.
            retry_for: seconds for which a node that is away is looked for; `math.inf` for ever.
        """
        return Events(self._transport, EventCursor(types, since, mode, retry_for))

    def _download(self, id: str, sink: Sink) -> int:
        download = Download(id, sink)
        while not download.complete:
            try:
                with self._transport.connection(SILENCE) as connection:
                    _receive(connection, download)
            except (NodeGoneError, NoNodeRunningError, NoAnswerError) as error:
                time.sleep(download.broken(error))
        return download.position


def _receive(connection: Exchange, download: Download) -> None:
    connection.send_head("GET", download.target, download.headers)
    status, headers = connection.read_head()
    if status not in (200, 206):
        raise download.refuse(status, connection.read_rest(MAX_ERROR_BYTES))
    download.check_head(status, headers)
    while not download.complete:
        count = connection.read_into(download.room())
        if count == 0:
            raise NodeGoneError(download.target)
        download.commit(count)
    connection.read_rest(0)


class Events:
    """The events of a node as an iterator, which goes on over lost connections and restarts of the node.

    For one thread. It is a context manager, which closes the stream.
    """

    def __init__(self, transport: Transport, cursor: EventCursor) -> None:
        self._transport = transport
        self._cursor = cursor
        self._stream: Exchange | None = None
        self._closed = False

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Events:
        return self

    def __next__(self) -> Event:
        if self._closed:
            raise StopIteration
        return self.get()

    @property
    def last_id(self) -> str | None:
        """What to give as `since` to go on after the last event that was taken."""
        return self._cursor.seen_id

    def open(self) -> Events:
        """Begins to follow now: what happens after this is not missed."""
        if self._stream is None and self._cursor.last_id is None:
            self._fill(0.0)
        return self

    def get(self, timeout: float | None = None) -> Event:
        """The next event.

        Args:
            timeout: seconds to wait; without end by default.

        Raises:
            WaitTimeoutError: none came in time.
            NebulaError: the node was away for longer than `retry_for`.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while (event := self._cursor.next()) is None:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise WaitTimeoutError(f"no event within {timeout:g} s")
            self._fill(left)
        return event

    def wait_for(
        self, name: str, condition: Callable[[Event], bool] = lambda _: True, *, timeout: float | None = None
    ) -> Event:
        """The next event of the name that fulfils the condition; others before it are dropped.

        Raises:
            WaitTimeoutError: it did not come in time.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise WaitTimeoutError(f"no event {name} within {timeout:g} s")
            event = self.get(left)
            if event.name == name and condition(event):
                return event

    def close(self) -> None:
        """Ends the iteration."""
        self._closed = True
        self._drop()

    def _fill(self, wait: float | None) -> None:
        """Takes what comes next, or what the wait (seconds) brings."""
        try:
            if self._cursor.polls:
                self._poll(wait)
            else:
                self._read(wait)
        except (NodeGoneError, NoNodeRunningError, NoAnswerError) as error:
            self._lost(error, wait)
        except BaseException:
            self._drop()
            raise

    def _read(self, wait: float | None) -> None:
        stream = self._stream
        if stream is None:
            stream = self._stream = self._transport.exchange(STREAM_SILENCE)
            stream.send_head("GET", self._cursor.target(POLL_WAIT), {})
            status, headers = stream.read_head()
            if status != 200:
                raise error_of(Answer(status, {}, stream.read_rest(MAX_ERROR_BYTES)))
            if not self._cursor.opened(headers.get("content-type", "")):
                self._drop()
                return
            # `ready` comes at once
            wait = None
        silence = STREAM_SILENCE if wait is None else min(wait, STREAM_SILENCE)
        stream.set_timeout(silence)
        try:
            piece = stream.read_some()
        except NoAnswerError:
            if silence < STREAM_SILENCE:
                # the stream cannot be read on; the next one goes on by the id
                self._drop()
                return
            raise
        if piece == b"":
            raise NodeGoneError(self._transport.place.where)
        self._cursor.feed(piece)

    def _poll(self, wait: float | None) -> None:
        patience = POLL_WAIT if wait is None else min(wait, POLL_WAIT)
        call = Call("GET", self._cursor.target(patience), bytes, timeout=patience + STREAM_SILENCE)
        self._cursor.page(self._transport.run(call))

    def _lost(self, error: NebulaError, wait: float | None) -> None:
        self._drop()
        delay = self._cursor.lost(error, time.monotonic())
        time.sleep(delay if wait is None else min(delay, wait))

    def _drop(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.connection.close()


def find(data_dir: str | os.PathLike[str] | None = None, **options: Any) -> Client:
    """A client of the node that runs on a data directory, by default that of the command `nebula`.

    Raises:
        NoNodeRunningError: there is none.
    """
    client = Client(data_dir, **options)
    try:
        client.node()
    except BaseException:
        client.close()
        raise
    return client
