"""Imports point one way: a module uses only what stands before it in the flow of the design."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = "symmetry"

# From first to last. A name stands for the module or the whole subpackage; a longer name is the exception to a shorter
# one. Modules of one layer may import each other, in no circle.
LAYERS: list[set[str]] = [
    {"errors"},
    {"sizes", "syntax", "terms", "formulas", "substitution", "words", "canonical", "notation", "derivation"},
    {"kernel"},
    {
        "evidence",
        "groups",
        "invariants.standard",
        "invariants.standard_counts",
        "parallel",
        "partitions",
        "permutations",
        "scanner",
        "sympy_door",
    },
    {"problem"},
    {"degrees", "determinant", "inner"},
    {"haar"},
    {"characters", "completeness"},
    {"invariants"},
    {"proof"},
    {"registry", "points"},
    {"variants", "transporter"},
    {"checks"},
    {"campaigns"},
    {"claims"},
    {"verification", "crosscheck"},
    {"forms"},
    {"derived"},
    {"programs"},
    {"proving"},
    {
        "average_report",
        "basis_report",
        "derive_report",
        "digits",
        "documents",
        "explain",
        "layout",
        "overview",
        "report",
        "tree",
        "walks",
        "walkthrough",
    },
    {"samples", "suite"},
    {"reports", "testing"},
    {"", "examples", "coefficients", "layers"},
    {"cli", "pytest_plugin", "__main__"},
]
TRUSTED = {
    "kernel",
    "sizes",
    "syntax",
    "terms",
    "formulas",
    "substitution",
    "words",
    "canonical",
    "derivation",
    "errors",
}
# Inside a function, str() and sympify() of a term ask the notation and the door to SymPy, and applying a lambda asks
# the substitution; nothing else looks forward.
FORWARD = {("syntax", "notation"), ("terms", "sympy_door"), ("terms", "substitution")}
KERNEL_MAY_IMPORT = LAYERS[0] | LAYERS[1] | {"kernel"}


def layer(module: str) -> int | None:
    """Index of the layer of a module such as ``checks.sampled`` (``""`` is the package's own ``__init__``)."""
    known = {name: index for index, names in enumerate(LAYERS) for name in names}
    parts = module.split(".")
    while parts:
        if (name := ".".join(parts)) in known:
            return known[name]
        parts.pop()
    return None


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT / PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str) -> Iterator[str]:
    """Full names (module.name) of everything that is imported anywhere in a source, inside functions too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level  # a relative import: not used in this package
            else:
                yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(source: str, modules: set[str]) -> set[str]:
    """Modules of the package that a source imports, without the package prefix; "" is the package's own `__init__`."""
    found = set()
    for name in imports(source):
        if name.partition(".")[0] == PACKAGE:
            parts = name.split(".")[1:]
            while parts and ".".join(parts) not in modules:
                parts.pop()
            found.add(".".join(parts))
    return found


def violations(sources: Mapping[str, str]) -> list[str]:
    """What breaks the order in a package given as module name -> source."""
    found = []
    graph = {
        module: {other for other in own_imports(source, set(sources)) if (module, other) not in FORWARD}
        for module, source in sources.items()
    }
    for module, source in sources.items():
        here = layer(module)
        if here is None:
            found.append(f"{module} is in no layer")
            continue
        for other in imports(source):
            if other.startswith(".") or other.partition(".")[0] == "derivations":
                found.append(f"{module} imports {other}")
        for other in graph[module]:
            there = layer(other)
            if there is not None and there > here:
                found.append(f"{module} imports {other}, which stands after it")
            if module.partition(".")[0] == "kernel" and other.partition(".")[0] not in KERNEL_MAY_IMPORT:
                found.append(f"the kernel imports {other}")
    return found + [f"circle: {' -> '.join(path)}" for path in circles(graph)]


def circles(graph: Mapping[str, set[str]]) -> Iterator[list[str]]:
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> Iterator[list[str]]:
        if module in path:
            yield [*path[path.index(module) :], module]
        elif module not in done:
            for other in sorted(graph.get(module, ())):
                # A subpackage's __init__ gathers its own modules.
                if other != module and not module.startswith(f"{other}."):
                    yield from visit(other, [*path, module])
            done.add(module)

    for start in sorted(graph):
        yield from visit(start, [])


def sources() -> dict[str, str]:
    return {module_name(path): path.read_text(encoding="utf-8") for path in (ROOT / PACKAGE).rglob("*.py")}


def test_modules_import_only_from_earlier_layers() -> None:
    found = sources()
    assert "errors" in found and "terms" in found
    assert violations(found) == []


def test_trusted_modules_import_only_the_standard_library_and_each_other() -> None:
    allowed = {
        "__future__", "collections", "dataclasses", "fractions", "functools", "itertools", "json", "math", "operator",
        "re", "types", "typing", PACKAGE,
    }  # fmt: skip
    for module, source in sources().items():
        if module.partition(".")[0] in TRUSTED:
            assert {name.partition(".")[0] for name in imports(source)} <= allowed, module


@pytest.mark.parametrize(
    ("planted", "expected"),
    [
        ({"errors": "import symmetry.terms", "terms": ""}, "errors imports terms, which stands after it"),
        ({"kernel": "def f():\n    from symmetry import evidence", "evidence": ""}, "the kernel imports evidence"),
        ({"terms": "from symmetry.sizes import Size", "sizes": "from symmetry import terms"}, "circle"),
        ({"claims": "def f():\n    import derivations.gram"}, "claims imports derivations.gram"),
        ({"terms": "from .sizes import Size", "sizes": ""}, "terms imports ."),
        ({"novelty": ""}, "novelty is in no layer"),
        ({"checks.sampled": "import symmetry", "": ""}, "checks.sampled imports , which stands after it"),
    ],
    ids=["later", "kernel", "circle", "derivations", "relative", "unlisted", "package"],
)
def test_planted_import_is_found(planted: dict[str, str], expected: str) -> None:
    assert any(expected in message for message in violations(planted)), violations(planted)
