"""The site's style sheet: colours from `vizdl.style`, everything else from ``static/site.css``."""

from __future__ import annotations

from importlib.resources import files

from vizdl import style
from vizdl.style import Theme


def css() -> str:
    """The whole style sheet of the site."""
    light, dark = variables("light"), variables("dark")
    themes = [
        f":root {{ color-scheme: light; {light} }}",
        "@media screen {",  # paper is light whatever the screen was
        f":root[data-theme='dark'] {{ color-scheme: dark; {dark} }}",
        f":root .lecturing {{ color-scheme: dark; color: {style.INK.dark}; {dark} }}",
        "}",
        "@media screen and (prefers-color-scheme: dark) {",
        f":root:not([data-theme='light']) {{ color-scheme: dark; {dark} }}",
        "}",
    ]
    return "\n".join([*themes, "", static("site.css")])


def variables(theme: Theme) -> str:
    """Every role's colour as a custom property: ``--forget-gate: #850a08``."""
    return " ".join(f"--{role.name.replace('_', '-')}: {role.on(theme)};" for role in style.ROLES)


def static(name: str) -> str:
    """A file of the ``static`` folder as text."""
    return (files("vizdl.gallery") / "static" / name).read_text("utf-8")
