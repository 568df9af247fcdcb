"""Settings of all tests: examples may take as long as the machine needs, and are the same each run."""

from hypothesis import settings

settings.register_profile("vizdl", deadline=None, derandomize=True)
settings.load_profile("vizdl")
