"""What an editor shows beside a key: what its model says about it, what it takes, and what holds where it is left out.

A key is told about by its own description; else by the sentences of its model's docstring that name it; else by the
glossary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from crossdock.ops.schemas.glossary import said_of, usual
from crossdock.ops.schemas.values import default_of, kind
from crossdock.preset.options import PlaceOptions

_CODE = re.compile(r"(?<!`)``(?!`)([^`]+)``(?!`)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`$(])")
_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)


def about_model(model: type[BaseModel]) -> str:
    """The docstring as Markdown, its examples included."""
    return _CODE.sub(r"`\1`", cleandoc(_own_doc(model)))


def about_key(model: type[BaseModel], key: str, info: FieldInfo) -> str:
    """What the key is for, and in a line below it what it takes and its default."""
    said = purpose(model, key, info)
    takes, default = kind(info.annotation, info.metadata), default_of(info)
    facts = [f"*{takes}*"] if takes else []
    facts += ["required"] if info.is_required() else []
    facts += [f"default {default}"] if default and not info.is_required() else []
    return "\n\n".join(part for part in (_CODE.sub(r"`\1`", said), ", ".join(facts)) if part)


def purpose(model: type[BaseModel], key: str, info: FieldInfo) -> str:
    """What the key is for, in the words of its model; else in the usual ones."""
    if issubclass(model, PlaceOptions) and key in model.shape.leaves:
        base = model.shape.base
        return purpose(base, key, base.model_fields[key])
    return info.description or " ".join(_sentences(model, key)) or _glossed(model, key)


def beside_docstring(model: type[BaseModel], key: str) -> str:
    """What is to be said of a key beside the model's docstring: nothing where that names it."""
    return "" if any(_sentences(model, key)) else _glossed(model, key)


def _glossed(model: type[BaseModel], key: str) -> str:
    own, family = f"{model.__module__.split('.')[-2]}.{model.__name__}", (one.__name__ for one in model.__mro__)
    return said_of((own, *family), key) or usual(key)


def _sentences(model: type[BaseModel], key: str) -> Iterator[str]:
    """Those of the nearest docstring that name the key."""
    named = re.compile(rf"``[^`]*(?<![\w-]){re.escape(key)}(?![\w-])[^`]*``")
    for one in model.__mro__:
        if not issubclass(one, BaseModel):
            continue
        text = " ".join(_FENCED.sub("", cleandoc(_own_doc(one))).split())
        found = [sentence for sentence in _SENTENCE.split(text) if named.search(sentence)]
        if found:
            yield from found
            return


def _own_doc(model: type[BaseModel]) -> str:
    """Its own docstring, and not one it inherits of pydantic."""
    doc = model.__dict__.get("__doc__") or ""
    return "" if model.__module__.startswith("pydantic") else doc
