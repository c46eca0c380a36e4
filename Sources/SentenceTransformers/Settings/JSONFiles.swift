// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSONValue {
    /// Writes the value to a file as the reference does, indented and with sorted keys, replacing the file atomically.
    func write(to url: URL) throws {
        try AtomicFile.write(serialized(.indented, allowsNaN: true) + "\n", to: url)
    }
}

extension ModelConfig {
    /// Reads a number of dimensions: positive, and small enough that the product of two does not overflow.
    func size(_ key: String) throws -> Int {
        let largest = 1 << 28
        let size = try int(key)
        guard (1...largest).contains(size) else { throw error(key, "expected an integer from 1 to \(largest)") }
        return size
    }
}
