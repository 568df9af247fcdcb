"""``python -m vizdl`` is the command ``vizdl``."""

from vizdl.cli import main

main()
