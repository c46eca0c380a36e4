// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Changes a text before it is split into words: lower case, accents, controls.
protocol Normalizer: Component {
    /// Changes the text in place, keeping track of where each byte comes from.
    func normalize(_ text: inout NormalizedText)

    /// Starts `text` with the normalized form of a part of the original.
    func normalize(_ original: UnsafePointer<UInt8>, _ range: Range<Int>, into text: inout NormalizedText)
}

extension Normalizer {
    func normalize(_ original: UnsafePointer<UInt8>, _ range: Range<Int>, into text: inout NormalizedText) {
        text.set(original, range)
        normalize(&text)
    }
}

/// All kinds of normalizer; a new kind is one file and one line here.
enum Normalizers: ComponentFamily {
    static let name = "normalizer"
    static let known: [any Component.Type] = [
        BertNormalizer.self, Lowercase.self, NFD.self, NormalizerSequence.self, StripAccents.self,
    ]
}
