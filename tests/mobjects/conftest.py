"""Each test process has a text cache of its own: Manim rewrites its files, and processes race.

Set when the tests are collected, as some build their parts then.
"""

import tempfile

from manim import config

_media = tempfile.TemporaryDirectory(prefix="vizdl-media-")  # gone with the process
config.media_dir = _media.name
config.verbosity = "ERROR"
