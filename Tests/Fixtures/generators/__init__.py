# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Parts of the fixture generator: every module here with a function `generate(root: Path)` is one part."""
