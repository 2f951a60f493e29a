"""Pages that are sent to partners: one HTML file, nothing fetched, no script, made to be printed.

Whatever comes from a file or a profile goes through ``text``; only what this module and its callers write themselves is
``Html``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = """
:root { --ink: #1d2733; --dim: #5c6b7e; --line: #d9dee4; --card: #f6f7f9; --good: #1f7a50; --bad: #b53232;
  --warn: #9a6200; }
* { box-sizing: border-box; }
body { font: 14px/1.5 system-ui, "Segoe UI", sans-serif; color: var(--ink); background: #fff; margin: 0 auto;
  max-width: 60rem; padding: 2rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: .4rem 0; } .dim { color: var(--dim); } .good { color: var(--good); } .bad { color: var(--bad); }
.warn { color: var(--warn); } .verdict { font-size: 1.1rem; font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
th { color: var(--dim); font-size: .85rem; font-weight: 600; white-space: nowrap; }
pre, code { font-family: ui-monospace, "Cascadia Mono", Consolas, monospace; font-size: .84rem; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .8rem;
  white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0; }
pre.view { white-space: pre; overflow-x: auto; }
.finding { border-left: 3px solid var(--line); padding: .1rem 0 .1rem .9rem; margin: .9rem 0; break-inside: avoid; }
.finding.error { border-color: var(--bad); } .finding.warning { border-color: var(--warn); }
.loop { color: var(--dim); } nav ul { columns: 2; padding-left: 1.2rem; }
@page { size: A4; margin: 18mm 15mm; }
@media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h2 { break-after: avoid; }
  tr, .finding { break-inside: avoid; } .chapter { break-before: page; } pre.view { white-space: pre-wrap; }
  a { color: inherit; text-decoration: none; } }
"""


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: object) -> Html:
    """A value as HTML shows it: what is HTML stays, everything else is escaped; control characters are made visible."""
    if isinstance(value, Html):
        return value
    shown = "".join(one if one.isprintable() or one in "\n\t" else "·" for one in str(value))
    return Html(escape(shown, quote=True))


def join(parts: Iterable[object], between: str = "") -> Html:
    """Parts one after the other."""
    return Html(between.join(text(one) for one in parts))


def tag(name: str, content: object, style: str = "") -> Html:
    """An element with content; ``style`` is its class, one of ours."""
    styled = f' class="{text(style)}"' if style else ""
    return Html(f"<{name}{styled}>{text(content)}</{name}>")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Html:
    """A table; nothing where it has no rows."""
    lines = [tag("tr", join(tag("td", cell) for cell in row)) for row in rows]
    head = tag("tr", join(tag("th", one) for one in heads))
    return tag("table", join([tag("thead", head), tag("tbody", join(lines))])) if lines else Html("")


def listed(items: Iterable[object]) -> Html:
    """A list; nothing where it is empty."""
    lines = [tag("li", one) for one in items]
    return tag("ul", join(lines)) if lines else Html("")


def page(title: str, body: object) -> str:
    """The whole file."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{text(title)}</title><style>{_STYLE}</style></head><body>{text(body)}</body></html>\n"
    )
