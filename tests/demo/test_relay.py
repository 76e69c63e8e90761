"""The bench's cable on real sockets: whole, pulled, and plugged in again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from demo.relay import Relay

SILENCE_S = 0.3
"""How long nothing has to arrive to count as silence; not a wait for something to happen."""

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def a_broker(answer: Conversation) -> AsyncIterator[Relay]:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    relay = Relay(server.sockets[0].getsockname()[1])
    await relay.open()
    try:
        yield relay
    finally:
        await relay.close()
        server.close()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)
    writer.close()


async def hears(reader: asyncio.StreamReader, within_s: float = 5.0) -> bytes | None:
    try:
        return await asyncio.wait_for(reader.read(1000), within_s)
    except TimeoutError:
        return None


def test_bytes_pass_both_ways_and_the_end_of_a_connection_too() -> None:
    async def scene() -> None:
        async with a_broker(echo) as relay:
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(b"hello")
            assert await hears(reader) == b"hello"
            writer.write_eof()
            assert await hears(reader) == b""

    asyncio.run(scene())


def test_a_pulled_cable_is_silence_both_ways_on_a_connection_that_stays_open() -> None:
    async def scene() -> None:
        reached: asyncio.Queue[bytes] = asyncio.Queue()

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"first")
            while data := await reader.read(1000):
                reached.put_nowait(data)
                writer.write(b"answer")

        async with a_broker(listen) as relay:
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            assert await hears(reader) == b"first"
            relay.set_up(False)
            writer.write(b"into the void")
            assert await hears(reader, SILENCE_S) is None
            assert reached.empty()
            relay.set_up(True)
            assert await asyncio.wait_for(reached.get(), 5) == b"into the void"
            assert await hears(reader) == b"answer"

    asyncio.run(scene())


def test_a_broker_that_goes_while_the_cable_is_pulled_is_noticed_only_when_it_is_back() -> None:
    async def scene() -> None:
        greeted: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            greeted.put_nowait(writer)

        async with a_broker(greet) as relay:
            reader, _ = await asyncio.open_connection("127.0.0.1", relay.port)
            assert await hears(reader) == b"hello"
            relay.set_up(False)
            (await greeted.get()).close()
            assert await hears(reader, SILENCE_S) is None
            relay.set_up(True)
            assert await hears(reader) == b""

    asyncio.run(scene())


def test_a_connection_made_while_the_cable_is_pulled_waits_and_then_works() -> None:
    async def scene() -> None:
        async with a_broker(echo) as relay:
            relay.set_up(False)
            reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
            writer.write(b"anybody?")
            assert await hears(reader, SILENCE_S) is None
            relay.set_up(True)
            assert await hears(reader) == b"anybody?"

    asyncio.run(scene())


def test_without_a_broker_a_connection_ends_at_once() -> None:
    async def scene() -> None:
        async with a_broker(echo) as listening:
            nobody = Relay(listening.port)
        await nobody.open()
        try:
            reader, _ = await asyncio.open_connection("127.0.0.1", nobody.port)
            with suppress(ConnectionResetError):
                assert await hears(reader) == b""
        finally:
            await nobody.close()

    asyncio.run(scene())
