"""No forged or damaged folder is opened, and nothing in one is run."""

from pathlib import Path

import pytest
from tampering import MARK, atlas_cases, bundle_cases, copy_of, open_atlas, open_bundle

from rarml.core.errors import RarmlError


@pytest.mark.parametrize("name", bundle_cases())
def test_bundle(name, tmp_path):
    folder = copy_of("nb4", tmp_path)
    bundle_cases()[name](folder)
    with pytest.raises(RarmlError) as fault:
        open_bundle(folder)
    assert fault.value.what
    assert not Path(MARK).exists()


@pytest.mark.parametrize("name", atlas_cases())
def test_atlas(name, tmp_path):
    folder = copy_of("atlas", tmp_path)
    atlas_cases()[name](folder)
    with pytest.raises(RarmlError):
        open_atlas(folder)
    assert not Path(MARK).exists()


def test_untouched_copies_are_opened(tmp_path):
    assert open_bundle(copy_of("nb4", tmp_path))
    assert open_atlas(copy_of("atlas", tmp_path))
