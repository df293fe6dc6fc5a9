from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

from nebula_overlay import Client, Node, errors, find, types

from .support import MAX_MODEL_BYTES, PATIENCE, CuttingForwarder, directory, nodes, random_bytes, start


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.a, cls.b = nodes()

    def test_shows_the_node_and_its_links(self) -> None:
        info = self.a.client.node()
        self.assertEqual((info.peer_id, info.federation), (self.a.peer_id, "python"))
        links = self.a.client.peers().peers
        self.assertEqual([link.peer for link in links], [self.b.peer_id])
        self.assertIs(links[0].direct, True)

    def test_every_operation_is_a_route_of_the_node(self) -> None:
        document = self.a.client.openapi()
        operations = {
            (method.upper(), path)
            for path, methods in document["paths"].items()
            for method in methods
        }
        for method, path in used_routes():
            with self.subTest(f"{method} {path}"):
                self.assertIn((method, path), operations)

    def test_makes_links_direct_and_undirected(self) -> None:
        self.assertIs(self.a.client.set_direct(self.b.peer_id, False).direct, False)
        self.assertIs(self.a.client.connect(self.b.multiaddrs[0]).direct, True)

    def test_sends_a_message(self) -> None:
        with self.b.client.events(["message"]).open() as events:
            self.assertEqual(self.a.client.send(self.b.peer_id, "control", "alive", {"log": "hé"}), self.b.peer_id)
            event = events.wait_for("message", timeout=PATIENCE)
        self.assertEqual((event["type"], event["action"], event["fields"]), ("control", "alive", {"log": "hé"}))
        self.assertEqual(event.peer, self.a.peer_id)

    def test_ends_a_link(self) -> None:
        with start() as other:
            other.client.connect(self.b.multiaddrs[0])
            self.assertEqual(other.client.disconnect(self.b.peer_id), self.b.peer_id)
            self.assertEqual(other.client.peers().peers, ())
            with self.assertRaises(errors.NotLinkedError) as caught:
                other.client.disconnect(self.b.peer_id)
            self.assertIn("connect to the peer first", str(caught.exception))

    def test_bans_and_lifts(self) -> None:
        client = self.a.client
        self.assertEqual(client.ban("203.0.113.0/24", reason="test", seconds=60).addresses[0].reason, "test")
        self.assertEqual(client.lift_ban("203.0.113.0/24").addresses, ())
        stranger = "12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT"
        self.assertEqual(client.ban(stranger).restrictions[0].peer, stranger)
        self.assertEqual(client.clear_restrictions().restrictions, ())

    def test_scores_beacon_federation_and_metrics(self) -> None:
        client = self.a.client
        self.assertEqual(client.score(self.b.peer_id).state, "good")
        self.assertIn(self.b.peer_id, [score.peer for score in client.scores()])
        self.assertEqual(client.set_beacon(interval=20_000).interval, 20_000)
        self.assertIs(client.beacon().running, False)
        self.assertIs(client.external_connection_service().running, False)
        self.assertEqual(client.federation().federation, "python")
        self.assertEqual(client.join().links_made, ())
        self.assertIn("nebula_", client.metrics())

    def test_sets_the_engine(self) -> None:
        client = self.a.client
        self.addCleanup(lambda: client.set_engine(round=None, model=None))
        model = client.upload(b"parameters", round=3)
        self.a.client.connect(self.b.multiaddrs[0])
        training = types.Training(rounds=5, loss=0.5)
        engine = client.set_engine(round=3, weight=600, training=training, model=model.id)
        self.assertEqual((engine.round, engine.weight, engine.model), (3, 600, model.id))
        self.assertEqual(client.set_engine(round=4).training, training)
        propagated = client.propagate()
        self.assertEqual(propagated.sent, (self.b.peer_id,))
        self.assertEqual(client.download(str(propagated.model)), b"parameters")
        self.assertIsNone(client.set_engine(model=None).model)
        self.assertEqual(client.engine().round, 4)

    def test_answers_a_peer_that_asks_to_become_a_neighbour(self) -> None:
        a, b = self.a.client, self.b.client
        b.set_direct(self.a.peer_id, False)
        a.set_engine(accept_neighbours="ask", round=1, training=types.Training(rounds=3))
        self.addCleanup(lambda: a.set_engine(accept_neighbours="all", round=None))
        self.addCleanup(lambda: b.connect(self.a.multiaddrs[0]))
        joined: list[types.LateJoinResult] = []
        with a.events(["neighbour:request"]).open() as events:
            thread = threading.Thread(target=lambda: joined.append(b.late_join(self.a.multiaddrs, type="discover_nodes")))
            thread.start()
            request = events.wait_for("neighbour:request", timeout=PATIENCE).request
        self.assertIn(request, a.requests())
        self.assertEqual(a.answer_request(request.id, True), request.id)
        thread.join(PATIENCE)
        self.assertEqual(joined[0].neighbours, (self.a.peer_id,))
        with self.assertRaises(errors.UnknownRequestError):
            a.answer_request(request.id, True)

    def test_many_threads_use_one_client(self) -> None:
        found: list[str] = []
        with Client(self.a.data_dir) as client:
            threads = [
                threading.Thread(target=lambda: found.extend(client.node().peer_id for _ in range(10)))
                for _ in range(8)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE)
        self.assertEqual(found, [self.a.peer_id] * 80)

    def test_a_kept_connection_that_the_node_has_closed_is_made_again(self) -> None:
        with Client(self.a.data_dir) as client:
            for _ in range(2):
                client.connect(self.b.multiaddrs[0])
                time.sleep(6.5)  # the node closes idle connections after 5 s
            self.assertEqual(client.node().peer_id, self.a.peer_id)

    def test_a_child_process_made_by_fork_uses_connections_of_its_own(self) -> None:
        with Client(self.a.data_dir) as client:
            client.node()
            child = os.fork()
            if child == 0:
                os._exit(0 if all(client.node().peer_id == self.a.peer_id for _ in range(20)) else 1)
            found = [client.node().peer_id for _ in range(20)]
            _, status = os.waitpid(child, 0)
        self.assertEqual((status, found), (0, [self.a.peer_id] * 20))


class Models(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.a, cls.b = nodes()

    def test_bytes_go_to_the_neighbours_and_come_out_the_same(self) -> None:
        data = random_bytes(300_000)
        with self.b.client.events(["model:update"]).open() as events:
            sent = self.a.client.send_model(data, round=7, weight=600)
            event = events.wait_for("model:update", timeout=PATIENCE)
        self.assertEqual([(d.peer, d.outcome) for d in sent.deliveries], [(self.b.peer_id, "delivered")])
        self.assertEqual((event.model.id, event.model.round, event.model.weight), (sent.model.id, 7, 600))
        self.assertEqual(self.b.client.download(sent.model.id), data)
        self.assertIn(sent.model.id, [model.id for model in self.b.client.models()])

    def test_paths_files_and_pipes_are_sent(self) -> None:
        data = random_bytes(1_200_000)
        path = directory(self) / "model.bin"
        path.write_bytes(data)
        for name, payload in {"path": path, "file": open(path, "rb"), "memory": io.BytesIO(data)}.items():
            with self.subTest(name):
                model = self.a.client.upload(payload, round=1)
                self.assertEqual(self.a.client.download(model.id), data)
        self.assertEqual(self.a.client.upload(b"", round=1).size, 0)

    def test_a_download_goes_into_a_buffer_or_a_file(self) -> None:
        data = random_bytes(700_000)
        id = self.a.client.upload(data, round=1).id
        buffer = bytearray(len(data) + 1)
        self.assertEqual(self.a.client.download_into(id, buffer), len(data))
        self.assertEqual(buffer[:-1], data)
        with self.assertRaisesRegex(ValueError, "the model has 700000 bytes"):
            self.a.client.download_into(id, bytearray(10))
        path = directory(self) / "got.bin"
        self.assertEqual(self.a.client.download_to(id, path), len(data))
        self.assertEqual(path.read_bytes(), data)
        file = io.BytesIO()
        self.a.client.download_to(id, file)
        self.assertEqual(file.getvalue(), data)

    def test_a_broken_download_goes_on_where_it_was(self) -> None:
        data = random_bytes(5_000_000)
        id = self.a.client.upload(data, round=1).id
        forwarder = CuttingForwarder(self, self.a, [1_500_000, 2_000_000])
        with Client(socket=forwarder.path) as client:
            self.assertEqual(client.download(id), data)
        self.assertEqual(forwarder.connections, 3)
        self.assertEqual(["Range: bytes=" in request for request in forwarder.requests], [False, True, True])

    def test_a_download_that_never_goes_on_fails_and_leaves_no_file(self) -> None:
        id = self.a.client.upload(random_bytes(1_000_000), round=1).id
        forwarder = CuttingForwarder(self, self.a, [500_000] + [0] * 20)
        target = directory(self) / "got.bin"
        with Client(socket=forwarder.path) as client, self.assertRaises(errors.DownloadError):
            client.download_to(id, target)
        self.assertEqual(list(target.parent.iterdir()), [])

    def test_an_upload_that_fails_leaves_nothing(self) -> None:
        class Broken(io.BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                if self.tell() > 1_000_000:
                    raise OSError("the disk is gone")
                return super().read(size)

        before = self.a.client.models()
        with self.assertRaisesRegex(OSError, "the disk is gone"):
            self.a.client.upload(Broken(random_bytes(3_000_000)), round=1)
        self.assertEqual(self.a.client.models(), before)

    def test_what_is_too_large_is_refused_with_the_reason(self) -> None:
        with self.assertRaises(errors.TooLargeError) as caught:
            self.a.client.upload(bytes(2 * MAX_MODEL_BYTES), round=1)
        self.assertIn("models.maxModelBytes", str(caught.exception))
        self.assertEqual(self.a.client.node().peer_id, self.a.peer_id)

    def test_a_model_is_fetched_from_the_peer_that_has_it(self) -> None:
        model = self.a.client.upload(random_bytes(100_000), round=1)
        with self.assertRaises(errors.ModelGoneError):
            self.b.client.download(model.id)
        self.assertEqual(self.b.client.fetch(model.id, self.a.peer_id).id, model.id)
        self.assertEqual(len(self.b.client.download(model.id)), 100_000)
        self.assertEqual(self.b.client.cancel_fetch(model.id), model.id)

    def test_a_delivery_that_fails_says_why(self) -> None:
        model = self.a.client.upload(b"x", round=1)
        stranger = "12D3KooWDpp7U7W9Q8feMZPPEpPP5FKXTUakLgnVLbavfjb9mzrT"
        (delivery,) = self.a.client.send_kept(model.id, [stranger])
        self.assertEqual(delivery.outcome, "failed")
        self.assertIsNotNone(delivery.error)


class Finding(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.a, _ = nodes()

    def test_finds_the_node_by_its_directory_or_the_commands_default(self) -> None:
        with find(self.a.data_dir) as client:
            self.assertEqual(client.node().peer_id, self.a.peer_id)
        script = "import nebula_overlay; print(nebula_overlay.find().node().peer_id)"
        home = directory(self)
        (home / "nebula").symlink_to(self.a.data_dir)
        for env in ({"NEBULA_DATA_DIR": str(self.a.data_dir)}, {"XDG_DATA_HOME": str(home)}):
            output = subprocess.check_output([sys.executable, "-c", script], env={**os.environ, **env}, text=True)
            self.assertEqual(output.strip(), self.a.peer_id)

    def test_without_a_node_says_what_to_do(self) -> None:
        with self.assertRaises(errors.NoNodeRunningError) as caught:
            find(directory(self))
        self.assertIn("nebula start --data-dir", str(caught.exception))

    def test_by_the_port_needs_the_token(self) -> None:
        url = self.a.ready["http"]
        token = (self.a.data_dir / "token").read_text().strip()
        reading = (self.a.data_dir / "read-only-token").read_text().strip()
        self.assertEqual(Client(url=url, token=token).node().peer_id, self.a.peer_id)
        for wrong in (None, "wrong"):
            with self.assertRaises(errors.TokenError):
                Client(url=url, token=wrong).node()
        reader = Client(url=url, token=reading)
        self.assertEqual(reader.node().peer_id, self.a.peer_id)
        with self.assertRaises(errors.ForbiddenError) as caught:
            reader.join()
        self.assertIn("read-only token", str(caught.exception))

    def test_a_directory_without_the_socket_leads_to_the_port(self) -> None:
        copied = directory(self)
        for name in ("control.json", "token"):
            (copied / name).write_bytes((self.a.data_dir / name).read_bytes())
        self.assertEqual(find(copied).node().peer_id, self.a.peer_id)


class Gone(unittest.TestCase):
    def test_a_node_that_ends_hangs_or_is_killed_is_told_apart(self) -> None:
        node = start()
        self.addCleanup(node.kill)
        impatient = Client(node.data_dir, timeout=2.0)
        os.kill(node.pid, signal.SIGSTOP)
        try:
            with self.assertRaises(errors.NoAnswerError):
                impatient.node()
        finally:
            os.kill(node.pid, signal.SIGCONT)
        raised: list[BaseException] = []

        def look() -> None:
            try:
                node.client.federation()
            except errors.NebulaError as error:
                raised.append(error)

        thread = threading.Thread(target=look)
        forwarder = CuttingForwarder(self, node, [0])
        with self.assertRaises(errors.NodeGoneError) as caught:
            Client(socket=forwarder.path).connect("/ip4/127.0.0.1/tcp/1")
        self.assertIn("start it again", str(caught.exception))
        os.kill(node.pid, signal.SIGSTOP)
        thread.start()
        time.sleep(0.5)
        node.kill()
        thread.join(PATIENCE)
        self.assertIsInstance(raised[0], errors.NodeGoneError)
        with self.assertRaises(errors.NoNodeRunningError):
            node.client.node()


def used_routes() -> set[tuple[str, str]]:
    """Of every operation, as the document names them."""
    import inspect
    import re

    from nebula_overlay import _operations

    source = inspect.getsource(_operations)
    routes = {
        (method, re.sub(r"/models/{}", "/models/{id}", path))
        for method, path in re.findall(r'json_call\(\s*"([A-Z]+)",\s*"(/[^"]*)"', source)
    }
    names = {
        "/peers/{}/direct": "/peers/{peer}/direct",
        "/peers/{}/score": "/peers/{peer}/score",
        "/restrictions/{}": "/restrictions/{target}",
        "/engine/requests/{}": "/engine/requests/{id}",
    }
    found = {(method, "/api/v1" + names.get(path, path)) for method, path in routes}
    assert len(found) > 20, found
    return (found - {("GET", "/api/v1/openapi.json")}) | {
        ("GET", "/api/v1/events"),
        ("GET", "/api/v1/models/{id}"),
    }
