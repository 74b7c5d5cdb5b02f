"""Why a gene got its answer."""
