"""The sandbox cloud over real gRPC on loopback, called as the stock engine calls it."""

import asyncio
import gc
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from platform_lib.core.errors import CloudError
from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.protocol import InitializationError, Providers
from platform_lib.sandbox.provider.server import ProviderServer
from platform_lib.sandbox.wire import decode, encode

URN = "urn:pulumi:dev::app::aws:sqs/queue:Queue::jobs"
PROVIDER = "urn:pulumi:dev::app::pulumi:providers:aws::default"
Test = Callable[[ProviderServer], Awaitable[None]]


def served(test: Test, providers: Providers | None = None) -> None:
    """Runs a test against a server over the sandbox cloud, or over the given providers."""

    async def run() -> None:
        with open_cloud(None) as cloud:
            async with ProviderServer(providers or cloud, {"aws": "7.51.1"}) as server:
                await test(server)

    asyncio.run(run())


@asynccontextmanager
async def connected(server: ProviderServer, region: str = "eu-west-1") -> AsyncIterator[Any]:
    """A provider instance, as the engine opens one: handshake, attach, configure."""
    # Without a pool of their own, equal channels of one process share one connection, which two engines never do.
    options = (("grpc.use_local_subchannel_pool", 1),)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{server.ports['aws']}", options=options) as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        shaken = await stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1"))
        assert (shaken.accept_secrets, shaken.accept_resources, shaken.accept_outputs) == (True, True, False)
        await stub.Attach(plugin_pb2.PluginAttach(address="127.0.0.1:1"))
        checked = await stub.CheckConfig(provider_pb2.CheckRequest(urn=PROVIDER, news=encode({"region": region})))
        assert not checked.failures
        await stub.Configure(provider_pb2.ConfigureRequest(urn=PROVIDER, args=checked.inputs))
        yield stub


async def made(stub: Any, **inputs: Any) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A queue: its id, inputs and outputs."""
    checked = await stub.Check(provider_pb2.CheckRequest(urn=URN, news=encode(inputs), randomSeed=b"0" * 32))
    assert not checked.failures
    created = await stub.Create(provider_pb2.CreateRequest(urn=URN, properties=checked.inputs))
    return created.id, decode(checked.inputs), decode(created.properties)


def test_a_resource_lives_and_dies_as_the_engine_asks() -> None:
    async def life(server: ProviderServer) -> None:
        async with connected(server) as stub:
            id_, inputs, outputs = await made(stub, delaySeconds=5)
            assert inputs["name"].startswith("jobs-")
            assert outputs["arn"].startswith("arn:aws:sqs:eu-west-1:")

            news = encode({**inputs, "delaySeconds": 9})
            olds = {"id": id_, "urn": URN, "old_inputs": encode(inputs), "olds": encode(outputs), "news": news}
            diff = await stub.Diff(provider_pb2.DiffRequest(**olds))
            assert diff.changes == provider_pb2.DiffResponse.DIFF_SOME
            assert diff.hasDetailedDiff
            assert {path: change.kind for path, change in diff.detailedDiff.items()} == {
                "delaySeconds": provider_pb2.PropertyDiff.UPDATE
            }
            updated = await stub.Update(provider_pb2.UpdateRequest(**olds))
            assert decode(updated.properties)["delaySeconds"] == 9

            read = await stub.Read(provider_pb2.ReadRequest(id=id_, urn=URN))
            assert (read.id, decode(read.properties)["delaySeconds"]) == (id_, 9)
            await stub.Delete(provider_pb2.DeleteRequest(id=id_, urn=URN, properties=updated.properties))
            gone = await stub.Read(provider_pb2.ReadRequest(id=id_, urn=URN))
            assert (gone.id, gone.HasField("properties")) == ("", False)
            await stub.Cancel(empty_pb2.Empty())

    served(life)


def test_a_preview_makes_nothing_and_answers_unknowns() -> None:
    async def preview(server: ProviderServer) -> None:
        async with connected(server) as stub:
            checked = await stub.Check(provider_pb2.CheckRequest(urn=URN, news=encode({"delaySeconds": 5})))
            answer = await stub.Create(provider_pb2.CreateRequest(urn=URN, properties=checked.inputs, preview=True))
            assert answer.id == ""
            assert decode(answer.properties).get("arn", UNKNOWN) is UNKNOWN
            assert (await stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion"))).failures == []

    served(preview)


def test_each_connection_is_an_instance_with_a_configuration_of_its_own() -> None:
    async def regions(server: ProviderServer) -> None:
        async with connected(server, "eu-west-1") as ireland, connected(server, "us-east-1") as virginia:
            request = provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion")
            answers = [decode(getattr(await stub.Invoke(request), "return")) for stub in (ireland, virginia, ireland)]
            assert [answer["region"] for answer in answers] == ["eu-west-1", "us-east-1", "eu-west-1"]

    served(regions)


def test_secrets_come_back_as_secrets() -> None:
    urn = "urn:pulumi:dev::app::aws:ssm/parameter:Parameter::token"

    async def secret(server: ProviderServer) -> None:
        async with connected(server) as stub:
            news = {"type": "SecureString", "value": Secret("s3cr3t"), "name": "/token"}
            checked = await stub.Check(provider_pb2.CheckRequest(urn=urn, news=encode(news)))
            created = await stub.Create(provider_pb2.CreateRequest(urn=urn, properties=checked.inputs))
            assert decode(created.properties)["value"] == Secret("s3cr3t")

    served(secret)


def test_refused_inputs_are_failures_and_refused_calls_are_errors_with_their_text() -> None:
    async def refused(server: ProviderServer) -> None:
        async with connected(server) as stub:
            answer = await stub.Check(provider_pb2.CheckRequest(urn=URN, news=encode({"delaySecond": 5})))
            assert [failure.property for failure in answer.failures] == ["delaySecond"]
            assert "delaySeconds" in answer.failures[0].reason
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getNothing:getNothing"))
            assert raised.value.code() is grpc.StatusCode.UNKNOWN
            assert "getNothing" in (raised.value.details() or "")

    served(refused)


class HalfReady:
    """A provider whose resources are made but do not get ready."""

    def open(self, package: str, version: str) -> Any:
        return self

    def create(self, urn: str, inputs: Any, timeout: float, *, preview: bool) -> Any:
        raise InitializationError(
            "not ready", id="half-1", outputs={"size": 1}, inputs={"size": 1}, reasons=["no capacity"]
        )


def test_a_resource_that_is_not_ready_comes_as_details_of_the_status() -> None:
    async def half(server: ProviderServer) -> None:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{server.ports['aws']}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            with pytest.raises(grpc.aio.AioRpcError) as raised:
                await stub.Create(provider_pb2.CreateRequest(urn=URN))
            packed = dict(raised.value.trailing_metadata() or ())["grpc-status-details-bin"]
            detail = provider_pb2.ErrorResourceInitFailed()
            assert status_pb2.Status.FromString(packed).details[0].Unpack(detail)
            assert (detail.id, list(detail.reasons), decode(detail.properties)) == (
                "half-1",
                ["no capacity"],
                {"size": 1},
            )

    served(half, HalfReady())


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    async def taken() -> None:
        with socket.socket() as holder, open_cloud(None) as cloud:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            with pytest.raises(CloudError, match=f"port of aws: cannot be opened on loopback, got {port}; stop what"):
                async with ProviderServer(cloud, {"aws": "7.51.1"}, {"aws": port}):
                    raise AssertionError("the port is taken")

    asyncio.run(taken())


def test_the_environment_tells_the_stock_engine_where_to_attach() -> None:
    async def environment(server: ProviderServer) -> None:
        assert server.environment["PULUMI_DEBUG_PROVIDERS"] == f"aws:{server.ports['aws']}"

    served(environment)


def test_the_interpreter_is_as_it_was_after_serving():
    def settings():
        return gc.get_threshold(), sys.getswitchinterval()

    before, during = settings(), []

    async def look(server: ProviderServer) -> None:
        during.append(settings())

    served(look)
    assert during != [before]
    assert settings() == before
