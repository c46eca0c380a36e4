# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The texts of the comparison: English sentences from the documentation inside pinned Python packages."""

import ast
import importlib.util
import json
import random
import re
from pathlib import Path

PACKAGES = ["transformers", "torch", "sklearn", "scipy"]
PLAIN = re.compile(r"^[A-Za-z0-9 ,.'\"()\-:;!?`/]+$")


INSTRUCTION = ("Instruct: Given a question about the parameters of a function, retrieve passages of the documentation that "
               "explain exactly what each parameter does.\nQuery: ")


def sentences() -> list[str]:
    """Every sentence of 20 to 400 characters in the packages' docstrings, each once, in a fixed random order."""
    found = {}
    for package in PACKAGES:
        folder = Path(importlib.util.find_spec(package).origin).parent
        for file in sorted(folder.rglob("*.py")):
            try:
                tree = ast.parse(file.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError):
                continue
            for node in ast.walk(tree):
                if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
                    continue
                for paragraph in re.split(r"\n\s*\n", ast.get_docstring(node) or ""):
                    for text in re.split(r"(?<=[.!?])\s+", " ".join(paragraph.split())):
                        if 20 <= len(text) <= 400 and text[0].isupper() and text[-1] in ".!?" and PLAIN.match(text):
                            found[text] = None
    all_sentences = list(found)
    random.Random(1).shuffle(all_sentences)
    return all_sentences


def write(folder: Path) -> dict[str, Path]:
    """Writes one JSON array of texts for each set and returns where."""
    chosen, pick = sentences()[:8000], random.Random(2)
    paragraphs = [" ".join(pick.sample(chosen, pick.randint(4, 12))) for _ in range(300)]
    # Of 100 texts, 30 are copies of others; in `distinct` their words are in another order, so that no two are equal.
    corpus = [(text, text) for text in chosen[2400:3800]]
    corpus += [(text, " ".join(pick.sample(text.split(), len(text.split())))) for text in chosen[2400:3000]]
    pick.shuffle(corpus)
    sets = {
        "short": chosen[:2000],
        "paragraphs": paragraphs,
        "mixed": [text for pair in zip(chosen[2000:2200], paragraphs[:200]) for text in pair],
        "query": ["How do I reset my password on the account page"],
        # Each query has the same number of documents, both short and long.
        "pairs": [[query, document] for query in chosen[3000:3008]
                  for document in chosen[4000:4016] + paragraphs[200:208]],
        # As a decoder of instructed queries gets them: about 30 tokens that all share, then about 12 of each.
        "instructed": [INSTRUCTION + text for text in chosen[5000:] if 8 <= len(text.split()) <= 9][:64],
        "duplicates": [text for text, _ in corpus],
        "distinct": [text for _, text in corpus],
        "splade": paragraphs[210:274],
        # About as long as the model's maximum length.
        "splade-long": [" ".join(pick.sample(chosen, 24)) for _ in range(32)],
    }
    paths = {}
    for name, texts in sets.items():
        paths[name] = folder / f"{name}.json"
        paths[name].write_text(json.dumps(texts), encoding="utf-8")
    return paths
