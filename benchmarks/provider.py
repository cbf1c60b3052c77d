"""The provider server: calls a second with 16 in flight, and the memory of its process, beside a bare gRPC server.

All calls come from one other process, as from one engine: with more of them on two cores the server would wait for a
core. What a call takes the client is printed too, since the client must not be what is measured; on a machine with
other work, calls a second of the server's own processor time say more. The two servers take turns. The reference is a
server of the same kind that decodes nothing and answers every call with an empty message: what gRPC for Python costs.
"""

import asyncio
import multiprocessing
import os
import resource
import statistics
import time
from dataclasses import astuple, dataclass
from multiprocessing.connection import Connection

IN_FLIGHT = 16
CALLS = 12_000
ROUNDS = 3
URN = "urn:pulumi:dev::bench::aws:sqs/queue:Queue::queue"


async def serve(pipe: Connection, *, bare: bool) -> None:
    """Serves until the pipe says stop, then tells the peak memory of the process in MiB."""
    from concurrent.futures import ThreadPoolExecutor

    import grpc
    from google.protobuf import empty_pb2
    from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.provider.server import ProviderServer

    class Bare(provider_pb2_grpc.ResourceProviderServicer):
        def Check(self, request, context):
            return provider_pb2.CheckResponse()

        def Diff(self, request, context):
            return provider_pb2.DiffResponse()

        def Read(self, request, context):
            return provider_pb2.ReadResponse()

        def Configure(self, request, context):
            return provider_pb2.ConfigureResponse()

        def Create(self, request, context):
            return provider_pb2.CreateResponse()

        def Cancel(self, request, context):
            return empty_pb2.Empty()

    loop = asyncio.get_running_loop()
    with open_cloud(None) as cloud:
        async with ProviderServer(cloud, {"aws": "7"}) as server:
            port = server.ports["aws"]
            plain = grpc.server(ThreadPoolExecutor(1))
            if bare:
                provider_pb2_grpc.add_ResourceProviderServicer_to_server(Bare(), plain)
                port = plain.add_insecure_port("127.0.0.1:0")
                plain.start()
            pipe.send(port)
            await loop.run_in_executor(None, pipe.recv)  # the clients are about to start
            start = time.process_time()
            pipe.send("go")
            await loop.run_in_executor(None, pipe.recv)
            used = time.process_time() - start
            plain.stop(None)
    pipe.send(used)
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def server_process(pipe: Connection, bare: bool) -> None:
    asyncio.run(serve(pipe, bare=bare))


async def load(port: int, pipe: Connection) -> None:
    """The calls: a mix of Check, Diff and Read, as a no-op update makes them."""
    import grpc.aio
    from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

    from platform_lib.sandbox.wire import encode

    urn = f"{URN}-{os.getpid()}"
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        await stub.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "eu-west-1"})))
        news = encode({"delaySeconds": 5, "tags": {"environment": "dev", "owner": "bench"}})
        seed = os.getpid().to_bytes(32, "little")
        check = provider_pb2.CheckRequest(urn=urn, news=news, randomSeed=seed)
        inputs = (await stub.Check(check)).inputs
        created = await stub.Create(provider_pb2.CreateRequest(urn=urn, properties=inputs))
        diff = provider_pb2.DiffRequest(urn=urn, id=created.id, old_inputs=inputs, olds=created.properties, news=inputs)
        read = provider_pb2.ReadRequest(urn=urn, id=created.id, inputs=inputs, properties=created.properties)
        calls = [(stub.Check, check), (stub.Diff, diff), (stub.Read, read)]

        async def worker(count: int) -> None:
            for number in range(count):
                method, request = calls[number % len(calls)]
                await method(request)

        await worker(300)
        pipe.send("ready")
        pipe.recv()
        start = time.process_time()
        await asyncio.gather(*(worker(CALLS // IN_FLIGHT) for _ in range(IN_FLIGHT)))
        pipe.send(time.process_time() - start)


def client_process(port: int, pipe: Connection) -> None:
    asyncio.run(load(port, pipe))


@dataclass(frozen=True)
class Measured:
    """One measurement.

    Attributes:
        rate: calls a second.
        alone: calls a second of the server's own processor time.
        client: microseconds of processor time that a call takes the client.
        memory: peak of the server in MiB.
    """

    rate: float
    alone: float
    client: float
    memory: float


def measure(*, bare: bool) -> Measured:
    """A server and its client, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    server, there = spawn.Pipe()
    processes = [spawn.Process(target=server_process, args=(there, bare))]
    processes[0].start()
    port = server.recv()
    client, there = spawn.Pipe()
    processes.append(spawn.Process(target=client_process, args=(port, there)))
    processes[1].start()
    client.recv()
    server.send("start")
    server.recv()
    start = time.perf_counter()
    client.send("go")
    theirs = client.recv()
    seconds = time.perf_counter() - start
    server.send("stop")
    used, memory = server.recv(), server.recv()
    for process in processes:
        process.join()
    return Measured(CALLS / seconds, CALLS / used, theirs / CALLS * 1e6, memory)


def middle(rounds: list[Measured]) -> Measured:
    """The median of every figure by itself."""
    return Measured(*(statistics.median(column) for column in zip(*map(astuple, rounds), strict=True)))


def main() -> None:
    pairs = [(measure(bare=True), measure(bare=False)) for _ in range(ROUNDS)]
    bare, ours = (middle([pair[side] for pair in pairs]) for side in (0, 1))
    print(f"{IN_FLIGHT} calls in flight from one process, {os.cpu_count()} cores; median of {ROUNDS}")
    print(f"load of the machine {os.getloadavg()[0]:.1f}, the benchmark's own included")
    for name, found, budget in (("bare gRPC server", bare, ""), ("sandbox provider", ours, " (budget: 2,500 calls/s)")):
        print(
            f"{name}  {found.rate:6.0f} calls/s, {found.alone:6.0f} a second of its own processor time{budget}, "
            f"{found.client:.0f} us a call in the client"
        )
    print(f"peak memory of the provider {ours.memory:.0f} MiB (budget: 80)")
    print(f"ratio sandbox / bare: {ours.rate / bare.rate:.2f}, by processor time {ours.alone / bare.alone:.2f}")


if __name__ == "__main__":
    main()
