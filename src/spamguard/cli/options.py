"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = ("text", "html", "jsonl", "csv", "tsv", "parquet", "warc")
PROFILES = ("newsroom", "corpus")

model_option = click.option(
    "--model",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Folder of a model artefact, or of a registry; the shipped model by default.",
)
threshold_option = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    help="Least score of a span, 0 to 1; the model's own by default.",
)
profile_option = click.option(
    "--profile",
    type=click.Choice(PROFILES),
    help="newsroom touches good text least, corpus leaves the least spam; the model's own default.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs to read.")
report_option = click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.jsonl",
    help="Write one JSON line for each span: file, start, end, text, score, category.",
)
include_option = click.option(
    "--include", multiple=True, metavar="GLOB", help="Read only such files of a folder; repeatable."
)
exclude_option = click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Pass over such files of a folder; repeatable."
)
overwrite_option = click.option(
    "--overwrite",
    is_flag=True,
    help="Replace files that bear the name of something written, even such as this command did not make.",
)
format_option = click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="What the files are, whatever their names; by default their endings tell.",
)
field_option = click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME",
    help="JSON field or column that holds text; a.b leads into objects; repeatable.  [default: text]",
)
key_option = click.option(
    "--key",
    default="spamguard",
    show_default=True,
    metavar="NAME",
    help="Field in which a changed JSON line notes its spans and edits; '' for none.",
)
encoding_option = click.option(
    "--encoding", metavar="NAME", help="Encoding where no other shows, such as gb18030."
)
max_removed_option = click.option(
    "--max-removed",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Leave a document alone that would lose more than this share, 0 to 1, and name it for review.",
)
workers_option = click.option(
    "-w",
    "--workers",
    default=0,
    type=click.IntRange(0, 1024),
    metavar="N",
    help="Processes that clean; 0, the default, is one for each core.",
)
