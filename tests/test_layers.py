"""Imports run one way: no layer knows of one above it, no modules import each other in a ring."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent / "src"
MODULES = {
    ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(SOURCES.rglob("*.py"))
}
# From the inside out. A layer may import those before it; the root is the door that users come through.
INNER = (
    "errors",
    "spans",
    "seams",
    "result",
    "rounds",
    "phrases",
    "text",
    "features",
    "model",
    "registry",
    "cleaner",
    "nearmisses",
    "calls",
    "client",
)
OUTER = ("learning", "campaigns", "batch", "service", "integrations", "cli")
STARTED_LAZILY = ("learning", "service")
ROOT = "spamguard"


@dataclass(frozen=True)
class Import:
    """One module importing another."""

    importer: str
    imported: str
    at_module_level: bool


def layer(module: str) -> str:
    """The layer of a module: the first name below the root, or the root itself."""
    return module.split(".")[1] if "." in module else ROOT


def is_type_checking(node: ast.AST) -> bool:
    """Whether a node is an `if TYPE_CHECKING:` block."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def import_nodes(node: ast.AST, at_module_level: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """All imports below a node that happen at run time, and whether the module's own import runs them."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_module_level
        elif not is_type_checking(child):
            is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from import_nodes(child, at_module_level and not is_function)


def names(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """The modules of this package that an import statement names."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names if alias.name in MODULES)
        return
    assert node.level == 0, "imports are absolute"
    for alias in node.names:
        submodule = f"{node.module}.{alias.name}"
        if submodule in MODULES:
            yield submodule
        elif node.module in MODULES:
            yield node.module


IMPORTS = [
    Import(module, imported, at_module_level)
    for module, path in MODULES.items()
    for node, at_module_level in import_nodes(ast.parse(path.read_bytes()), at_module_level=True)
    for imported in names(node)
]


def test_every_module_has_a_layer() -> None:
    assert {layer(module) for module in MODULES} <= {ROOT, *INNER, *OUTER}
    assert IMPORTS


def test_inner_layers_import_only_what_lies_further_in() -> None:
    breaches = [
        one
        for one in IMPORTS
        if layer(one.importer) in INNER
        and layer(one.importer) != layer(one.imported)
        and layer(one.imported) not in INNER[: INNER.index(layer(one.importer))]
    ]
    assert not breaches


def test_outer_rooms_do_not_import_each_other_save_the_command_line() -> None:
    breaches = [
        one
        for one in IMPORTS
        if layer(one.importer) in OUTER
        and layer(one.imported) in OUTER
        and layer(one.importer) not in (layer(one.imported), "cli")
    ]
    assert not breaches


def test_the_root_opens_onto_the_inner_layers_only() -> None:
    assert not [one for one in IMPORTS if one.importer == ROOT and layer(one.imported) not in INNER]


def test_the_command_line_starts_heavy_rooms_only_inside_a_command() -> None:
    eager = [one for one in IMPORTS if layer(one.importer) == "cli" and one.at_module_level]
    assert not [one for one in eager if layer(one.imported) in STARTED_LAZILY]


def test_no_modules_import_each_other_in_a_ring() -> None:
    graph: dict[str, set[str]] = {module: set() for module in MODULES}
    for one in IMPORTS:
        if one.at_module_level and one.imported != one.importer:
            graph[one.importer].add(one.imported)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"import ring: {' -> '.join(error.args[1])}")


def loaded_after(program: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after a program."""
    program += "\nimport sys; print(*{name.partition('.')[0] for name in sys.modules})"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_cleaning_needs_no_library_of_an_extra() -> None:
    loaded = loaded_after("import spamguard; spamguard.load().clean('上海贵族宝贝自荐419 The bank said so.')")
    assert not loaded & {
        "sklearn",
        "scipy",
        "pandas",
        "pyarrow",
        "datasets",
        "fastapi",
        "uvicorn",
        "starlette",
        "httpx",
        "asyncio",
    }


def test_the_door_and_the_command_line_open_without_numpy() -> None:
    assert "numpy" not in loaded_after("import spamguard, spamguard.cli.main")
