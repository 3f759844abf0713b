"""Pictures, as notebooks show them."""

from __future__ import annotations

from pathlib import Path


class Chart:
    """A picture as SVG; a notebook shows it where it is the last value of a cell."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def save(self, path: str | Path) -> Path:
        """Writes it into a file, and gives back its path."""
        path = Path(path)
        path.write_text(self.svg, encoding="utf-8")
        return path

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<Chart of {len(self.svg) // 1000} kB; `save` writes it, notebooks show it>"
