"""YAML as its author wrote it, and what to tell the author about it: values with places, findings, code frames."""

from crossdock.yaml_source.findings import findings_of
from crossdock.yaml_source.frame import caret_width, render_finding
from crossdock.yaml_source.likeness import suggest
from crossdock.yaml_source.reading import MAX_BYTES, MAX_DEPTH, Authored, Path, load

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "Authored",
    "Path",
    "caret_width",
    "findings_of",
    "load",
    "render_finding",
    "suggest",
]
