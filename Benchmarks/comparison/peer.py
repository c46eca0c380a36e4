# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""A peer of the comparison: loads a model, encodes the texts once for every line on standard input, and answers
with the seconds that it took.

    python peer.py PEER KIND MODEL TEXTS.json THREADS EMBEDDINGS.f32 EXPORTS

Peers: torch-float32, torch-bfloat16, onnxruntime-float32, onnxruntime-int8, openvino-float32, openvino-bfloat16,
openvino-int8 (quantized by NNCF); those of OpenVINO also with -throughput, which runs several batches at a time.
Kinds: dense; decoder, pairs (a cross-encoder) and splade (a sparse encoder) only of torch.
"""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

MAXIMUM_LENGTH = 256
BATCH_SIZE = 32


def torch_peer(precision, kind, model, threads):
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder

    torch.set_num_threads(threads)
    dtype = {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]
    opened = {"dense": SentenceTransformer, "decoder": SentenceTransformer, "pairs": CrossEncoder, "splade": SparseEncoder}[kind]
    loaded = opened(model, device="cpu", model_kwargs={"dtype": dtype})
    if kind == "pairs":
        return lambda pairs: loaded.predict(pairs, batch_size=BATCH_SIZE)
    if kind == "dense":
        loaded.max_seq_length = MAXIMUM_LENGTH
    return lambda texts: loaded.encode(texts, batch_size=BATCH_SIZE)


def dense(results):
    """Embeddings or scores as rows of numbers."""
    return results.to_dense().float().numpy() if hasattr(results, "to_dense") else np.asarray(results, np.float32)


def batches(tokenizer, texts):
    """Padded batches of texts of similar length, each with the indices of its texts."""
    order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
    for first in range(0, len(texts), BATCH_SIZE):
        indices = order[first:first + BATCH_SIZE]
        batch = tokenizer([texts[i] for i in indices], padding=True, truncation=True, max_length=MAXIMUM_LENGTH,
                          return_tensors="np")
        yield indices, {name: batch[name].astype(np.int64) for name in ["input_ids", "attention_mask", "token_type_ids"]}


def collected(results, count):
    """The results of batches as one array, in the order of the texts."""
    out = None
    for indices, rows in results:
        out = np.zeros((count, rows.shape[1]), np.float32) if out is None else out
        out[indices] = rows
    return out


def batched(tokenizer, run):
    """Encodes texts through a graph that takes one padded batch after another."""
    return lambda texts: collected(((indices, run(batch)) for indices, batch in batches(tokenizer, texts)), len(texts))


def onnxruntime_peer(precision, model, threads, exports):
    import onnxruntime
    from transformers import AutoTokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    file = exports / ("model-int8.onnx" if precision == "int8" else "model.onnx")
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return batched(AutoTokenizer.from_pretrained(model), lambda inputs: session.run(None, inputs)[0])


def openvino_peer(precision, hint, model, threads, exports):
    import openvino
    from transformers import AutoTokenizer

    settings = {"PERFORMANCE_HINT": hint.upper(), "INFERENCE_NUM_THREADS": threads,
                "INFERENCE_PRECISION_HINT": "bf16" if precision == "bfloat16" else "f32"}
    file = exports / ("model-int8.xml" if precision == "int8" else "model.xml")
    compiled = openvino.Core().compile_model(str(file), "CPU", settings)
    tokenizer = AutoTokenizer.from_pretrained(model)
    if hint == "latency":
        request = compiled.create_infer_request()
        return batched(tokenizer, lambda inputs: request.infer(inputs)[0])
    queue = openvino.AsyncInferQueue(compiled)

    def encode(texts):
        results = []
        queue.set_callback(lambda request, indices: results.append((indices, request.get_output_tensor(0).data.copy())))
        for indices, batch in batches(tokenizer, texts):
            queue.start_async(batch, indices)
        queue.wait_all()
        return collected(results, len(texts))

    return encode


def main(peer, kind, model, texts, threads, embeddings, exports):
    library, precision, hint = [*peer.split("-"), "latency"][:3]
    threads, exports = int(threads), Path(exports)
    texts = json.loads(Path(texts).read_text(encoding="utf-8"))
    if library == "torch":
        encode = torch_peer(precision, kind, model, threads)
    elif library == "onnxruntime":
        encode = onnxruntime_peer(precision, model, threads, exports)
    else:
        encode = openvino_peer(precision, hint, model, threads, exports)
    dense(encode(texts)).tofile(embeddings)
    # Some libraries print to standard output; answers go to the original one.
    answers = os.fdopen(ANSWERS, "w")
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            encode(texts)
        print(time.perf_counter() - start, file=answers, flush=True)


if __name__ == "__main__":
    ANSWERS = os.dup(1)
    os.dup2(2, 1)
    main(*sys.argv[1:])
