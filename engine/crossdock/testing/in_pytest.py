"""The cases of a project as tests of pytest: each an item of its own, with the same account of what is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path


def cases(root: str | Path = ".", names: Sequence[str] = ()) -> Callable[..., None]:
    """A test for every case of the project at ``root``, or of what ``names`` (patterns) say.

    ```python
    from crossdock.testing import cases  # noqa: PLC0415

    test_cases = cases(".")
    ```

    The project is loaded once, when the module is collected. Raises ``ConfigError`` where it has mistakes.
    """
    # Late: whoever writes a connector imports this package for its suites, and needs none of the engine for that.
    import pytest  # noqa: PLC0415

    from crossdock.codecs.contract import CodecKind  # noqa: PLC0415
    from crossdock.connector import Connector  # noqa: PLC0415
    from crossdock.registry import Registry  # noqa: PLC0415
    from crossdock.route.load import load_project  # noqa: PLC0415
    from crossdock.testing.mapping_cases import Codecs  # noqa: PLC0415
    from crossdock.testing.runner import Case, listed, run_case  # noqa: PLC0415

    project = load_project(
        Path(root),
        environment=os.environ,
        connectors=Registry("crossdock.connectors", Connector),
        codecs=Registry("crossdock.codecs", CodecKind),
    )
    found, codecs = listed(project, names), Codecs.of(project)

    @pytest.mark.parametrize("case", found, ids=[one.id for one in found])
    def test_case(case: Case) -> None:
        result = run_case(project, case, codecs)
        if result.problems:
            pytest.fail("\n".join([f"{result.place}: {result.about}".rstrip(": "), *result.problems]), pytrace=False)

    return test_case
