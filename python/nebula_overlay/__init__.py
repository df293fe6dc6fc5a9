"""Client of a nebula-overlay node: federated learning between peers, from Python.

`Client` and `AsyncClient` speak to a running node, `find` finds it, `Node.start` starts one. See docs/python.md.
"""

from . import errors, safetensors, types
from .aio import AsyncClient, AsyncEvents
from .client import Client, Events, find
from .errors import ApiError, NebulaError, NoNodeRunningError
from .events import Event
from .process import Node
from .version import VERSION as __version__

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncEvents",
    "Client",
    "Event",
    "Events",
    "NebulaError",
    "NoNodeRunningError",
    "Node",
    "__version__",
    "errors",
    "find",
    "safetensors",
    "types",
]
