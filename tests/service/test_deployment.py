"""What is deployed together is well formed, and names what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from spamguard.service.environment import COMMAND_LINE, PREFIX, settings_from
from spamguard.service.metrics import Metrics
from spamguard.service.settings import Settings

ROOT = Path(__file__).parent.parent.parent
COMPOSE = ROOT / "compose.yaml"


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    """The services of the composition."""
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return found


def test_service_database_and_prometheus_are_there(services: dict[str, Any]) -> None:
    assert set(services) == {"spamguard", "postgres", "prometheus"}


def test_the_service_is_given_settings_that_it_knows(services: dict[str, Any]) -> None:
    environment = services["spamguard"]["environment"]
    known = {PREFIX + name.upper() for name in Settings.__dataclass_fields__ if name not in COMMAND_LINE}
    assert set(environment) <= known
    settings = settings_from(environment)
    assert settings.tokens_file == Path("/run/secrets/token")
    grace_s = int(services["spamguard"]["stop_grace_period"].removesuffix("s"))
    assert grace_s > settings.leave_s + settings.drain_s


def test_nothing_is_published_beyond_this_machine(services: dict[str, Any]) -> None:
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))


def test_every_file_that_is_mounted_exists(services: dict[str, Any]) -> None:
    mounted = [volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())]
    files = [name for name in mounted if name.startswith("./")]
    assert files
    assert all((ROOT / name).is_file() for name in files)


def test_prometheus_asks_where_the_service_listens(services: dict[str, Any]) -> None:
    config = yaml.safe_load((ROOT / "deploy/prometheus.yml").read_text("utf-8"))
    [job] = config["scrape_configs"]
    assert job["static_configs"][0]["targets"] == ["spamguard:8000"]
    assert services["spamguard"]["ports"][0].endswith(":8000")


def test_every_alert_speaks_of_figures_that_there_are() -> None:
    text = (ROOT / "deploy/alerts.yml").read_text("utf-8")
    [group] = yaml.safe_load(text)["groups"]
    families = set(re.findall(r"^# TYPE (\w+)", Metrics().page().decode(), re.MULTILINE))
    used = set(re.findall(r"spamguard_\w+", text))
    assert {name.removesuffix("_bucket") for name in used} <= families
    assert all(rule["annotations"]["summary"] for rule in group["rules"])


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool (Debian's prometheus) is not installed")
def test_prometheus_itself_finds_no_fault() -> None:
    command = [
        "promtool",
        "check",
        "config",
        "--lint=none",
        "--syntax-only",
        str(ROOT / "deploy/prometheus.yml"),
    ]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0
    command = ["promtool", "check", "rules", str(ROOT / "deploy/alerts.yml")]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode == 0


@pytest.mark.skipif(not shutil.which("docker"), reason="docker is not installed")
def test_docker_itself_finds_no_fault() -> None:
    if subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=60).returncode:
        pytest.skip("this docker has no compose")
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "POSTGRES_PASSWORD": "x"}
    command = ["docker", "compose", "-f", str(COMPOSE), "config", "--quiet"]
    assert subprocess.run(command, env=environment, capture_output=True, timeout=60).returncode == 0
