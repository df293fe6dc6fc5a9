"""HTTP over a Unix socket or a port, with connections that are kept for the next request."""

from __future__ import annotations

import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from ._call import MAX_ANSWER_BYTES, Answer, Call
from ._endpoint import Endpoint, Place
from ._payload import PIECE, Body
from .errors import NoAnswerError, NodeGoneError, NoNodeRunningError, ProtocolError

T = TypeVar("T")

#: Seconds for which an idle connection is kept; the node closes it after 5.
KEEP_IDLE = 3.0
#: Idle connections that are kept.
MAX_IDLE = 8
#: Seconds that the node may take no byte of an upload.
UPLOAD_SILENCE = 120.0


class Connection(http.client.HTTPConnection):
    """One connection to the endpoint."""

    def __init__(self, endpoint: Endpoint, timeout: float) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=timeout, blocksize=PIECE)
        self.endpoint = endpoint
        self.idle_since = 0.0
        self.used = False

    def connect(self) -> None:
        if self.endpoint.socket is None:
            super().connect()
            return
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        try:
            self.sock.connect(self.endpoint.socket)
        except BaseException:
            self.close()
            raise

    def set_timeout(self, timeout: float) -> None:
        self.timeout = timeout
        if self.sock is not None:
            self.sock.settimeout(timeout)

    def alive(self) -> bool:
        """Whether an idle connection is still there: nothing may be readable on it."""
        if self.sock is None or time.monotonic() - self.idle_since > KEEP_IDLE:
            return False
        try:
            self.sock.setblocking(False)
            self.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False


class Transport:
    """Carries out calls; any number of threads may use it at the same time."""

    def __init__(self, place: Place, timeout: float | None) -> None:
        self.place = place
        self._timeout = timeout
        self._lock = threading.Lock()
        self._idle: list[Connection] = []
        #: A child made by fork must not speak over its parent's connections.
        self._pid = os.getpid()

    def close(self) -> None:
        for connection in self._take_all():
            connection.close()

    def run(self, call: Call[T]) -> T:
        """Carries out a call.

        Raises:
            NebulaError: see `errors`.
        """
        timeout = call.timeout if self._timeout is None else min(call.timeout, self._timeout)
        while True:
            with self.connection(timeout) as connection:
                was_used = connection.used
                try:
                    connection.send_head(call.method, call.target, call.headers, call.body)
                    return call.result(connection.read_answer())
                except NodeGoneError:
                    # the node may have closed the idle connection just before
                    if not (was_used and call.repeatable):
                        raise

    def upload(self, call: Call[T], body: Body) -> T:
        """Carries out a call with a body of any size."""
        headers = {"Content-Type": "application/octet-stream", **call.headers}
        if body.length is not None:
            headers["Content-Length"] = str(body.length)
        else:
            headers["Transfer-Encoding"] = "chunked"
        with self.connection(UPLOAD_SILENCE) as connection:
            refused = None
            try:
                connection.send_head(call.method, call.target, headers, body.pieces)
            except NodeGoneError as error:
                # it may have said why before it closed the connection
                refused = error
            connection.set_timeout(call.timeout)
            try:
                return call.result(connection.read_answer())
            except NodeGoneError:
                raise refused or NodeGoneError(self.place.where) from refused

    @contextmanager
    def connection(self, timeout: float) -> Iterator[Exchange]:
        """A connection for one request, kept for the next one unless anything fails."""
        exchange = self.exchange(timeout)
        try:
            yield exchange
        finally:
            if exchange.finished:
                self._release(exchange.connection)
            else:
                exchange.connection.close()

    def exchange(self, timeout: float) -> Exchange:
        """A connection for one request, which the caller closes."""
        return Exchange(self._acquire(timeout), self.place.where)

    def _acquire(self, timeout: float) -> Connection:
        endpoint = self.place.endpoint()
        while True:
            with self._lock:
                if self._pid != os.getpid():
                    # closes the child's end only
                    for inherited in self._idle:
                        inherited.close()
                    self._pid, self._idle = os.getpid(), []
                connection = self._idle.pop() if self._idle else None
            if connection is None:
                return self._open(endpoint, timeout)
            if connection.endpoint == endpoint and connection.alive():
                connection.set_timeout(timeout)
                return connection
            connection.close()

    def _open(self, endpoint: Endpoint, timeout: float) -> Connection:
        connection = Connection(endpoint, timeout)
        try:
            connection.connect()
        except (FileNotFoundError, ConnectionError) as error:
            raise NoNodeRunningError(self.place.where) from error
        except TimeoutError as error:
            raise NoAnswerError(self.place.where, timeout) from error
        return connection

    def _release(self, connection: Connection) -> None:
        connection.used = True
        connection.idle_since = time.monotonic()
        with self._lock:
            if len(self._idle) < MAX_IDLE:
                self._idle.append(connection)
                return
        connection.close()

    def _take_all(self) -> list[Connection]:
        with self._lock:
            idle, self._idle = self._idle, []
        return idle if self._pid == os.getpid() else []


class Exchange:
    """One request and its answer; failures of the connection become errors of this package."""

    def __init__(self, connection: Connection, where: str) -> None:
        self.connection = connection
        self.used = connection.used
        self._where = where
        self._answer: http.client.HTTPResponse | None = None
        self._finished = False

    @property
    def finished(self) -> bool:
        """Whether the connection is free for the next request."""
        return self._finished and self.connection.sock is not None

    def set_timeout(self, timeout: float) -> None:
        self.connection.set_timeout(timeout)

    def send_head(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | Iterator[memoryview | bytes] | None = None,
    ) -> None:
        """Sends the request with its body."""
        with self._failures():
            self.connection.request(
                method,
                target,
                body,
                {**self.connection.endpoint.headers, **headers},
                encode_chunked=headers.get("Transfer-Encoding") == "chunked",
            )

    def read_head(self) -> tuple[int, Mapping[str, str]]:
        """The status and the headers of the answer, the names in lower case."""
        with self._failures():
            self._answer = self.connection.getresponse()
        return self._answer.status, {name.lower(): value for name, value in self._answer.getheaders()}

    def read_answer(self) -> Answer:
        """The whole answer."""
        status, headers = self.read_head()
        return Answer(status, headers, self.read_rest(MAX_ANSWER_BYTES))

    def read_rest(self, limit: int) -> bytes:
        """What is left of the body.

        Raises:
            ProtocolError: it is longer than the limit.
        """
        assert self._answer is not None
        with self._failures():
            body = self._answer.read(limit + 1)
            if len(body) > limit:
                raise ProtocolError(f"the answer is longer than {limit} bytes")
        self.end()
        return body

    def read_into(self, room: memoryview) -> int:
        """Bytes of the body; 0 at its end."""
        assert self._answer is not None
        with self._failures():
            return self._answer.readinto(room)

    def read_some(self) -> bytes:
        """Bytes of the body as they come; none at its end."""
        assert self._answer is not None
        with self._failures():
            return self._answer.read1(65_536)

    def end(self) -> None:
        """The body has been read whole."""
        self._finished = self._answer is not None and not self._answer.will_close

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            self.connection.close()
            raise NoAnswerError(self._where, self.connection.timeout or 0.0) from error
        except (ConnectionError, http.client.IncompleteRead, http.client.BadStatusLine) as error:
            if isinstance(error, http.client.BadStatusLine) and not isinstance(error, ConnectionError):
                self.connection.close()
                raise ProtocolError(f"what listens on {self._where} does not speak HTTP") from error
            raise NodeGoneError(self._where, error) from error
        except http.client.HTTPException as error:
            self.connection.close()
            raise ProtocolError(f"the answer is not HTTP ({error!r})") from error
