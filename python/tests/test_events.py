from __future__ import annotations

import asyncio
import unittest

from nebula_overlay import AsyncClient, Client, errors

from .support import PATIENCE, CuttingForwarder, directory, nodes, random_bytes, start


class Following(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.a, cls.b = nodes()

    def say(self, log: str) -> None:
        self.a.client.send(self.b.peer_id, "control", "alive", {"log": log})

    def test_begins_with_ready_and_ends_when_closed(self) -> None:
        events = self.b.client.events()
        self.assertEqual(next(events)["peerId"], self.b.peer_id)
        events.close()
        self.assertEqual(list(events), [])

    def test_a_wait_that_ends_loses_nothing(self) -> None:
        with self.b.client.events(["message"]).open() as events:
            with self.assertRaises(TimeoutError):
                events.get(0.3)
            self.say("after a wait")
            self.assertEqual(events.get(PATIENCE)["fields"], {"log": "after a wait"})

    def test_goes_on_after_the_last_event_that_was_taken(self) -> None:
        with self.b.client.events(["message"]).open() as events:
            for log in ("one", "two", "three"):
                self.say(log)
            self.assertEqual(events.get(PATIENCE)["fields"]["log"], "one")
            since = events.last_id
        with self.b.client.events(["message"], since=since) as events:
            self.assertEqual([events.get(PATIENCE)["fields"]["log"] for _ in range(2)], ["two", "three"])

    def test_a_cut_stream_goes_on_by_the_id(self) -> None:
        # the head of the answer and `ready`, then the connection breaks
        forwarder = CuttingForwarder(self, self.b, [700])
        with Client(socket=forwarder.path) as client, client.events(["message"]).open() as events:
            for i in range(5):
                self.say(f"cut {i}")
            logs = [events.get(PATIENCE)["fields"]["log"] for _ in range(5)]
        self.assertEqual(logs, [f"cut {i}" for i in range(5)])
        self.assertGreater(forwarder.connections, 1)

    def test_where_streams_do_not_come_through_it_polls(self) -> None:
        forwarder = CuttingForwarder(self, self.b, [0, 0, 0])
        with Client(socket=forwarder.path) as client, client.events(["message"]) as events:
            while not any("timeout=" in request for request in forwarder.requests):
                events.open()
            self.say("polled")
            self.assertEqual(events.get(PATIENCE)["fields"]["log"], "polled")

    def test_polls_when_it_is_told_to(self) -> None:
        with self.b.client.events(["message"], mode="poll").open() as events:
            self.say("first")
            self.say("second")
            self.assertEqual([events.get(PATIENCE)["fields"]["log"] for _ in range(2)], ["first", "second"])
            with self.assertRaises(errors.WaitTimeoutError):
                events.get(0.3)

    def test_refuses_names_that_there_are_not(self) -> None:
        with self.assertRaises(errors.InvalidRequestError):
            self.b.client.events(["no such event"]).get(PATIENCE)
        with self.assertRaises(TypeError):
            self.b.client.events("message")

    def test_an_unknown_id_is_told_as_missed(self) -> None:
        for mode in ("stream", "poll"):
            with self.b.client.events(["message"], since="000000000000-3", mode=mode) as events:
                self.assertIs(events.get(PATIENCE).missed, True)


class Restarts(unittest.TestCase):
    def test_goes_on_over_a_restart_and_says_that_events_are_missed(self) -> None:
        data_dir = directory(self)
        first = start(data_dir=data_dir)
        self.addCleanup(first.kill)
        events = Client(data_dir).events(["link:open"]).open()
        first.stop()
        second = start(data_dir=data_dir)
        self.addCleanup(second.kill)
        self.assertEqual(first.peer_id, second.peer_id)
        self.assertIs(events.get(PATIENCE).missed, True)
        second.client.connect(nodes()[0].multiaddrs[0])
        self.assertEqual(events.get(PATIENCE).link.peer, nodes()[0].peer_id)
        second.kill()
        events.close()
        with self.assertRaises(errors.NoNodeRunningError):
            Client(data_dir).events().open()

    def test_gives_up_when_the_node_stays_away(self) -> None:
        node = start()
        self.addCleanup(node.kill)
        events = node.client.events(retry_for=0.5).open()
        node.stop()
        with self.assertRaises(errors.NoNodeRunningError):
            for _ in events:
                pass


class Asynchronous(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.a, self.b = await asyncio.to_thread(nodes)

    async def test_models_go_to_and_fro(self) -> None:
        data = random_bytes(2_000_000)
        path = directory(self) / "model.bin"
        path.write_bytes(data)
        async with self.a.async_client() as a, self.b.async_client() as b:
            events = await b.events(["model:update"]).open()
            sent = await a.send_model(path, round=9, weight=3)
            event = await asyncio.wait_for(events.wait_for("model:update"), PATIENCE)
            self.assertEqual((event.model.id, event.model.weight), (sent.model.id, 3))
            self.assertEqual(await b.download(sent.model.id), data)
            buffer = bytearray(len(data))
            await b.download_into(sent.model.id, buffer)
            self.assertEqual(buffer, data)
            self.assertEqual(await b.download_to(sent.model.id, path.with_name("got")), len(data))
            self.assertEqual(path.with_name("got").read_bytes(), data)
            events.close()

    async def test_many_calls_at_the_same_time(self) -> None:
        async with self.a.async_client() as client:
            found = await asyncio.gather(*(client.node() for _ in range(40)))
            self.assertEqual({info.peer_id for info in found}, {self.a.peer_id})
            self.assertEqual((await client.models()), self.a.client.models())
            self.assertIn("nebula_", await client.metrics())

    async def test_a_cancelled_wait_for_events_loses_nothing(self) -> None:
        async with self.b.async_client() as b, await b.events(["message"]).open() as events:
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(events.get(), 0.3)
            await asyncio.to_thread(self.a.client.send, self.b.peer_id, "control", "alive", {"log": "async"})
            event = await asyncio.wait_for(events.get(), PATIENCE)
            self.assertEqual(event["fields"], {"log": "async"})

    async def test_a_cut_stream_and_a_cut_download_go_on(self) -> None:
        data = random_bytes(4_000_000)
        model = await asyncio.to_thread(self.b.client.upload, data, round=1)
        forwarder = CuttingForwarder(self, self.b, [1_000_000, 700])
        async with AsyncClient(socket=forwarder.path) as b:
            self.assertEqual(await b.download(model.id), data)
        forwarder = CuttingForwarder(self, self.b, [700])
        async with AsyncClient(socket=forwarder.path) as b, await b.events(["message"]).open() as events:
            for i in range(4):
                await asyncio.to_thread(self.a.client.send, self.b.peer_id, "control", "alive", {"log": str(i)})
            logs = [(await asyncio.wait_for(events.get(), PATIENCE))["fields"]["log"] for _ in range(4)]
        self.assertEqual(logs, ["0", "1", "2", "3"])

    async def test_errors_are_those_of_the_other_client(self) -> None:
        async with self.a.async_client() as client:
            with self.assertRaises(errors.ModelGoneError):
                await client.download("0" * 64)
            with self.assertRaises(errors.PeerUnreachableError):
                await client.connect("/ip4/127.0.0.1/tcp/1")
        with self.assertRaises(errors.NoNodeRunningError):
            await AsyncClient(directory(self)).node()
        forwarder = CuttingForwarder(self, self.a, [0])
        with self.assertRaises(errors.NodeGoneError):
            await AsyncClient(socket=forwarder.path).connect("/ip4/127.0.0.1/tcp/1")
