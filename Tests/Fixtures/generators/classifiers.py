# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes classifiers/: what scikit-learn's LogisticRegression makes of rows of unit length, solved to the end."""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

SIZE = 12


def case(classes: int, count: int, strength: float, seed: int) -> dict:
    random = np.random.default_rng(seed)
    centers = random.normal(size=(classes, SIZE))
    labels = [index % classes for index in range(count)]
    rows = np.stack([centers[label] + random.normal(size=SIZE) for label in labels])
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    model = LogisticRegression(C=strength, tol=1e-10, max_iter=100_000).fit(rows.astype(np.float64), labels)
    return {"classes": classes, "strength": strength, "rows": rows.tolist(), "labels": labels,
            "probabilities": model.predict_proba(rows.astype(np.float64)).tolist()}


def generate(root: Path) -> None:
    cases = [case(2, 16, 1, 1), case(2, 15, 10, 2), case(5, 40, 1, 3), case(3, 30, 0.3, 4)]
    target = root / "classifiers"
    target.mkdir(exist_ok=True)
    (target / "regressions.json").write_text(json.dumps(cases) + "\n", encoding="utf-8")
