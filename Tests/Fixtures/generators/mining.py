# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes mining/: embeddings, the communities and pairs that the reference finds among them, and their clusters; and a
small matrix in files of SciPy.

The order of equal scores is up to the reference's libraries; here it is by index. No score is so close to another one, or to
a threshold, that rounding could decide.
"""

import json
from pathlib import Path

import numpy as np
import scipy.sparse
import torch
from sentence_transformers import util
from sklearn.cluster import HDBSCAN, AgglomerativeClustering
from sklearn.cluster._hdbscan._linkage import make_single_linkage, mst_from_data_matrix
from sklearn.cluster._hdbscan._tree import tree_to_labels
from sklearn.metrics import DistanceMetric

ROWS, GROUPS, DIMENSIONS = 150, 9, 12
COPIES, ZEROS = {40: 3, 77: 3, 90: 55, 149: 100}, [11, 120]
DOUBTFUL = [*COPIES, *ZEROS]
TIE, GAP = 1e-6, 4e-6


def number(x: float) -> float:
    return float(f"{x:.9g}")


def data() -> np.ndarray:
    random = np.random.default_rng(21)
    centers = random.standard_normal((GROUPS, DIMENSIONS))
    group = random.choice(GROUPS, ROWS, p=np.arange(1, GROUPS + 1) / (GROUPS * (GROUPS + 1) / 2))
    rows = centers[group] + 0.45 * random.standard_normal((ROWS, DIMENSIONS)) * random.uniform(0.3, 1.6, (ROWS, 1))
    rows *= random.uniform(0.5, 2, (ROWS, 1))
    for copy, original in COPIES.items():
        rows[copy] = rows[original]
    rows[ZEROS] = 0
    return rows.astype(np.float32)


def by_score(entries: list[tuple]) -> list[tuple]:
    """By descending score, equal ones by what follows it."""
    entries = sorted(entries, key=lambda entry: -entry[0])
    rank, ranked = 0, []
    for place, entry in enumerate(entries):
        rank += place > 0 and entries[place - 1][0] - entry[0] > TIE
        ranked.append((rank, entry))
    return [entry for _, entry in sorted(ranked, key=lambda item: (item[0], item[1][1:]))]


def communities(rows: np.ndarray, scores: np.ndarray, threshold: float, least: int) -> dict:
    assert np.abs(scores - threshold).min() > GAP
    found = util.community_detection(rows, threshold=threshold, min_community_size=least)
    for community in found:
        members = by_score([(scores[community[0], row], row) for row in community[1:]])
        community[1:] = [row for _, row in members]
    return {"threshold": threshold, "least": least, "communities": found}


def paraphrases(rows: np.ndarray, function: str, max_pairs: int, top_k: int) -> dict:
    functions = {"cosine": util.cos_sim, "dot": util.dot_score, "euclidean": util.euclidean_sim,
                 "manhattan": util.manhattan_sim}
    found = util.paraphrase_mining_embeddings(torch.tensor(rows), max_pairs=max_pairs, top_k=top_k, query_chunk_size=40,
                                              corpus_chunk_size=37, score_function=functions[function])
    pairs = [[number(score), first, second] for score, first, second in by_score([tuple(pair) for pair in found])]
    return {"function": function, "maxPairs": max_pairs, "topK": top_k, "pairs": pairs}


def by_first(labels: np.ndarray) -> list[int]:
    """The labels with clusters numbered by their first rows."""
    numbers = {}
    return [numbers.setdefault(label, len(numbers)) for label in labels.tolist()]


def agglomerations(rows: np.ndarray) -> list[dict]:
    out = []
    for linkage, metric, count, distance in [
            ("ward", "euclidean", 7, None), ("ward", "euclidean", None, 6.0), ("average", "cosine", 12, None),
            ("average", "cosine", None, 0.4), ("average", "manhattan", None, 9.0), ("complete", "cosine", None, 0.5),
            ("complete", "euclidean", 20, None), ("average", "euclidean", 1, None), ("complete", "cosine", None, 0.0)]:
        model = AgglomerativeClustering(linkage=linkage, metric=metric, n_clusters=count, distance_threshold=distance)
        out.append({"linkage": linkage, "metric": metric, "count": count, "distance": distance,
                    "labels": by_first(model.fit(rows.astype(np.float64)).labels_)})
    return out


def cosine_density(unit: np.ndarray, size: int, samples: int) -> tuple[np.ndarray, np.ndarray]:
    """HDBSCAN with 1 minus the cosine, by scikit-learn's parts.

    As a whole it only takes a matrix of such distances, does not remember then which row an edge comes from, and leaves the
    order of equally long edges to an unstable sort.
    """
    distances = np.clip(1 - unit @ unit.T, 0, None)
    cores = np.ascontiguousarray(np.sort(distances, axis=1)[:, samples - 1])
    metric = DistanceMetric.get_metric("pyfunc", func=lambda a, b: max(0.0, 1 - float(a @ b)))
    edges = mst_from_data_matrix(np.ascontiguousarray(unit), cores, metric)
    order = np.argsort(edges["distance"], kind="stable")
    return tree_to_labels(make_single_linkage(edges[order]), size)


def densities(rows: np.ndarray) -> list[dict]:
    unit = util.normalize_embeddings(torch.tensor(rows)).numpy().astype(np.float64)
    out = []
    for size, samples, metric, single, *selection in [
            (5, None, "euclidean", False), (3, 2, "euclidean", False), (10, 4, "euclidean", False), (2, 1, "euclidean", False),
            (4, 3, "manhattan", False), (5, None, "cosine", False), (8, 3, "cosine", False), (60, 5, "euclidean", True),
            (40, 10, "euclidean", False), (5, None, "euclidean", False, "leaf"), (3, 2, "euclidean", False, "leaf"),
            (4, 3, "manhattan", False, "leaf"), (2, 1, "euclidean", True, "leaf"), (140, 5, "euclidean", True, "leaf")]:
        method = selection[0] if selection else "eom"
        if metric == "cosine":
            labels, probabilities = cosine_density(unit, size, samples or size)
        else:
            model = HDBSCAN(min_cluster_size=size, min_samples=samples, allow_single_cluster=single, metric=metric,
                            algorithm="ball_tree", copy=True, cluster_selection_method=method).fit(rows.astype(np.float64))
            labels, probabilities = model.labels_, model.probabilities_
        out.append({"size": size, "samples": samples, "metric": metric, "single": single, "leaf": method == "leaf",
                    "labels": labels.tolist(),
                    "probabilities": [number(x) for x in probabilities]})
    return out


def matrices(folder: Path) -> None:
    rows = scipy.sparse.csr_matrix(np.array([[0, 1.5, 0, 0], [0, 0, 0, 0], [2, 0, 0, -0.25]], np.float32))
    wide = rows.copy()
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    for name, matrix, compressed in [
            ("csr", rows, False), ("csr_float64", rows.astype(np.float64), False), ("csr_int64", wide, False),
            ("csc", rows.tocsc(), False), ("compressed", rows, True)]:
        scipy.sparse.save_npz(folder / f"{name}.npz", matrix, compressed=compressed)


def generate(root: Path) -> None:
    rows = data()
    unit = util.normalize_embeddings(torch.tensor(rows)).numpy().astype(np.float64)
    scores = unit @ unit.T
    # Which of a row's equal neighbours are among its best is up to the library, so these have none.
    distinct = np.delete(rows, DOUBTFUL, axis=0)
    out = {
        "rows": [[number(x) for x in row] for row in rows],
        "communities": [communities(rows, scores, threshold, least) for threshold, least in
                        [(0.75, 10), (0.75, 3), (0.6, 1), (0.9, 2), (0.3, 5), (-0.05, 4), (0.999, 2), (0.75, 150)]],
        "paraphrases": [paraphrases(distinct, function, max_pairs, top_k)
                        for function in ["cosine", "dot", "euclidean", "manhattan"]
                        for max_pairs, top_k in [(400, 100), (60, 100), (500_000, 2), (40, 1)]],
        "allParaphrases": paraphrases(rows, "cosine", 400, ROWS),
        "doubtful": DOUBTFUL,
        # Zeros have no cosine for scikit-learn, and copies no finite density.
        "agglomerations": agglomerations(distinct),
        "densities": densities(distinct),
    }
    folder = root / "mining"
    folder.mkdir(exist_ok=True)
    matrices(folder)
    (folder / "expected.json").write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")
