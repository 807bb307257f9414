"""Paths of fields: where texts lie in records that hold records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

Tree = dict[str, Any]
LEAF = ""
_DOT = re.compile(r"(?<!\\)\.")


def field_tree(fields: Sequence[str]) -> Tree:
    r"""Return the paths of fields as nested names.

    Examples
    --------
    >>> field_tree(["text", r"meta.a\.b"])
    {'text': {'': {}}, 'meta': {'a.b': {'': {}}}}
    """
    tree: Tree = {}
    for field in fields:
        node = tree
        for name in _DOT.split(field):
            node = node.setdefault(name.replace("\\.", "."), {})
        node[LEAF] = {}
    return tree
