// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A list for each query, set by any thread.
final class ResultSlots: Sendable {
    private let lists: Mutex<[[ScoredIndex]]>

    init(count: Int) { lists = Mutex([[ScoredIndex]](repeating: [], count: count)) }

    subscript(index: Int) -> [ScoredIndex] {
        get { lists.withLock { $0[index] } }
        set { lists.withLock { $0[index] = newValue } }
    }

    /// All lists, in order.
    var all: [[ScoredIndex]] { lists.withLock { $0 } }
}
