"""What the node tells, as dataclasses. Times are milliseconds since the Unix epoch, sizes bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Priority = Literal["low", "medium", "high"]
Encoding = Literal["none", "zstd", "zlib", "brotli"]
AcceptNeighbours = Literal["all", "none", "ask"]
JoinType = Literal["discover_join", "discover_nodes"]


@dataclass(frozen=True)
class Failure:
    """Why something failed, by a stable name."""

    name: str
    message: str
    reason: str | None = None


@dataclass(frozen=True)
class Warning:
    """Something that changes what can be expected of the node, and what to do about it."""

    code: str
    message: str
    since: float
    subject: str | None = None


@dataclass(frozen=True)
class NodeInfo:
    """Who the node is and how it stands; `uptime` in milliseconds."""

    peer_id: str
    federation: str
    multiaddrs: tuple[str, ...]
    agent: str
    version: str
    started_at: float
    uptime: float
    links: int
    neighbours: int
    federation_ready: bool
    warnings: tuple[Warning, ...]


@dataclass(frozen=True)
class Location:
    """In degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Link:
    """A link with a peer; a direct one makes it a neighbour."""

    peer: str
    state: str
    direct: bool
    priority: str
    direction: str
    address: str
    proxy: bool
    roles: tuple[str, ...]
    agent: str
    round: int | None
    opened_at: float
    last_activity: float
    ready: bool
    messages_sent: int
    messages_received: int
    bytes_sent: int
    bytes_received: int
    location: Location | None = None


@dataclass(frozen=True)
class Peers:
    """The open links, and those that were lost and are being made again."""

    peers: tuple[Link, ...]
    reconnecting: tuple[Link, ...]


@dataclass(frozen=True)
class Model:
    """A model that the node keeps; `weight` is the number of samples behind it."""

    id: str
    source: str
    kind: str
    round: int
    weight: int
    size: int
    encoded_size: int
    encoding: str


@dataclass(frozen=True)
class Delivery:
    """What became of a model at a peer: `delivered`, `have`, `pending` or `failed` (with the error)."""

    peer: str
    outcome: str
    error: Failure | None = None


@dataclass(frozen=True)
class SentModel:
    """A model that was uploaded and sent, and what became of it at each peer."""

    model: Model
    deliveries: tuple[Delivery, ...]


@dataclass(frozen=True)
class Federation:
    """The federation as the node sees it."""

    federation: str
    present: tuple[str, ...]
    ready_peers: tuple[str, ...]
    learning_peers: tuple[str, ...]
    ready: bool


@dataclass(frozen=True)
class LeftOut:
    """A member that was not linked with: by its addresses or its PeerId."""

    member: tuple[str, ...]
    reason: str
    error: Failure | None = None


@dataclass(frozen=True)
class JoinResult:
    discovers_sent: int
    links_made: tuple[str, ...]
    links_kept: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Offer:
    """A member's offer; `model` is the id of the model that came with it."""

    peer: str
    model: str | None = None


@dataclass(frozen=True)
class LateJoinResult:
    offers: tuple[Offer, ...]
    candidates: tuple[str, ...]
    neighbours: tuple[str, ...]


@dataclass(frozen=True)
class FailedPeer:
    peer: str
    error: Failure


@dataclass(frozen=True)
class Propagation:
    """What one cycle of propagation did; `model` is `None` when there was none to send."""

    model: str | None
    sent: tuple[str, ...]
    failed: tuple[FailedPeer, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class Beacon:
    """Whether the node announces itself on the LAN; `interval` in milliseconds."""

    running: bool
    interval: int


@dataclass(frozen=True)
class ExternalConnectionService:
    running: bool


@dataclass(frozen=True)
class Restriction:
    """A peer that is neither dialled nor accepted."""

    peer: str
    kind: str
    reason: str
    expires_at: float


@dataclass(frozen=True)
class BlockedAddress:
    """`expires_at` is `None` for an address of the configuration."""

    address: str
    reason: str
    expires_at: float | None


@dataclass(frozen=True)
class Restrictions:
    restrictions: tuple[Restriction, ...]
    addresses: tuple[BlockedAddress, ...]


@dataclass(frozen=True)
class ScoreTerm:
    name: str
    counter: float
    threshold: float
    cap: float
    weight: float
    contribution: float


@dataclass(frozen=True)
class Score:
    """What the conduct of a peer is worth: 0 for an unknown peer, negative for misconduct."""

    peer: str
    score: float
    state: str
    terms: tuple[ScoreTerm, ...]


@dataclass(frozen=True)
class Training:
    """What nodes that want to join are told."""

    rounds: int | None = None
    epochs: int | None = None
    loss: float | None = None


@dataclass(frozen=True)
class Engine:
    """The state of learning, as the trainer has set it."""

    round: int | None
    finished: bool
    models_when_finished: bool
    weight: int
    training: Training
    accept_neighbours: str
    model: str | None


@dataclass(frozen=True)
class NeighbourRequest:
    """A peer that asks to become a neighbour and is accepted at `expires_at` without an answer."""

    id: str
    peer: str
    kind: str
    expires_at: float
