"""For people who test: the cases runner, contract suites for journals and buses. Public."""
