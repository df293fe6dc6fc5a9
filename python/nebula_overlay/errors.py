"""What can go wrong, each with what to do about it."""

from __future__ import annotations


class NebulaError(Exception):
    """Any failure that this package raises, except wrong arguments (`ValueError`, `TypeError`)."""


class NoNodeRunningError(NebulaError):
    """No node runs where one was looked for."""

    def __init__(self, where: str) -> None:
        super().__init__(
            f"no node is running on {where}; start one with `nebula start --data-dir DIR` or "
            "`nebula_overlay.Node.start()`, or name its data directory"
        )


class NodeGoneError(NebulaError):
    """The node ended, or closed the connection, before it had answered."""

    def __init__(self, where: str, why: object = None) -> None:
        reason = "" if why is None or str(why) == "" else f" ({why})"
        super().__init__(
            f"the node on {where} went away before it had answered{reason}; see its output, start it again and repeat"
        )


class NoAnswerError(NebulaError):
    """The node is there and does not answer in time."""

    def __init__(self, where: str, seconds: float) -> None:
        super().__init__(
            f"the node on {where} did not answer within {seconds:g} s; it may be overloaded or stopped (SIGSTOP)"
        )


class SocketNotOursError(NebulaError):
    """The control socket, or its directory, belongs to another user or can be written by others."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(
            f"{path} is not used: {why}; run the client as the user who runs the node, and let nobody else write "
            "in the data directory (chmod 700)"
        )


class ProtocolError(NebulaError):
    """The answer is not what a node says: another program listens there, or the versions differ."""


class DownloadError(NebulaError):
    """A download broke more often than it is resumed."""


class WaitTimeoutError(NebulaError, TimeoutError):
    """What was waited for did not happen in time."""


class CommandNotFoundError(NebulaError):
    """The command `nebula` is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "the command `nebula` is not found: put it on PATH (npm install --global nebula-overlay), or set "
            'NEBULA_COMMAND, for example to "node /path/to/nebula-overlay/bin/nebula.js"'
        )


class NodeStartError(NebulaError):
    """The node did not become ready; the message has what it said."""


class ApiError(NebulaError):
    """The node answered that it could not do what was asked.

    Attributes:
        status: the HTTP status.
        name: the name of the error in the node, which is stable.
        reason: why a peer refused, where one did.
    """

    #: What to do about it, which is added to the message.
    hint = ""

    def __init__(self, status: int, name: str, message: str, reason: str | None = None) -> None:
        text = message if reason is None or reason in message else f"{message} ({reason})"
        super().__init__(f"{text}; {self.hint}" if self.hint else text)
        self.status = status
        self.name = name
        self.reason = reason


class InvalidRequestError(ApiError):
    """The node does not take what was given."""


class TokenError(ApiError):
    """The token is missing or wrong."""

    hint = "give the text of the file `token` in the node's data directory, or connect by the data directory"


class ForbiddenError(ApiError):
    """The token only reads."""

    hint = "the read-only token changes nothing: use the file `token` of the data directory"


class NotLinkedError(ApiError):
    """There is no link with the peer."""

    hint = "connect to the peer first; peers() lists the links"


class ModelGoneError(ApiError):
    """The node has no such model, or keeps it no longer."""

    hint = "models() lists what is kept; fetch() gets a model from a peer that has it"


class UnknownRequestError(ApiError):
    """No such request waits for an answer: it was answered, or its time is over."""

    hint = "requests() lists those that wait"


class UnsupportedError(ApiError):
    """The node has no such route: it is of another version, or the feature is off."""

    hint = "compare the versions of the node (node().version) and of this package, and the node's configuration"


class RefusedError(ApiError):
    """The peer refuses, or the state of the node forbids it."""


class LearningFinishedError(RefusedError):
    """Learning has finished, so links and models are not taken any more."""

    hint = "set_engine(finished=False) begins anew; models_when_finished=True lets models through"


class TooLargeError(ApiError):
    """It is larger than the node takes."""

    hint = "raise models.maxModelBytes in the node's configuration"


class PeerUnreachableError(ApiError):
    """The peer cannot be reached, or the link broke."""


class BusyError(ApiError):
    """The node has no room at the moment."""

    hint = "try again later"


class OperationTimeoutError(ApiError, TimeoutError):
    """It took longer than the node waits."""


class DiskFullError(ApiError):
    """The node's disk has no room."""

    hint = "free some space in the node's data directory"


_BY_NAME: dict[str, type[ApiError]] = {
    "NoLinkError": NotLinkedError,
    "NotLinkedError": NotLinkedError,
    "ModelGoneError": ModelGoneError,
    "UnknownRequestError": UnknownRequestError,
    "RouteNotFoundError": UnsupportedError,
    "LearningFinishedError": LearningFinishedError,
    "ModelTooLargeError": TooLargeError,
}

_BY_STATUS: dict[int, type[ApiError]] = {
    400: InvalidRequestError,
    401: TokenError,
    403: ForbiddenError,
    404: ApiError,
    409: RefusedError,
    502: PeerUnreachableError,
    503: BusyError,
    504: OperationTimeoutError,
    507: DiskFullError,
}


def api_error(status: int, name: str, message: str, reason: str | None = None) -> ApiError:
    """The error that an answer of the node stands for."""
    kind = _BY_NAME.get(name) or _BY_STATUS.get(status, ApiError)
    return kind(status, name, message, reason)
