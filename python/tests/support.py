"""Real nodes of this repository, and a forwarder between them and the client that cuts connections."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any

from nebula_overlay import Node

#: Seconds. Far above what anything takes, on a busy machine too.
PATIENCE = 120.0

LOOPBACK = ["/ip4/127.0.0.1/tcp/0"]
#: Bytes that the nodes of `nodes` take for a model.
MAX_MODEL_BYTES = 16 * 1024 * 1024

_nodes: list[Node] = []


def start(**options: Any) -> Node:
    return Node.start(
        federation="python", mdns=False, listen=LOOPBACK, timeout=PATIENCE, **options
    )


def nodes() -> tuple[Node, Node]:
    """Two linked nodes, which all tests of this process share."""
    if not _nodes:
        atexit.register(lambda: [node.stop() for node in _nodes])
        env = {"NEBULA_MODELS_MAX_MODEL_BYTES": str(MAX_MODEL_BYTES)}
        for _ in range(2):
            _nodes.append(start(env=env))
        _nodes[0].client.connect(_nodes[1].multiaddrs[0])
    return _nodes[0], _nodes[1]


def random_bytes(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)


def directory(test: Any) -> Path:
    """A directory that is removed after the test."""
    path = Path(tempfile.mkdtemp(prefix="nebula-py-"))
    test.addCleanup(shutil.rmtree, path, ignore_errors=True)
    return path


class CuttingForwarder:
    """A socket in front of a node's. The n-th connection is cut after `cuts[n]` bytes of the node; those after the
    last are not cut."""

    def __init__(self, test: Any, node: Node, cuts: list[int]) -> None:
        self.path = directory(test) / "s"
        self._target = str(node.data_dir / "control.sock")
        self._cuts = cuts
        self.connections = 0
        #: The first line of each request of each connection.
        self.requests: list[str] = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        test.addCleanup(self._listener.close)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            cut = self._cuts[self.connections] if self.connections < len(self._cuts) else None
            self.connections += 1
            node = socket.socket(socket.AF_UNIX)
            node.connect(self._target)
            threading.Thread(target=self._upward, args=(client, node), daemon=True).start()
            threading.Thread(target=self._downward, args=(node, client, cut), daemon=True).start()

    def _upward(self, client: socket.socket, node: socket.socket) -> None:
        try:
            while piece := client.recv(65_536):
                head = piece.decode("latin-1").partition("\r\n\r\n")[0]
                if " HTTP/1.1" in head:
                    self.requests.append(head)
                node.sendall(piece)
        except OSError:
            pass
        _close(node)

    def _downward(self, node: socket.socket, client: socket.socket, cut: int | None) -> None:
        left = cut
        try:
            while left is None or left > 0:
                piece = node.recv(65_536 if left is None else min(65_536, left))
                if not piece:
                    break
                client.sendall(piece)
                if left is not None:
                    left -= len(piece)
        except OSError:
            pass
        _close(client)
        _close(node)


def _close(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()


def has_numpy() -> bool:
    try:
        import numpy  # noqa: F401
    except ImportError:
        return False
    return True


def is_root() -> bool:
    return os.geteuid() == 0
