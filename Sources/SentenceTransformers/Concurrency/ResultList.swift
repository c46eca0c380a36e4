// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A list of results that workers may set in any order.
final class ResultList<Element: Sendable>: Sendable {
    private let elements: Mutex<[Element?]>

    init(count: Int) {
        elements = Mutex([Element?](repeating: nil, count: count))
    }

    subscript(index: Int) -> Element? {
        get { elements.withLock { $0[index] } }
        set { elements.withLock { $0[index] = newValue } }
    }

    /// All results that have been set, in order.
    var all: [Element] { elements.withLock { $0.compactMap(\.self) } }
}
