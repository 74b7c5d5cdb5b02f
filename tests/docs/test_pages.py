"""Every command and every Python block of README.md and docs/, run as it stands: one test per page."""

import shutil

import pytest

from tests.docs.pages import DOCS, REPO, RUN, all_pages
from tests.docs.session import Session, missing_package

PAGES = [page for page in all_pages() if page.runs]


def marks(page):
    return [
        *([pytest.mark.slow] if page.slow else []),
        *([pytest.mark.real_data] if page.real_data else []),
    ]


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name, marks=marks(page)) for page in PAGES])
def test_what_the_page_says_works(page, request, server, tmp_path):
    if page.real_data:
        data = request.getfixturevalue("real_data")
    folder = tmp_path / "reader"
    folder.mkdir()
    if (DOCS / "examples").is_dir():
        shutil.copytree(DOCS / "examples", folder, dirs_exist_ok=True)
    shutil.copytree(REPO / "configs", folder / "configs")
    with Session(folder, tmp_path / "unseen", server) as session:
        if page.real_data:
            session.environment["RARML_DATA"] = str(data)
        for block in page.blocks:
            if block.language in RUN and block.not_run is None and missing_package(block) is None:
                session.run(page, block)
