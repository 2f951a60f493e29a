"""For people who test: the cases runner, contract suites for journals and buses. Public."""

from crossdock.testing.in_pytest import cases

__all__ = ["cases"]
