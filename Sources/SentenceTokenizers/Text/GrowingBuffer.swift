// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Memory that grows and is reused for the next text, without the checks of an array.
struct GrowingBuffer<Element: BitwiseCopyable>: ~Copyable {
    private(set) var base: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private(set) var capacity: Int

    init(capacity: Int = 64) {
        self.capacity = max(capacity, 1)
        base = .allocate(capacity: self.capacity)
    }

    deinit {
        base.deallocate()
    }

    /// Makes room for `additional` further elements.
    mutating func reserve(_ additional: Int) {
        if count + additional > capacity { grow(count + additional) }
    }

    private mutating func grow(_ needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.update(from: base, count: count)
        base.deallocate()
        base = moved
        capacity = larger
    }

    mutating func append(_ element: Element) {
        if count == capacity { grow(count + 1) }
        base[count] = element
        count += 1
    }

    /// Appends without checking the capacity, which `reserve` has ensured.
    mutating func appendReserved(_ element: Element) {
        base[count] = element
        count += 1
    }

    mutating func append(from source: UnsafePointer<Element>, count added: Int) {
        reserve(added)
        (base + count).update(from: source, count: added)
        count += added
    }

    mutating func removeAll() {
        count = 0
    }

    /// Keeps the elements before `newCount`.
    mutating func truncate(to newCount: Int) {
        count = min(count, newCount)
    }

    subscript(index: Int) -> Element {
        get { base[index] }
        set { base[index] = newValue }
    }
}
