// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Changes a text before it is split into words, for example to lower case.
protocol Normalizer: Sendable {
    /// Changes the text in place, keeping track of where each byte comes from.
    func normalize(_ text: inout NormalizedText)

    /// Sets `text` to the normalized form of a part of the original.
    func normalize(_ original: UnsafePointer<UInt8>, _ range: Range<Int>, into text: inout NormalizedText)
}

extension Normalizer {
    func normalize(_ original: UnsafePointer<UInt8>, _ range: Range<Int>, into text: inout NormalizedText) {
        text.set(original, range)
        normalize(&text)
    }
}

/// All kinds of normalizer; a new kind needs one file and one line here.
enum Normalizers: ComponentFamily {
    static let name = "normalizer"
    static let known: [String: @Sendable (any Decoder) throws -> any Normalizer] = [
        "BertNormalizer": BertNormalizer.init(from:),
        "ByteLevel": { _ in ByteLevelNormalizer() },
        "Lowercase": { _ in Lowercase() },
        "NFC": { _ in NormalForm.composed },
        "NFD": { _ in NormalForm.decomposed },
        "NFKC": { _ in NormalForm.compatiblyComposed },
        "NFKD": { _ in NormalForm.compatiblyDecomposed },
        "Nmt": { _ in NmtNormalizer() },
        "Precompiled": CharacterMap.init(from:),
        "Prepend": Prepend.init(from:),
        "Replace": Replace.init(from:),
        "Sequence": NormalizerSequence.init(from:),
        "Strip": Strip.init(from:),
        "StripAccents": { _ in StripAccents() },
    ]
}
