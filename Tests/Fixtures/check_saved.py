# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Loads models that the tests saved into the Python library and compares their results with the fixtures'.

    python check_saved.py FOLDER

FOLDER holds what was saved of every fixture model under the fixture's path; `make interoperability` makes it.
"""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from huggingface_hub import ModelCard
from safetensors.torch import load_file
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.sentence_transformer.evaluation import EmbeddingSimilarityEvaluator

ROOT = Path(__file__).resolve().parent
# Both are the same library on the same weights; only the order of a batch may differ.
TOLERANCE = 1e-6


@dataclass
class Group:
    """Fixtures of one kind: how they are opened, and which methods gave which of the expected tensors."""
    kind: type
    texts: str
    methods: dict[str, str]
    batch: int


GROUPS = {
    "models": Group(SentenceTransformer, "models", {"texts": "encode"}, 5),
    "architectures": Group(SentenceTransformer, "architectures", {"normalized": "encode"}, 5),
    "words": Group(SentenceTransformer, "words", {"texts": "encode"}, 1),
    "modules": Group(SentenceTransformer, "words", {"encode": "encode"}, 4),
    "cross_encoders": Group(CrossEncoder, "cross_encoders", {"default": "predict"}, 5),
    "sparse": Group(
        SparseEncoder, "architectures", {name: name for name in ["encode", "encode_query", "encode_document"]}, 4),
    "vectors": Group(
        MultiVectorEncoder, "vectors", {name: name for name in ["encode", "encode_query", "encode_document"]}, 4),
}
# The reference has no code of this one: models carry it along.
ABSENT = {"architectures/jina_bert_v2"}


def difference(found: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference, relative to the largest number or one."""
    if found.shape != expected.shape:
        return float("inf")
    scale = expected[expected.isfinite()].abs().max().clamp(min=1)
    # The largest of no words at all is negative infinity on both sides.
    return torch.where(found == expected, 0.0, (found - expected).abs() / scale).max().item()


def check(name: str, folder: Path) -> bool:
    group = GROUPS[Path(name).parent.name]
    file = "pairs.json" if group.kind is CrossEncoder else "texts.json"
    texts = json.loads((ROOT / group.texts / file).read_text(encoding="utf-8"))
    texts = texts["texts"] if isinstance(texts, dict) else texts
    model = group.kind(str(folder / name), device="cpu", local_files_only=True).float()
    expected = load_file(ROOT / name / "expected.safetensors")
    settings = {} if group.kind is MultiVectorEncoder else {"convert_to_tensor": True}
    if group.kind is SparseEncoder:
        settings["convert_to_sparse_tensor"] = False

    def results(method: str) -> torch.Tensor:
        found = getattr(model, method)(texts, batch_size=group.batch, **settings)
        return torch.cat(found) if isinstance(found, list) else found

    largest = max(
        difference(results(method).reshape(expected[key].shape), expected[key])
        for key, method in group.methods.items())
    print(f"{name}: largest relative difference {largest:.2e}", flush=True)
    return largest <= TOLERANCE


# Models that the tests have trained, the fixtures that they began with, and how they are opened.
TRAINED = {
    "dense": ("models/mean", SentenceTransformer), "sparse": ("sparse/bert", SparseEncoder),
    "reranker": ("cross_encoders/bert", CrossEncoder), "late": ("vectors/mpnet", MultiVectorEncoder),
}
# Ten steps of float32 against float64.
TRAINED_TOLERANCE = 1e-5


def check_trained(name: str, folder: Path) -> bool:
    """Loads a trained model, saves it again, and compares its parameters with those of the reference's own steps."""
    fixture, kind = TRAINED[name]
    expected = load_file(ROOT / "training" / f"{fixture.replace('/', '_')}.safetensors")
    model = kind(str(folder / "training" / name), device="cpu", local_files_only=True).float()
    with tempfile.TemporaryDirectory() as saved:
        model.save(saved, create_model_card=False)
        found = {}
        for entry in json.loads((Path(saved) / "modules.json").read_text(encoding="utf-8")):
            file = Path(saved) / entry["path"] / "model.safetensors"
            for key, tensor in (load_file(file) if file.exists() else {}).items():
                found[f"after.{entry['idx']}.{key}"] = tensor
    wanted = {key: tensor for key, tensor in expected.items() if key.startswith("after.")}
    largest = max((found[key] - wanted[key]).abs().max().item() for key in wanted)
    print(f"training/{name}: largest difference of a parameter {largest:.2e}", flush=True)
    return found.keys() == wanted.keys() and largest <= TRAINED_TOLERANCE


def check_metrics(folder: Path) -> bool:
    """Loads a trained model, and compares its embeddings and the reference's evaluation of it with ours."""
    folder = folder / "trained" / "similarity"
    ours = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = [text for pair in ours["pairs"] for text in pair]
    embeddings = difference(model.encode(texts, convert_to_tensor=True), torch.tensor(ours["embeddings"]))
    evaluator = EmbeddingSimilarityEvaluator(
        [pair[0] for pair in ours["pairs"]], [pair[1] for pair in ours["pairs"]], ours["scores"], name="dev",
        similarity_fn_names=["cosine", "euclidean", "dot"], write_csv=False)
    metrics = evaluator(model)
    metric = max(abs(value - ours["metrics"][name]) for name, value in metrics.items())
    print(f"trained/similarity: largest difference of embeddings {embeddings:.2e}, of metrics {metric:.2e}", flush=True)
    return metrics.keys() == ours["metrics"].keys() and max(embeddings, metric) <= TOLERANCE


# Cards of trained models: one of plain texts, and one of texts that mean something to Markdown or YAML.
CARDS = ["plain", "hostile"]


def check_card(name: str, folder: Path) -> bool:
    """Loads a trained model with its card, whose front matter must be what the Hub takes."""
    folder = folder / "cards" / name
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    data = ModelCard.load(folder / "README.md", ignore_metadata_errors=False).data
    print(f"cards/{name}: {data.model_name!r}, {len(data.tags)} tags, {data.eval_results[0].metric_type}")
    return (
        model.get_embedding_dimension() > 0 and data.library_name == "sentence-transformers"
        and data.pipeline_tag == "sentence-similarity" and "generated_from_trainer" in data.tags
        and all(isinstance(text, str) for text in data.tags + data.language)
        and len(data.eval_results) == 1 and isinstance(data.eval_results[0].metric_value, float))


def main(folder: Path) -> int:
    names = sorted(f"{group}/{path.name}" for group in GROUPS for path in (ROOT / group).iterdir() if path.is_dir())
    missing = [name for name in names if not (folder / name).is_dir()]
    failures = [name for name in names if name not in ABSENT and name not in missing and not check(name, folder)]
    failures += [f"training/{name}" for name in TRAINED if not check_trained(name, folder)]
    failures += [f"cards/{name}" for name in CARDS if not check_card(name, folder)]
    failures += [] if check_metrics(folder) else ["trained/similarity"]
    for name in missing:
        print(f"{name}: not in {folder}", file=sys.stderr)
    for name in failures:
        print(f"{name}: differs", file=sys.stderr)
    print(f"{len(names) + len(TRAINED) + len(CARDS) + 1 - len(missing) - len(failures) - len(ABSENT)} models agree")
    return 1 if missing or failures else 0


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main(Path(sys.argv[1])))
