// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Canonical decomposition (Unicode normalization form D).
struct NFD: Normalizer {
    static let kind = "NFD"

    init() {}

    init(from decoder: any Decoder) throws {}

    func normalize(_ text: inout NormalizedText) {
        if text.isASCII { return }
        var result: [RewrittenScalar] = []
        result.reserveCapacity(text.count)
        // Marks since the last starter, which are sorted by their class when the next starter comes.
        var pending: [(combiningClass: UInt8, item: RewrittenScalar)] = []
        func flush() {
            if pending.count > 1 {
                // By position too, since order within a class must stay.
                let order = pending.indices.sorted {
                    (pending[$0].combiningClass, $0) < (pending[$1].combiningClass, $1)
                }
                pending = order.map { pending[$0] }
            }
            for (_, item) in pending { result.append(item) }
            pending.removeAll(keepingCapacity: true)
        }
        for scalar in text.scalars {
            ScalarCase.decompose(scalar) { part, isFirst in
                let item = RewrittenScalar(scalar: part, isAdded: !isFirst)
                let combiningClass = ScalarProperties(part).combiningClass
                if combiningClass == 0 {
                    flush()
                    result.append(item)
                } else {
                    pending.append((combiningClass, item))
                }
            }
        }
        flush()
        text.rewrite(result)
    }
}
