// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Counts of threads, tokens or dimensions.
enum PositiveNumber {
    private static let largest = 1 << 30

    /// Reads a number of at least 1.
    static func parse(_ text: String) throws -> Int {
        guard let number = Int(text), (1...largest).contains(number) else {
            throw ValidationError("expected a whole number from 1 to \(largest)")
        }
        return number
    }
}
