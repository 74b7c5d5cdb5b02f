"""Pages keep to the convention, so that no command can hide from the tests; what is left out is listed and bounded."""

import pytest

from tests.docs.pages import RUN, all_pages, read_page

PAGES = all_pages()
MOST_LEFT_OUT = 24  # blocks on all pages: what needs the network, a genome, a queue or hours


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in PAGES])
def test_commands_stand_where_they_are_run(page):
    assert not page.faults, "\n" + "\n".join(page.faults)


def test_what_is_left_out_is_little_and_says_why(record_property):
    blocks = [(page.name, block) for page in PAGES for block in page.blocks if block.language in RUN]
    left_out = [(name, block) for name, block in blocks if block.not_run is not None]
    for name, block in left_out:
        print(f"{name}:{block.line}: {block.not_run}")
        record_property("left out", f"{name}:{block.line}: {block.not_run}")
        assert len(block.not_run) >= 12, f"{name}:{block.line}: say why"
    assert len(left_out) <= MOST_LEFT_OUT, f"{len(left_out)} of {len(blocks)} blocks are not run"


def page_of(tmp_path, text):
    (tmp_path / "page.md").write_text(text, encoding="utf-8")
    return read_page(tmp_path / "page.md")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("```sh\nls\n```\n", "'sh'"),
        ("```bash\nls\n```\n", "'bash'"),
        ("```\nrarml score CYP26A1\n```\n", "names no language"),
        ("```text\n$ ls\n```\n", "names no language"),
        ("Do\n\n    rarml scan a.fa\n\nand wait.\n", "indented"),
        ("```console\nrarml score CYP26A1\n```\n", "begins with '$ '"),
        ("<!-- not run -->\n```console\n$ ls\n```\n", "make sense"),
        ("<!-- exits with two -->\n```console\n$ ls\n```\n", "make sense"),
        ("<!-- not run: it is long -->\n\nText.\n\n```console\n$ ls\n```\n", "above no block"),
    ],
)
def test_a_page_that_hides_commands_is_found(tmp_path, text, fault):
    (found,) = page_of(tmp_path, text).faults
    assert fault in found


@pytest.mark.parametrize(
    "text",
    [
        "```yaml\nrarml: 1\n```\n",
        "```text\nrarml: error: no such file\n```\n",
        "```\na tree of files\n```\n",
        "1. Do\n\n   ```console\n   $ ls\n   ```\n",
        "Say `make test`.\n",
    ],
)
def test_other_fences_are_let_be(tmp_path, text):
    assert page_of(tmp_path, text).faults == ()
