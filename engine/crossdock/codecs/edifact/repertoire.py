"""Which characters a writer may send, and what becomes of the others."""

from __future__ import annotations

from dataclasses import dataclass

from crossdock.codecs.edifact.charsets import CONTROL, Charset


@dataclass(frozen=True, slots=True)
class Repertoire:
    """A character set as a writer uses it. ``codec`` overrides the set's own, for what was read in another.

    ``replacement`` stands for characters outside the set; None: they are refused.
    """

    charset: Charset
    codec: str = ""
    replacement: str | None = None

    @property
    def encoding(self) -> str:
        """What the bytes are made with."""
        return self.codec or self.charset.written

    def kept(self, value: str) -> tuple[str, str]:
        """(the value as it can be sent, the characters of it that cannot)."""
        foreign = self._foreign(value)
        if not foreign or self.replacement is None:
            return value, foreign
        for char in foreign:
            value = value.replace(char, self.replacement)
        return value, ""

    def _foreign(self, value: str) -> str:
        if not self.codec and self.charset.restricted:
            return "".join(dict.fromkeys(char for char in value if self._outside(char)))
        if value.isascii():
            return "".join(dict.fromkeys(CONTROL.findall(value)))
        return "".join(dict.fromkeys(char for char in value if CONTROL.match(char) or not self._encodable(char)))

    def _outside(self, char: str) -> bool:
        return CONTROL.match(char) is not None or self.charset.foreign.match(char) is not None

    def _encodable(self, char: str) -> bool:
        try:
            char.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True
