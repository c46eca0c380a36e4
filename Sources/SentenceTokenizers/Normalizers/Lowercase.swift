// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Lower case, scalar by scalar: without context or locale, so a final sigma becomes an ordinary one.
struct Lowercase: Normalizer {
    /// How many bytes one byte can become: U+0130 has two bytes, and its lower case three.
    static let growth = 2

    func normalize(_ text: inout NormalizedText) {
        if text.isASCII {
            text.mapASCII { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        } else if text.canGrow(by: Self.growth) {
            text.expandScalars(ScalarCase.lowercase)
        }
    }
}
