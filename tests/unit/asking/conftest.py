"""Routes that ask, in this process: a connector ``oracle`` whose systems answer, refuse or die as the test says."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict
from tests.unit.runtime.conftest import CODECS, FakeOptions, Rig

from crossdock.connector import CallKind, Connector, Done, Effect, Parcel, SinkKind
from crossdock.errors import CrossdockError
from crossdock.registry import Registry
from crossdock.route.asking import exact
from crossdock.route.load import LoadedProject, load_project
from crossdock.runtime.asking import Asker
from crossdock.runtime.delivery import Courier
from crossdock.runtime.lines import Answered


class OracleOptions(BaseModel):
    model_config = ConfigDict(extra="forbid")
    of: str
    effect: Literal["keyed", "opaque", "transactional"] | None = None


@dataclass
class System:
    """A system that is asked. What ``answer`` gives is the answer, an error, or raised."""

    asked: list[Parcel] = field(default_factory=list)
    answer: Callable[[Parcel], Any] = lambda parcel: {"limit": 10}
    closed: int = 0

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Done | CrossdockError]:
        outcomes: list[Done | CrossdockError] = []
        for parcel in parcels:
            self.asked.append(parcel)
            answer = self.answer(parcel)
            if isinstance(answer, BaseException) and not isinstance(answer, CrossdockError):
                raise answer
            outcomes.append(answer if isinstance(answer, CrossdockError) else Answered(document=exact(answer)))
        return outcomes

    def close(self) -> None:
        self.closed += 1


class AskingRig(Rig):
    """The rig, with systems to ask. They are made when first named."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.systems: dict[str, System] = {}

    def system(self, name: str = "credit") -> System:
        return self.systems.setdefault(name, System())

    def load(self, **routes: str) -> LoadedProject:
        for name, text in routes.items():
            path = self.root / "routes" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        (self.root / "crossdock.yaml").touch()
        sink = SinkKind(options=FakeOptions, open=lambda o, around: self.sink(o.to), effect=lambda o: Effect(o.effect))
        call = CallKind(
            options=OracleOptions,
            open=lambda o, around: self.system(o.of),  # type: ignore[arg-type, return-value]  # never opened by itself
            effect=lambda o: Effect(o.effect) if o.effect else None,
            target=lambda o, parcel: f"oracle of {o.of}",
        )
        found = {
            "fake": Connector(name="fake", about="For tests.", sink=sink),
            "oracle": Connector(name="oracle", about="Is asked.", call=call),
        }
        connectors = Registry("crossdock.connectors", Connector, found)
        return load_project(self.root, environment={}, connectors=connectors, codecs=CODECS)

    def courier(self, queue: str) -> Courier | None:
        name, _, slot = queue.partition("/")
        route = self.project.routes[name]
        destination = route.destination(slot)
        if destination.asking is None:
            return super().courier(queue)
        options = destination.options
        assert isinstance(options, OracleOptions)
        return Asker(
            route=route,
            destination=destination,
            sink=self.system(options.of),
            effect=destination.kind.effect(options),
            announcer=self.announcer,
            fates=self.fates,
            now=self.clock.now,
            reach=lambda name: None,
            asking=destination.asking,
            monotonic=self.clock.boot,
        )

    def left(self, name: str = "out") -> list[Any]:
        """The documents that have left."""
        return [json.loads(effect) for effect in self.sink(name).effects]


@pytest.fixture
def rig(tmp_path: Path) -> AskingRig:
    logging.getLogger("crossdock").setLevel(logging.CRITICAL)
    return AskingRig(tmp_path)
