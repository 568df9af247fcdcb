"""Property tests take the time the machine needs and try the same examples each run."""

from hypothesis import settings

settings.register_profile("vizdl", deadline=None, derandomize=True)
settings.load_profile("vizdl")
