// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the parts of steps cost, in seconds, and how much they computed.
package struct StepCosts: Sendable {
    /// From tokens to embeddings.
    package var forward = 0.0
    /// The loss and the slopes of the embeddings.
    package var loss = 0.0
    /// Back through the model, with texts that are embedded a second time.
    package var backward = 0.0
    /// Norms of gradients, and new values.
    package var optimizer = 0.0
    /// What layers derive from new values.
    package var layers = 0.0

    /// Nothing yet.
    package init() {}

    /// The seconds of all parts.
    package var total: Double { forward + loss + backward + optimizer + layers }

    package static func += (a: inout StepCosts, b: StepCosts) {
        a.forward += b.forward
        a.loss += b.loss
        a.backward += b.backward
        a.optimizer += b.optimizer
        a.layers += b.layers
    }

    /// Runs `body`, and adds the time that it takes to a part.
    mutating func time<R>(_ part: WritableKeyPath<StepCosts, Double>, _ body: () throws -> R) rethrows -> R {
        let start = ContinuousClock.now
        defer { self[keyPath: part] += start.duration(to: .now).seconds }
        return try body()
    }
}
