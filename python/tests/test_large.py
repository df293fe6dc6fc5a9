from __future__ import annotations

import json
import subprocess
import sys
import unittest

from .support import PATIENCE, start


class Large(unittest.TestCase):
    def test_200_mb_go_through_two_nodes_to_another_process_and_back_in_little_memory(self) -> None:
        with start() as a, start() as b:
            a.client.connect(b.multiaddrs[0])
            command = [sys.executable, "-m", "tests.large_peer"]
            with (
                subprocess.Popen([*command, "echo", str(b.data_dir)], stdout=subprocess.PIPE, text=True) as echo,
            ):
                self.addCleanup(echo.kill)
                assert echo.stdout is not None
                self.assertEqual(json.loads(echo.stdout.readline()), "ready")
                origin = subprocess.run(
                    [*command, "origin", str(a.data_dir)],
                    stdout=subprocess.PIPE,
                    text=True,
                    timeout=10 * PATIENCE,
                )
                reports = [origin.stdout, echo.stdout.read()]
        self.assertEqual((origin.returncode, echo.returncode), (0, 0))
        for report in map(json.loads, reports):
            self.assertLess(report["grown"], 1.5 * report["size"])
            self.assertGreater(report["grown"], 0.9 * report["size"], "the memory was not measured")
