"""Leaves the examples of adapters alone whose library is not installed."""

from importlib.util import find_spec

_LIBRARIES = {
    "datatrove": "datatrove",
    "hf_datasets": "datasets",
    "nemo_curator": "nemo_curator",
    "ray_data": "ray",
    "scrapy": "scrapy",
}
collect_ignore = [
    f"spamguard/integrations/{name}.py" for name, library in _LIBRARIES.items() if find_spec(library) is None
]
if find_spec("ray") is None:
    collect_ignore.append("spamguard/cli/cluster.py")
