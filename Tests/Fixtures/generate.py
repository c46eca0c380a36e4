# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Records the fixtures of all tests from the reference implementation.

    python generate.py [part …]

A part is a module in `generators/` with a function `generate(root: Path)`, where `root` is the folder of this file.
Without arguments every part runs. The versions of the packages that the fixtures were recorded with are written to
`versions.json`. Seeds are fixed, so a run with the same versions changes nothing.
"""

import importlib
import importlib.metadata
import json
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PACKAGES = [
    "bm25s", "faiss-cpu", "numpy", "peft", "safetensors", "scikit-learn", "sentence-transformers", "sentencepiece", "tokenizers",
    "torch", "transformers", "usearch",
]


def parts() -> list[str]:
    names = (path.stem for path in (ROOT / "generators").glob("*.py"))
    return sorted(name for name in names if not name.startswith("_"))


def write_versions() -> None:
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    (ROOT / "versions.json").write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    known = parts()
    unknown = [name for name in arguments if name not in known]
    if unknown:
        print(f"unknown part {', '.join(unknown)}; known: {', '.join(known)}", file=sys.stderr)
        return 64
    sys.path.insert(0, str(ROOT))
    for name in arguments or known:
        module = importlib.import_module(f"generators.{name}")
        if hasattr(module, "generate"):
            print(f"{name} …", file=sys.stderr)
            module.generate(ROOT)
    write_versions()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
