// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts what is read, for those who show how far the work is.
package final class ReadMeter: Sendable {
    private let bytes = Atomic(0)
    private let rows = Atomic(0)

    package init() {}

    /// The bytes that have been read, packed as they are.
    package var bytesRead: Int { bytes.load(ordering: .relaxed) }

    /// The rows that these bytes have given.
    package var rowsRead: Int { rows.load(ordering: .relaxed) }

    func add(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }

    func addRow() { rows.wrappingAdd(1, ordering: .relaxed) }
}
