"""The transactions of a group, remembered in little: a million good ones that count up are one entry.

A file of a gigabyte is read in flat memory, and its account must not be what grows. Who counts up (0001, 0002, …) with
nothing to say about any of them is kept as a run; everyone else is kept as it is. Where a group has more to say
than anybody reads (garbage that looks like transactions), later ones keep the codes of their findings, without words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from crossdock.errors import Finding, Place, errors_in

MOST_TOLD = 20_000  # findings of one group that are kept with their words and places
DIGITS = 14  # of a control number that may count up: as long as UNH01 and UNB 0020 can be


@dataclass(slots=True)
class TransactionAccount:
    """One transaction or message."""

    set: str
    control: str
    version: str = ""  # what ST03 or UNH S009 adds: implementation, or version:release:agency:association
    findings: tuple[Finding, ...] = ()

    @property
    def rejected(self) -> bool:
        """Whether any of its findings is an error."""
        return bool(self.findings) and bool(errors_in(self.findings))


@dataclass(slots=True)
class _Run:
    """Transactions of one kind without findings; each control number is one more than the one before."""

    set: str
    version: str
    first: int
    width: int
    count: int = 1

    def goes_on(self, account: TransactionAccount) -> bool:
        return (
            not account.findings
            and account.control == str(self.first + self.count).zfill(self.width)
            and account.set == self.set
            and account.version == self.version
        )

    def accounts(self) -> Iterator[TransactionAccount]:
        for number in range(self.first, self.first + self.count):
            yield TransactionAccount(self.set, str(number).zfill(self.width), self.version)


def _countable(account: TransactionAccount) -> bool:
    control = account.control
    return not account.findings and control.isascii() and control.isdigit() and len(control) <= DIGITS


@dataclass(slots=True)
class Roll:
    """Grows at its end. An account is added when it is judged: later changes to it may be lost."""

    _kept: list[_Run | TransactionAccount] = field(default_factory=list)
    _length: int = 0
    _told: int = 0
    _briefs: dict[tuple[Finding, ...], tuple[Finding, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, accounts: Iterable[TransactionAccount]) -> Roll:
        """A roll of these."""
        roll = cls()
        for account in accounts:
            roll.append(account)
        return roll

    def append(self, account: TransactionAccount) -> None:
        """Adds a judged transaction."""
        self._length += 1
        if account.findings:
            self._told += len(account.findings)
            if self._told > MOST_TOLD:
                account = replace(account, findings=self._brief(account.findings))
        last = self._kept[-1] if self._kept else None
        if isinstance(last, _Run) and last.goes_on(account):
            last.count += 1
        elif not _countable(account):
            self._kept.append(account)
        else:
            self._kept.append(_Run(account.set, account.version, int(account.control), len(account.control)))

    def _brief(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """What they report, each code once, without the case; transactions that report the same share it."""
        said = {(one.code, one.severity): one for one in findings}
        wordless = tuple(replace(said[key], message="", place=Place(), value=None, hint=None) for key in sorted(said))
        return self._briefs.setdefault(wordless, wordless)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[TransactionAccount]:
        for kept in self._kept:
            if isinstance(kept, _Run):
                yield from kept.accounts()
            else:
                yield kept

    def __getitem__(self, index: int, /) -> TransactionAccount:
        position = index if index >= 0 else self._length + index
        if not 0 <= position < self._length:
            raise IndexError(f"transaction {index} of {self._length}")
        return next(islice(self, position, None))

    @property
    def rejected(self) -> int:
        """How many have an error."""
        return sum(kept.rejected for kept in self._kept if isinstance(kept, TransactionAccount))
