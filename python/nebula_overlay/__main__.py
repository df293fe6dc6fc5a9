"""`python -m nebula_overlay`: how the node on a data directory stands."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Sequence

from . import types
from .client import Client
from .errors import NebulaError, NoNodeRunningError
from .version import VERSION

#: Exit codes: something went wrong, the command line is wrong (argparse), no node is running.
EXIT_FAILURE = 1
EXIT_NO_NODE = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m nebula_overlay",
        description="Shows the node, its links and its warnings.",
        epilog="Exit codes: 0; 1 for a failure; 2 for wrong usage; 3 when no node is running.",
    )
    parser.add_argument("--data-dir", help="the node's data directory (default: that of the command nebula)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--version", action="version", version=VERSION)
    options = parser.parse_args(arguments)
    try:
        with Client(options.data_dir) as client:
            node, peers = client.node(), client.peers()
    except NebulaError as error:
        print(f"nebula_overlay: {error}", file=sys.stderr)
        return EXIT_NO_NODE if isinstance(error, NoNodeRunningError) else EXIT_FAILURE
    if options.json:
        print(json.dumps({"node": dataclasses.asdict(node), **dataclasses.asdict(peers)}))
    else:
        print(_printable(status_text(node, peers)))
    return 0


def status_text(node: types.NodeInfo, peers: types.Peers) -> str:
    """The status for people."""
    addresses = list(node.multiaddrs) or ["none"]
    lines = [
        f"peer id     {node.peer_id}",
        f"federation  {node.federation}{' (ready)' if node.federation_ready else ''}",
        f"listening   {addresses[0]}",
        *(f"            {address}" for address in addresses[1:]),
        f"version     {node.version}, up for {_duration(node.uptime / 1_000)}",
        "",
        f"links: {len(peers.peers)}, neighbours: {node.neighbours}",
        *(_link_text(link) for link in (*peers.peers, *peers.reconnecting)),
    ]
    if node.warnings:
        lines += ["", "warnings:"]
        lines += [f"  {warning.message} ({warning.code})" for warning in node.warnings]
    return "\n".join(lines)


def _link_text(link: types.Link) -> str:
    kind = "direct" if link.direct else "undirected"
    round_text = "" if link.round is None else f", round {link.round}"
    state = "" if link.state == "open" else f", {link.state}"
    ready = ", ready" if link.ready else ""
    idle = _duration(max(0.0, time.time() - link.last_activity / 1_000))
    return f"  {link.peer} ({kind}{state}{ready}{round_text}) {link.address}, active {idle} ago"


def _duration(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def _printable(text: str) -> str:
    """What peers have said may hold anything."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)


if __name__ == "__main__":
    sys.exit(main())
