# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Training beside the reference: pairs a second, memory, and what the parts of a step cost.

    python training.py --model FOLDER --worker TrainWorker [--threads 2] [--turns 3] [--sets NAME …] [--results FOLDER]

Every program is a process that stays loaded; in a turn each takes some steps, one program after another, and its best
turn counts. Sets: `natural` (sentences as they are, which the reference pads), `equal` (sentences of one length, where
there is no padding to save) and `static` (a static embedding model of 30,000 x 256); of real size with random weights
`reranker` (a cross-encoder like distilroberta), `splade` and `colbert` (like BERT-base).
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import models
import texts

HERE = Path(__file__).resolve().parent
BATCH = {"natural": 64, "equal": 64, "static": 512, "reranker": 32, "splade": 16, "colbert": 16}
# Steps of a turn.
STEPS = {"natural": 2, "equal": 2, "static": 20, "reranker": 1, "splade": 1, "colbert": 1}
OURS = ["ours-float32", "ours-bfloat16"]
PEERS = ["torch-float32", "torch-bfloat16"]
RATIOS = [("ours-float32", "torch-float32"), ("ours-float32", "torch-bfloat16"), ("ours-bfloat16", "torch-bfloat16")]


class Program:
    def __init__(self, name, model, pairs, options, set_name):
        batch = BATCH[set_name]
        self.name, self.times = name, []
        release, _, precision = name.partition("-")
        program = [options.worker] if release == "ours" else [sys.executable, HERE / "training_peer.py"]
        arguments = [model, pairs, options.threads]
        arguments = [*arguments, precision, batch] if release == "ours" else [precision, *arguments, batch, set_name]
        self.process = subprocess.Popen(
            [str(part) for part in [*program, *arguments]], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{name} did not start")
        self.ask("1")

    def ask(self, line):
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def turn(self, steps):
        self.times.append(float(self.ask(steps)) / steps)

    def peak_memory(self):
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), None)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def operations_per_token(model):
    """Multiply-adds of all products with weights, forward and backward, times two; attention is left out."""
    file = model / "config.json"
    if not file.exists():
        return None
    config = json.loads(file.read_text())
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    return 3 * 2 * config["num_hidden_layers"] * (4 * hidden * hidden + 2 * hidden * inner)


def static_model(folder, model):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=256)], device="cpu").save(str(folder))
    return folder


def late_interaction(folder, source, sentences):
    """BERT-base below a random projection to 128 dimensions."""
    from sentence_transformers import MultiVectorEncoder
    from transformers import AutoTokenizer, BertConfig, BertModel

    plain = folder.with_suffix(".plain")
    BertModel(BertConfig()).save_pretrained(plain)
    AutoTokenizer.from_pretrained(str(source), model_max_length=512).save_pretrained(plain)
    MultiVectorEncoder(str(plain), device="cpu").save_pretrained(str(folder))
    return folder


def model_of(name, work, options, sentences):
    makers = {"static": lambda: static_model(work / name, options.model),
              "reranker": lambda: models.cross_encoder(work / name, sentences),
              "splade": lambda: models.splade(work / name, options.model, sentences),
              "colbert": lambda: late_interaction(work / name, options.model, sentences)}
    return makers.get(name, lambda: options.model)()


def pairs_of(name, all_texts, model):
    from tokenizers import Tokenizer

    if name == "equal":
        tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        tokenizer.no_padding()
        # So many words that all have the same number of tokens.
        words = [word for word in dict.fromkeys(" ".join(all_texts[:4000]).lower().split())
                 if word.isalpha() and len(tokenizer.encode(word, add_special_tokens=False).ids) == 1]
        pick = random.Random(3)
        all_texts = [" ".join(pick.sample(words, 30)) for _ in range(2560)]
    chosen = all_texts[:20480] if name == "static" else all_texts[:2560]
    half = len(chosen) // 2
    return [[chosen[i], chosen[half + i]] for i in range(half)]


def measure(name, options, work, all_texts):
    model = model_of(name, work, options, all_texts[:20000])
    file = work / f"{name}.json"
    file.write_text(json.dumps(pairs_of(name, all_texts, options.model)), encoding="utf-8")
    programs = []
    for program in OURS[:1] + PEERS[:1] if name == "static" else OURS + PEERS:
        print(f"training, {name}: {program} …", file=sys.stderr)
        programs.append(Program(program, model, file, options, name))
    for _ in range(options.turns):
        for program in programs:
            program.turn(STEPS[name])
    rows = []
    for program in programs:
        best = min(program.times)
        row = {"program": program.name, "seconds_per_step": best, "pairs_per_second": BATCH[name] / best,
               "peak_memory_MiB": program.peak_memory()}
        if program.name.startswith("ours"):
            costs = json.loads(program.ask("costs"))
            parts = {part: costs[part] for part in ["forward", "loss", "backward", "optimizer", "layers"]}
            row["shares"] = {part: value / sum(parts.values()) for part, value in parts.items()}
            each = operations_per_token(model)
            if each and program.name == "ours-float32":
                tokens = costs["tokens"] / (1 + options.turns * STEPS[name])
                row["share_of_peak"] = each * tokens / best / costs["peak"]
        rows.append(row)
        program.close()
    return {"set": name, "batch": BATCH[name], "rows": rows}


def table(results):
    lines = []
    for result in results:
        rows = {row["program"]: row for row in result["rows"]}
        lines += [f"## training, {result['set']}: batches of {result['batch']} pairs", "",
                  "| program | pairs/s | s/step | MiB | share of float32 peak | forward, loss, backward, optimizer, layers |",
                  "| --- | ---: | ---: | ---: | ---: | --- |"]
        for row in rows.values():
            share = f"{100 * row['share_of_peak']:.0f} %" if "share_of_peak" in row else ""
            parts = ", ".join(f"{100 * value:.0f} %" for value in row.get("shares", {}).values())
            lines.append(f"| {row['program']} | {row['pairs_per_second']:,.1f} | {row['seconds_per_step']:.3f} | "
                         f"{row['peak_memory_MiB']} | {share} | {parts} |")
        lines += ["", "| ours | against | times as fast | share of its memory |", "| --- | --- | ---: | ---: |"]
        lines += [f"| {ours} | {peer} | {rows[peer]['seconds_per_step'] / rows[ours]['seconds_per_step']:.2f} | "
                  f"{rows[ours]['peak_memory_MiB'] / rows[peer]['peak_memory_MiB']:.2f} |"
                  for ours, peer in RATIOS if ours in rows and peer in rows]
        lines.append("")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--sets", nargs="*", default=list(BATCH), choices=list(BATCH))
    parser.add_argument("--results", type=Path, default=HERE.parent / "results")
    options = parser.parse_args()
    all_texts = texts.sentences()
    with tempfile.TemporaryDirectory() as folder:
        results = [measure(name, options, Path(folder), all_texts) for name in options.sets]
    options.results.mkdir(exist_ok=True)
    (options.results / "training.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (options.results / "training.md").write_text(table(results), encoding="utf-8")
    print(table(results))


if __name__ == "__main__":
    main()
