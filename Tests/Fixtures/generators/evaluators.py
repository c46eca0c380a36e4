# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes evaluators/: what the reference's evaluators find for tiny models, and the files that they write.

`cases.json` holds the data, and for each case the kind, the model, the arguments, all metrics and the primary one, and
the file of results after two evaluations, with the files of predictions where these were wanted. The teacher of `mse` is the model itself. `nano/` has the data sets that the
cases `nano` are about. `statistics.json` holds results of SciPy and scikit-learn for numbers with many
ties. The case `minilm` is about the real all-MiniLM-L6-v2, which SENTENCE_TEST_MODEL names.
"""

import json
import os
import random
import shutil
import tempfile
from pathlib import Path

import datasets
import numpy as np
import torch
from scipy.stats import pearsonr, spearmanr
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.cross_encoder import evaluation as cross
from sentence_transformers.multi_vector_encoder import evaluation as vectors
from sentence_transformers.sentence_transformer import evaluation as dense
from sentence_transformers.sentence_transformer.readers import InputExample
from sentence_transformers.sparse_encoder import evaluation as sparse
from sentence_transformers.util import cos_sim, dot_score, euclidean_sim, manhattan_sim
from sklearn.metrics import average_precision_score, f1_score, matthews_corrcoef, ndcg_score

SUBJECTS = ["the weather", "a dog", "the stadium", "my house", "a small car", "the sun", "an old book", "the query"]
VERBS = ["is lovely today", "runs fast", "is sunny outside", "was sold", "looks new"]
DISTINCT = len(SUBJECTS) * len(VERBS)
ALL = ["cosine", "dot", "euclidean", "manhattan"]
SIMILARITIES = {"cosine": cos_sim, "dot": dot_score, "euclidean": euclidean_sim, "manhattan": manhattan_sim}
DENSE, SPARSE, VECTORS = "models/mean", "sparse/bert", "vectors/pylate"
KINDS = {DENSE: SentenceTransformer, SPARSE: SparseEncoder, VECTORS: MultiVectorEncoder}
# Three vectors as large as the embeddings of DENSE.
CLASSIFIER_SIZE = 3 * 48
# The most documents that a metric looks at are those that files of predictions have.
FEW = {"accuracy_at_k": [1, 3], "precision_recall_at_k": [3], "mrr_at_k": [5], "ndcg_at_k": [5], "map_at_k": [5]}
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
        "reranking": [
            {"query": query, "positive": few[: 1 + i % 3], "negative": few[1 + i % 3 :]}
            for i, query in enumerate(numbers.sample(texts, 8))
            for few in [numbers.sample(texts, 6)]
        ],
        # Of some queries the first search found nothing relevant, or not all.
        "ranked": [
            {"query_id": f"q{i}", "query": query, "positive": few[: i % 3 + 1], "documents": numbers.sample(few, 5),
             "other": numbers.sample(few + texts[:6], 6)}
            for i, query in enumerate(numbers.sample(texts, 8))
            for few in [numbers.sample(texts[6:], 9)]
        ],
        "mined": {f"s{i}": text for i, text in enumerate(numbers.sample(texts, 30))},
        "duplicates": [[f"s{numbers.randrange(32)}", f"s{numbers.randrange(32)}"] for _ in range(14)],
        "languages": [
            {"en": text, "de": text.replace("the", "das"), "fr": "" if i % 4 == 0 else text.replace("is", "est")}
            for i, text in enumerate(texts[:12])
        ],
        "teacher": [[numbers.randrange(0, 9) / 4 for _ in range(4)] for _ in range(6)],
        "classifier": [[numbers.uniform(-1, 1) for _ in range(CLASSIFIER_SIZE)] for _ in range(3)],
        "bias": [numbers.uniform(-0.1, 0.1) for _ in range(3)],
        "target": [text.replace("the ", "a ") for text in texts[:14]] + [texts[0]],
    }


def unzip(pairs):
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


NANO = ["NanoMSMARCO", "NanoNQ"]


def write_nano(folder: Path, d: dict) -> None:
    """Two data sets in BEIR's files, each in another way."""
    numbers = random.Random(11)
    documents = [f"d{i}" for i in range(d["distinct"])]
    for i, name in enumerate(NANO):
        target = folder / name
        (target / "qrels").mkdir(parents=True)
        own = numbers.sample(documents, 25)
        lines = [{"_id": key, "text": d["corpus"][key]} for key in own]
        if i == 0:
            lines = [{"_id": line["_id"], "title": "", "text": line["text"]} for line in lines] + [
                {"_id": "empty", "title": "", "text": ""}]
        data = "".join(json.dumps(line) + "\n" for line in lines)
        (target / "corpus.jsonl").write_text(data, encoding="utf-8")
        queries = numbers.sample(sorted(d["queries"]), 4 + i)
        (target / "queries.jsonl").write_text(
            "".join(json.dumps({"_id": key, "text": d["queries"][key]}) + "\n" for key in queries), encoding="utf-8")
        rows = [(query, document, 1 + numbers.randrange(3)) for query in queries
                for document in numbers.sample(own, 1 + numbers.randrange(3))]
        if i == 0:
            (target / "qrels" / "test.tsv").write_text(
                "query-id\tcorpus-id\tscore\n" + "".join(f"{q}\t{c}\t{g}\n" for q, c, g in rows), encoding="utf-8")
        else:
            (target / "qrels").rmdir()
            (target / "qrels.jsonl").write_text(
                "".join(json.dumps({"query-id": q, "corpus-id": c}) + "\n" for q, c, _ in rows), encoding="utf-8")
        (target / "bm25.jsonl").write_text(
            "".join(json.dumps({"query-id": query, "corpus-ids": numbers.sample(own, 10)}) + "\n" for query in queries),
            encoding="utf-8")


def nano(kind, **arguments):
    """The reference's evaluator, with files instead of the Hub."""
    folder = Path(__file__).resolve().parent.parent / "evaluators" / "nano"

    def load(self, subset, split, required_columns):
        path = folder / split / f"{subset}.jsonl"
        if path.exists():
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        else:
            lines = (folder / split / subset / "test.tsv").read_text(encoding="utf-8").splitlines()
            rows = [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:]]
        return datasets.Dataset.from_list(rows)

    files = type(kind.__name__, (kind,), {"_load_dataset_subset_split": load})
    return files(["msmarco", "nq"], **arguments)


class Unpacked:
    """An evaluator of dense embeddings that takes a sparse model: slices of sparse tensors do not exist."""

    def __init__(self, evaluator):
        self.evaluator = evaluator

    def __getattr__(self, name):
        return getattr(self.evaluator, name)

    def __call__(self, model, *arguments, **named):
        class Dense:
            def encode(self, texts, **options):
                return model.encode(texts, convert_to_sparse_tensor=False)

        self.evaluator.store_metrics_in_model_card_data = lambda *_: None
        return self.evaluator(Dense(), *arguments, **named)


class Rows:
    """Batches of a data loader, whose rows the model collates."""

    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter([self.collate_fn([row]) for row in self.rows])


def cases(d: dict, teacher: SentenceTransformer, sparse_teacher: SparseEncoder | None = None):
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
        if model == SPARSE:
            yield "retrieval", model, ALL, "all", kind("InformationRetrievalEvaluator")(
                *distinct, name="all", score_functions={name: SIMILARITIES[name] for name in ALL})
        yield "reranking", model, None, "", kind("RerankingEvaluator")(d["reranking"])
        yield "reranking", model, None, "top", kind("RerankingEvaluator")(d["reranking"], at_k=2, name="top")
        yield "nano", model, None, "", nano(kind("NanoBEIREvaluator"), write_predictions=model == DENSE)
        yield "retrieval", model, ALL[:2], "predicted", kind("InformationRetrievalEvaluator")(
            *distinct, name="predicted", score_functions={name: SIMILARITIES[name] for name in ALL[:2]}, **FEW,
            write_predictions=True)
        yield "retrieval", model, None, "chunks", kind("InformationRetrievalEvaluator")(
            *distinct, corpus_chunk_size=7, name="chunks")
    yield "triplet", VECTORS, None, "late", vectors.MultiVectorTripletEvaluator(
        anchors, positives, negatives, name="late")
    yield "retrieval", VECTORS, None, "late", vectors.MultiVectorInformationRetrievalEvaluator(
        *distinct, corpus_chunk_size=11, name="late")
    yield "retrieval", VECTORS, None, "predicted", vectors.MultiVectorInformationRetrievalEvaluator(
        *distinct, name="predicted", **FEW, write_predictions=True)
    yield "reranking", VECTORS, None, "", vectors.MultiVectorRerankingEvaluator(d["reranking"])
    yield "nano", VECTORS, None, "", nano(vectors.MultiVectorNanoBEIREvaluator)
    queries, candidates = anchors[:6], [[*pair] for pair in zip(positives, negatives, positives[1:], negatives[2:])][:6]
    yield "distillation", VECTORS, None, "", vectors.MultiVectorDistillationEvaluator(
        queries, candidates, d["teacher"])
    yield "distillation", VECTORS, None, "warm", vectors.MultiVectorDistillationEvaluator(
        queries, candidates, d["teacher"], temperature=0.5, teacher_temperature=2.0, name="warm")
    yield "distillation", VECTORS, None, "flat", vectors.MultiVectorDistillationEvaluator(
        first, second, d["scores"], name="flat")
    for precision in ["float32", "int8", "uint8", "binary", "ubinary"]:
        # Cosines of bits that are equal differ by rounding, which would decide about ranks.
        functions = ALL[1:]
        yield "similarity", DENSE, functions, precision, dense.EmbeddingSimilarityEvaluator(
            first, second, d["scores"], similarity_fn_names=functions, name=precision, precision=precision)
    for closure in [False, True]:
        yield "mining", DENSE, None, "closure" if closure else "", dense.ParaphraseMiningEvaluator(
            d["mined"], duplicates_list=d["duplicates"], add_transitive_closure=closure,
            name="closure" if closure else "")
    yield "mining", DENSE, None, "few", dense.ParaphraseMiningEvaluator(
        d["mined"], duplicates_list=d["duplicates"], top_k=2, max_pairs=25, name="few")
    yield "mining", SPARSE, None, "sparse", Unpacked(dense.ParaphraseMiningEvaluator(
        d["mined"], duplicates_list=d["duplicates"], top_k=3, max_pairs=40, name="sparse"))
    yield "languages", DENSE, None, "", dense.MSEEvaluatorFromDataFrame(
        d["languages"], teacher, [("en", "de"), ("en", "fr")])
    yield "translation", SPARSE, None, "", sparse.SparseTranslationEvaluator(d["source"], d["target"])
    yield "mse", SPARSE, None, "dev", sparse.SparseMSEEvaluator(d["source"], d["target"], sparse_teacher, name="dev")
    for always in [True, False]:
        yield "reranking", CROSS, None, "all" if always else "found", cross.CrossEncoderRerankingEvaluator(
            [{key: sample[key] for key in ["query", "positive", "documents"]} for sample in d["ranked"]], at_k=4,
            always_rerank_positives=always, name="all" if always else "found")
    yield "reranking", CROSS, None, "", cross.CrossEncoderRerankingEvaluator(d["reranking"])
    yield "nano", CROSS, None, "", nano(cross.CrossEncoderNanoBEIREvaluator, rerank_k=7)
    yield "translation", DENSE, None, "de", dense.TranslationEvaluator(d["source"], d["target"], name="de")
    yield "mse", DENSE, None, "", dense.MSEEvaluator(d["source"], d["target"], teacher)
    yield "classification", CROSS, None, "dev", cross.CrossEncoderClassificationEvaluator(
        d["pairs"], d["labels"], name="dev")
    yield "classification", CLASSES, None, "", cross.CrossEncoderClassificationEvaluator(d["pairs"], d["classes"])
    yield "correlation", CROSS, None, "", cross.CrossEncoderCorrelationEvaluator(d["pairs"], d["scores"])


def run(evaluator, model, described=None) -> dict:
    described = described or evaluator
    with tempfile.TemporaryDirectory() as folder:
        evaluator(model, folder)
        metrics = evaluator(model, folder, epoch=1, steps=20)
        file = Path(folder) / described.csv_file
        found = {"metrics": metrics, "primary": described.primary_metric, "file": file.name,
                 "rows": file.read_bytes().decode()}
        files = sorted(Path(folder).iterdir())
        if len(files) > 1:
            found["files"] = [path.name for path in files]
        predictions = {path.name: path.read_text() for path in files if path.suffix == ".jsonl"}
        return found | ({"predictions": predictions} if predictions else {})


def fusion(d: dict) -> dict:
    keys = ["query_id", "query", "positive", "documents"]
    evaluator = sparse.ReciprocalRankFusionEvaluator(
        [{key: sample[key] for key in keys} for sample in d["ranked"]],
        [{key: sample[key] for key in keys} | {"documents": sample["other"]} for sample in d["ranked"]],
        at_k=5, write_predictions=True, name="rrf")
    return run(lambda model, *arguments, **named: evaluator(*arguments, **named), None, evaluator)


def accuracy(d: dict, model: SentenceTransformer) -> dict:
    weight, bias = torch.tensor(d["classifier"]), torch.tensor(d["bias"])

    def softmax(features, labels):
        u, v = (model(feature)["sentence_embedding"] for feature in features)
        return [u, v], torch.cat([u, v, (u - v).abs()], 1) @ weight.T + bias

    rows = Rows([InputExample(texts=pair, label=label) for pair, label in zip(d["pairs"], d["classes"])])
    return run(dense.LabelAccuracyEvaluator(rows, softmax_model=softmax), model)


def statistics() -> dict:
    numbers = np.random.default_rng(3)
    scores = (numbers.integers(0, 12, 60) / 8).astype(np.float32)
    labels = numbers.integers(0, 2, 60)
    other = np.round(scores + numbers.normal(size=60), 1)
    predicted, actual = numbers.integers(0, 4, 60), numbers.integers(0, 3, 60)
    find = dense.BinaryClassificationEvaluator
    grades = numbers.integers(0, 4, 30)
    accuracy, accuracy_threshold = find.find_best_acc_and_threshold(scores, labels, True)
    f1, precision, recall, f1_threshold = find.find_best_f1_and_threshold(scores, labels, True)
    return {
        "scores": scores.tolist(), "labels": labels.tolist(), "other": other.tolist(),
        "grades": grades.tolist(), "graded_ndcg": ndcg_score([grades], [np.arange(30, 0, -1)], k=7),
        "tied_ndcg": ndcg_score([labels], [scores], k=10), "predicted": predicted.tolist(), "actual": actual.tolist(),
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
    write_nano(target / "nano", d)
    models = {name: kind(str(root / name), device="cpu", local_files_only=True) for name, kind in KINDS.items()}
    for name in [CROSS, CLASSES]:
        models[name] = CrossEncoder(str(root / name), device="cpu", local_files_only=True)
    found = []
    for kind, model, functions, name, evaluator in cases(d, models[DENSE], models[SPARSE]):
        found.append({"kind": kind, "model": model, "functions": functions or [], "name": name,
                      **run(evaluator, models[model])})
    found.append({"kind": "fusion", "model": "", "functions": [], "name": "rrf", **fusion(d)})
    found.append({"kind": "accuracy", "model": DENSE, "functions": [], "name": "", **accuracy(d, models[DENSE])})
    real = SentenceTransformer(os.environ["SENTENCE_TEST_MODEL"], device="cpu", local_files_only=True)
    for kind, model, functions, name, evaluator in cases(d, real, models[SPARSE]):
        if model == DENSE and not functions and kind != "nano":
            found.append({"kind": kind, "model": "minilm", "functions": [], "name": name, **run(evaluator, real)})
    (target / "cases.json").write_text(json.dumps({"data": d, "cases": found}, indent=1) + "\n", encoding="utf-8")
    (target / "statistics.json").write_text(json.dumps(statistics(), indent=1) + "\n", encoding="utf-8")
