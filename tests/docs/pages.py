"""Pages of the documentation as a reader sees them: what to type, and what stands beside it.

The convention is in CONTRIBUTING.md. A fence of the language ``console`` holds commands (lines that begin with ``$ ``)
and what they print; a fence ``python`` holds code. HTML comments right above a fence, or at the head of a page, say
what a test has to know and a reader need not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
DOCS = REPO / "docs"
RUN = ("console", "python")
"""Languages of fences that are run."""

_FENCE = re.compile(r"^(?P<indent> *)(?P<marks>```+|~~~+) *(?P<language>[\w+-]*)")
_COMMENT = re.compile(r"^ *<!-- *(?P<words>.*?) *-->\s*$")
_NOT_RUN = re.compile(r"not run: *(?P<reason>.+)")
_EXITS = re.compile(r"exits with (?P<status>\d+)")
_PACKAGE = re.compile(r"needs: package (?P<package>[\w.]+)")
_COMPARED = "output is compared"
_ABOVE_A_BLOCK = ("not run", "exits", "needs: package", _COMPARED)
# a shell in another dress: such fences would hold commands that nothing runs
_SHELLS = ("sh", "bash", "shell", "zsh", "fish", "ksh", "shell-session", "bash-session", "powershell", "cmd", "pycon")
_PROGRAMS = (
    "rarml|make|pip|pipx|python3?|uv|dask|docker|conda|mamba|snakemake|nextflow|mkdocs|pytest|git|cd|export|srun|sbatch"
    "|helm|kubectl|ssh|ssh-keygen|minisign|cosign|curl|wget|apt|apt-get|echo|cat|head|printf|mkdir|unzip|gunzip|tabix"
)
_COMMAND = re.compile(rf"^\s*(\$ |(?:{_PROGRAMS}) +[\w./~'\"-])")
_PLAIN = ("", "text", "txt", "output", "plain")


@dataclass(frozen=True)
class Block:
    """One fence of a page.

    Attributes
    ----------
    line : int
        Line of its opening marks, from 1.
    language : str
        What stands behind the marks.
    lines : tuple of str
        What it holds, without the indent of the fence.
    not_run : str or None
        Why it is left out.
    status : int
        The exit status that its (last) command must have.
    package : str or None
        A package beyond rarml's own without which it is left out.
    compared : bool
        Whether the lines below a command must be what it prints.
    """

    line: int
    language: str
    lines: tuple[str, ...]
    not_run: str | None = None
    status: int = 0
    package: str | None = None
    compared: bool = False

    def commands(self) -> list[tuple[str, list[str]]]:
        """Each command of a console block, with the lines shown below it."""
        found: list[tuple[list[str], list[str]]] = []
        goes_on = False
        for line in self.lines:
            if goes_on:
                found[-1][0].append(line)
            elif line.startswith("$ "):
                found.append(([line[2:]], []))
            elif found:
                found[-1][1].append(line)
            goes_on = (goes_on or line.startswith("$ ")) and line.endswith("\\")
        return [("\n".join(typed), shown) for typed, shown in found]


@dataclass(frozen=True)
class Page:
    """One Markdown file.

    Attributes
    ----------
    path : Path
        Where it is.
    blocks : tuple of Block
        Its fences in order.
    head : tuple of str
        The comments above its first line of text.
    faults : tuple of str
        Where it breaks the convention: place and what to do.
    """

    path: Path
    blocks: tuple[Block, ...]
    head: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def name(self) -> str:
        """The path from the root of the repository."""
        return self.path.relative_to(REPO).as_posix() if self.path.is_relative_to(REPO) else self.path.name

    @property
    def runs(self) -> bool:
        """Whether anything on it is run."""
        return any(block.language in RUN and block.not_run is None for block in self.blocks)

    @property
    def slow(self) -> bool:
        """Whether its test carries the marker ``slow``."""
        return "slow" in self.head

    @property
    def real_data(self) -> bool:
        """Whether its test needs the real data folder."""
        return "needs: real data" in self.head


def read_page(path: Path) -> Page:
    """Split a page into its fences and find what breaks the convention."""
    lines = path.read_text(encoding="utf-8").splitlines()
    blocks: list[Block] = []
    faults: list[str] = []
    head: list[str] = []
    above: list[str] = []
    at, in_head, after_blank = 0, True, True
    while at < len(lines):
        line = lines[at]
        comment, fence = _COMMENT.match(line), _FENCE.match(line)
        if fence:
            end = _closing(lines, at, fence["marks"])
            indent = len(fence["indent"])
            inside = tuple(one[indent:] if not one[:indent].strip() else one.lstrip() for one in lines[at + 1 : end])
            block, wrong = _block(at + 1, fence["language"].lower(), inside, above)
            blocks.append(block)
            faults += [f"{path.name}:{at + 1}: {text}" for text in wrong]
            above, in_head, at, after_blank = [], False, end + 1, False
            continue
        if comment:
            above.append(comment["words"])
            if in_head:
                head.append(comment["words"])
        elif line.strip():
            stray = [words for words in above if words.startswith(_ABOVE_A_BLOCK)]
            faults += [f"{path.name}:{at + 1}: <!-- {words} --> stands above no block" for words in stray]
            if after_blank and line.startswith("    ") and _COMMAND.match(line):
                faults.append(f"{path.name}:{at + 1}: commands stand in a ```console block, not in an indented one")
            above, in_head = [], False
        after_blank, at = not line.strip(), at + 1
    return Page(path, tuple(blocks), tuple(head), tuple(faults))


def _closing(lines: list[str], at: int, marks: str) -> int:
    """The line that closes a fence, or the end of the page."""
    for end in range(at + 1, len(lines)):
        bare = lines[end].strip()
        if bare.startswith(marks) and not bare.strip(marks[0]):
            return end
    return len(lines)


def _block(line: int, language: str, inside: tuple[str, ...], above: list[str]) -> tuple[Block, list[str]]:
    """The fence with what the comments above it say, and what is wrong with it."""
    wrong: list[str] = []
    reason = package = None
    status, compared = 0, False
    for words in above:
        left_out, exits, needs = _NOT_RUN.fullmatch(words), _EXITS.fullmatch(words), _PACKAGE.fullmatch(words)
        reason = left_out["reason"] if left_out else reason
        status = int(exits["status"]) if exits else status
        package = needs["package"] if needs else package
        compared = compared or words == _COMPARED
        if words.startswith(_ABOVE_A_BLOCK) and not (left_out or exits or needs):
            wrong += [] if words == _COMPARED else [f"cannot make sense of <!-- {words} -->"]
    block = Block(line, language, inside, reason, status, package, compared)
    if language == "console" and not block.commands():
        wrong.append("a ```console block without a line that begins with '$ '")
    if language in _SHELLS:
        wrong.append(f"commands stand in a ```console block, behind '$ '; this one says {language!r}")
    if language in _PLAIN and any(_COMMAND.match(one) for one in inside):
        wrong.append("commands stand in a ```console block, behind '$ '; this block names no language")
    return block, wrong


def all_pages() -> list[Page]:
    """README.md and every page under docs/, in order of their paths; templates are tested by what is made of them."""
    pages = [path for path in sorted(DOCS.rglob("*.md")) if "generate" not in path.parts]
    return [read_page(path) for path in (REPO / "README.md", *pages)]
