"""What needs no node."""

from __future__ import annotations

import array
import io
import os
import socket
import unittest

from nebula_overlay import Client, errors, safetensors, types
from nebula_overlay._decode import decode
from nebula_overlay._operations import set_engine
from nebula_overlay._payload import body_of
from nebula_overlay.events import SseParser

from .support import directory, has_numpy, is_root


class Sse(unittest.TestCase):
    STREAM = b"id: r-1\nevent: a\ndata: {}\n\n: alive\n\nid: r-2\ndata: 1\ndata: 2\r\n\r\nid: r-3\n\ndata: cut"

    def test_events_come_out_the_same_however_the_bytes_are_cut(self) -> None:
        for size in range(1, len(self.STREAM)):
            parser = SseParser()
            found = []
            for start in range(0, len(self.STREAM), size):
                found += parser.feed(self.STREAM[start : start + size])
            self.assertEqual(found, [("r-1", b"{}"), ("r-2", b"1\n2")])
            self.assertEqual(parser.last_id, "r-3")


class Decoding(unittest.TestCase):
    def test_skips_what_it_does_not_know_and_misses_what_it_needs(self) -> None:
        value = {"code": "disk-full", "message": "m", "since": 1, "new": True}
        self.assertEqual(decode(types.Warning, value), types.Warning("disk-full", "m", 1.0))
        for wrong in ({"code": "x"}, {**value, "since": "now"}, [], None):
            with self.assertRaises(errors.ProtocolError):
                decode(types.Warning, wrong)

    def test_null_is_sent_only_where_it_was_given(self) -> None:
        self.assertEqual(set_engine(round=None).body, b'{"round": null}')
        self.assertEqual(set_engine(weight=2**60).body, b'{"weight": "1152921504606846976"}')


class Payloads(unittest.TestCase):
    def test_anything_with_a_buffer_is_its_bytes(self) -> None:
        numbers = array.array("f", [1.0, 2.0])
        for payload in (numbers, memoryview(numbers), numbers.tobytes(), bytearray(numbers.tobytes())):
            body = body_of(payload)
            self.assertEqual((b"".join(body.pieces), body.length), (numbers.tobytes(), 8))

    def test_a_file_is_sent_from_where_it_stands(self) -> None:
        path = directory(self) / "f"
        path.write_bytes(b"0123456789")
        with open(path, "rb") as file:
            file.seek(4)
            body = body_of(file)
            self.assertEqual((b"".join(body.pieces), body.length), (b"456789", 6))
        self.assertIsNone(body_of(io.BytesIO(b"x")).length)

    def test_what_is_no_model_is_a_type_error(self) -> None:
        for wrong in (1, [1, 2], io.StringIO("text"), None):
            with self.assertRaises(TypeError):
                body_of(wrong)
        with self.assertRaises(FileNotFoundError):
            body_of("/no/such/file")


@unittest.skipUnless(has_numpy(), "needs numpy")
class Arrays(unittest.TestCase):
    def test_go_through_safetensors_and_back(self) -> None:
        import numpy

        arrays = {
            "w": numpy.arange(6, dtype="float32").reshape(2, 3),
            "steps": numpy.array(7, dtype="int64"),
            "big": numpy.arange(3, dtype=">f8"),
            "turned": numpy.arange(6, dtype="float32").reshape(2, 3).T,
            "none": numpy.zeros((0, 4), "float16"),
            "mask": numpy.array([True, False]),
        }
        data = b"".join(safetensors.encode(arrays))
        found = safetensors.decode(data)
        self.assertEqual(found.keys(), arrays.keys())
        for name, array in arrays.items():
            self.assertEqual(found[name].shape, array.shape)
            self.assertTrue((found[name] == array).all(), name)
        listed = safetensors.as_list(safetensors.decode(b"".join(safetensors.encode([arrays["w"]] * 12))))
        self.assertEqual(len(listed), 12)

    def test_what_is_not_sound_is_refused(self) -> None:
        import numpy

        data = b"".join(safetensors.encode({"w": numpy.zeros(4, "float32")}))
        for bad in (data[:-1], data + b"0", data[:4], b"", data.replace(b"F32", b"F64"), data.replace(b"[4]", b"[3]")):
            with self.assertRaises(safetensors.SafetensorsError):
                safetensors.decode(bad)
        with self.assertRaises(TypeError):
            safetensors.encode({"w": numpy.array(["text"])})

    def test_one_array_is_its_bytes_in_c_order(self) -> None:
        import numpy

        array = numpy.arange(6, dtype="float32").reshape(2, 3).T
        self.assertEqual(b"".join(body_of(array).pieces), array.tobytes())


class Sockets(unittest.TestCase):
    def listen(self) -> tuple[Client, str]:
        path = directory(self) / "control.sock"
        listener = socket.socket(socket.AF_UNIX)
        self.addCleanup(listener.close)
        listener.bind(str(path))
        listener.listen()
        return Client(path.parent), str(path)

    def test_one_in_a_directory_where_others_may_write_is_not_used(self) -> None:
        client, path = self.listen()
        os.chmod(os.path.dirname(path), 0o777)
        with self.assertRaisesRegex(errors.SocketNotOursError, "chmod 700"):
            client.node()

    @unittest.skipUnless(is_root(), "needs root, to give a file to another user")
    def test_that_of_another_user_is_not_used(self) -> None:
        client, path = self.listen()
        os.chown(path, 12_345, -1)
        with self.assertRaisesRegex(errors.SocketNotOursError, "belongs to the user 12345"):
            client.node()

    def test_a_file_is_no_socket(self) -> None:
        data_dir = directory(self)
        (data_dir / "control.sock").write_text("")
        with self.assertRaisesRegex(errors.SocketNotOursError, "no socket"):
            Client(data_dir).node()

    def test_wrong_arguments_are_value_errors(self) -> None:
        for wrong in ({"url": "https://example.org"}, {"url": "http://h:1", "socket": "s"}):
            with self.assertRaises(ValueError):
                Client(**wrong)
        with self.assertRaises(ValueError):
            Client(url="http://127.0.0.1:1").download("../node")
