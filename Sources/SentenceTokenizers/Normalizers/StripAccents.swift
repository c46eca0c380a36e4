// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Removes all marks (category M).
///
/// Useful after decomposition.
struct StripAccents: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        if text.isASCII { return }
        text.mapScalars { ScalarProperties($0).isMark ? nil : $0 }
    }
}
