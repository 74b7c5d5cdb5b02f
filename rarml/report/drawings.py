"""A figure for a page and for the disk: one drawing as inline SVG, and as SVG, PNG and PDF files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from rarml.core.files import atomic_file
from rarml.report.plots import Tip, ink, plot_style, settle, svg_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS = ("svg", "png", "pdf")
_PNG_DPI = 200
# nothing that depends on the day or the machine
_METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawn figure.

    Attributes
    ----------
    name : str
        What its files are called, without ending.
    described : str
        Text for readers who do not see it.
    figure : matplotlib Figure
    tips : tuple of Tip
        Values to hover over in a page.
    """

    name: str
    described: str
    figure: Figure
    tips: tuple[Tip, ...] = ()

    def inline(self) -> Markup:
        """As an SVG element of a page."""
        return svg_of(self.figure, self.described, self.tips)


def figure_files(drawings: Iterable[Drawing], formats: Sequence[str] = FORMATS) -> dict[str, bytes]:
    """File name to content, black on white; equal drawings give equal bytes (with one version of matplotlib)."""
    return {f"{file_stem(drawing.name)}.{kind}": _saved(drawing, kind) for drawing in drawings for kind in formats}


def write_figures(drawings: Iterable[Drawing], folder: str | Path, formats: Sequence[str] = FORMATS) -> list[Path]:
    """Write each drawing to `folder` in each format, whole files only; the paths written."""
    paths = []
    for name, content in figure_files(drawings, formats).items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_file(path) as part:
            part.write_bytes(content)
        paths.append(path)
    return paths


def file_stem(name: str) -> str:
    """A name of letters, digits, dots, dashes and underscores, whatever the text."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("_.") or "figure"


def _saved(drawing: Drawing, kind: str) -> bytes:
    buffer = io.BytesIO()
    with plot_style():
        settle(drawing.figure)
        drawing.figure.savefig(buffer, format=kind, dpi=_PNG_DPI, facecolor="white", metadata=_METADATA[kind])
    saved = buffer.getvalue()
    return saved.replace(ink().encode(), b"#000000") if kind == "svg" else saved
