"""The base of every model that reads authored YAML, as routes know it."""

from __future__ import annotations

from crossdock.yaml_source.authorable import Authorable

__all__ = ["Authorable"]
