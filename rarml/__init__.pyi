from rarml.api.folds import ChromosomeFolds as ChromosomeFolds
from rarml.api.genes import GeneFeatures as GeneFeatures
from rarml.api.genes import resolve_genes as resolve_genes
from rarml.api.labels import read_labels as read_labels
from rarml.api.model import Model as Model
from rarml.api.model import list_models as list_models
from rarml.api.model import load_model as load_model
from rarml.api.scan import scan as scan
from rarml.core.errors import RarmlError as RarmlError
from rarml.reference.store import Reference as Reference
from rarml.training.response_classifier import RetinoidResponseClassifier as RetinoidResponseClassifier
from rarml.workflows.compare import compare as compare
from rarml.workflows.score import score as score

__version__: str
