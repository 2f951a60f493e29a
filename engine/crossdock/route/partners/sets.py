"""Whether a dictionary has the sets, versions and rules that a profile names."""

from __future__ import annotations

from crossdock.codecs.edi.model import TransactionSet
from crossdock.codecs.edi.narrowing import check_rules
from crossdock.errors import Severity
from crossdock.partner.ids import standard_of
from crossdock.partner.profile import Profile
from crossdock.route.bench import Bench
from crossdock.route.partners.standards import standards_of
from crossdock.yaml_source import suggest


def check_set(bench: Bench, number: str, version: str | None) -> None:
    """A warning where no dictionary has the set at that version: it is read by its structure and not judged."""
    standard = standards_of(bench.materials.layouts).get(standard_of(number))
    known = standard.dictionary.known() if standard is not None else []
    if not known:
        return
    names = {name for name, _ in known}
    if number not in names:
        message = f"no dictionary has set '{number}': it can only be read by its structure"
        bench.report("P122", message, hint=suggest(number, names), value=number, key=True, severity=Severity.WARNING)
        return
    versions = {release for name, release in known if name == number}
    if version is not None and not any(version.startswith(release) for release in versions):
        message = f"no dictionary has version '{version}' of {number}: it can only be read by its structure"
        hint = suggest(version, versions)
        bench.at("version").report("P122", message, hint=hint, value=version, severity=Severity.WARNING)


def check_rules_of(bench: Bench, name: str, profile: Profile) -> None:
    """Rules must be about a set that is agreed on, and must narrow it. ``bench`` stands at all of them."""
    agreed = [(number, one.version) for number, one, _ in profile.received()]
    agreed += [(number, one.version) for number, one, _ in profile.sent()]
    for number, rules in profile.rules.items():
        versions = [version for known, version in agreed if known == number]
        if not versions:
            known = sorted({known for known, _ in agreed})
            bench.at(number).report(
                "P126", f"nothing is agreed about {number}", hint=suggest(number, known), value=number, key=True
            )
        for version in dict.fromkeys(versions):
            _check(bench.at(number), name, number, version, rules)


def _check(bench: Bench, name: str, number: str, version: str | None, rules: dict[str, object]) -> None:
    """Where no version is agreed on, by every version that may come: a rule that does not fit would not be kept."""
    standard = standards_of(bench.materials.layouts).get(standard_of(number))
    known = standard.dictionary.known() if standard is not None else []
    possible = [release for name, release in known if name == number] if version is None else [version]
    definitions = [standard.dictionary.find(number, one) for one in possible] if standard is not None else []
    described = [one for one in definitions if one is not None]
    if not described:
        message = f"rules of {number} cannot be kept: no dictionary has it{f' at {version}' if version else ''}"
        bench.report("P122", message, value=number, key=True)
    for definition in described:
        _check_rules(bench, definition, rules, f"partner {name}")


def _check_rules(bench: Bench, definition: TransactionSet, rules: dict[str, object], owner: str) -> None:
    for fault in check_rules(definition, rules, owner).faults:
        finding = fault.at(bench.at(*fault.written).place())
        if finding not in bench.notes.findings:
            bench.notes.findings.append(finding)
