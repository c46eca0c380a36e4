// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Lower case, scalar by scalar: no context and no locale, so a final sigma stays an ordinary one.
struct Lowercase: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        if text.isASCII {
            text.mapASCII { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        } else {
            text.expandScalars(ScalarCase.lowercase)
        }
    }
}
