# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Reads a cache that the tests filled with the Python client, which may not use the network.

    python check_cache.py FOLDER

`make interoperability` makes FOLDER.
"""

import sys
from pathlib import Path

from huggingface_hub import hf_hub_download, scan_cache_dir, snapshot_download, try_to_load_from_cache

NAME = "org/tiny"
FILES = ["1_Pooling/config.json", "config.json", "empty.txt", "model.safetensors", "modules.json"]


def main(folder: Path) -> int:
    report = scan_cache_dir(folder)
    assert not report.warnings, report.warnings
    (repository,) = report.repos
    assert repository.repo_id == NAME and len(repository.revisions) == 1
    (revision,) = repository.revisions
    for name in [None, "main", revision.commit_hash]:
        snapshot = Path(snapshot_download(NAME, revision=name, cache_dir=folder, local_files_only=True))
        assert snapshot == revision.snapshot_path, snapshot
        for file in FILES:
            path = hf_hub_download(NAME, file, revision=name, cache_dir=folder, local_files_only=True)
            assert Path(path) == snapshot / file and Path(path).is_symlink(), path
            assert try_to_load_from_cache(NAME, file, revision=name, cache_dir=folder) == path
    assert len((snapshot / "model.safetensors").read_bytes()) == 300_000
    print(f"{len(FILES)} files of {NAME}: the Python client reads them")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
