// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Collects what is unexpected in files but no reason to refuse them.
///
/// ```swift
/// let warnings = Warnings()
/// let model = try warnings.collect { try load() }
/// ```
package final class Warnings: Sendable {
    @TaskLocal private static var current: Warnings?

    private let collected = Mutex<[String]>([])

    /// A collection without warnings.
    package init() {}

    /// Runs `body` and collects all warnings from its thread.
    package func collect<R>(_ body: () throws -> R) rethrows -> R { try Self.$current.withValue(self, operation: body) }

    /// Adds a one-line warning to those that the caller collects; a repeated warning is added only once.
    package static func add(_ message: String) {
        let message = message.onOneLine
        current?.collected.withLock { if !$0.contains(message) { $0.append(message) } }
    }

    /// The warnings so far, in order.
    package var messages: [String] { collected.withLock { $0 } }
}
