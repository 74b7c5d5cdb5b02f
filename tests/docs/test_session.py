"""The runner of pages notices what a reader would: a failing command, a wrong status, output that has changed."""

import pytest

from tests.docs.pages import read_page
from tests.docs.session import DocsFault, Session, first_missing


@pytest.fixture
def run(server, tmp_path):
    def go(text):
        page = tmp_path / "page.md"
        page.write_text(text, encoding="utf-8")
        (tmp_path / "reader").mkdir()
        read = read_page(page)
        with Session(tmp_path / "reader", tmp_path / "unseen", server) as session:
            for block in read.blocks:
                session.run(read, block)

    return go


def console(*lines, above=""):
    return f"{above}\n```console\n" + "\n".join(lines) + "\n```\n"


def test_blocks_share_a_folder_a_terminal_and_a_python(run):
    run(
        console("$ mkdir work", "$ cd work", "$ export WHO=\\", "anna", "$ echo $WHO > who.txt")
        + "```python\nfrom pathlib import Path\nwho = Path('work/who.txt').read_text().strip()\n```\n"
        + "```python\nassert who == 'anna'\nPath('work/done').touch()\n```\n"
        + console("$ test -f done && echo yes", "yes", above="<!-- output is compared -->")
    )


@pytest.mark.parametrize(
    "text",
    [
        console("$ false"),
        console("$ false | true"),
        console("$ true", above="<!-- exits with 2 -->"),
        console("$ rarml score"),
        console("$ rarml score NOT-A-GENE --model no-such-model"),
        console("$ echo one", "two", above="<!-- output is compared -->"),
        "```python\nassert 1 == 2\n```\n",
        "```python\nimport sys\nsys.exit(1)\n```\n",
    ],
)
def test_a_page_that_does_not_work_fails(run, text):
    with pytest.raises(DocsFault, match=r"page\.md:\d+: "):
        run(text)


def test_a_fault_that_the_page_announces_is_no_fault(run):
    run(console("$ rarml score CYP26A1 --model no-such-model", above="<!-- exits with 2 -->"))


def test_nothing_is_fetched(run):
    with pytest.raises(DocsFault, match="refused"):
        run("```python\nfrom urllib.request import urlopen\nurlopen('https://example.org', timeout=5)\n```\n")


@pytest.mark.parametrize(
    ("shown", "missing"),
    [
        (["a", "c"], "c"),
        (["a", "…", "c"], None),
        (["b"], "b"),
        (["...", "b", "", "c"], None),
        (["a   b"], "a b"),
        (["a", "b", "c", "d"], "d"),
    ],
)
def test_output_is_compared_line_by_line(shown, missing):
    assert first_missing(shown, "a\n\nb\nc\n") == missing
