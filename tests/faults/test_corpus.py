"""No bad file gives a traceback or a silent answer."""

import pytest
from corpus import cases
from readers import readers
from verdicts import GOOD, verdict


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.reader}: {case.name}")
def test_bad_file(case, tmp_path):
    assert verdict(case, tmp_path) == GOOD


@pytest.mark.parametrize("reader", readers().values(), ids=lambda reader: reader.name)
def test_valid_file_is_read(reader, tmp_path):
    path = tmp_path / reader.file
    path.write_bytes(reader.valid)
    assert reader.read(path)
