"""Builds the compiled road (``src/native``) where there is a C compiler; else the wheel is pure Python."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = "spamguard.text._native"
# Fused multiplications would round otherwise than NumPy does, and the two roads must agree; the reader's
# layers, which ask for them by name, agree to about 1e-4.
FLAGS = ["/O2"] if sys.platform == "win32" else ["-O3", "-g0", "-ffp-contract=off"]
# The limited API of this version: one wheel serves it and all that follow.
API = (0x030B0000, "cp311-abi3")


class CompiledRoad(BuildHookInterface[Any]):
    """Compiles the extension, and puts it into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build into the sources for an editable installation, else beside them."""
        root = Path(self.root)
        out = root / "src" if version == "editable" else root / "build" / "native"
        built = compiled(root, out)
        if built is None:
            self.app.display_warning("no C compiler: spamguard is installed without its compiled road")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"{API[1]}-{platform}"
        if version != "editable":
            build_data["force_include"][str(built)] = f"spamguard/text/{built.name}"


def compiled(root: Path, out: Path) -> Path | None:
    """Compile the extension below a folder; nothing where that fails."""
    from setuptools import Distribution, Extension

    extension = Extension(
        MODULE,
        sorted(str(path.relative_to(root)) for path in (root / "src" / "native").glob("*.c")),
        define_macros=[("Py_LIMITED_API", hex(API[0]))],
        extra_compile_args=FLAGS,
        py_limited_api=True,
        optional=True,
    )
    command = Distribution({"name": "spamguard", "ext_modules": [extension]}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(out), str(root / "build" / "objects")
    # What an earlier build left must not pass for this one's.
    for old in (out / "spamguard" / "text").glob("_native.*"):
        old.unlink()
    # Headers are not looked at for what is out of date.
    command.force = True
    command.ensure_finalized()
    command.run()
    return next((out / "spamguard" / "text").glob("_native.*"), None)
