# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""hub/: a cache that the Python client huggingface_hub filled from a Hub on this machine, for SentenceHubTests."""

import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

NAME = "org/tiny"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
REVISIONS = ["main", "v1.0", "refs/pr/1", COMMIT]
FILES = {
    "modules.json": (b'[{"path": "", "type": "a"}, {"path": "1_Pooling", "type": "b"}]', False),
    "config.json": (b"{}", False),
    "1_Pooling/config.json": (b'{"a": 1}', False),
    "model.safetensors": (bytes(range(256)), True),
}


def digest(content: bytes, is_large: bool) -> str:
    return hashlib.sha256(content).hexdigest() if is_large else \
        hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


class Hub(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.split("?")[0].replace("%2F", "/")
        api = f"/api/models/{NAME}"
        if path.startswith(f"{api}/revision/"):
            self.answer(json.dumps({"id": NAME, "sha": COMMIT, "siblings": [{"rfilename": name} for name in FILES]}).encode())
        elif path.startswith(f"{api}/tree/"):
            self.answer(json.dumps([
                {"type": "file", "path": name, "size": len(content), "oid": digest(content, False)}
                | ({"lfs": {"oid": digest(content, True), "size": len(content), "pointerSize": 130}} if is_large else {})
                for name, (content, is_large) in FILES.items()]).encode())
        else:
            content, is_large = FILES[path.split("/", 5)[5] if path.count("/") > 4 else path.split("/")[-1]]
            self.answer(content, digest(content, is_large))

    def answer(self, content: bytes, etag: str = "none") -> None:
        self.send_response(200)
        for field, value in {"Content-Length": len(content), "ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}.items():
            self.send_header(field, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_) -> None:
        pass


def generate(root: Path) -> None:
    target = root / "hub"
    shutil.rmtree(target, ignore_errors=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    code = "import sys, huggingface_hub as h\n" \
        f"for r in {REVISIONS!r}: h.snapshot_download({NAME!r}, revision=r, cache_dir=sys.argv[1])"
    # Its own process, since the client reads the environment when it is imported.
    environment = os.environ | {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HUB_DISABLE_XET": "1"}
    subprocess.run([sys.executable, "-c", code, str(target)], check=True, env=environment)
    server.shutdown()
    # What only the client itself needs.
    for extra in [".locks", f"models--{NAME.replace('/', '--')}/trees"]:
        shutil.rmtree(target / extra, ignore_errors=True)
