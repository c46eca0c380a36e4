// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How the learning rate rises and falls over a run, as a factor of the highest one.
public enum LearningRateSchedule: String, Sendable, CaseIterable {
    /// Falls to 0 in a line.
    case linear
    /// Falls to 0 along half a cosine.
    case cosine
    /// Falls to 0 along half a cosine; with one cycle the same as `cosine`.
    case cosineWithRestarts = "cosine_with_restarts"
    /// Falls in a line to 1e-7.
    case polynomial
    /// Stays as it is, from the first step on.
    case constant
    /// Stays as it is once it has risen.
    case constantWithWarmup = "constant_with_warmup"
    /// Falls with the root of the step.
    case inverseSquareRoot = "inverse_sqrt"

    /// The rate at which `polynomial` ends.
    private static let polynomialEnd = 1e-7
    /// The steps over which `inverseSquareRoot` falls where there is no warm-up.
    private static let defaultTimescale = 10_000

    /// The factor of the learning rate of a step.
    ///
    /// - Parameters:
    ///   - step: How many steps came before.
    ///   - warmup: The steps over which the rate rises from 0.
    ///   - total: The steps of the run.
    ///   - rate: The highest learning rate.
    /// - Returns: 0 to 1.
    package func factor(step: Int, warmup: Int, total: Int, rate: Double) -> Double {
        if self == .constant { return 1 }
        if step < warmup { return Double(step) / Double(max(1, warmup)) }
        let progress = Double(step - warmup) / Double(max(1, total - warmup))
        switch self {
        case .constant, .constantWithWarmup: return 1
        case .linear: return max(0, Double(total - step) / Double(max(1, total - warmup)))
        case .cosine: return max(0, 0.5 * (1 + cos(.pi * progress)))
        case .cosineWithRestarts: return progress >= 1 ? 0 : 0.5 * (1 + cos(.pi * progress))
        case .polynomial:
            guard rate > 0 else { return 0 }
            let end = Self.polynomialEnd
            return step > total ? end / rate : ((rate - end) * (1 - progress) + end) / rate
        case .inverseSquareRoot:
            let timescale = warmup > 0 ? warmup : Self.defaultTimescale
            return 1 / (Double(step + timescale - warmup) / Double(timescale)).squareRoot()
        }
    }
}
