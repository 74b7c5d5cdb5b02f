"""Pages of the documentation that are made from the code: `python -m docs.generate` (or `make pages`) writes them.

They are committed, so that they can be read where the repository is, without building a site, and so that a change of
an option or a column shows in the difference of a commit; `tests/docs/test_generated.py` holds them to the code.
"""
