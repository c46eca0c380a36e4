// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What is read and could surprise, but is no reason to refuse: collected by whoever asks for it.
///
/// ```swift
/// let warnings = Warnings()
/// let model = try warnings.collect { try load() }
/// ```
package final class Warnings: Sendable {
    @TaskLocal private static var current: Warnings?

    private let collected = Mutex<[String]>([])

    package init() {}

    /// Runs `body`, and collects the warnings of all that it does on its thread.
    package func collect<R>(_ body: () throws -> R) rethrows -> R { try Self.$current.withValue(self, operation: body) }

    /// Adds a warning in one line to those that the caller collects; once, however often it is added.
    package static func add(_ message: String) {
        let message = message.onOneLine
        current?.collected.withLock { if !$0.contains(message) { $0.append(message) } }
    }

    /// The warnings so far, in their order.
    package var messages: [String] { collected.withLock { $0 } }
}
