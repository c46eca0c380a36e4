# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Prints how far the embeddings of sparse and multi-vector models are from the reference's.

    python agreement.py COMMAND

COMMAND is the command line of this package; `make agreement` builds it. Sparse embeddings are compared relative to the
largest weight of a text, vectors of tokens as they are. The tests demand the same agreement of the library.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

ROOT = Path(__file__).resolve().parent
TASKS = {"encode": [], "encode_query": ["--task", "query"], "encode_document": ["--task", "document"]}


def lines(command: str, model: Path, texts: Path, options: list[str]) -> list:
    run = subprocess.run(
        [command, "encode", "--model", model, "--compute", "float32-highest", "--input", texts, "--quiet", *options],
        capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def sparse(found: list, expected: np.ndarray) -> float:
    worst = 0.0
    for line, row in zip(found, expected, strict=True):
        dense = np.zeros_like(row)
        dense[line["indices"]] = line["values"]
        if not np.array_equal(np.nonzero(dense)[0], np.nonzero(row)[0]):
            return float("inf")
        worst = max(worst, float(np.abs(dense - row).max() / max(row.max(), np.finfo(np.float32).tiny)))
    return worst


def vectors(found: list, expected: np.ndarray) -> float:
    rows = np.array([row for text in found for row in text], np.float32)
    return float(np.abs(rows - expected).max()) if rows.shape == expected.shape else float("inf")


def main(command: str) -> None:
    for group, texts, compare in [("sparse", "architectures", sparse), ("vectors", "vectors", vectors)]:
        print(f"| {group} | largest difference |\n| --- | --- |")
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "texts.jsonl"
            inputs = json.loads((ROOT / texts / "texts.json").read_text(encoding="utf-8"))
            file.write_text("".join(json.dumps(text) + "\n" for text in inputs), encoding="utf-8")
            for model in sorted(path for path in (ROOT / group).iterdir() if path.is_dir()):
                expected = load_file(model / "expected.safetensors")
                worst = max(compare(lines(command, model, file, options), expected[name])
                            for name, options in TASKS.items())
                print(f"| {model.name} | {worst:.1e} |")
        print()


if __name__ == "__main__":
    main(sys.argv[1])
