"""Settings of all tests. Property tests try the same examples on every machine, and no test has a clock to race."""

from hypothesis import settings

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
