"""What a reply means: its status by the table below, the route's own rules before it, its success rule behind it.

2xx                       done, if the success rule holds
3xx                       again later: redirects are not followed
401, 403                  the route stops, or again later, by its option 'refused'
408, 425, 429, 5xx        again later; as long as the peer asks for
423                       again later, this one alone
409                       again later where a key was sent: its first request still runs there; else wrong for good
502, 504                  nobody knows: a gateway lost sight of it
any other 4xx             wrong for good, with what the peer says about it
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crossdock.connector.http.exchange import Response, shown
from crossdock.connector.http.expression import Expression
from crossdock.connector.http.options import Rule, Then
from crossdock.connector.http.problem import document_in, findings, said
from crossdock.connector.http.redaction import Redaction
from crossdock.connector.http.waiting import reset, retry_after
from crossdock.errors import CrossdockError, Doubt, Halt, Hold, Reject, Retry

_AGAIN = frozenset({408, 425})  # RFC 9110, 15.5.9; RFC 8470, 5.2
_REFUSED = frozenset({401, 403})
_LOCKED, _TOO_MANY, _CONFLICT = 423, 429, 409  # RFC 4918, 11.3; RFC 6585, 4; RFC 9110, 15.5.10
_GATEWAYS = frozenset({502, 504})
_NO_CONTENT = frozenset({204, 205})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Says what replies of one peer mean. ``keyed``: an idempotency key was sent along."""

    redaction: Redaction
    now: Callable[[], datetime]
    rules: tuple[Rule, ...] = ()
    success: Expression | None = None
    refused: str = "halt"
    keyed: bool = False

    def then(self, response: Response) -> Then | None:
        """What the first rule that fits says; None where none does. Raises ``Reject`` K717."""
        for rule in self.rules:
            if rule.fits(response.status) and (rule.when is None or _holds(rule.when, response)):
                return rule.then
        return None

    def failure(self, response: Response) -> CrossdockError | None:
        """None where the reply is a success."""
        try:
            chosen = self.then(response)
            if chosen is not None:
                return self._by_rule(chosen, response)
            return self._success(response) if response.is_success else self._by_status(response)
        except Reject as unreadable:  # a rule asks about a body that cannot be asked
            if response.is_success:
                return Doubt("K717", f"{self._told(response)}: {unreadable.message}")
            return self._by_status(response)

    def _success(self, response: Response) -> CrossdockError | None:
        """A body that a rule asks about must be whole; else only the status counts."""
        if self.success is None or _holds(self.success, response):
            return None
        told = f"{self._told(response)}: 'success' does not hold: {said(response, self.redaction)}"
        return self._reject("K715", told, response)

    def _by_rule(self, chosen: Then, response: Response) -> CrossdockError | None:
        told = f"{self._told(response)} {said(response, self.redaction)}".rstrip()
        match chosen:
            case "done" | "empty":
                return None
            case "retry":
                return Retry("K711", told, after=self._wait(response))
            case "reject":
                return self._reject("K713", told, response)
            case "hold":
                return Hold("K716", told)
            case "halt":
                return Halt("K712", told)
            case "doubt":
                return Doubt("K718", told)

    def _by_status(self, response: Response) -> CrossdockError:
        told = f"{self._told(response)} {said(response, self.redaction)}".rstrip()
        status = response.status
        if status in _REFUSED:
            kind = Halt if self.refused == "halt" else Retry
            return kind("K712", told, hint="look at 'auth:', and at what this user may do there")
        if status in _GATEWAYS:
            return Doubt("K704", told, hint="a gateway lost sight of it")
        if status in _AGAIN or status == _TOO_MANY or status // 100 == 5:  # noqa: PLR2004 - RFC 9110, 15.6
            return Retry("K710" if status == _TOO_MANY else "K711", told, after=self._wait(response))
        if status == _LOCKED or (status == _CONFLICT and self.keyed):
            return Retry("K714", told, only_this=True)
        if status // 100 == 4:  # noqa: PLR2004 - RFC 9110, 15.5
            return self._reject("K714" if status == _CONFLICT else "K713", told, response)
        return self._elsewhere(response, told)

    def _elsewhere(self, response: Response, told: str) -> CrossdockError:
        """Not a success and not a failure: a redirect that is not followed, or a status nobody has heard of."""
        target = response.headers.get("location")
        hint = f"it points to {self.redaction.shown(shown(target), 200)}" if target else None
        return Retry("K709", told, hint=hint)

    def _reject(self, code: str, told: str, response: Response) -> Reject:
        found = findings(response, code, self.redaction)
        return Reject(code, told, findings=found)

    def _wait(self, response: Response) -> float | None:
        """As long as it asks for; of one that limits us also until its limit begins anew."""
        asked = retry_after(response.headers, self.now())
        if asked is None and response.status == _TOO_MANY:
            return reset(response.headers, self.now())
        return asked

    def _told(self, response: Response) -> str:
        return f"{self.redaction(shown(response.url))} answered {response.status}"


def _holds(expression: Expression, response: Response) -> bool:
    if response.status in _NO_CONTENT or (not response.body and response.cut is None):
        return expression.holds(None)
    return expression.holds(document_in(response))
