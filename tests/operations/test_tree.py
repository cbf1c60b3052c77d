import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from platform_lib.operations.drawing import tree_svg
from platform_lib.operations.graph import PlannedResources
from platform_lib.operations.layout import box_of, lay_out, rows_of
from platform_lib.operations.tree import (
    common_prefix,
    group_edges,
    kinds,
    resource_tree,
    short_type,
    top_groups,
    tree_json,
    tree_mermaid,
)
from platform_lib.sandbox.engine.policy import PolicyProvider, PolicyResource
from platform_lib.sandbox.engine.state import ResourceState
from support.cli import resource, small_stack, urn

GOLDEN = Path(__file__).parents[1] / "golden" / "graph"


def test_the_tree_has_components_and_what_is_in_them_but_no_provider_and_no_stack() -> None:
    tree = resource_tree("shop", "dev", small_stack())
    assert [(root.name, root.component) for root in tree.roots] == [
        ("alerts", False),
        ("archive", True),
        ("main", True),
    ]
    assert [child.name for child in tree.roots[2].children] == [
        "main-flow-log",
        "main-private-a",
        "main-private-b",
        "main-vpc",
    ]
    assert tree.size == 7
    assert [(kind.type, len(kind.nodes)) for kind in kinds(tree.roots[2].leaves)][1] == ("aws:ec2/subnet:Subnet", 2)


def test_old_copies_that_wait_for_their_deletion_are_left_out() -> None:
    old = resource("aws:s3/bucket:Bucket", "old")
    old.delete = True
    assert resource_tree("shop", "dev", [old]).roots == ()


def test_edges_run_between_groups_from_user_to_used() -> None:
    groups = top_groups(resource_tree("shop", "dev", small_stack()))
    named = {group.urn: group.name for group in groups}
    edges = {(named[user], named[used]): count for (user, used), count in group_edges(groups).items()}
    assert edges == {("main", "archive"): 1, ("the stack itself", "archive"): 1}


@pytest.mark.parametrize(
    ("token", "short"),
    [
        ("aws:ec2/subnet:Subnet", "ec2.Subnet"),
        ("azure-native:storage:StorageAccount", "storage.StorageAccount"),
        ("kubernetes:core/v1:Secret", "core.Secret"),
        ("vault:index/mount:Mount", "vault.Mount"),
        ("platform-lib:index:VpcComponent", "VpcComponent"),
        ("pulumi:pulumi:StackReference", "StackReference"),
    ],
)
def test_types_are_said_as_people_say_them(token: str, short: str) -> None:
    assert short_type(token) == short


def test_the_name_of_the_component_is_not_repeated() -> None:
    assert common_prefix("main", ["main-a", "main-b"]) == "main-"
    assert common_prefix("main", ["main-a", "other"]) == ""
    assert common_prefix("main", ["main-"]) == ""
    assert common_prefix("", ["-a"]) == ""


def test_json_keeps_urns_and_dependencies() -> None:
    data = tree_json(resource_tree("shop", "dev", small_stack()))
    assert (data["engine"], data["count"]) == ("sandbox", 7)
    flow_log = data["resources"][2]["children"][0]
    assert flow_log["dependencies"] == [
        urn("aws:ec2/vpc:Vpc", "main-vpc"),
        urn("aws:s3/bucket:Bucket", "archive-bucket"),
    ]


def test_mermaid_has_a_subgraph_a_component_and_closes_each() -> None:
    text = tree_mermaid(resource_tree("shop", "dev", small_stack()))
    assert text.startswith("flowchart LR\n")
    assert text.count("subgraph") == text.count("  end\n") == 3
    assert '["main · VpcComponent"]' in text
    assert '["ec2.Subnet<br/>× 2"]' in text
    assert "  g2 --> g1\n" in text


def test_mermaid_quotes_what_would_break_it() -> None:
    odd = resource("aws:sns/topic:Topic", 'say "hi" <b>')
    assert "say &quot;hi&quot; &lt;b&gt;" in tree_mermaid(resource_tree("shop", "dev", [odd]))


def test_the_picture_is_the_golden_one(request: pytest.FixtureRequest) -> None:
    drawn = tree_svg(resource_tree("shop", "dev", small_stack()))
    golden = GOLDEN / "small.svg"
    if request.config.getoption("--update-golden", default=False):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(drawn, encoding="utf-8")
    assert drawn == golden.read_text(encoding="utf-8")


def test_the_picture_does_not_depend_on_the_order_of_the_state() -> None:
    resources = small_stack()
    drawn = tree_svg(resource_tree("shop", "dev", resources))
    assert tree_svg(resource_tree("shop", "dev", list(reversed(resources)))) == drawn


def test_the_picture_is_well_formed_and_nothing_overlaps_or_leaves_it() -> None:
    resources = small_stack()
    odd = resource("aws:sns/topic:Topic", "a <b> & c")
    wide = [resource("platform-lib:index:X", f"x{i}", custom=False) for i in range(40)]
    root = ElementTree.fromstring(tree_svg(resource_tree("shop", "dev", [*resources, odd, *wide])))
    width, height = int(root.attrib["width"]), int(root.attrib["height"])
    space = "{http://www.w3.org/2000/svg}"
    boxes = [
        tuple(int(box.attrib[key]) for key in ("x", "y", "width", "height"))
        for box in root.iter(f"{space}rect")
        if box.attrib.get("class") == "box"
    ]
    assert len(boxes) == 43
    for index, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x <= width - w
        assert 0 <= y <= height - h
        for left, top, across, down in boxes[:index]:
            assert x >= left + across or left >= x + w or y >= top + down or top >= y + h
    texts = [text.text for text in root.iter(f"{space}text")]
    assert "a <b> & c, alerts" in texts


def test_groups_that_use_each_other_are_drawn_all_the_same() -> None:
    one, two = (resource("platform-lib:index:X", name, custom=False) for name in ("one", "two"))
    a = resource("aws:sns/topic:Topic", "a", parent=one.urn, uses=[urn("aws:sns/topic:Topic", "b")])
    b = resource("aws:sns/topic:Topic", "b", parent=two.urn, uses=[urn("aws:sns/topic:Topic", "a")])
    drawn = tree_svg(resource_tree("shop", "dev", [one, two, a, b]))
    assert drawn.count('marker-end="url(#arrow)"') == 2 + 1  # two arrows and the legend


def chain(*names: str) -> list[ResourceState]:
    """Components of one resource each, of which each uses all before it."""
    made: list[ResourceState] = []
    for name in names:
        around = resource("platform-lib:index:X", name, custom=False)
        uses = [item.urn for item in made if item.custom]
        made += [around, resource("aws:sns/topic:Topic", f"{name}-topic", parent=around.urn, uses=uses)]
    return made


def test_an_arrow_over_other_boxes_runs_above_all_of_them() -> None:
    groups = top_groups(resource_tree("shop", "dev", chain("a", "b", "c", "d")))
    boxes = {group.urn: box_of(group) for group in groups}
    layout = lay_out(boxes, group_edges(groups))
    a, b, c, d = (layout.places[group.urn] for group in groups)
    assert a[0] < b[0] < c[0] < d[0]
    ways = {(user[-1], used[-1]): way for (user, used), way in layout.ways.items()}
    assert [len(ways[pair]) for pair in (("b", "a"), ("c", "b"), ("d", "c"))] == [2, 2, 2]
    lanes = {pair: {y for _, y in way[2:4]} for pair, way in ways.items() if len(way) == 6}
    assert lanes.keys() == {("c", "a"), ("d", "a"), ("d", "b")}
    assert lanes["c", "a"] == lanes["d", "a"] != lanes["d", "b"]  # one lane for all that use the same
    assert all(40 < y < a[1] for found in lanes.values() for y in found)


def test_a_box_of_many_types_tells_what_matters_and_folds_the_rest_by_service() -> None:
    def leaf(token: str, name: str, *, protect: bool = False) -> ResourceState:
        return resource(token, name, protect=protect)

    many = [leaf(f"aws:iam/x{index}:X{index}", f"iam-{index}") for index in range(11)]
    few = [leaf("aws:s3/bucket:Bucket", "data"), leaf("aws:ec2/vpc:Vpc", "vpc", protect=True)]
    (small,) = top_groups(resource_tree("shop", "dev", [*many[:10], *few]))
    assert len(rows_of(small.leaves)) == 12
    rest = [leaf("aws:ec2/route:Route", "r1"), leaf("aws:ec2/route:Route", "r2")]
    (large,) = top_groups(resource_tree("shop", "dev", [*many, *few, *rest]))
    rows = rows_of(large.leaves)
    assert [(row.label, len(row.nodes), row.folded) for row in rows] == [
        ("ec2.Vpc", 1, False),
        ("s3.Bucket", 1, False),
        ("ec2.Route", 2, False),
        ("iam", 11, True),
    ]
    drawn = tree_svg(resource_tree("shop", "dev", [*many, *few, *rest]))
    assert ">iam × 11<" in drawn
    assert ">X0, X10, X1, X2" in drawn


def test_who_works_through_a_provider_uses_its_maker_and_what_it_was_made_of() -> None:
    cluster = resource("platform-lib:index:Cluster", "cluster", custom=False)
    plane = resource("aws:eks/cluster:Cluster", "plane", parent=cluster.urn)
    inside = resource("pulumi:providers:kubernetes", "inside", parent=cluster.urn)
    servers = resource("aws:ec2/instance:Instance", "servers")
    alone = resource("pulumi:providers:vault", "alone", uses=[servers.urn])
    mesh = resource("kubernetes:core/v1:Namespace", "mesh")
    mount = resource("vault:index/mount:Mount", "kv")
    mesh.provider, mount.provider = f"{inside.urn}::id-1", f"{alone.urn}::id-2"
    tree = resource_tree("shop", "dev", [cluster, plane, inside, servers, alone, mesh, mount])
    uses = {node.name: node.uses for root in tree.roots for node in root.walk()}
    assert uses["mesh"] == (cluster.urn,)
    assert uses["kv"] == (servers.urn,)


def test_an_empty_stack_has_a_picture() -> None:
    assert "0 resources" in tree_svg(resource_tree("shop", "dev", []))


def test_a_preview_tells_what_depends_on_what() -> None:
    planned = PlannedResources()
    provider = PolicyProvider("pulumi:providers:aws", "urn:p", "default", {})
    topic = PolicyResource(
        "aws:sns/topic:Topic",
        urn("aws:sns/topic:Topic", "alerts"),
        "alerts",
        {},
        options={"protect": True},
        provider=provider,
        dependencies=["urn:a"],
        property_dependencies={"kmsMasterKeyId": ["urn:b"]},
    )
    assert planned.remediate(topic) is None
    assert planned.analyze(topic) == ()
    assert planned.analyze_stack([topic]) == ()
    (state,) = planned.resources
    assert (state.custom, state.protect, state.dependencies) == (True, True, ["urn:a", "urn:b"])
