"""Write every generated page: `python -m docs.generate`, in the root of the repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from docs.generate import api, cli, configuration, exit_codes, formats, model_cards

DOCS = Path(__file__).resolve().parents[1]
PAGES: dict[str, Callable[[], str]] = {
    "reference/api.md": api.page,
    "reference/cli.md": cli.page,
    "reference/configuration.md": configuration.page,
    "reference/exit-codes.md": exit_codes.page,
    "reference/formats.md": formats.page,
    **model_cards.pages(),
}
"""What makes each page, by its path in docs/."""


def written() -> Iterator[Path]:
    """Write the pages that are not as the code has them; their paths."""
    for name, make in PAGES.items():
        path, text = DOCS / name, make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            yield path


if __name__ == "__main__":
    for path in written():
        print(f"wrote {path}")
