# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The model as the graphs that ONNX Runtime and OpenVINO run: with mean pooling and normalisation, and in int8."""

import sys
from pathlib import Path


def export(model: str, folder: Path) -> None:
    import openvino
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModel, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)
    body = AutoModel.from_pretrained(model, attn_implementation="eager").eval()

    class Embedder(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.body = body

        def forward(self, input_ids, attention_mask, token_type_ids):
            hidden = self.body(input_ids=input_ids, attention_mask=attention_mask,
                               token_type_ids=token_type_ids).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=-1)

    batch = tokenizer(["hello world", "another longer test sentence here"], padding=True, return_tensors="pt")
    names = ["input_ids", "attention_mask", "token_type_ids"]
    torch.onnx.export(
        Embedder().eval(), tuple(batch[name] for name in names), str(folder / "model.onnx"), input_names=names,
        output_names=["embedding"], dynamic_axes={name: {0: "batch", 1: "length"} for name in names},
        opset_version=17, dynamo=False)
    openvino.save_model(openvino.convert_model(str(folder / "model.onnx")), str(folder / "model.xml"),
                        compress_to_fp16=False)
    quantize_dynamic(str(folder / "model.onnx"), str(folder / "model-int8.onnx"), weight_type=QuantType.QInt8)


def quantize(model: str, folder: Path, texts: list[str]) -> None:
    """Writes the exported model in 8 bits, calibrated on texts: NNCF's quantization of transformers after training."""
    import nncf
    import openvino
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model)

    def inputs(text: str) -> dict:
        batch = tokenizer(text, truncation=True, max_length=256, return_tensors="np")
        return {name: batch[name] for name in ["input_ids", "attention_mask", "token_type_ids"]}

    graph = openvino.Core().read_model(str(folder / "model.xml"))
    quantized = nncf.quantize(graph, nncf.Dataset(texts, inputs), model_type=nncf.ModelType.TRANSFORMER,
                              subset_size=len(texts))
    openvino.save_model(quantized, str(folder / "model-int8.xml"), compress_to_fp16=False)


if __name__ == "__main__":
    export(sys.argv[1], Path(sys.argv[2]))
