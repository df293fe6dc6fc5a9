"""The events of a node, and how they are followed over lost connections and restarts of the node."""

from __future__ import annotations

import json
import time
import urllib.parse
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import types
from ._call import API_BASE, parse_json
from ._decode import decode
from .errors import NebulaError, NoNodeRunningError, ProtocolError

EventMode = Literal["auto", "stream", "poll"]

#: Seconds. The node writes something every 15 s.
STREAM_SILENCE = 60.0
#: Seconds that one request of the long poll waits.
POLL_WAIT = 30.0

#: Streams in a row that end before they have brought anything: then the client polls.
_FRUITLESS_STREAMS = 3
_FIRST_DELAY = 0.1
_LONGEST_DELAY = 2.0


@dataclass(frozen=True)
class Event(Mapping[str, Any]):
    """An event: its name, and its fields as a mapping, named as in docs/events.md.

    After the event `missed` the client has lost events: the node keeps the last 1,000 of its present run. It
    also comes after the node was started anew, which has forgotten what the client has set.
    """

    name: str
    #: Milliseconds since the Unix epoch.
    time: float
    fields: Mapping[str, Any]
    #: What to give as `since` to go on after this event; `None` where the node tells none.
    id: str | None = None

    def __getitem__(self, key: str) -> Any:
        return self.fields[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    @property
    def missed(self) -> bool:
        """Whether events before this one are lost."""
        return self.name == "missed"

    @property
    def peer(self) -> str | None:
        """The PeerId it is about or came from, if there is one."""
        peer = self.fields.get("from", self.fields.get("peer"))
        return None if peer is None else str(peer)

    @property
    def model(self) -> types.Model:
        """The model of an event `model:...`."""
        return decode(types.Model, dict(self.fields))

    @property
    def link(self) -> types.Link:
        """The link of an event `link:open`, `link:close` or `link:upgrade`."""
        return decode(types.Link, dict(self.fields))

    @property
    def warning(self) -> types.Warning:
        """The warning of `warning` and `warning:end`."""
        return decode(types.Warning, dict(self.fields))

    @property
    def request(self) -> types.NeighbourRequest:
        """The request of `neighbour:request`."""
        return decode(types.NeighbourRequest, dict(self.fields))


class SseParser:
    """Server-Sent Events from bytes as they come."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        #: The last id that was seen, also that of a block without data.
        self.last_id: str | None = None
        self._id: str | None = None

    def feed(self, piece: bytes) -> list[tuple[str | None, bytes]]:
        """The id and the data of each event that is complete now."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        complete = []
        for line in lines:
            line = line.removesuffix(b"\r")
            if line == b"":
                if self._id is not None:
                    self.last_id = self._id
                if self._data:
                    complete.append((self._id, b"\n".join(self._data)))
                self._data, self._id = [], None
                continue
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"data":
                self._data.append(value)
            elif name == b"id":
                self._id = value.decode()
        return complete


class EventCursor:
    """Where a client is in the events of a node, and how it goes on when the connection is lost."""

    def __init__(
        self, types: Collection[str] | None, since: str | None, mode: EventMode, retry_for: float
    ) -> None:
        if isinstance(types, str):
            raise TypeError(f"types is a collection of names, such as [{types!r}]")
        if mode not in ("auto", "stream", "poll"):
            raise ValueError(f"mode is auto, stream or poll, not {mode!r}")
        self._types = None if types is None else frozenset(types)
        self._mode = mode
        self._retry_for = retry_for
        self._parser = SseParser()
        self._fruitless = 0
        self._delay = _FIRST_DELAY
        self._lost_at: float | None = None
        self._reached = False
        self._ready_told = False
        self._pending: deque[Event] = deque()
        #: The id of the last event that has come.
        self.last_id = since
        #: The id of the last event that the caller has.
        self.seen_id = since
        #: Whether the next request is one of the long poll.
        self.polls = mode == "poll"

    def next(self) -> Event | None:
        """The next event that has come."""
        if not self._pending:
            self.seen_id = self.last_id
            return None
        event = self._pending.popleft()
        if not self._pending:
            self.seen_id = self.last_id
        elif event.id is not None:
            self.seen_id = event.id
        return event

    def target(self, wait: float) -> str:
        """The path and query of the next request; `wait` is of the long poll, in seconds."""
        query = {}
        if self.last_id is not None:
            query["since"] = self.last_id
        if self._types is not None:
            query["types"] = ",".join(sorted(self._types))
        if self.polls:
            query["timeout"] = str(max(0, round(wait * 1_000)))
        text = urllib.parse.urlencode(query)
        return f"{API_BASE}/events?{text}" if text else f"{API_BASE}/events"

    def opened(self, content_type: str) -> bool:
        """A stream begins.

        Returns:
            False when the answer is no stream: the client polls from now on.
        """
        self._parser = SseParser()
        if content_type.partition(";")[0].strip() == "text/event-stream":
            return True
        if self._mode == "stream":
            raise ProtocolError(f"the events come as {content_type!r}, not as a stream")
        self.polls = True
        return False

    def feed(self, piece: bytes) -> None:
        """Takes a piece of the stream."""
        self._fruitless = 0
        self._in_touch()
        events = [event_of(parse_json(data), id) for id, data in self._parser.feed(piece)]
        if self._parser.last_id is not None:
            self.last_id = self._parser.last_id
        self._pending.extend(event for event in events if self._wants(event))

    def page(self, body: bytes) -> None:
        """Takes an answer of the long poll."""
        self._in_touch()
        try:
            page = json.loads(body)
            events = [event_of(event) for event in page["events"]]
            if page["missed"]:
                at = events[0].time if events else time.time() * 1_000
                events.insert(0, Event("missed", at, {}))
            self.last_id = str(page["last"])
        except (ValueError, KeyError, TypeError) as error:
            raise ProtocolError(f"the answer is no page of events ({error})") from error
        self._pending.extend(events)

    def lost(self, error: NebulaError, now: float) -> float:
        """The connection was lost, or not made.

        Returns:
            Seconds after which to try again.

        Raises:
            NebulaError: the error, when there was no node in the first place, or none for too long.
        """
        if not self._reached and isinstance(error, NoNodeRunningError):
            raise error
        if self._lost_at is None:
            self._lost_at = now
        if now - self._lost_at >= self._retry_for:
            raise error
        if not isinstance(error, NoNodeRunningError):
            self._fruitless += 1
        if self._mode == "auto" and self._fruitless >= _FRUITLESS_STREAMS:
            self.polls = True
        delay, self._delay = self._delay, min(_LONGEST_DELAY, self._delay * 2)
        return delay

    def _in_touch(self) -> None:
        self._reached = True
        self._lost_at = None
        self._delay = _FIRST_DELAY

    def _wants(self, event: Event) -> bool:
        """`ready` begins each stream; the client gets the first."""
        if event.name != "ready":
            return True
        if self._ready_told or (self._types is not None and "ready" not in self._types):
            return False
        self._ready_told = True
        return True


def event_of(value: Any, id: str | None = None) -> Event:
    """An event from its JSON."""
    try:
        fields = dict(value)
        return Event(str(fields.pop("event")), float(fields.pop("time")), fields, id)
    except (KeyError, TypeError, ValueError) as error:
        raise ProtocolError(f"the answer has no event ({error})") from error
