"""No file and no function of the package grows past what one can read at a sitting."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"
FILES = sorted(SOURCES.rglob("*.py"))
MAX_FILE_LINES = 300
# Without the docstring; functions inside others count for themselves and for those around them.
MAX_FUNCTION_LINES = 40


def functions(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The name of each function, and its number of lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, lines_of(node) - (lines_of(node.body[0]) if ast.get_docstring(node) else 0)


def lines_of(node: ast.stmt) -> int:
    """How many lines a statement takes."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_measured_without_their_docstrings_and_with_those_inside() -> None:
    source = """
def outer(a,
          b):
    'One.

    Two.
    '
    def inner():
        return a
    return inner
""".replace("'", '"' * 3)
    assert list(functions(ast.parse(source))) == [("outer", 5), ("inner", 2)]


def test_no_file_is_longer_than_the_bound() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert lengths
    assert not {str(path): length for path, length in lengths.items() if length > MAX_FILE_LINES}


def test_no_function_is_longer_than_the_bound() -> None:
    found = {
        f"{path.relative_to(SOURCES)}: {name}": length
        for path in FILES
        for name, length in functions(ast.parse(path.read_bytes()))
    }
    assert found
    assert not {place: length for place, length in found.items() if length > MAX_FUNCTION_LINES}
