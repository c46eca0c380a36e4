// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// BERT's normalizer: cleans control characters, separates Chinese characters, strips accents, lowers case.
///
/// The four steps run as one pass. Only if a mark survives the stripping (a spacing mark with a combining class) can
/// the order of marks matter; the steps then run one by one.
struct BertNormalizer: Normalizer {
    let cleansText: Bool
    let handlesChinese: Bool
    /// Nil means: only if case is lowered.
    let stripsAccents: Bool?
    let lowersCase: Bool

    private let stripsMarks: Bool
    /// What each ASCII byte becomes; `dropped` if it is removed.
    private let asciiMap: [UInt8]
    private static let dropped: UInt8 = 0xFF

    init(cleansText: Bool = true, handlesChinese: Bool, stripsAccents: Bool?, lowersCase: Bool) {
        self.cleansText = cleansText
        self.handlesChinese = handlesChinese
        self.stripsAccents = stripsAccents
        self.lowersCase = lowersCase
        stripsMarks = stripsAccents ?? lowersCase
        asciiMap = (UInt8(0)..<128).map { byte in
            let properties = ScalarProperties(UInt32(byte))
            if cleansText, properties.isRemoved { return Self.dropped }
            if cleansText, properties.isSpace { return 0x20 }
            return lowersCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        }
    }

    private enum CodingKeys: String, CodingKey {
        case cleansText = "clean_text"
        case handlesChinese = "handle_chinese_chars"
        case stripsAccents = "strip_accents"
        case lowersCase = "lowercase"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            cleansText: try container.decode(Bool.self, forKey: .cleansText),
            handlesChinese: try container.decode(Bool.self, forKey: .handlesChinese),
            stripsAccents: try container.decodeIfPresent(Bool.self, forKey: .stripsAccents),
            lowersCase: try container.decode(Bool.self, forKey: .lowersCase))
    }

    func normalize(_ original: UnsafePointer<UInt8>, _ range: Range<Int>, into text: inout NormalizedText) {
        if !normalizeInOnePass(original, range, &text) {
            text.set(original, range)
            normalize(&text)
        }
    }

    /// How many bytes one byte can become in all steps together.
    ///
    /// The extremes are two spaces around a three-byte character, and three bytes by decomposition followed by lower
    /// case.
    private static let growth = 3 * Lowercase.growth

    func normalize(_ text: inout NormalizedText) {
        guard text.canGrow(by: Self.growth) else { return }
        if cleansText {
            text.mapScalars { scalar in
                let properties = ScalarProperties(scalar)
                return properties.isRemoved ? nil : properties.isSpace ? 0x20 : scalar
            }
        }
        if handlesChinese {
            text.expandScalars { scalar, emit in
                let isCJK = ScalarProperties(scalar).isCJK
                if isCJK { emit(0x20, true) }
                emit(scalar, !isCJK)
                if isCJK { emit(0x20, false) }
            }
        }
        if stripsMarks {
            NormalForm.decomposed.normalize(&text)
            text.mapScalars { ScalarProperties($0).isNonspacingMark ? nil : $0 }
        }
        if lowersCase { Lowercase().normalize(&text) }
    }

    /// All steps in one pass; false if the order of marks could matter.
    private func normalizeInOnePass(
        _ original: UnsafePointer<UInt8>, _ range: Range<Int>, _ text: inout NormalizedText
    ) -> Bool {
        text.clear(
            reserving: range.count, origin: range.lowerBound, sizeLimit: NormalizedText.sizeLimit(of: range.count))
        return asciiMap.withUnsafeBufferPointer { map in
            var index = range.lowerBound
            while index < range.upperBound {
                let byte = original[index]
                if byte < 0x80 {
                    let mapped = map[Int(byte)]
                    if mapped != Self.dropped { text.appendASCII(mapped, source: index) }
                    index += 1
                    continue
                }
                let (scalar, length) = UTF8Scalars.decode(original, index)
                guard append(scalar, index, length, &text) else { return false }
                index += length
                // Makes room for the remaining bytes, since this scalar may have grown.
                text.reserve(range.upperBound - index)
            }
            text.pad()
            return true
        }
    }

    private func append(_ scalar: UInt32, _ index: Int, _ length: Int, _ text: inout NormalizedText) -> Bool {
        let (start, end) = (Int32(index), Int32(index + length))
        let properties = ScalarProperties(scalar)
        if cleansText {
            if properties.isRemoved { return true }
            if properties.isSpace {
                text.append(0x20, start: start, end: end)
                return true
            }
        }
        let isApart = handlesChinese && properties.isCJK
        if isApart { text.append(0x20, start: start, end: end) }
        if stripsMarks, properties.decomposes {
            var isOrdered = true
            ScalarCase.decompose(scalar) { part, _ in
                let properties = ScalarProperties(part)
                if !appendPart(part, properties, start, end, &text) { isOrdered = false }
            }
            if !isOrdered { return false }
        } else if !appendPart(scalar, properties, start, end, &text) {
            return false
        }
        if isApart { text.append(0x20, start: start, end: end) }
        return true
    }

    private func appendPart(
        _ scalar: UInt32, _ properties: ScalarProperties, _ start: Int32, _ end: Int32, _ text: inout NormalizedText
    ) -> Bool {
        if stripsMarks {
            if properties.isNonspacingMark { return true }
            if properties.combiningClass != 0 { return false }
        }
        if lowersCase, properties.lowers {
            ScalarCase.lowercase(scalar) { lower, _ in text.append(lower, start: start, end: end) }
        } else {
            text.append(scalar, start: start, end: end)
        }
        return true
    }
}
