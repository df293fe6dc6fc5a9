"""One end of test_large: `origin` sends an array and gets it back, `echo` sends back what it gets.

Prints, as JSON, the bytes by which its memory has grown at most, beside the size of the array.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import sys
from typing import Any

from nebula_overlay import Client

from .support import PATIENCE, has_numpy

COUNT = 50_000_000
SIZE = 4 * COUNT
_PIECE = 1_000_000


def peak_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1_024


def new_array() -> Any:
    """Room for so many float32."""
    if has_numpy():
        import numpy

        return numpy.empty(COUNT, "float32")
    return memoryview(bytearray(SIZE)).cast("f")


def fill(values: Any) -> None:
    view, source = memoryview(values).cast("B"), random.Random(1)
    for start in range(0, SIZE, _PIECE):
        view[start : start + _PIECE] = source.randbytes(_PIECE)


def clear(values: Any) -> None:
    view = memoryview(values).cast("B")
    for start in range(0, SIZE, _PIECE):
        view[start : start + _PIECE] = bytes(_PIECE)


def digest(values: Any) -> str:
    return hashlib.sha256(memoryview(values).cast("B")).hexdigest()


def main(role: str, data_dir: str) -> None:
    client = Client(data_dir)
    client.node()
    has_numpy()
    events = client.events(["model:update", "model:failed"]).open()
    before = peak_bytes()
    values = new_array()
    if role == "echo":
        print(json.dumps("ready"), flush=True)
        client.download_into(events.wait_for("model:update", timeout=5 * PATIENCE).model.id, values)
        sent = client.send_model(values, round=2, encoding="none")
        assert [delivery.outcome for delivery in sent.deliveries] == ["delivered"], sent
    else:
        fill(values)
        expected = digest(values)
        sent = client.send_model(values, round=1, encoding="none")
        assert [delivery.outcome for delivery in sent.deliveries] == ["delivered"], sent
        clear(values)
        assert client.download_into(events.wait_for("model:update", timeout=5 * PATIENCE).model.id, values) == SIZE
        assert digest(values) == expected
    print(json.dumps({"grown": peak_bytes() - before, "size": SIZE}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
