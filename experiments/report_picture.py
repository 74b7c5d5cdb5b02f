"""The picture of a report in the README and on the first page of the documentation.

    python experiments/report_picture.py

Scores the gene list of docs/examples with a shipped model, opens the report in a headless Chromium (found on the path,
or named in CHROMIUM) and keeps what the window shows.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from common import REPO
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
WIDTH, HEIGHT = 1280, 1560
PICTURE = REPO / "docs" / "images" / "report.webp"


def main() -> None:
    """Score, photograph, shrink."""
    program = os.environ.get("CHROMIUM") or next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("no Chromium found: install one, or name it in CHROMIUM")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        genes = REPO / "docs" / "examples" / "genes.txt"
        score = [
            sys.executable,
            "-m",
            "rarml",
            "score",
            str(genes),
            "--model",
            "sh-sy5y",
            "--out",
            str(folder / "answers"),
        ]
        subprocess.run([*score, "--cards", "0"], check=True, cwd=REPO, stdout=subprocess.DEVNULL)
        shot = folder / "shot.png"
        flags = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--force-device-scale-factor=1",
        ]
        size = [f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={shot}"]
        page = (folder / "answers" / "report.html").as_uri()
        subprocess.run([program, *flags, *size, page], check=True, stderr=subprocess.DEVNULL)
        PICTURE.parent.mkdir(exist_ok=True)
        Image.open(shot).convert("RGB").save(PICTURE, "WEBP", quality=80, method=6)
    print(f"wrote {PICTURE}: {PICTURE.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
