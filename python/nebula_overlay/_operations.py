"""Every call that is a request and an answer. The methods of both clients are made of these.

Peers are PeerIds as text; addresses are multiaddrs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from . import types
from ._call import API_BASE, TRANSFER_TIMEOUT, UNSET, Call, Default, json_call, json_field


def node() -> Call[types.NodeInfo]:
    """Who the node is and how it stands, with the warnings that last."""
    return json_call("GET", "/node", types.NodeInfo)


def peers() -> Call[types.Peers]:
    """The open links, and those that are being made again."""
    return json_call("GET", "/peers", types.Peers)


def connect(
    multiaddr: str, *, direct: bool = True, priority: types.Priority = "medium"
) -> Call[types.Link]:
    """Makes a link, or upgrades the one there is.

    Args:
        multiaddr: where the peer listens, or `/p2p/PEER` for one whose addresses the node knows.
        direct: whether the link makes the peer a neighbour.
    """
    body = {"multiaddr": multiaddr, "direct": direct, "priority": priority}
    return json_call("POST", "/connect", types.Link, body=body)


def disconnect(
    peer: str, *, mutual: bool = True, forced: bool = False, restrict: bool = True
) -> Call[str]:
    """Ends a link and returns the PeerId.

    Args:
        mutual: whether the peer is told.
        forced: whether the peer is blacklisted, linked or not.
        restrict: whether the peer is neither dialled nor accepted for a while.
    """
    body = {"peer": peer, "mutual": mutual, "forced": forced, "restrict": restrict}
    return json_call("POST", "/disconnect", str, body=body, at="peer")


def set_direct(peer: str, direct: bool) -> Call[types.Link]:
    """Makes a link direct or undirected at both ends."""
    return json_call("PUT", "/peers/{}/direct", types.Link, peer, body={"direct": direct})


def send(
    peer: str,
    type: str,
    action: str | None = None,
    fields: Mapping[str, Any] | None = None,
    *,
    priority: types.Priority = "medium",
    via: str | None = None,
) -> Call[str]:
    """Sends a message to a linked peer, and returns the PeerId once the peer has taken it.

    Args:
        type: such as `control`; docs/events.md lists types, actions and fields.
        fields: those left out have their defaults; bytes are given as `bytes`.
        via: the PeerId of a linked proxy to deliver by.
    """
    body = {
        "peer": peer,
        "type": type,
        "action": action,
        "fields": {name: json_field(value) for name, value in (fields or {}).items()},
        "priority": priority,
        "via": via,
    }
    return json_call("POST", "/send", str, body=_given(body), at="peer")


def models() -> Call[tuple[types.Model, ...]]:
    """The models that the node keeps whole, own and received, the newest last."""
    return json_call("GET", "/models", tuple[types.Model, ...], at="models")


def send_kept(id: str, peers: Iterable[str] | None = None) -> Call[tuple[types.Delivery, ...]]:
    """Sends a model that the node keeps, and returns what became of it at each peer.

    Args:
        peers: all neighbours by default.
    """
    body = {"peers": "neighbours" if peers is None else list(peers)}
    return json_call(
        "POST",
        "/models/{}/send",
        tuple[types.Delivery, ...],
        id,
        body=body,
        at="deliveries",
        timeout=TRANSFER_TIMEOUT,
    )


def fetch(id: str, peer: str) -> Call[types.Model]:
    """Gets a model from a linked peer that has it; returns when the node has it whole."""
    return json_call(
        "POST", "/models/{}/fetch", types.Model, id, body={"peer": peer}, timeout=TRANSFER_TIMEOUT
    )


def cancel_fetch(id: str) -> Call[str]:
    """Gives up receiving a model, and returns its id. What has come is kept for a while."""
    return json_call("DELETE", "/models/{}/fetch", str, id, at="id")


def federation() -> Call[types.Federation]:
    """Looks for the members on the LAN; tells who is ready and who has begun to learn."""
    return json_call("GET", "/federation", types.Federation)


def join(
    addresses: Iterable[str] | None = None, *, type: types.JoinType = "discover_join"
) -> Call[types.JoinResult]:
    """Links with the members and sends each a discover message.

    Args:
        addresses: whom to join; by default the members found on the LAN.
    """
    body = _given({"type": type, "addrs": None if addresses is None else list(addresses)})
    return json_call("POST", "/join", types.JoinResult, body=body)


def late_join(
    addresses: Iterable[str] | None = None, *, type: types.JoinType = "discover_join"
) -> Call[types.LateJoinResult]:
    """Comes to a federation that learns already: asks for offers and becomes a neighbour."""
    body = _given({"type": type, "addrs": None if addresses is None else list(addresses)})
    return json_call("POST", "/late-join", types.LateJoinResult, body=body)


def propagate(strategy: str = "stable", *, anew: bool = False) -> Call[types.Propagation]:
    """Sends the engine's model to every neighbour that is to have it: one cycle.

    Args:
        strategy: `initialization` for the model that all begin with, `stable` for that of the round.
        anew: whether those that have an earlier model of the round get it, too.
    """
    body = {"strategy": strategy, "anew": anew}
    return json_call("POST", "/propagate", types.Propagation, body=body, timeout=TRANSFER_TIMEOUT)


def beacon() -> Call[types.Beacon]:
    """Whether the node announces itself on the LAN."""
    return json_call("GET", "/beacon", types.Beacon)


def set_beacon(*, running: bool | None = None, interval: int | None = None) -> Call[types.Beacon]:
    """Starts or stops the beacon, or changes its interval (milliseconds)."""
    body = _given({"running": running, "interval": interval})
    return json_call("PUT", "/beacon", types.Beacon, body=body)


def external_connection_service() -> Call[types.ExternalConnectionService]:
    """Whether the node looks for others on the LAN, and answers those that look for it."""
    return json_call("GET", "/external-connection-service", types.ExternalConnectionService)


def set_external_connection_service(running: bool) -> Call[types.ExternalConnectionService]:
    """Starts or stops the external connection service."""
    return json_call(
        "PUT", "/external-connection-service", types.ExternalConnectionService, body={"running": running}
    )


def restrictions() -> Call[types.Restrictions]:
    """The peers and addresses that are neither dialled nor accepted."""
    return json_call("GET", "/restrictions", types.Restrictions)


def ban(
    target: str, *, reason: str | None = None, seconds: float | None = None
) -> Call[types.Restrictions]:
    """Blacklists a peer, an IP address or a subnet, and ends its links.

    Args:
        seconds: for how long; by default as the node is configured.
    """
    is_address = "." in target or ":" in target
    body = {
        "address" if is_address else "peer": target,
        "reason": reason,
        "ttl": None if seconds is None else round(seconds * 1_000),
    }
    return json_call("POST", "/restrictions", types.Restrictions, body=_given(body))


def lift_ban(target: str) -> Call[types.Restrictions]:
    """Takes a peer, an address or a subnet off the blacklist; harmless when it is not on it."""
    return json_call("DELETE", "/restrictions/{}", types.Restrictions, target)


def clear_restrictions() -> Call[types.Restrictions]:
    """Lifts every restriction except those of the configuration."""
    return json_call("DELETE", "/restrictions", types.Restrictions)


def scores() -> Call[tuple[types.Score, ...]]:
    """The scores of peers that are linked or have something held against them, the worst first."""
    return json_call("GET", "/scores", tuple[types.Score, ...], at="scores")


def score(peer: str) -> Call[types.Score]:
    """A peer's score, and every term of its sum."""
    return json_call("GET", "/peers/{}/score", types.Score, peer)


def engine() -> Call[types.Engine]:
    """The state of learning."""
    return json_call("GET", "/engine", types.Engine)


def set_engine(
    *,
    round: int | None | Default = UNSET,
    finished: bool | Default = UNSET,
    models_when_finished: bool | Default = UNSET,
    weight: int | Default = UNSET,
    training: types.Training | Default = UNSET,
    accept_neighbours: types.AcceptNeighbours | Default = UNSET,
    model: str | None | Default = UNSET,
) -> Call[types.Engine]:
    """Sets the state of learning; what is left out stays as it is.

    Args:
        round: the current round, from 0; `None` for none.
        weight: the number of samples behind the model.
        accept_neighbours: whether peers that ask become neighbours; `ask` raises the event
            `neighbour:request`, which `answer_request` answers.
        model: the id of the model as it is now, which the node keeps (`upload`); `None` for none.
    """
    body = {
        "round": round,
        "finished": finished,
        "models_when_finished": models_when_finished,
        "weight": weight if isinstance(weight, Default) else str(weight),
        "training": training if isinstance(training, Default) else _given(vars(training)),
        "accept_neighbours": accept_neighbours,
        "model": model,
    }
    return json_call("PUT", "/engine", types.Engine, body=body)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is `None`."""
    return {name: value for name, value in values.items() if value is not None}


def requests() -> Call[tuple[types.NeighbourRequest, ...]]:
    """The peers that ask to become neighbours and wait for an answer, the oldest first."""
    return json_call("GET", "/engine/requests", tuple[types.NeighbourRequest, ...], at="requests")


def answer_request(
    id: str,
    accept: bool,
    *,
    connect_to: Iterable[str] = (),
    disconnect_from: Iterable[str] = (),
) -> Call[str]:
    """Answers a peer that asks to become a neighbour, and returns the id of the request.

    Args:
        connect_to: multiaddrs that the peer is told to link with as well.
        disconnect_from: PeerIds of those from whom the peer is told to part.
    """
    body = {
        "accept": accept,
        "connect_to": list(connect_to) or None,
        "disconnect_from": list(disconnect_from) or None,
    }
    return json_call("POST", "/engine/requests/{}", str, id, body=_given(body), at="id")


def openapi() -> Call[dict[str, Any]]:
    """The OpenAPI document of the node."""
    return json_call("GET", "/openapi.json", dict)


def metrics() -> Call[str]:
    """The node's metrics as Prometheus text.

    Raises:
        UnsupportedError: `metrics.enabled` is false in the node's configuration.
    """
    return Call("GET", "/metrics", lambda body: body.decode())


def upload_call(
    *, round: int, weight: int, kind: str, encoding: types.Encoding | None
) -> Call[types.Model]:
    """An upload without its body, which the client streams."""
    query = {"round": str(round), "weight": str(weight), "kind": kind}
    if encoding is not None:
        query["encoding"] = encoding
    return json_call("POST", "/models", types.Model, query=query, timeout=TRANSFER_TIMEOUT)


def download_path(id: str) -> str:
    """Where the bytes of a model are."""
    if len(id) != 64 or not set(id) <= set("0123456789abcdef"):
        raise ValueError(f"not the id of a model: {id!r}")
    return f"{API_BASE}/models/{id}"
