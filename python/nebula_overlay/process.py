"""A node as a child process."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from .aio import AsyncClient
from .client import Client
from .errors import CommandNotFoundError, NodeStartError

COMMAND_VARIABLE = "NEBULA_COMMAND"

#: Characters of the node's error output that an error shows.
_SHOWN = 2_000
_LINES_KEPT = 200
#: Seconds. The node gives itself 10 s by default.
_STOP_TIMEOUT = 30.0


def find_command() -> list[str]:
    """How the command `nebula` is run: `NEBULA_COMMAND`, or `nebula` on PATH, or `npx` in a project that has it.

    Raises:
        CommandNotFoundError: there is none of them.
    """
    given = shlex.split(os.environ.get(COMMAND_VARIABLE, ""))
    if given:
        return given
    found = shutil.which("nebula")
    if found is not None:
        return [found]
    npx = shutil.which("npx")
    if npx is None:
        raise CommandNotFoundError
    return [npx, "--no-install", "nebula"]


class Node:
    """A node that this process has started and stops.

    A context manager, which stops the node::

        with Node.start(federation="lab") as node:
            print(node.client.node().multiaddrs)

    Attributes:
        data_dir: its data directory.
        ready: the fields of the event `ready`.
        client: a client of it.
    """

    def __init__(self, process: subprocess.Popen[bytes], data_dir: Path, temporary: bool) -> None:
        self.data_dir = data_dir
        self.ready: Mapping[str, Any] = {}
        self.client = Client(data_dir)
        self._process = process
        self._temporary = temporary
        self._errors: deque[str] = deque(maxlen=_LINES_KEPT)
        self._is_ready = threading.Event()
        self._threads = [
            threading.Thread(target=self._read_output, args=(process.stdout,), daemon=True),
            threading.Thread(target=self._read_errors, args=(process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @classmethod
    def start(
        cls,
        *,
        federation: str | None = None,
        data_dir: str | os.PathLike[str] | None = None,
        config: str | os.PathLike[str] | None = None,
        listen: Iterable[str] = (),
        direct: Iterable[str] = (),
        dial: Iterable[str] = (),
        mdns: bool = True,
        proxy: bool = False,
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        timeout: float = 60.0,
    ) -> Node:
        """Starts `nebula start` and returns when the node is ready.

        Args:
            data_dir: what the node keeps, such as its identity; without it a temporary directory, which `stop`
                removes.
            config: a configuration file.
            listen, dial, direct: multiaddrs, as the flags of the command.
            mdns: whether it finds others on the LAN.
            arguments: further ones of `nebula start`.
            env: further environment variables.
            command: what to run instead of what `find_command` finds.
            timeout: seconds in which it has to be ready.

        Raises:
            CommandNotFoundError: the command is not installed.
            NodeStartError: it ended, or was not ready in time; the message has what it said.
        """
        program = list(command) if command is not None else find_command()
        flags = [
            *_flag("--config", config),
            *_flag("--federation", federation),
            *(part for address in listen for part in ("--listen", address)),
            *(part for address in dial for part in ("--dial", address)),
            *(part for address in direct for part in ("--direct", address)),
            *([] if mdns else ["--no-mdns"]),
            *(["--proxy"] if proxy else []),
        ]
        temporary = data_dir is None
        directory = Path(tempfile.mkdtemp(prefix="nebula-")) if data_dir is None else Path(data_dir)
        try:
            process = subprocess.Popen(
                [*program, "start", "--json", "--data-dir", str(directory), *flags, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**_environment(), **(env or {})},
                # Ctrl-C ends this process, which then stops the node
                start_new_session=True,
            )
        except OSError as error:
            if temporary:
                shutil.rmtree(directory, ignore_errors=True)
            if isinstance(error, FileNotFoundError):
                raise CommandNotFoundError from error
            raise NodeStartError(f"{program[0]} cannot be run: {error}") from error
        node = cls(process, directory, temporary)
        try:
            node._await_ready(shlex.join(program), timeout)
        except BaseException:
            node.kill()
            raise
        return node

    def __enter__(self) -> Node:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Node({str(self.data_dir)!r}, pid={self.pid})"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def peer_id(self) -> str:
        return str(self.ready["peerId"])

    @property
    def multiaddrs(self) -> list[str]:
        """Where it can be dialled."""
        return list(self.ready["multiaddrs"])

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def error_output(self) -> str:
        """The last lines of what it has written to the standard error output."""
        return "\n".join(self._errors)

    def async_client(self) -> AsyncClient:
        """A client for asyncio; the caller closes it."""
        return AsyncClient(self.data_dir)

    def stop(self, timeout: float = _STOP_TIMEOUT) -> int:
        """Stops the node by SIGTERM, and by SIGKILL when that takes longer than the timeout (seconds).

        Returns:
            the exit code; below 0 that of a signal.
        """
        self.client.close()
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
        return self._end()

    def kill(self) -> int:
        """Ends the node by SIGKILL."""
        self.client.close()
        self._signal(signal.SIGKILL)
        return self._end()

    def _await_ready(self, program: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self._is_ready.wait(0.05):
            if not self.running:
                for thread in self._threads:
                    thread.join(5.0)
                if self._is_ready.is_set():
                    return
                raise NodeStartError(
                    f"`{program} start` ended with {self._process.returncode}: {self._shown_errors()}"
                )
            if time.monotonic() > deadline:
                raise NodeStartError(
                    f"`{program} start` was not ready within {timeout:g} s: {self._shown_errors()}"
                )

    def _shown_errors(self) -> str:
        return self.error_output[-_SHOWN:].strip() or "it said nothing; is it the command of nebula-overlay?"

    def _signal(self, number: signal.Signals) -> None:
        """To the command and what it has started, such as npx its node."""
        if self.running:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                pass

    def _end(self) -> int:
        code = self._process.wait()
        for thread in self._threads:
            thread.join(5.0)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        if self._temporary:
            shutil.rmtree(self.data_dir, ignore_errors=True)
        return code

    def _read_output(self, output: IO[bytes]) -> None:
        """Reads to the end, so that the node never waits for its reader."""
        for line in output:
            if not self._is_ready.is_set():
                try:
                    event = json.loads(line)
                except ValueError:
                    continue
                if isinstance(event, dict) and event.get("event") == "ready":
                    self.ready = event
                    self._is_ready.set()

    def _read_errors(self, errors: IO[bytes]) -> None:
        for line in errors:
            self._errors.append(line.decode(errors="replace").rstrip("\n"))


def _environment() -> dict[str, str]:
    """Without the variable of this module, which the node would take for one of its configuration."""
    return {name: value for name, value in os.environ.items() if name != COMMAND_VARIABLE}


def _flag(name: str, value: str | os.PathLike[str] | None) -> list[str]:
    return [] if value is None else [name, os.fspath(value)]
