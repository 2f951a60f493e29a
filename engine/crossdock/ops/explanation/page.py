"""The explanation as one HTML file: the payload on the left, the result on the right, each lighting the other.

Nothing is fetched: style and script stand in the file, and its policy lets no other run. Whatever comes from a payload
or a mapping is escaped, and characters that do not print (or turn the direction of text) are shown as a dot.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.resources import files

from crossdock.mapping.explanation.told import Outcome
from crossdock.ops.explanation.account import Account, Field, Source
from crossdock.ops.explanation.picture import Picture, picture_of
from crossdock.ops.explanation.wording import name_of, position, row_text, shown_value, visible, where, whole
from crossdock.ops.paper import Html, join, text

MAX_LISTED = 20  # sources of one field, as the foot of the page lists them
_LONG = 2000  # characters of a value


def page(accounts: Sequence[Account], name: str) -> str:
    """The whole file."""
    pictures = [picture_of(account) for account in accounts]
    views = [_facts(account, picture) for account, picture in zip(accounts, pictures, strict=True)]
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'"
    documents = join(_document(account, picture) for account, picture in zip(accounts, pictures, strict=True))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{text(name)} explained</title><style>{style}</style></head><body>"
        f"{_header(accounts, name)}{documents}"
        f'<script type="application/json" id="facts">{_data(views)}</script><script>{script}</script></body></html>\n'
    )


def _asset(name: str) -> str:
    return files("crossdock.ops.explanation").joinpath(name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _data(value: object) -> str:
    """JSON that cannot end the element it stands in."""
    plain = json.dumps(value)
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _header(accounts: Sequence[Account], name: str) -> Html:
    mapping = accounts[0].name if accounts else ""
    choices = join(
        Html(f'<option value="{at}">document {account.position}</option>') for at, account in enumerate(accounts)
    )
    chooser = f'<select id="chosen" aria-label="document">{choices}</select>' if len(accounts) > 1 else ""
    return Html(
        f'<header><h1>{text(name)}</h1><span class="dim">by mapping {text(mapping)}</span>{chooser}'
        '<label><input type="checkbox" id="empty" checked> empty fields</label>'
        '<label><input type="checkbox" id="left"> what nothing used</label></header>'
    )


def _document(account: Account, picture: Picture) -> Html:
    remarks = join(
        [
            *(Html(f'<p class="note">{text(note)}</p>') for note in (*account.notes, *picture.notes)),
            *(Html(f'<p class="finding">{text(finding)}</p>') for finding in account.findings),
        ]
    )
    return Html(
        '<section class="document"><div class="sides">'
        f'<div class="side"><h2>Payload</h2><pre>{join(_pieces(picture))}</pre></div>'
        f'<div class="side"><h2>Result</h2>{remarks}{_tree(account)}</div></div>'
        '<footer aria-live="polite"><p class="dim">Point at a field to see what it was made of, or at a value to see'
        " where it went. Tab and arrow keys move, Enter keeps, Escape lets go.</p></footer></section>"
    )


def _pieces(picture: Picture) -> Iterator[Html]:
    for piece in picture.pieces:
        if not piece.numbers:
            yield text(piece.text)
            continue
        used = any(picture.sources[number].fields for number in piece.numbers)
        numbers = " ".join(map(str, piece.numbers))
        style = "used" if used else "left"
        focus = ' tabindex="0"' if piece.first else ""
        yield Html(f'<span class="s {style}" data-n="{numbers}"{focus}>{text(piece.text)}</span>')


# --- the result ---


class _Branch:
    """A part of the result: fields and what is below, by key."""

    def __init__(self) -> None:
        self.fields: list[int] = []
        self.below: dict[str, _Branch] = {}

    def hollow(self, fields: Sequence[Field]) -> bool:
        """Whether nothing in it has a value."""
        own = all(fields[at].told.outcome is Outcome.EMPTY for at in self.fields)
        return own and all(branch.hollow(fields) for branch in self.below.values())


def _tree(account: Account) -> Html:
    if not account.fields:
        return Html(f"<pre>{text(whole(account.result))}</pre>") if account.result is not None else Html("")
    root = _Branch()
    for at, field in enumerate(account.fields):
        branch = root
        for step in field.told.pointer.split("/")[1:]:
            branch = branch.below.setdefault(step.replace("~1", "/").replace("~0", "~"), _Branch())
        branch.fields.append(at)
    return Html(f"<ul>{join(_branch('', root, account.fields))}</ul>")


def _branch(key: str, branch: _Branch, fields: Sequence[Field]) -> Iterator[Html]:
    lines = [_leaf(key, at, fields[at]) for at in branch.fields]
    below = join(html for name, one in branch.below.items() for html in _branch(name, one, fields))
    if not key:
        yield from lines
        yield below
        return
    head = join(lines) if lines else Html(f'<span class="key">{text(key)}</span>')
    inner = f"<ul>{below}</ul>" if branch.below else ""
    hollow = ' class="hollow"' if branch.hollow(fields) else ""
    yield Html(f"<li{hollow}>{head}{inner}</li>")


def _leaf(key: str, at: int, field: Field) -> Html:
    told = field.told
    value = (
        ""
        if told.outcome is Outcome.EMPTY
        else "failed"
        if told.outcome is Outcome.FAILED
        else shown_value(told.value, _LONG)
    )
    why = f'<span class="why">{text(told.reason.text)}</span>' if told.reason is not None else ""
    return Html(
        f'<span class="t {told.outcome}" tabindex="0" data-f="{at}"><span class="key">{text(key or "/")}</span>'
        f'<span class="value">{text(value)}</span>{why}</span>'
    )


# --- what the script knows ---


def _facts(account: Account, picture: Picture) -> dict[str, object]:
    """Plain text for the foot of the page, and which numbers belong together."""
    return {
        "fields": [_field(field, picture) for field in account.fields],
        "sources": [{"text": _said(one.source), "fields": one.fields} for one in picture.sources],
    }


def _field(field: Field, picture: Picture) -> dict[str, object]:
    told = field.told
    return {
        "target": visible(told.pointer or "/"),
        "value": shown_value(told.value, _LONG) if told.outcome is not Outcome.EMPTY else "",
        "text": visible(" ".join(told.text.split())),
        "place": visible(position(told.place)),
        "through": [visible(one) for one in told.through],
        "reason": visible(told.reason.text) if told.reason is not None else "",
        "sources": _listed(field.sources),
        "consulted": _listed(field.consulted),
        "rows": [visible(row_text(row)) for row in field.rows],
        "from": picture.numbers(field.sources),
        "seen": picture.numbers(field.consulted),
    }


def _listed(sources: Sequence[Source]) -> list[str]:
    more = [f"and {len(sources) - MAX_LISTED} more"] if len(sources) > MAX_LISTED else []
    return [*map(_said, sources[:MAX_LISTED]), *more]


def _said(source: Source) -> str:
    meaning = f" - {source.meaning.lower()}" if source.meaning else ""
    return visible(f"{name_of(source)} {shown_value(source.value)}  {where(source.spot)}{meaning}")
