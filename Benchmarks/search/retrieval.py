# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What evaluating retrieval costs beside encoding its texts: both commands in turns, on a folder in BEIR's form.

    python retrieval.py PATH/OF/sentence-transformers MODEL [--documents 100000] [--queries 1000] [--threads 2] [--turns 2]
        [--compute float32]

Documents are one or two sentences, a query is a sentence of a document that is relevant to it. Prints the best time of
each and their ratio.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "comparison"))
import texts  # noqa: E402


def store(folder: Path, documents: int, queries: int) -> list[Path]:
    """Writes the folder, and returns the files whose texts are encoded."""
    pick, sentences = random.Random(1), texts.sentences()
    contents = [pick.sample(sentences, pick.randint(1, 2)) for _ in range(documents)]
    relevant = pick.sample(range(documents), queries)
    rows = {"corpus": [(f"d{row}", " ".join(content)) for row, content in enumerate(contents)],
            "queries": [(f"q{place}", contents[row][-1]) for place, row in enumerate(relevant)]}
    for name, lines in rows.items():
        (folder / f"{name}.jsonl").write_text(
            "".join(json.dumps({"_id": key, "title": "", "text": text}) + "\n" for key, text in lines), encoding="utf-8")
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + "".join(f"q{place}\td{row}\t1\n" for place, row in enumerate(relevant)))
    return [folder / f"{name}.jsonl" for name in rows]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--compute", default="float32")
    options = parser.parse_args()
    common = ["--model", options.model, "--quiet", "--threads", str(options.threads), "--compute", options.compute]
    best = {"encode": float("inf"), "evaluate": float("inf")}
    with tempfile.TemporaryDirectory() as folder:
        files = store(Path(folder), options.documents, options.queries)
        for _ in range(options.turns):
            start = time.perf_counter()
            for file in files:
                subprocess.run([options.program, "encode", *common, "--input", str(file), "--output", str(file) + ".npy"],
                               check=True)
            best["encode"] = min(best["encode"], time.perf_counter() - start)
            start = time.perf_counter()
            found = subprocess.run([options.program, "evaluate", *common, "--data", folder, "--json"], check=True,
                                   stdout=subprocess.PIPE)
            best["evaluate"] = min(best["evaluate"], time.perf_counter() - start)
    metrics = json.loads(found.stdout)
    print(json.dumps(best | {"ratio": best["evaluate"] / best["encode"],
                             "ndcg": next(value for key, value in metrics.items() if key.endswith("cosine_ndcg@10"))}))


if __name__ == "__main__":
    main()
