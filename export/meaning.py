"""Turn texts into vectors that are close if they are about the same subject, and rank highlights by how close
they are to the words of a search. Needs the extra `topics`.

The model is the table of word vectors in wordllama's wheel (256 numbers for each of 32,000 tokens); a text is
the mean of its tokens. Tokenizer and table are read from their files directly, because importing wordllama
could download other models from a hub.

Most of a mean of word vectors is common to all texts (function words, the language, the kind of text). So the
mean of all highlights and the directions in which they differ most are removed first ("all but the top",
Mu & Viswanath 2018).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from record_types.errors import InputError, describe_missing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

MODEL = "wordllama l2_supercat_256, 1"
"""The table, and the version of how texts are prepared; vectors of another cannot be compared."""
SIZE = 256
BATCH = 256
MAX_TEXT = 1500
"""Characters of a text that are read; by then its subject is clear."""
MAX_DIRECTIONS = 6
"""Directions to remove: with fewer, languages and kinds of text become topics; with more, topics vanish."""
TEXTS_PER_DIRECTION = 150
"""With fewer texts, the first directions are their topics."""

_TOKENIZER = "tokenizers/l2_supercat_tokenizer_config.json"
_WEIGHTS = "weights/l2_supercat_256.safetensors"
_URL = re.compile(r"https?://[^\s)\]]+")
_MARKS = str.maketrans(dict.fromkeys("*_`#[]()|>~", " "))


@dataclass(frozen=True, slots=True)
class Embedder:
    """The loaded model."""

    tokenizer: Tokenizer
    table: NDArray[np.float32]

    def embed(self, texts: Sequence[str]) -> NDArray[np.int8]:
        """Embed texts: a row for each, one signed byte a dimension; zeros for a text without words."""
        import numpy as np

        rows = np.zeros((len(texts), SIZE), np.int8)
        for start in range(0, len(texts), BATCH):
            batch = [strip_marks(text) for text in texts[start : start + BATCH]]
            tokens = [each.ids for each in self.tokenizer.encode_batch_fast(batch, add_special_tokens=False)]
            some = [number for number, ids in enumerate(tokens) if ids]
            if some:
                ends = np.cumsum([len(tokens[number]) for number in some])
                ids = np.concatenate([np.asarray(tokens[number], np.int64) for number in some])
                sums = np.add.reduceat(self.table[ids], np.concatenate(([0], ends[:-1])), axis=0)
                largest = np.maximum(np.abs(sums).max(axis=1, keepdims=True), 1e-9)
                rows[[start + number for number in some]] = np.rint(sums / largest * 127).astype(np.int8)
        return rows


def find_model() -> Path:
    """Find the folder of the installed wordllama. Raises InputError with what to install if there is none."""
    spec = find_spec("wordllama")
    if spec is None or not spec.submodule_search_locations:
        raise InputError(describe_missing("comparing by meaning", "topics"))
    folder = Path(spec.submodule_search_locations[0])
    if not (folder / _TOKENIZER).is_file() or not (folder / _WEIGHTS).is_file():
        raise InputError("the installed wordllama has no word vectors in it: reinstall it")
    return folder


def load_embedder(folder: Path) -> Embedder:
    """Load the model from the folder that `find_model` returns."""
    import numpy as np
    from safetensors import safe_open
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    with safe_open(folder / _WEIGHTS, framework="np") as weights:
        table = np.asarray(weights.get_tensor("embedding.weight"), np.float32)
    return Embedder(tokenizer, table)


def strip_marks(text: str) -> str:
    """Strip URLs and Markdown's marks from a text; at most `MAX_TEXT` characters remain."""
    words = _URL.sub(" ", text[: 4 * MAX_TEXT]).translate(_MARKS).split()
    return " ".join(words)[:MAX_TEXT].encode("utf-8", "replace").decode()


def remove_common(vectors: NDArray[np.int8]) -> NDArray[np.float32]:
    """Remove what is common to all rows; each then has length 1 (or 0).

    Sums of small integers are exact, so the result does not depend on the order of the rows.
    """
    import numpy as np

    rows = vectors.astype(np.float64)
    count = max(len(rows), 1)
    mean = rows.sum(axis=0) / count
    spread = rows.T @ rows / count - np.outer(mean, mean)
    top = np.linalg.eigh(spread)[1][:, ::-1][:, : min(MAX_DIRECTIONS, count // TEXTS_PER_DIRECTION)]
    rows -= mean
    rows -= (rows @ top) @ top.T
    rows[~vectors.any(axis=1)] = 0
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return np.asarray(rows / lengths, np.float32)


def rank_by_meaning(vectors: NDArray[np.int8], *, min_similarity: float) -> list[tuple[int, float]]:
    """Rank the rows after the first, numbered from 0, by their similarity to it."""
    import numpy as np

    places = remove_common(vectors)
    similarity = np.round(places[1:] @ places[0], 4)
    order = np.argsort(-similarity, kind="stable").tolist()
    found = [number for number in order if similarity[number] >= min_similarity]
    return [(number, round(float(similarity[number]), 2)) for number in found]
