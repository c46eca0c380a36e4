# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes sparse_losses/: as losses/, for the losses of sparse encoders and of late interaction.

`schedule.json` has the weights of a SpladeLoss in each step of a run, as the reference's callback sets them.
"""

import json
from pathlib import Path
from types import SimpleNamespace

from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder import losses as sparse
from sentence_transformers.sparse_encoder.callbacks.splade_callbacks import SpladeRegularizerWeightSchedulerCallback

from .losses import BINARY, NUMBERS, ROWS, case, write
from .training import load


def splade(name: str, columns: int, labels=None, **arguments) -> dict:
    """A loss inside one that keeps embeddings sparse."""
    return case("SpladeLoss", columns, labels, "sparse", loss={"name": name} | arguments,
                document_regularizer_weight=3e-3, query_regularizer_weight=5e-3)


def sparse_cases() -> list[dict]:
    return [
        splade("SparseCosineSimilarityLoss", 2, NUMBERS),
        splade("SparseCosineSimilarityLoss", 2, NUMBERS, cos_score_transformation="torch.nn.modules.activation.Sigmoid"),
        splade("SparseCoSENTLoss", 2, NUMBERS),
        splade("SparseCoSENTLoss", 2, NUMBERS, scale=0.5, similarity_fct="pairwise_dot_score"),
        splade("SparseAnglELoss", 2, NUMBERS), splade("SparseAnglELoss", 2, BINARY, scale=3),
        splade("SparseTripletLoss", 3), splade("SparseTripletLoss", 3, distance_metric="TripletDistanceMetric.COSINE",
                                               triplet_margin=0.4),
        splade("SparseMarginMSELoss", 3, [ROWS]), splade("SparseMarginMSELoss", 4, [ROWS, 3]),
        splade("SparseMarginMSELoss", 4, [ROWS, 2], similarity_fct="pairwise_cos_sim"),
        splade("SparseDistillKLDivLoss", 3, [ROWS, 2]), splade("SparseDistillKLDivLoss", 4, [ROWS, 3], temperature=0.5),
        splade("SparseDistillKLDivLoss", 3, [ROWS, 2], student_temperature=3, teacher_temperature=0.7),
        case("CachedSpladeLoss", 3, [ROWS], "sparse", loss={"name": "SparseMarginMSELoss"},
             document_regularizer_weight=3e-3, mini_batch_size=4),
    ]


def late_cases() -> list[dict]:
    ranking, margin, distillation = (f"MultiVector{name}Loss" for name in (
        "MultipleNegativesRanking", "MarginMSE", "DistillKLDiv"))
    return [
        case(ranking, 3, kind="late", similarity_fct="mean_colbert_scores", scale=3),
        case(ranking, 3, kind="late", similarity_fct="XTRScores(top_k=9)", scale=0.5),
        case(ranking, 2, kind="late", similarity_fct="xtr_scores"),
        case(f"Cached{ranking}", 3, kind="late", similarity_fct="mean_colbert_scores", scale=2, mini_batch_size=4,
             score_mini_batch_size=3),
        case(margin, 3, [ROWS], "late"), case(margin, 4, [ROWS, 2], "late"), case(margin, 4, [ROWS, 3], "late"),
        case(margin, 3, [ROWS, 1], "late", similarity_fct="mean_colbert_scores_pairwise"),
        case(margin, 3, [ROWS], "late", similarity_fct="xtr_scores_pairwise"),
        case(distillation, 3, [ROWS, 2], "late"), case(distillation, 4, [ROWS, 3], "late", temperature=0.5),
        case(distillation, 4, [ROWS, 3], "late", similarity_fct="mean_colbert_kd_scores", student_temperature=0.2,
             teacher_temperature=0.7),
        case(distillation, 3, [ROWS, 2], "late", similarity_fct="XTRKDScores(top_k=5)"),
    ]


# Its labels have as many numbers as the model has words.
STEP_CASES = [case("SparseMSELoss", 1, "teacher", "sparse")]


def schedule(root: Path, kind: str, total: int, ratio: float) -> dict:
    """The weights of documents and of queries in each step."""
    model = load(root / "sparse/bert", SparseEncoder)
    loss = sparse.SpladeLoss(model, sparse.SparseMultipleNegativesRankingLoss(model), 3e-3, 5e-3)
    callback = SpladeRegularizerWeightSchedulerCallback(loss, kind, ratio)
    state, weights = SimpleNamespace(max_steps=total, global_step=0), []
    callback.on_train_begin(None, state, None)
    for state.global_step in range(total):
        callback.on_step_begin(None, state, None)
        weights.append([loss.document_regularizer_weight, loss.query_regularizer_weight])
    return {"kind": kind, "total": total, "ratio": ratio, "weights": weights}


def generate(root: Path) -> None:
    write(root, "sparse_losses", sparse_cases() + late_cases(), STEP_CASES)
    runs = [schedule(root, *run) for run in (
        ("quadratic", 10, 1 / 3), ("linear", 10, 0.5), ("quadratic", 2, 1 / 3), ("quadratic", 7, 1.0))]
    (root / "sparse_losses" / "schedule.json").write_text(json.dumps(runs, indent=1) + "\n", encoding="utf-8")
