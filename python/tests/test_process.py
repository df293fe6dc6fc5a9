from __future__ import annotations

import contextlib
import inspect
import io
import json
import os
import unittest
from unittest import mock

from nebula_overlay import AsyncClient, Client, Node, errors
from nebula_overlay.__main__ import main

from .support import LOOPBACK, PATIENCE, directory, nodes, start


class Starting(unittest.TestCase):
    def test_a_node_keeps_its_identity_and_ends_by_sigterm(self) -> None:
        data_dir = directory(self)
        with start(data_dir=data_dir) as node:
            self.assertEqual(node.client.node().peer_id, node.peer_id)
            self.assertTrue(node.running)
        self.assertFalse(node.running)
        self.assertEqual(node.stop(), 0)
        self.assertTrue(data_dir.exists())

    def test_a_temporary_directory_goes_with_the_node(self) -> None:
        node = start()
        self.assertEqual(node.stop(), 0)
        self.assertFalse(node.data_dir.exists())

    def test_a_node_that_cannot_start_says_why(self) -> None:
        with self.assertRaisesRegex(errors.NodeStartError, "--no-such-flag"):
            start(arguments=["--no-such-flag"])
        with self.assertRaisesRegex(errors.NodeStartError, "another node .* is running on"):
            start(data_dir=nodes()[0].data_dir)

    def test_without_the_command_says_how_to_get_it(self) -> None:
        with mock.patch.dict(os.environ, {"NEBULA_COMMAND": "", "PATH": str(directory(self))}):
            with self.assertRaisesRegex(errors.CommandNotFoundError, "npm install"):
                Node.start()
        with self.assertRaises(errors.CommandNotFoundError):
            Node.start(command=["/no/such/nebula"])

    def test_another_program_of_the_name_is_told(self) -> None:
        with self.assertRaisesRegex(errors.NodeStartError, "is it the command of nebula-overlay"):
            Node.start(command=["false"])
        with self.assertRaisesRegex(errors.NodeStartError, "not ready within 0.5 s"):
            Node.start(command=["sh", "-c", "sleep 60"], timeout=0.5)

    def test_the_command_on_the_path_is_found(self) -> None:
        bin = directory(self)
        (bin / "nebula").write_text(f'#!/bin/sh\nexec {os.environ["NEBULA_COMMAND"]} "$@"\n')
        (bin / "nebula").chmod(0o755)
        path = f"{bin}{os.pathsep}{os.environ['PATH']}"
        with mock.patch.dict(os.environ, {"NEBULA_COMMAND": "", "PATH": path}):
            with Node.start(mdns=False, listen=LOOPBACK, timeout=PATIENCE) as node:
                self.assertEqual(node.client.node().peer_id, node.peer_id)


class Status(unittest.TestCase):
    def run_main(self, *arguments: str) -> tuple[int, str, str]:
        with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as err:
            code = main(arguments)
        return code, out.getvalue(), err.getvalue()

    def test_shows_the_node_its_links_and_its_warnings(self) -> None:
        a, b = nodes()
        code, out, _ = self.run_main("--data-dir", str(a.data_dir))
        self.assertEqual(code, 0)
        for part in (a.peer_id, "federation  python", f"{b.peer_id} (direct", "links: 1, neighbours: 1"):
            self.assertIn(part, out)
        code, out, _ = self.run_main("--json", "--data-dir", str(a.data_dir))
        self.assertEqual(json.loads(out)["node"]["peer_id"], a.peer_id)

    def test_its_exit_codes_tell_failures_apart(self) -> None:
        code, _, err = self.run_main("--data-dir", str(directory(self)))
        self.assertEqual(code, 3)
        self.assertIn("no node is running", err)
        with self.assertRaises(SystemExit) as caught:
            self.run_main("--wrong")
        self.assertEqual(caught.exception.code, 2)


class Surface(unittest.TestCase):
    def test_both_clients_have_the_same_methods_each_with_a_docstring(self) -> None:
        def public(kind: type) -> dict[str, str]:
            return {
                name: str(inspect.signature(member).replace(return_annotation=inspect.Signature.empty))
                for name, member in inspect.getmembers(kind, inspect.isfunction)
                if not name.startswith("_")
            }

        self.assertEqual(public(Client), public(AsyncClient))
        for kind in (Client, AsyncClient):
            for name in public(kind):
                self.assertTrue(getattr(kind, name).__doc__, name)
