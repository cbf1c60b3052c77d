"""The resources of a stack as a tree of components, for people: terminal, picture, Mermaid, JSON."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from platform_lib.operations.record import STACK_TYPE, urn_name
from platform_lib.operations.stateful import stateful
from platform_lib.sandbox.engine.state import ResourceState


@dataclass(frozen=True, slots=True)
class Node:
    """A resource of the tree.

    Attributes:
        urn: URN.
        type: type token.
        name: logical name.
        component: it groups other resources and is nothing by itself.
        id: provider's id, empty for components and previews.
        protected: it is marked ``protect``.
        stateful: what would be lost with it, empty where nothing would.
        uses: URNs that it depends on.
        children: resources below it, components last, by type and name.
    """

    urn: str
    type: str
    name: str
    component: bool
    id: str = ""
    protected: bool = False
    stateful: str = ""
    uses: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, outside in."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def groups(self) -> Sequence["Node"]:
        """The children that group others: components, and resources that have children of their own."""
        return [child for child in self.children if child.component or child.children]

    @property
    def leaves(self) -> Sequence["Node"]:
        """The children that group nothing."""
        return [child for child in self.children if not (child.component or child.children)]

    @property
    def size(self) -> int:
        """Number of resources in and below the node, components not counted."""
        return sum(not node.component for node in self.walk())


@dataclass(frozen=True, slots=True)
class Kind:
    """The leaves of one type within a component."""

    type: str
    nodes: tuple[Node, ...]

    @property
    def stateful(self) -> bool:
        """Whether losing one of them loses something."""
        return any(node.stateful for node in self.nodes)

    @property
    def protected(self) -> int:
        """How many of them are protected."""
        return sum(node.protected for node in self.nodes)


@dataclass(frozen=True, slots=True)
class Tree:
    """A stack: its name, and what stands directly below it."""

    project: str
    stack: str
    roots: tuple[Node, ...] = field(default=())

    def walk(self) -> Iterator[Node]:
        """All nodes, outside in."""
        for root in self.roots:
            yield from root.walk()

    @property
    def size(self) -> int:
        """Number of resources, components not counted."""
        return sum(root.size for root in self.roots)


def resource_tree(project: str, stack: str, resources: Iterable[ResourceState]) -> Tree:
    """Builds the tree of a stack.

    Args:
        project: name of the project.
        stack: name of the stack.
        resources: of its state; the stack itself, providers and old copies that wait for deletion are left out.
    """
    found = list(resources)
    shown = {
        item.urn: item
        for item in found
        if item.type != STACK_TYPE and not item.type.startswith("pulumi:providers:") and not item.delete
    }
    # Who works through a provider uses whoever made it, and what it was made of.
    through = {
        item.urn: {*item.dependencies, item.parent} & shown.keys()
        for item in found
        if item.type.startswith("pulumi:providers:")
    }
    below: dict[str, list[ResourceState]] = {}
    for item in shown.values():
        below.setdefault(item.parent if item.parent in shown else "", []).append(item)

    def nodes(parent: str) -> tuple[Node, ...]:
        made = [
            Node(
                urn=item.urn,
                type=item.type,
                name=urn_name(item.urn),
                component=not item.custom,
                id=item.id,
                protected=item.protect,
                stateful=stateful(item.type),
                uses=tuple(
                    sorted({*item.dependencies, *through.get(item.provider.rpartition("::")[0], ())} & shown.keys())
                ),
                children=nodes(item.urn),
            )
            for item in below.get(parent, ())
        ]
        return tuple(sorted(made, key=lambda node: (node.component or bool(node.children), node.type, node.name)))

    return Tree(project, stack, nodes(""))


def top_groups(tree: Tree) -> list[Node]:
    """What stands directly below the stack, loose resources gathered in one group of their own at the front."""
    loose = tuple(root for root in tree.roots if not (root.component or root.children))
    groups = [root for root in tree.roots if root.component or root.children]
    if loose:
        groups.insert(0, Node(urn="", type=STACK_TYPE, name="the stack itself", component=True, children=loose))
    return groups


def kinds(leaves: Sequence[Node]) -> list[Kind]:
    """Leaves grouped by type; they come sorted by it."""
    return [Kind(token, tuple(group)) for token, group in groupby(leaves, key=lambda node: node.type)]


def counted(count: int, noun: str = "resource") -> str:
    """A number with its noun: ``1 resource``, ``2 resources``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def short_type(token: str) -> str:
    """A type token as people say it: ``aws:ec2/subnet:Subnet`` is ``ec2.Subnet``, a component's is its class."""
    package, _, rest = token.partition(":")
    module, _, name = rest.rpartition(":")
    module = module.split("/")[0]
    if package in ("aws", "azure-native", "gcp", "kubernetes", "vault") and module:
        return f"{package if module == 'index' else module}.{name}"
    return name or token


def brief_type(token: str) -> str:
    """A type token without the file that bridged providers add: ``aws:ec2/subnet:Subnet`` is ``aws:ec2:Subnet``."""
    module, _, name = token.rpartition(":")
    plain, _, file = module.rpartition("/")
    return f"{plain}:{name}" if plain and file == f"{name[:1].lower()}{name[1:]}" else token


def group_edges(groups: Sequence[Node]) -> Mapping[tuple[str, str], int]:
    """Which groups use which: ``(user, used)`` by URN, with the number of dependencies between what they hold."""
    owner = {node.urn: group.urn for group in groups for node in group.walk()}
    edges: dict[tuple[str, str], int] = {}
    for group in groups:
        for node in group.walk():
            for used in node.uses:
                if owner.get(used, group.urn) != group.urn:
                    edge = (group.urn, owner[used])
                    edges[edge] = edges.get(edge, 0) + 1
    return dict(sorted(edges.items()))


def common_prefix(component: str, names: Sequence[str]) -> str:
    """What the names of a component's children repeat: its own name and a hyphen, where all of them do."""
    prefix = f"{component}-"
    return prefix if component and all(name.startswith(prefix) and len(name) > len(prefix) for name in names) else ""


def tree_json(tree: Tree) -> dict[str, Any]:
    """The tree as JSON data."""

    def entry(node: Node) -> dict[str, Any]:
        return {
            "urn": node.urn,
            "type": node.type,
            "name": node.name,
            "component": node.component,
            "id": node.id,
            "protected": node.protected,
            "stateful": node.stateful,
            "dependencies": list(node.uses),
            "children": [entry(child) for child in node.children],
        }

    return {
        "project": tree.project,
        "stack": tree.stack,
        "engine": "sandbox",
        "count": tree.size,
        "resources": [entry(root) for root in tree.roots],
    }


def tree_mermaid(tree: Tree) -> str:
    """The tree as a Mermaid flowchart: a subgraph per component, a node per type in it, arrows from user to used."""
    lines = ["flowchart LR"]
    ids: dict[str, str] = {}

    def add(node: Node, indent: str) -> None:
        name = ids[node.urn] = f"g{len(ids)}"
        kind = "" if node.type == STACK_TYPE else f" · {_quoted(short_type(node.type))}"
        lines.append(f'{indent}subgraph {name}["{_quoted(node.name)}{kind}"]')
        for index, row in enumerate(kinds(node.leaves)):
            label = row.nodes[0].name if len(row.nodes) == 1 else f"× {len(row.nodes)}"
            lines.append(f'{indent}  {name}n{index}["{_quoted(short_type(row.type))}<br/>{_quoted(label)}"]')
        for group in node.groups:
            add(group, indent + "  ")
        if not node.children:
            lines.append(f'{indent}  {name}n0["nothing in it"]')
        lines.append(f"{indent}end")

    groups = top_groups(tree)
    for group in groups:
        add(group, "  ")
    lines.extend(f"  {ids[user]} --> {ids[used]}" for user, used in group_edges(groups))
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
