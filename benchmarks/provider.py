"""The provider server: calls a second with 16 in flight, and the memory of its process, beside a bare gRPC server.

The reference is a server that decodes nothing and answers every call with an empty message: what gRPC for Python costs.
"""

import asyncio
import multiprocessing
import resource
import time
from multiprocessing.connection import Connection

IN_FLIGHT = 16
CALLS = 12_000
URN = "urn:pulumi:dev::bench::aws:sqs/queue:Queue::queue"


async def serve(pipe: Connection, *, bare: bool) -> None:
    """Serves until the pipe says stop, then tells the peak memory of the process in MiB."""
    import grpc.aio
    from google.protobuf import empty_pb2
    from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

    from platform_lib.sandbox.cloud import open_cloud
    from platform_lib.sandbox.provider.server import ProviderServer

    class Bare(provider_pb2_grpc.ResourceProviderServicer):
        async def Check(self, request, context):
            return provider_pb2.CheckResponse()

        async def Diff(self, request, context):
            return provider_pb2.DiffResponse()

        async def Read(self, request, context):
            return provider_pb2.ReadResponse()

        async def Configure(self, request, context):
            return provider_pb2.ConfigureResponse()

        async def Create(self, request, context):
            return provider_pb2.CreateResponse()

        async def Cancel(self, request, context):
            return empty_pb2.Empty()

    loop = asyncio.get_running_loop()
    with open_cloud(None) as cloud:
        async with ProviderServer(cloud, {"aws": "7"}) as server:
            port = server.ports["aws"]
            plain = grpc.aio.server()
            if bare:
                provider_pb2_grpc.add_ResourceProviderServicer_to_server(Bare(), plain)
                port = plain.add_insecure_port("127.0.0.1:0")
                await plain.start()
            pipe.send(port)
            await loop.run_in_executor(None, pipe.recv)
            await plain.stop(None)
    pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def server_process(pipe: Connection, bare: bool) -> None:
    asyncio.run(serve(pipe, bare=bare))


async def load(port: int) -> float:
    """Calls a second over a mix of Check, Diff and Read, as a no-op update makes them."""
    import grpc.aio
    from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

    from platform_lib.sandbox.wire import encode

    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        await stub.Configure(provider_pb2.ConfigureRequest(args=encode({"region": "eu-west-1"})))
        news = encode({"delaySeconds": 5, "tags": {"environment": "dev", "owner": "bench"}})
        check = provider_pb2.CheckRequest(urn=URN, news=news, randomSeed=b"0" * 32)
        inputs = (await stub.Check(check)).inputs
        created = await stub.Create(provider_pb2.CreateRequest(urn=URN, properties=inputs))
        diff = provider_pb2.DiffRequest(urn=URN, id=created.id, old_inputs=inputs, olds=created.properties, news=inputs)
        read = provider_pb2.ReadRequest(urn=URN, id=created.id, inputs=inputs, properties=created.properties)
        calls = [(stub.Check, check), (stub.Diff, diff), (stub.Read, read)]

        async def worker(count: int) -> None:
            for number in range(count):
                method, request = calls[number % len(calls)]
                await method(request)

        await worker(300)
        start = time.perf_counter()
        await asyncio.gather(*(worker(CALLS // IN_FLIGHT) for _ in range(IN_FLIGHT)))
        return CALLS / (time.perf_counter() - start)


def measure(*, bare: bool) -> tuple[float, float]:
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=server_process, args=(there, bare))
    process.start()
    rate = asyncio.run(load(here.recv()))
    here.send("stop")
    memory = here.recv()
    process.join()
    return rate, memory


def main() -> None:
    bare, _ = measure(bare=True)
    rate, memory = measure(bare=False)
    print(f"bare gRPC server  {bare:8.0f} calls/s")
    print(f"sandbox provider  {rate:8.0f} calls/s (budget: 2,500), peak memory {memory:.0f} MiB (budget: 80)")
    print(f"ratio sandbox / bare: {rate / bare:.2f}")


if __name__ == "__main__":
    main()
