# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes evaluators/: what the reference's evaluators find for tiny models, and the files that they write.

`cases.json` holds the data, and for each case the kind, the model, the arguments, all metrics and the primary one, and
the file of results after two evaluations. The teacher of `mse` is the model itself. `statistics.json` holds results of SciPy and scikit-learn for numbers with many
ties. The case `minilm` is about the real all-MiniLM-L6-v2, which SENTENCE_TEST_MODEL names.
"""

import json
import os
import random
import shutil
import tempfile
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.cross_encoder import evaluation as cross
from sentence_transformers.multi_vector_encoder import evaluation as vectors
from sentence_transformers.sentence_transformer import evaluation as dense
from sentence_transformers.sparse_encoder import evaluation as sparse
from sklearn.metrics import average_precision_score, f1_score, matthews_corrcoef

SUBJECTS = ["the weather", "a dog", "the stadium", "my house", "a small car", "the sun", "an old book", "the query"]
VERBS = ["is lovely today", "runs fast", "is sunny outside", "was sold", "looks new"]
DISTINCT = len(SUBJECTS) * len(VERBS)
ALL = ["cosine", "dot", "euclidean", "manhattan"]
DENSE, SPARSE, VECTORS = "models/mean", "sparse/bert", "vectors/pylate"
KINDS = {DENSE: SentenceTransformer, SPARSE: SparseEncoder, VECTORS: MultiVectorEncoder}
CROSS, CLASSES = "cross_encoders/bert", "cross_encoders/bert_labels"


def data() -> dict:
    numbers = random.Random(7)
    texts = [f"{subject} {verb}" for subject in SUBJECTS for verb in VERBS]
    pairs = [numbers.sample(texts, 2) for _ in range(24)] + [[texts[0], texts[0]], [texts[1], texts[0]]]
    return {
        "pairs": pairs,
        # Steps of a half, so that there are ties.
        "scores": [numbers.randrange(0, 11) / 2 for _ in pairs],
        "labels": [numbers.randrange(2) for _ in pairs],
        "classes": [numbers.randrange(3) for _ in pairs],
        "triplets": [numbers.sample(texts, 3) for _ in range(20)],
        # Some documents are equal, so that there are ties, and one relevant document is not in the corpus.
        "queries": {f"q{i}": text for i, text in enumerate(numbers.sample(texts, 9))},
        "corpus": {f"d{i}": text for i, text in enumerate(texts + texts[:10])},
        "distinct": DISTINCT,
        "relevant": {f"q{i}": [f"d{numbers.randrange(50)}" for _ in range(1 + i % 4)] for i in range(8)} | {"q8": ["none"]},
        "source": texts[:15],
        "target": [text.replace("the ", "a ") for text in texts[:14]] + [texts[0]],
    }


def unzip(pairs):
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def cases(d: dict, teacher: SentenceTransformer):
    first, second = unzip(d["pairs"])
    anchors, positives, negatives = (list(column) for column in zip(*d["triplets"]))
    relevant = {query: set(documents) for query, documents in d["relevant"].items()}
    search = (d["queries"], d["corpus"], relevant)
    # What the reference computes of equal texts in different chunks is not quite equal, so that these have none.
    distinct = (d["queries"], {f"d{i}": d["corpus"][f"d{i}"] for i in range(DISTINCT)}, relevant)
    for model, part, prefix in [(DENSE, dense, ""), (SPARSE, sparse, "Sparse")]:
        def kind(name):
            return getattr(part, prefix + name)
        for functions, name in [(None, ""), (ALL, "all")]:
            yield "similarity", model, functions, name, kind("EmbeddingSimilarityEvaluator")(
                first, second, d["scores"], similarity_fn_names=functions, name=name)
            yield "binary", model, functions, name, kind("BinaryClassificationEvaluator")(
                first, second, d["labels"], similarity_fn_names=functions, name=name)
            yield "triplet", model, functions, name, kind("TripletEvaluator")(
                anchors, positives, negatives, similarity_fn_names=functions, name=name)
        yield "retrieval", model, None, "", kind("InformationRetrievalEvaluator")(*search)
        yield "retrieval", model, None, "chunks", kind("InformationRetrievalEvaluator")(
            *distinct, corpus_chunk_size=7, name="chunks")
    yield "triplet", VECTORS, None, "late", vectors.MultiVectorTripletEvaluator(
        anchors, positives, negatives, name="late")
    yield "retrieval", VECTORS, None, "late", vectors.MultiVectorInformationRetrievalEvaluator(
        *distinct, corpus_chunk_size=11, name="late")
    yield "translation", DENSE, None, "de", dense.TranslationEvaluator(d["source"], d["target"], name="de")
    yield "mse", DENSE, None, "", dense.MSEEvaluator(d["source"], d["target"], teacher)
    yield "classification", CROSS, None, "dev", cross.CrossEncoderClassificationEvaluator(
        d["pairs"], d["labels"], name="dev")
    yield "classification", CLASSES, None, "", cross.CrossEncoderClassificationEvaluator(d["pairs"], d["classes"])
    yield "correlation", CROSS, None, "", cross.CrossEncoderCorrelationEvaluator(d["pairs"], d["scores"])


def run(evaluator, model) -> dict:
    with tempfile.TemporaryDirectory() as folder:
        evaluator(model, folder)
        metrics = evaluator(model, folder, epoch=1, steps=20)
        file = Path(folder) / evaluator.csv_file
        return {"metrics": metrics, "primary": evaluator.primary_metric, "file": file.name,
                "rows": file.read_bytes().decode()}


def statistics() -> dict:
    numbers = np.random.default_rng(3)
    scores = (numbers.integers(0, 12, 60) / 8).astype(np.float32)
    labels = numbers.integers(0, 2, 60)
    other = np.round(scores + numbers.normal(size=60), 1)
    predicted, actual = numbers.integers(0, 4, 60), numbers.integers(0, 3, 60)
    find = dense.BinaryClassificationEvaluator
    accuracy, accuracy_threshold = find.find_best_acc_and_threshold(scores, labels, True)
    f1, precision, recall, f1_threshold = find.find_best_f1_and_threshold(scores, labels, True)
    return {
        "scores": scores.tolist(), "labels": labels.tolist(), "other": other.tolist(),
        "predicted": predicted.tolist(), "actual": actual.tolist(),
        "pearson": pearsonr(other, scores)[0], "spearman": spearmanr(other, scores)[0],
        "accuracy": accuracy, "accuracy_threshold": float(accuracy_threshold), "f1": f1, "precision": precision,
        "recall": recall, "f1_threshold": float(f1_threshold), "ap": average_precision_score(labels, scores),
        "mcc": matthews_corrcoef(labels, scores >= f1_threshold),
        **{f"f1_{average}": f1_score(actual, predicted, average=average) for average in ["macro", "micro", "weighted"]},
    }


def generate(root: Path) -> None:
    target = root / "evaluators"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    d = data()
    models = {name: kind(str(root / name), device="cpu", local_files_only=True) for name, kind in KINDS.items()}
    for name in [CROSS, CLASSES]:
        models[name] = CrossEncoder(str(root / name), device="cpu", local_files_only=True)
    found = []
    for kind, model, functions, name, evaluator in cases(d, models[DENSE]):
        found.append({"kind": kind, "model": model, "functions": functions or [], "name": name,
                      **run(evaluator, models[model])})
    real = SentenceTransformer(os.environ["SENTENCE_TEST_MODEL"], device="cpu", local_files_only=True)
    for kind, model, functions, name, evaluator in cases(d, real):
        if model == DENSE and not functions:
            found.append({"kind": kind, "model": "minilm", "functions": [], "name": name, **run(evaluator, real)})
    (target / "cases.json").write_text(json.dumps({"data": d, "cases": found}, indent=1) + "\n", encoding="utf-8")
    (target / "statistics.json").write_text(json.dumps(statistics(), indent=1) + "\n", encoding="utf-8")
