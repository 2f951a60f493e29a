"""What a route may say about an XML payload."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from crossdock.codecs.judged import MAX_WHOLE


def _rooted(path: str) -> str:
    if not path.startswith("/") or not all(path.split("/")[1:]):
        raise ValueError("a path starts at the root element, such as /Orders/Order")
    return path


class XmlOptions(BaseModel):
    """``path`` (such as ``/Orders/Order``) names the elements that are the documents, on reading and on writing.

    Without it the document is the whole payload, under the name of its root element. ``root: Order`` is short for
    ``path: /Order``. ``namespaces`` maps prefixes of ours to URIs: keys and ``path`` then carry them; ``lists`` names
    children that are lists even when there is only one. With ``doctype: ignore`` a DOCTYPE that names an external DTD
    and nothing else (as every cXML document has) is passed over: nothing is fetched, and entities stay errors.
    ``dtd`` is the address of the DTD that is written into a DOCTYPE.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Annotated[str, AfterValidator(_rooted)] | None = None
    root: str | None = Field(default=None, min_length=1, pattern="^[^/]*$")
    namespaces: dict[str, str] = Field(default_factory=dict)
    lists: frozenset[str] = frozenset()
    doctype: Literal["refuse", "ignore"] = "refuse"
    dtd: str | None = Field(default=None, pattern=r"""^[^\s"'<>]+$""")
    indent: int | None = Field(default=None, ge=1, le=8)
    max_size: int = Field(default=MAX_WHOLE, ge=1)

    @model_validator(mode="after")
    def _consistent(self) -> XmlOptions:
        if self.path is not None and self.root is not None:
            raise ValueError("'root: X' is short for 'path: /X': give one of them")
        return self

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of ``path`` from the root element down; empty without one."""
        return (self.root,) if self.root is not None else tuple((self.path or "").split("/")[1:])
