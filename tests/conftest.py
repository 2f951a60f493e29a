"""What holds for every test."""

from hypothesis import settings

# A busy machine is slow, not wrong. The parent is hypothesis' own default: under CI it already repeats the same examples.
settings.register_profile("crossdock", parent=settings.default, deadline=None)
settings.load_profile("crossdock")
