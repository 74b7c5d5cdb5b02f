"""The feature atlas: build, write and load it."""

from rarml.features.atlas_build import SITE_PVALUE, build_atlas
from rarml.features.atlas_files import atlas_columns, find_atlas, load_atlas, write_atlas
from rarml.features.atlas_table import FORMAT, FORMAT_VERSION, Atlas

__all__ = [
    "FORMAT",
    "FORMAT_VERSION",
    "SITE_PVALUE",
    "Atlas",
    "atlas_columns",
    "build_atlas",
    "find_atlas",
    "load_atlas",
    "write_atlas",
]
