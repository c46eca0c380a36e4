// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The Unicode normal forms D, C, KD and KC.
///
/// Unicode Standard Annex 15. Decompositions, compositions and classes come from the reference's tables.
struct NormalForm: Normalizer {
    static let decomposed = NormalForm(isCompatible: false, composes: false)
    static let composed = NormalForm(isCompatible: false, composes: true)
    static let compatiblyDecomposed = NormalForm(isCompatible: true, composes: false)
    static let compatiblyComposed = NormalForm(isCompatible: true, composes: true)

    let isCompatible: Bool
    let composes: Bool

    /// How many bytes one byte can become: U+0390 has two and decomposes to six, U+FDFA three and compatibly to 33.
    private var growth: Int { isCompatible ? 11 : 3 }

    func normalize(_ text: inout NormalizedText) {
        if isNormal(text) || !text.canGrow(by: growth) { return }
        let decomposed = decompose(text)
        text.rewrite(composes ? Self.compose(decomposed) : decomposed)
    }

    /// Whether no scalar can change; if false, the text may still be in the form.
    private func isNormal(_ text: borrowing NormalizedText) -> Bool {
        var index = 0
        while index < text.count {
            if text.bytes[index] < 0x80 {
                index += 1
                continue
            }
            let (scalar, length) = UTF8Scalars.decode(text.bytes.base, index)
            let properties = ScalarProperties(scalar)
            if isCompatible && properties.isCompatible { return false }
            if composes ? properties.isUnstable : properties.decomposes || properties.combiningClass != 0 {
                return false
            }
            index += length
        }
        return true
    }

    private func decompose(_ text: borrowing NormalizedText) -> [RewrittenScalar] {
        var result: [RewrittenScalar] = []
        result.reserveCapacity(text.count)
        // The marks since the last starter, to be sorted by class when the next starter comes.
        var pending: [(combiningClass: UInt8, item: RewrittenScalar)] = []
        func flush() {
            if pending.count > 1 {
                // Sorted by position too, since the order within a class must not change.
                let order = pending.indices.sorted {
                    (pending[$0].combiningClass, $0) < (pending[$1].combiningClass, $1)
                }
                pending = order.map { pending[$0] }
            }
            for (_, item) in pending { result.append(item) }
            pending.removeAll(keepingCapacity: true)
        }
        func add(_ part: UInt32, _ isFirst: Bool) {
            let item = RewrittenScalar(scalar: part, isAdded: !isFirst)
            let combiningClass = ScalarProperties(part).combiningClass
            if combiningClass == 0 {
                flush()
                result.append(item)
            } else {
                pending.append((combiningClass, item))
            }
        }
        for scalar in text.scalars {
            if isCompatible {
                ScalarCase.decomposeCompatibly(scalar, add)
            } else {
                ScalarCase.decompose(scalar, add)
            }
        }
        flush()
        return result
    }

    /// Composes what can be composed; the changes are added up as in the reference.
    private static func compose(_ scalars: [RewrittenScalar]) -> [RewrittenScalar] {
        var result: [RewrittenScalar] = []
        result.reserveCapacity(scalars.count)
        var starter: RewrittenScalar?
        // The marks after the starter that did not compose.
        var marks: [RewrittenScalar] = []
        var lastClass: UInt8?
        for item in scalars {
            let combiningClass = ScalarProperties(item.scalar).combiningClass
            guard let first = starter else {
                if combiningClass == 0 { starter = item } else { result.append(item) }
                continue
            }
            let isBlocked = lastClass.map { $0 >= combiningClass } ?? false
            if !isBlocked, let composed = ScalarCase.compose(first.scalar, item.scalar) {
                starter = RewrittenScalar(scalar: composed, change: first.change + item.change - 1)
            } else if combiningClass == 0 {
                result.append(first)
                result += marks
                marks.removeAll(keepingCapacity: true)
                starter = item
                lastClass = nil
            } else {
                marks.append(item)
                lastClass = combiningClass
            }
        }
        if let starter { result.append(starter) }
        return result + marks
    }
}
