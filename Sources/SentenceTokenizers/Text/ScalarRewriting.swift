// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One scalar of a rewritten text.
struct RewrittenScalar {
    var scalar: UInt32
    /// What it replaces in the old text.
    ///
    /// 0 or less: the next scalar, and that many more after it. 1: nothing, it is inserted after the previous ones.
    var change: Int32

    init(scalar: UInt32, change: Int32) {
        self.scalar = scalar
        self.change = change
    }

    init(scalar: UInt32, isAdded: Bool) {
        self.init(scalar: scalar, change: isAdded ? 1 : 0)
    }
}

extension NormalizedText {
    /// The scalars of the text.
    var scalars: [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(count)
        var index = 0
        while index < count {
            let (scalar, length) = UTF8Scalars.decode(bytes.base, index)
            result.append(scalar)
            index += length
        }
        return result
    }

    /// Replaces the text by scalars that consume the old text's scalars in order.
    mutating func rewrite(_ scalars: [RewrittenScalar]) {
        var result = NormalizedText(keepsSources: keepsSources)
        result.clear(reserving: scalars.count, origin: origin, sizeLimit: sizeLimit)
        var index = 0
        for item in scalars {
            // An inserted scalar has the source of the byte before it, whatever that is.
            let place = item.change > 0 ? index - 1 : index
            var source = (Int32(origin), Int32(origin))
            if keepsSources, place >= 0, count > 0 {
                source = (starts[min(place, count - 1)], ends[min(place, count - 1)])
            }
            if item.change <= 0 {
                for _ in item.change...0 where index < count {
                    index += UTF8Scalars.decode(bytes.base, index).count
                }
            }
            result.append(item.scalar, start: source.0, end: source.1)
        }
        if let failure { result.fail(failure) }
        result.pad()
        self = result
    }

    /// Replaces every scalar by another one, or removes it.
    mutating func mapScalars(_ map: (UInt32) -> UInt32?) {
        var result = NormalizedText(keepsSources: keepsSources)
        result.clear(reserving: count, origin: origin, sizeLimit: sizeLimit)
        var index = 0
        while index < count {
            let (scalar, length) = UTF8Scalars.decode(bytes.base, index)
            if let mapped = map(scalar) {
                let source = keepsSources ? (starts[index], ends[index]) : (0, 0)
                result.append(mapped, start: source.0, end: source.1)
            }
            index += length
        }
        if let failure { result.fail(failure) }
        result.pad()
        self = result
    }

    /// Replaces every scalar by those that `expand` passes to its callback, the first of which replaces the old one.
    mutating func expandScalars(_ expand: (UInt32, (UInt32, Bool) -> Void) -> Void) {
        var rewritten: [RewrittenScalar] = []
        rewritten.reserveCapacity(count)
        for scalar in scalars {
            expand(scalar) { rewritten.append(RewrittenScalar(scalar: $0, isAdded: !$1)) }
        }
        rewrite(rewritten)
    }
}
