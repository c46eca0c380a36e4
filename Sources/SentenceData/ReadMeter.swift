// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counts what has been read, to show progress.
package final class ReadMeter: Sendable {
    private let bytes = Atomic(0)
    private let rows = Atomic(0)

    /// A meter at zero.
    package init() {}

    /// The number of bytes read, before decompression.
    package var bytesRead: Int { bytes.load(ordering: .relaxed) }

    /// The number of rows in these bytes.
    package var rowsRead: Int { rows.load(ordering: .relaxed) }

    func add(_ count: Int) { bytes.wrappingAdd(count, ordering: .relaxed) }

    func addRow() { rows.wrappingAdd(1, ordering: .relaxed) }
}
