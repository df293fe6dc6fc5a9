"""Where the control API of a node is: the Unix socket or the port that its data directory names."""

from __future__ import annotations

import json
import os
import stat
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from .errors import NoNodeRunningError, SocketNotOursError

SOCKET_FILE = "control.sock"
CONTROL_FILE = "control.json"
TOKEN_FILE = "token"

_OTHERS_WRITE = 0o022
#: Bytes that every system takes for the path of a socket.
_MAX_SOCKET_PATH = 100


@dataclass(frozen=True)
class Endpoint:
    """A Unix socket, or a port of loopback with the token that opens it."""

    socket: str | None = None
    host: str = "127.0.0.1"
    port: int = 0
    token: str | None = None

    @property
    def where(self) -> str:
        """For people."""
        return self.socket if self.socket is not None else f"{self.host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What every request has."""
        if self.socket is not None:
            return {"Host": "localhost"}
        host = f"[{self.host}]" if ":" in self.host else self.host
        headers = {"Host": f"{host}:{self.port}"}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


@dataclass(frozen=True)
class Place:
    """Where to look for the endpoint: it is looked up anew for each connection, as a node that is restarted
    has another port."""

    data_dir: Path | None = None
    socket: Path | None = None
    url: str | None = None
    token: str | None = None

    @property
    def where(self) -> str:
        return str(self.data_dir or self.socket or self.url)

    def endpoint(self) -> Endpoint:
        """The endpoint there is now.

        Raises:
            NoNodeRunningError: there is none.
            SocketNotOursError: others could have put it there.
        """
        if self.socket is not None:
            _check_socket(self.socket, self.where)
            return Endpoint(socket=_short(self.socket))
        if self.url is not None:
            return _endpoint_of_url(self.url, self.token)
        assert self.data_dir is not None
        path = self.data_dir / SOCKET_FILE
        if path.exists():
            _check_socket(path, self.where)
            return Endpoint(socket=_short(path))
        return _endpoint_of_files(self.data_dir, self.token)


def place(
    data_dir: str | os.PathLike[str] | None = None,
    *,
    socket: str | os.PathLike[str] | None = None,
    url: str | None = None,
    token: str | None = None,
) -> Place:
    """By at most one of the data directory, the socket and the URL; by default the command's data directory."""
    if sum(value is not None for value in (data_dir, socket, url)) > 1:
        raise ValueError("give one of data_dir, socket and url")
    if socket is not None:
        return Place(socket=Path(socket))
    if url is not None:
        _endpoint_of_url(url, token)
        return Place(url=url, token=token)
    return Place(data_dir=Path(data_dir) if data_dir is not None else default_data_dir(), token=token)


def default_data_dir() -> Path:
    """The data directory that the command `nebula` takes when none is named."""
    given = os.environ.get("NEBULA_DATA_DIR", "")
    if given not in ("", "none"):
        return Path(given)
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / "nebula"


def _endpoint_of_url(url: str, token: str | None) -> Endpoint:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None or parts.path not in ("", "/"):
        raise ValueError(f"expected http://HOST:PORT, not {url!r}")
    return Endpoint(host=parts.hostname, port=parts.port or 80, token=token)


def _endpoint_of_files(data_dir: Path, token: str | None) -> Endpoint:
    try:
        info = json.loads((data_dir / CONTROL_FILE).read_text())
        address, pid = str(info["address"]), int(info["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        raise NoNodeRunningError(str(data_dir)) from None
    if not _is_running(pid):
        raise NoNodeRunningError(str(data_dir))
    if token is None:
        try:
            token = (data_dir / TOKEN_FILE).read_text().strip()
        except OSError:
            token = None
    return _endpoint_of_url(address, token)


def _is_running(pid: int) -> bool:
    """Also another user's, though it may not be signalled."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _check_socket(path: Path, where: str) -> None:
    try:
        info, directory = path.stat(), path.parent.stat()
    except OSError:
        raise NoNodeRunningError(where) from None
    if not stat.S_ISSOCK(info.st_mode):
        raise SocketNotOursError(str(path), "it is no socket")
    if info.st_uid != os.geteuid():
        raise SocketNotOursError(str(path), f"it belongs to the user {info.st_uid}, not to {os.geteuid()}")
    if directory.st_uid not in (os.geteuid(), 0) or directory.st_mode & _OTHERS_WRITE:
        raise SocketNotOursError(str(path), "others may write in its directory")


def _short(path: Path) -> str:
    """The absolute path, or the relative one where only that is short enough for the system."""
    absolute = os.path.abspath(path)
    if len(os.fsencode(absolute)) <= _MAX_SOCKET_PATH:
        return absolute
    return min(absolute, os.path.relpath(absolute), key=len)
