"""A comparison as one HTML page that needs nothing beside it."""

import json
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from platform_lib.operations.compare.model import Comparison, Section


def page(comparison: Comparison) -> str:
    """The page."""
    environment = Environment(
        loader=PackageLoader("platform_lib.operations.compare", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["shown"] = _shown
    sections = {
        section: [item for item in comparison.differences if item.section is section]
        for section in Section
        if any(item.section is section for item in comparison.differences)
    }
    template = environment.get_template("comparison.html.j2")
    return template.render(comparison=comparison, sections=sections, sides=(comparison.left, comparison.right))


def _shown(value: Any) -> str:
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
