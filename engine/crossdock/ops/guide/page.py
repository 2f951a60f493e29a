"""The implementation guide as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from crossdock.ops.guide.guide import ElementRow, Guide, SegmentRow, SetChapter
from crossdock.ops.paper import Html, join, listed, page, table, tag
from crossdock.ops.partners import lasting
from crossdock.partner.agreement import Acknowledgement, Partial
from crossdock.partner.ids import X12, standard_of
from crossdock.partner.profile import Profile
from crossdock.partner.status import ALLOWS
from crossdock.route.partners.standards import STANDARDS

_USES: Mapping[str, str] = {"M": "required", "O": "optional", "X": "depends", "-": "not used"}
_INDENT = "\u2003"
_ANSWERS: Mapping[Acknowledgement, str] = {
    Acknowledgement.X997: "functional acknowledgement (997) for every group",
    Acknowledgement.X999: "implementation acknowledgement (999) for every group",
    Acknowledgement.TA1: "interchange acknowledgement (TA1) for every interchange",
    Acknowledgement.CONTRL: "CONTRL for every interchange",
    Acknowledgement.NONE: "nothing",
}
_PARTIAL: Mapping[Partial, str] = {
    Partial.GOOD_ONES: "A bad transaction is rejected; the good ones beside it are processed.",
    Partial.OTHER_GROUPS: "A bad transaction rejects its whole group; other groups are processed.",
    Partial.NOTHING: "A bad transaction rejects the whole interchange: mend it and send all of it again.",
}


def guide_page(guide: Guide) -> str:
    """The guide as one HTML file."""
    return page(f"EDI guide for {guide.partner.profile.name}", join(_parts(guide)))


def _parts(guide: Guide) -> Iterator[Html]:
    profile = guide.partner.profile
    yield tag("h1", f"EDI guide for {profile.name}")
    yield tag("p", f"{guide.moment} · status: {profile.status} ({ALLOWS[profile.status].about})", "dim")
    if profile.about:
        yield tag("p", profile.about)
    yield _contents(guide)
    yield tag("h2", "Envelopes and ids")
    yield _envelopes(guide)
    yield tag("h2", "Acknowledgements")
    yield listed(_acknowledgements(guide))
    for chapter in guide.chapters:
        yield from _chapter(chapter)
    yield from _plan(guide)


def _title(chapter: SetChapter) -> str:
    way = "you send us" if chapter.received else "we send you"
    name = f", {chapter.name}" if chapter.name else ""
    return f"{chapter.number} {chapter.version}{name}: {way}"


def _contents(guide: Guide) -> Html:
    names = ["Envelopes and ids", "Acknowledgements", *map(_title, guide.chapters), "Test plan"]
    return tag("nav", listed(names))


# Envelopes


def _envelopes(guide: Guide) -> Html:
    return join(_envelope(guide, name) for name in STANDARDS if _agreed(guide, name))


def _agreed(guide: Guide, standard: str) -> bool:
    return any(standard_of(one.number) == standard for one in guide.chapters)


def _envelope(guide: Guide, standard: str) -> Html:
    profile = guide.partner.profile
    shown = _x12(profile) if standard == X12 else _edifact(profile)
    rows = [
        ("your id (qualifier/id)", ", ".join(guide.theirs[standard]) or "to be agreed"),
        ("our id (qualifier/id)", ", ".join(guide.ours[standard]) or "to be agreed"),
        *shown,
        ("same control number again", _window(profile)),
        *_limits(profile),
    ]
    return join([tag("h3", standard), table(("what", "agreed"), rows)])


def _x12(profile: Profile) -> Iterator[tuple[str, str]]:
    marks = profile.x12.separators
    names = ("element", "component", "end of segment", "repetition")
    yield "separators in what we send", ", ".join(f"{name} {mark}" for name, mark in zip(names, marks, strict=False))
    yield "usage (ISA15) in what we send", _usage(profile, profile.x12.usage)
    yield "tests from you", "T in ISA15"
    yield "acknowledgement asked for (ISA14)", "yes" if profile.x12.acknowledge else "no"
    yield "characters in what we send", profile.x12.charset


def _edifact(profile: Profile) -> Iterator[tuple[str, str]]:
    envelope = profile.edifact
    yield "syntax identifier in what we send", f"{envelope.charset}:{envelope.syntax}"
    yield "service string (UNA)", envelope.una
    yield "usage in what we send", _usage(profile, envelope.usage)
    yield "tests from you", "1 in the test indicator of UNB (0035)"
    for name, value in (
        ("application reference (0026)", envelope.application),
        ("agreement (0032)", envelope.agreement),
        ("association code (0057)", envelope.association),
    ):
        if value:
            yield name, value


def _usage(profile: Profile, agreed: str) -> str:
    sends = ALLOWS[profile.status].sends
    words = {"P": "live data (P)", "T": "tests (T)", "I": "information (I)"}
    if sends is None:
        return f"nothing is sent yet; later {words[agreed]}"
    return words["T"] if sends == "T" else words[agreed]


def _window(profile: Profile) -> str:
    if not profile.duplicates:
        return "may come"
    return f"is answered as a duplicate and not processed, for {lasting(profile.duplicates)}"


def _limits(profile: Profile) -> Iterator[tuple[str, str]]:
    limits = profile.limits
    if limits.size is not None:
        yield "largest file", f"{limits.size:,} bytes"
    if limits.documents is not None:
        yield "most documents in an interchange", f"{limits.documents:,}"
    if limits.rate is not None:
        yield "documents", f"{limits.rate * 60:g} a minute"


# Acknowledgements


def _acknowledgements(guide: Guide) -> Iterator[str]:
    profile = guide.partner.profile
    for name in STANDARDS:
        if not _agreed(guide, name):
            continue
        answers = [_ANSWERS[one] for one in profile.answers(name)]
        yield f"{name}: we answer what you send with {' and '.join(answers) or 'nothing, unless a set says otherwise'}."
    for number, one, _ in profile.received():
        if one.acknowledge is not None:
            yield f"{number}: we answer with {_ANSWERS[one.acknowledge]}."
        if one.advise is not None:
            yield f"{number}: what is well-formed and cannot be used is answered with {one.advise}."
    yield _PARTIAL[profile.partial]
    for chapter in guide.chapters:
        if chapter.within is not None:
            yield f"{chapter.number}: we expect your acknowledgement within {lasting(chapter.within)}."


# Sets


def _chapter(chapter: SetChapter) -> Iterator[Html]:
    yield tag("h2", _title(chapter), "chapter")
    if not chapter.described:
        yield tag("p", "This set is read and written by its structure: no dictionary describes it.")
        return
    if chapter.rules:
        yield tag("h3", "Rules of this agreement")
        yield listed(chapter.rules)
    yield tag("h3", "Segments")
    yield table(
        ("place", "what it is", "use", "most", "here"), [_row(one, chapter) for one in chapter.segments if one.told]
    )
    rest = sorted({one.tag for one in chapter.segments if not one.told and one.use != "-"})
    if rest:
        word = "May be sent and is not used" if chapter.received else "Is not sent"
        yield tag("p", f"{word}: {', '.join(rest)}.", "dim")
    if chapter.agreements:
        yield tag("h3", "What must agree")
        yield listed(chapter.agreements)
    yield tag("h3", "Elements")
    for one in chapter.segments:
        if one.told:
            yield _segment(one, chapter)
    yield tag("h3", "Samples")
    for sample in chapter.samples:
        about = "What is mandatory, with values that mean nothing:" if sample.made else sample.name
        yield tag("p", about, "dim")
        yield tag("pre", sample.text)


def _here(used: bool, chapter: SetChapter) -> str:  # noqa: FBT001 - a cell of a table
    if not used:
        return ""
    return "read" if chapter.received else "sent"


def _row(one: SegmentRow, chapter: SetChapter) -> tuple[object, ...]:
    place = join([tag("span", _INDENT * one.depth, "loop"), tag("code", one.tag)])
    return place, one.name, _USES[one.use], one.most, _here(one.used, chapter)


def _segment(one: SegmentRow, chapter: SetChapter) -> Html:
    rows = [_element(each, chapter) for each in one.elements if each.use != "-"]
    title = tag("h3", join([tag("code", one.path), f" {one.name}"]))
    heads = ("element", "what it is", "use", "type", "length", "codes", "here")
    return join([title, table(heads, rows), listed(one.notes)])


def _element(each: ElementRow, chapter: SetChapter) -> tuple[object, ...]:
    here = _here(each.used, chapter)
    return tag("code", each.key), each.name, _USES[each.use], each.kind, each.length, each.codes, here


# The test plan


def _plan(guide: Guide) -> Iterator[Html]:
    yield tag("h2", "Test plan", "chapter")
    steps = [
        "You send samples of every scenario below, marked as tests.",
        "We examine them and send you a report: every finding with its line, and how to mend it.",
        "When every scenario has passed, test interchanges are exchanged and acknowledged by both sides.",
        "We agree on a day, and both sides switch to live data.",
    ]
    yield tag("ol", join(tag("li", one) for one in steps))
    rows = [("\u2610", one.about or one.name, ", ".join(one.set)) for one in guide.scenarios]
    yield table(("", "scenario", "sets"), rows)
