# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes losses/: what the reference's losses make of fixed embeddings, and where three steps of AdamW lead with them.

`cases.json` has the configuration of each loss as a file of ours has it, which is also what the reference's class is made
of here. `values.safetensors` has the embeddings of each kind of model and, for each case, the labels, the value, the slopes
of all embeddings, and what the loss learns itself with its slopes. `steps.safetensors` has samples of all parameters after
three steps on a tiny model. Everything is computed in float64 and stored as float32.
"""

import copy
import itertools
import json
import shutil
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder, util
from sentence_transformers.cross_encoder import losses as cross
from sentence_transformers.multi_vector_encoder import losses as late
from sentence_transformers.multi_vector_encoder import scoring
from sentence_transformers.sentence_transformer import losses as dense
from sentence_transformers.sentence_transformer.losses import (
    BatchHardTripletLossDistanceFunction, SiameseDistanceMetric, TripletDistanceMetric)
from sentence_transformers.sparse_encoder import losses as sparse

from .training import load, named

ROWS, SIZE, STEPS, RATE = 6, 48, 3, 1e-3
# Slopes that are exactly 0, such as those of keys' biases, are noise in float32, which a small epsilon would amplify.
EPSILON = 1e-3
# Every so many elements of a parameter are kept.
SAMPLES = 48
# Texts of four columns; what a batch takes are its first ones.
TEXTS = [
    ["how many people live in berlin?", "the man plays guitar", "it is sunny today", "eating pasta", "a result", "x y"],
    ["many people live in berlin", "a man plays", "lovely sunny weather outside", "he eats food", "search result", "x"],
    ["it is so sunny outside", "he drove to the stadium", "many people", "the guitar", "a passage, a query", "7 8 9"],
    ["berlin - (berlin)", "eating guitar", "unknownness", "today he drove", "passages", "cafe uber"],
]

# A guide takes the texts of a batch, so that its model must stand in the fixtures.
GUIDE = "models/tail"
MNRL = "MultipleNegativesRankingLoss"
CLASSES, NUMBERS, BINARY = "classes", "numbers", "binary"


def case(name: str, columns: int, labels=None, kind: str = "dense", **arguments) -> dict:
    """A loss with its arguments; labels are of a kind, or of a shape."""
    return {"loss": {"name": name} | arguments, "columns": columns, "labels": labels, "kind": kind}


def batch_losses() -> list[dict]:
    names = ["BatchAllTripletLoss", "BatchHardTripletLoss", "BatchHardSoftMarginTripletLoss", "BatchSemiHardTripletLoss"]
    found = []
    for name in names:
        found.append(case(name, 1, CLASSES))
        found.append(case(name, 1, CLASSES, distance_metric="cosine_distance",
                          **({} if "Soft" in name else {"margin": 0.3})))
        found.append(case(name, 1, "same"))
    return found


def cases() -> list[dict]:
    directions = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]
    return [
        case(MNRL, 2), case(MNRL, 3), case(MNRL, 4, directions=directions),
        case(MNRL, 3, scale=3, similarity_fct="dot_score", directions=directions[::2], partition_mode="per_direction"),
        *(case(MNRL, 4, hardness_mode=mode, hardness_strength=2.5)
          for mode in ("in_batch_negatives", "hard_negatives", "all_negatives")),
        case(f"Cached{MNRL}", 3, mini_batch_size=2), case(f"Cached{MNRL}", 4, directions=directions, mini_batch_size=4),
        case("MultipleNegativesSymmetricRankingLoss", 3), case("CachedMultipleNegativesSymmetricRankingLoss", 2),
        case("CosineSimilarityLoss", 2, NUMBERS),
        case("CosineSimilarityLoss", 2, NUMBERS, cos_score_transformation="torch.nn.modules.activation.Sigmoid"),
        case("CoSENTLoss", 2, NUMBERS), case("CoSENTLoss", 2, NUMBERS, scale=0.5, similarity_fct="pairwise_dot_score"),
        case("AnglELoss", 2, NUMBERS), case("AnglELoss", 2, NUMBERS, scale=5), case("AnglELoss", 4),
        case("ContrastiveLoss", 2, BINARY), case("ContrastiveLoss", 2, NUMBERS, margin=1.2, size_average=False),
        *(case(name, 2, BINARY, distance_metric=f"SiameseDistanceMetric.{metric}", margin=margin)
          for name in ("ContrastiveLoss", "OnlineContrastiveLoss")
          for metric, margin in (("EUCLIDEAN", 1.6), ("MANHATTAN", 9), ("COSINE_DISTANCE", 1.1))),
        case("OnlineContrastiveLoss", 2, BINARY), case("OnlineContrastiveLoss", 2, "zeros", margin=1.2),
        case("OnlineContrastiveLoss", 2, "ones"),
        case("TripletLoss", 3), case("TripletLoss", 3, distance_metric="TripletDistanceMetric.COSINE", triplet_margin=0.4),
        case("TripletLoss", 3, distance_metric="TripletDistanceMetric.MANHATTAN", triplet_margin=9),
        *batch_losses(),
        case("MegaBatchMarginLoss", 2, mini_batch_size=4),
        case("MegaBatchMarginLoss", 2, use_mini_batched_version=False, positive_margin=0.9, negative_margin=-0.1),
        case("MarginMSELoss", 3, [ROWS]), case("MarginMSELoss", 3, [ROWS, 1]), case("MarginMSELoss", 3, [ROWS, 2]),
        case("MarginMSELoss", 4, [ROWS, 2], similarity_fct="pairwise_cos_sim"), case("MarginMSELoss", 4, [ROWS, 3]),
        case("DistillKLDivLoss", 3, [ROWS, 2]),
        case("DistillKLDivLoss", 4, [ROWS, 3], similarity_fct="pairwise_cos_sim", temperature=0.5),
        case("DistillKLDivLoss", 4, [ROWS, 3], student_temperature=2, teacher_temperature=0.7),
        case("GlobalOrthogonalRegularizationLoss", 2),
        case("GlobalOrthogonalRegularizationLoss", 3, mean_weight=2, second_moment_weight=0.5, aggregation="sum"),
        case("GlobalOrthogonalRegularizationLoss", 1, mean_weight=None, similarity_fct="dot_score"),
        case("SoftmaxLoss", 2, CLASSES, num_labels=3),
        case("SoftmaxLoss", 2, CLASSES, num_labels=4, concatenation_sent_rep=False,
             concatenation_sent_multiplication=True),
        case("EmbedDistillLoss", 2, [ROWS, SIZE]), case("EmbedDistillLoss", 2, [ROWS, 2, SIZE], distance_metric="l2"),
        case("EmbedDistillLoss", 1, [ROWS, 20], projection_dim=20), case("MSELoss", 1, [ROWS, SIZE]),
        case("MSELoss", 2, [ROWS, 2, 10], projection_dim=10),
        *(case("GISTEmbedLoss", columns, guide=GUIDE, **arguments) for columns, arguments in (
            (2, {}), (3, dict(temperature=0.1, margin_strategy="relative", margin=0.1)),
            (3, dict(temperature=0.05, margin=0.2, contrast_anchors=False, contrast_positives=False)))),
        case("CachedGISTEmbedLoss", 4, guide=GUIDE, temperature=0.1, mini_batch_size=4),
        case("MatryoshkaLoss", 2, NUMBERS, loss={"name": "CoSENTLoss"}, matryoshka_dims=[16, 48, 32]),
        case("MatryoshkaLoss", 3, loss={"name": MNRL}, matryoshka_dims=[48, 12], matryoshka_weights=[1, 0.5]),
        case("MatryoshkaLoss", 3, loss={"name": f"Cached{MNRL}", "mini_batch_size": 4}, matryoshka_dims=[48, 12],
             matryoshka_weights=[1, 0.3]),
        case("MatryoshkaLoss", 2, [ROWS, SIZE], loss={"name": "MSELoss"}, matryoshka_dims=[48, 24]),
        case("ContrastiveTensionLoss", 2, BINARY), case("ContrastiveTensionLoss", 2),
        case("ContrastiveTensionLossInBatchNegatives", 2),
        case("ContrastiveTensionLossInBatchNegatives", 2, scale=3, similarity_fct="dot_score"),
        case("BinaryCrossEntropyLoss", 1, NUMBERS, "cross"), case("BinaryCrossEntropyLoss", 1, BINARY, "cross", pos_weight=3),
        case("CrossEntropyLoss", 1, CLASSES, "cross labels"),
        case("CrossEntropyLoss", 1, "shares", "cross labels", activation_fn="torch.nn.modules.activation.Tanh"),
        *(case("SpladeLoss", columns, kind="sparse", loss={"name": "SparseMultipleNegativesRankingLoss"},
               document_regularizer_weight=3e-3, **arguments) for columns, arguments in (
            (2, dict(query_regularizer_weight=5e-3)), (3, {}), (3, dict(use_document_regularizer_only=True)),
            (3, dict(query_regularizer_weight=0.1, document_regularizer_threshold=30, query_regularizer_threshold=29)))),
        case("CachedSpladeLoss", 3, kind="sparse", loss={"name": "SparseMultipleNegativesRankingLoss", "scale": 0.5},
             document_regularizer_weight=3e-3, query_regularizer_weight=5e-3, mini_batch_size=4),
        case("MultiVectorMultipleNegativesRankingLoss", 2, kind="late"),
        case("MultiVectorMultipleNegativesRankingLoss", 3, kind="late", scale=0.2),
        case("CachedMultiVectorMultipleNegativesRankingLoss", 3, kind="late", scale=0.2, mini_batch_size=4),
    ]


# Losses that no embeddings alone tell: these only take steps.
STEP_CASES = [
    case("AdaptiveLayerLoss", 3, loss={"name": MNRL}, n_layers_per_step=-1),
    case("AdaptiveLayerLoss", 2, NUMBERS, loss={"name": "CoSENTLoss"}, n_layers_per_step=-1, layer_weighting="log",
         last_layer_weight=0.7, prior_layers_weight=1.3, kl_div_weight=0.5, kl_temperature=0.8),
    case("AdaptiveLayerLoss", 2, NUMBERS, loss={"name": "CosineSimilarityLoss"}, n_layers_per_step=-1,
         layer_weighting="linear", kl_temperature=0),
    case("DenoisingAutoEncoderLoss", 2), case("DenoisingAutoEncoderLoss", 2, decoder_name_or_path="models/plain",
                                              tie_encoder_decoder=False),
    case("Matryoshka2dLoss", 2, loss={"name": MNRL}, matryoshka_dims=[48, 20], n_layers_per_step=-1, n_dims_per_step=-1),
]

MODELS = {
    "dense": ("models/mean", SentenceTransformer), "sparse": ("sparse/bert", SparseEncoder),
    "cross": ("cross_encoders/bert", CrossEncoder), "cross labels": ("cross_encoders/bert_labels", CrossEncoder),
    "late": ("vectors/mpnet", MultiVectorEncoder),
}


def build(configuration: dict, model, root: Path):
    """The reference's loss of a configuration."""
    arguments = dict(configuration)
    name = arguments.pop("name")
    module = {"CrossEncoder": cross, "SparseEncoder": sparse, "MultiVectorEncoder": late}.get(type(model).__name__, dense)
    for key, value in arguments.items():
        if key == "loss":
            arguments[key] = build(value, model, root)
        elif key == "decoder_name_or_path":
            arguments[key] = str(root / value)
        elif key == "guide":
            arguments[key] = SentenceTransformer(str(root / value), device="cpu", local_files_only=True).double()
        elif key == "similarity_fct":
            # A function, or a class with its arguments.
            arguments[key] = eval(value, vars(scoring)) if hasattr(scoring, value.split("(")[0]) else getattr(util, value)
        elif key == "pos_weight":
            arguments[key] = torch.tensor(float(value))
        elif key in ("cos_score_transformation", "activation_fn"):
            arguments[key] = getattr(torch.nn, value.split(".")[-1])()
        elif key == "distance_metric" and "." in value:
            metrics = {"SiameseDistanceMetric": SiameseDistanceMetric, "TripletDistanceMetric": TripletDistanceMetric}
            kind, name_of_metric = value.split(".")
            arguments[key] = vars(metrics[kind])[name_of_metric]
        elif key == "distance_metric" and name.startswith("Batch"):
            arguments[key] = getattr(BatchHardTripletLossDistanceFunction, value)
    if name == "SoftmaxLoss":
        arguments["embedding_dimension"] = SIZE
    torch.manual_seed(17)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(module, name)(model, **arguments)


def labels_of(kind, count: int | None) -> torch.Tensor | None:
    generator = torch.Generator().manual_seed(5)
    match kind:
        case None:
            return None
        case "classes":
            return torch.tensor([0, 1, 2, 0, 1, 0])
        case "same":
            return torch.zeros(ROWS, dtype=torch.long)
        case "binary":
            return torch.tensor([1, 0, 0, 1, 1, 0])
        case "zeros" | "ones":
            return torch.full([ROWS], int(kind == "ones"))
        case "numbers":
            return torch.tensor([0.5, 1, 0, 0.25, 0.75, 0.5]).double()
        case "shares":
            return torch.rand(ROWS, count, generator=generator).softmax(1).double()
        case "teacher":
            # Sparse embeddings of a teacher with as many words.
            return torch.randn(ROWS, count, generator=generator).relu().double()
        case shape:
            return torch.randn(shape, generator=generator).double()


def embeddings_of(kind: str) -> list[torch.Tensor]:
    """Four columns of embeddings; those of documents are near those of queries."""
    generator = torch.Generator().manual_seed(3)

    def random(*shape):
        return torch.randn(shape, generator=generator).float().double()

    match kind:
        case "dense":
            # Of lengths of about 1, as most models' are.
            base = random(ROWS, SIZE)
            return [(column / SIZE ** 0.5).float().double() for column in [
                base, *(share * base + random(ROWS, SIZE) for share in (0.2, 0.15, 0.1))]]
        case "sparse":
            return [random(ROWS, 60).relu() for _ in range(4)]
        case "cross":
            return [random(ROWS, 1)]
        case "cross labels":
            return [random(ROWS, 3)]
        case "late":
            return [random(count, 16) for count in (14, 23, 19, 11)]


# Tokens of each row of each column, of late interaction.
COUNTS = [[3, 1, 2, 4, 1, 3], [5, 2, 4, 4, 7, 1], [3, 3, 3, 3, 3, 4], [1, 2, 3, 2, 2, 1]]


def stub(kind: str, model, columns: list[torch.Tensor], guides=None):
    """Makes a model answer with given embeddings; returns what to call a loss with."""
    if kind.startswith("cross"):
        model.preprocess = lambda pairs, **_: {}
        model.forward = lambda features, **_: {"scores": columns[0]}
        return [["a"] * ROWS, ["b"] * ROWS]
    features = [{"input_ids": torch.arange(ROWS)[:, None] + 100 * column} for column in range(len(columns))]
    if kind == "late":
        def padded(ids):
            rows = [columns[i // 100].split(COUNTS[i // 100])[i % 100] for i in ids[:, 0].tolist()]
            mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
            return {"token_embeddings": torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), "attention_mask": mask}
        model.forward = lambda features, **_: dict(features) | padded(features["input_ids"])
        return features

    def answer(columns):
        def forward(features, **_):
            rows = torch.stack([columns[i // 100][i % 100] for i in features["input_ids"][:, 0].tolist()])
            return dict(features) | {"sentence_embedding": rows}
        return forward
    model.forward = answer(columns)
    if guides is not None:
        guides[0].forward = answer([guides[0].encode(texts, convert_to_tensor=True) for texts in TEXTS])
    return features


def own_parameters(loss, model) -> dict:
    """What a loss learns beside the model."""
    known = {id(parameter) for parameter in model.parameters()}
    return {name: parameter for name, parameter in loss.named_parameters()
            if id(parameter) not in known and not name.startswith(("model1.", "guide.", "loss.guide."))}


def value(number: int, case: dict, root: Path, out: dict) -> None:
    kind = case["kind"]
    folder, model_class = MODELS[kind]
    model = load(root / folder, model_class)
    columns = [column.clone().requires_grad_() for column in embeddings_of(kind)[:case["columns"]]]
    loss = build(case["loss"], model, root).double()
    guides = [loss.guide] if hasattr(loss, "guide") else None
    features = stub(kind, model, columns, guides)
    labels = labels_of(case["labels"], columns[0].shape[-1])
    name = case["loss"]["name"]
    if name == "ContrastiveTensionLoss":
        loss.model1.forward = model.forward
        if labels is None:
            # The second row has the same tokens in both columns.
            for feature in features:
                feature["attention_mask"] = torch.ones_like(feature["input_ids"])
            same = torch.tensor([0.0, 1, 0, 0, 0, 0])
            texts = [list(column) for column in TEXTS[:2]]
            texts[1][1] = texts[0][1]
            case["texts"], labels = texts, same.double()
    if name == "ContrastiveTensionLossInBatchNegatives":
        for copied, column in ((loss.model1, 0), (loss.model2, 1)):
            copied.forward = lambda features, column=column: {"sentence_embedding": columns[column]}
    found = loss(features, labels)
    parts = found if isinstance(found, dict) else {"": found}
    sum(parts.values()).backward()
    for part, tensor in parts.items():
        out[f"{number}.value.{part}"] = tensor.detach().reshape(1)
    for index, column in enumerate(columns):
        out[f"{number}.slope.{index}"] = torch.zeros_like(column) if column.grad is None else column.grad
    if labels is not None and "texts" not in case:
        out[f"{number}.labels"] = labels.detach()
    for name, parameter in own_parameters(loss, model).items():
        out[f"{number}.parameter.{name}"] = parameter.detach().clone()
        out[f"{number}.parameter_slope.{name}"] = parameter.grad


def sampled(tensor: torch.Tensor) -> torch.Tensor:
    """Elements at equal distances."""
    flat = tensor.detach().flatten()
    return flat[::-(-flat.numel() // SAMPLES)]


def decoder_name(name: str, is_new: bool) -> str:
    """A parameter's name in a checkpoint of ours; new ones have no prefix, and the first of several names."""
    name = name.replace("decoder.bert.", "decoder.") if "crossattention" in name else name
    return name.replace(".predictions.bias", ".predictions.decoder.bias") if is_new else name


def steps(number: int, case: dict, root: Path, out: dict) -> None:
    kind = case["kind"]
    folder, model_class = MODELS[kind]
    model = load(root / folder, model_class)
    loss = build(case["loss"], model, root).double()
    for module in loss.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    own = own_parameters(loss, model)
    if case["loss"]["name"] == "DenoisingAutoEncoderLoss":
        own = {decoder_name(name, "decoder_name_or_path" not in case["loss"]): parameter for name, parameter in own.items()
               # Attention to one vector is that vector, whatever query and key are.
               if "crossattention.self.query" not in name and "crossattention.self.key" not in name}
    for name, parameter in own.items():
        # What stands in a file begins as it is there.
        if "decoder_name_or_path" not in case["loss"] or "crossattention" in name:
            out[f"{number}.before.{name}"] = parameter.detach().clone()
    words = 3
    if case["labels"] == "teacher":
        words = model.encode(["a"]).shape[-1]
        # Encoding has ended the training mode.
        model.train()
    labels = labels_of(case["labels"], words)
    if labels is not None:
        out[f"{number}.labels"] = labels
    texts = case.get("texts", TEXTS)[:case["columns"]]
    optimizer = torch.optim.AdamW(loss.parameters(), lr=RATE, eps=EPSILON, weight_decay=0)
    for _ in range(STEPS):
        optimizer.zero_grad()
        if kind.startswith("cross"):
            inputs = TEXTS[:2]
        elif kind == "late":
            inputs = [model.preprocess(column, task="document" if index else "query") | {
                "task": "document" if index else "query"} for index, column in enumerate(texts)]
        else:
            inputs = [model.preprocess(column) for column in texts]
        found = loss(inputs, labels)
        found = sum(found.values()) if isinstance(found, dict) else found
        found.backward()
        optimizer.step()
    out[f"{number}.last"] = found.detach().reshape(1)
    for name, parameter in own.items():
        out[f"{number}.after.{name}"] = sampled(parameter)
    models = [("", model)] + ([("model1.", loss.model1)] if hasattr(loss, "model1") else [])
    for prefix, trained in models:
        values = {name: parameter.detach().clone() for name, parameter in trained.named_parameters()}
        saved = {name.removeprefix("."): tensor for name, tensor in named(trained, "", values).items()}
        # A pooler that no module reads stays as it is.
        for name in sorted(name for name in saved if not name.startswith("0.pooler.")):
            key = f"{number}.{prefix or 'model.'}all"
            out[key] = torch.cat([out.get(key, torch.zeros(0)), sampled(saved[name]).float()])


def generate(root: Path) -> None:
    write(root, "losses", cases(), STEP_CASES)


def write(root: Path, name: str, found: list[dict], step_cases: list[dict]) -> None:
    """Writes what the reference makes of some cases, and where steps lead with them and others, to a folder."""
    target = root / name
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    values, after = {}, {}
    for kind, (folder, _) in MODELS.items():
        for index, column in enumerate(embeddings_of(kind)):
            values[f"{kind}.{index}"] = column
    for number, case in enumerate(found):
        value(number, case, root, values)
    everything = found + step_cases
    for number, case in enumerate(everything):
        steps(number, case, root, after)
    (target / "cases.json").write_text(
        json.dumps({
            "texts": TEXTS, "counts": COUNTS, "models": {kind: folder for kind, (folder, _) in MODELS.items()},
            "values": len(found), "cases": everything, "rate": RATE, "epsilon": EPSILON, "steps": STEPS,
            "samples": SAMPLES}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for name, tensors in (("values", values), ("steps", after)):
        save_file({key: tensor.float().contiguous() for key, tensor in tensors.items()},
                  target / f"{name}.safetensors")
