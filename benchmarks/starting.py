"""What starting costs, and what a long run holds in memory: measured on processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.articles import Newsroom
from benchmarks.costs import Setting
from benchmarks.tables import Table

N_STARTS = 9
N_STREAMED = 10_000
HEAVY = ("sklearn", "scipy", "pandas", "fastapi")
CHECKOUT = Path(__file__).parent.parent

_STREAM = """
import sys, time
from pathlib import Path
import spamguard
from benchmarks.articles import Newsroom

def resident():
    status = Path("/proc/self/status").read_text()
    lines = [line.split() for line in status.splitlines() if line.startswith("Vm")]
    return {line[0].rstrip(":"): int(line[1]) // 1024 for line in lines}

seed, n_texts, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
guard = spamguard.load()
guard.clean("A first text.")
loaded, room, began = resident()["VmRSS"], Newsroom(seed), time.monotonic()
clean = (next(room.articles(1, lang=("en", "zh")[n % 2])) for n in range(n_texts))
texts = (text if n % 10 else room.polluted(text).text for n, text in enumerate(clean))
done = 0
for result in guard.clean_many(texts):
    done += 1
    if time.monotonic() - began > seconds:
        break
print(done, loaded, resident()["VmHWM"])
"""


def _environment(cache: Path) -> dict[str, str]:
    """Let bytecode be written and found, as it is where spamguard is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    paths = [str(CHECKOUT), str(CHECKOUT / "src"), kept.get("PYTHONPATH", "")]
    return kept | {"PYTHONPYCACHEPREFIX": str(cache), "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def _starts(command: list[str], environment: dict[str, str]) -> tuple[str, ...]:
    """Run a program once for its bytecode, then time it."""
    wall, processor = [], []
    for _ in range(N_STARTS + 1):
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        wall.append(time.perf_counter() - start)
        after = os.times()
        processor.append(
            after.children_user + after.children_system - before.children_user - before.children_system
        )
    wall, processor = wall[1:], processor[1:]
    return (
        f"{median(wall):.2f}",
        f"{min(wall):.2f} to {max(wall):.2f}",
        f"{median(processor):.2f}",
    )


def starting(setting: Setting) -> Table:
    """Whole processes, from their start to their end."""
    with tempfile.TemporaryDirectory() as folder:
        article = Path(folder) / "article.txt"
        article.write_text(Newsroom(setting.seed).article(3000), "utf-8")
        python, main = sys.executable, ["-m", "spamguard.cli.main"]
        commands = {
            "Python alone": [python, "-c", "pass"],
            "`import numpy`": [python, "-c", "import numpy"],
            "`import spamguard`": [python, "-c", "import spamguard"],
            "`import spamguard; spamguard.load()`": [python, "-c", "import spamguard; spamguard.load()"],
            "`spamguard --version`": [python, *main, "--version"],
            "`spamguard clean` of a 3 kB file": [python, *main, "clean", "--dry-run", str(article)],
        }
        environment = _environment(Path(folder) / "bytecode")
        rows = [(name, *_starts(command, environment)) for name, command in commands.items()]
        found = _heavy(environment)
    note = f"{N_STARTS} starts each, bytecode in place, files in the cache. " + (
        f"`load()` imports {', '.join(found)}." if found else f"`load()` imports none of {', '.join(HEAVY)}."
    )
    columns = ("process", "median s", "fastest to slowest", "median s of processor time")
    return Table("starting", "Start-up, whole processes", columns, rows, note)


def _heavy(environment: dict[str, str]) -> list[str]:
    """Which heavy libraries loading a model imports."""
    program = f"import spamguard, sys; spamguard.load(); print(*({{*sys.modules}} & {{*{HEAVY!r}}}))"
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    return sorted(run.stdout.split())


def memory(setting: Setting) -> Table:
    """Resident memory of a process that streams articles, a tenth of them polluted."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = [str(setting.seed), str(N_STREAMED), str(setting.seconds * 10)]
        run = subprocess.run(
            [sys.executable, "-c", _STREAM, *arguments],
            env=_environment(Path(folder)), check=True, capture_output=True, text=True,
        )  # fmt: skip
    done, loaded, peak = run.stdout.split()
    note = (
        ""
        if int(done) == N_STREAMED
        else f"Stopped after {setting.seconds * 10:g} s, short of {N_STREAMED:,}."
    )
    columns = ("articles", "MB resident after loading", "MB resident at most")
    return Table(
        "memory", "Memory while streaming, `clean_many`", columns, [(f"{int(done):,}", loaded, peak)], note
    )
