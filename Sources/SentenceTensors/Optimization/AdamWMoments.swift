// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// What AdamW remembers of one parameter: the means of its gradients and of their squares.
///
/// Rows whose gradient was always zero are passed over, which changes nothing: their means are zero too.
package struct AdamWMoments {
    /// The mean of the gradients, of the parameter's shape.
    package let mean: MutableTensor
    /// The mean of the squared gradients, of the parameter's shape.
    package let square: MutableTensor
    /// Whether a row has had a gradient; empty for parameters whose gradients are dense.
    private var touched: [Bool]

    /// The numbers of one step that all parameters of a group share.
    package struct Step: Sendable {
        /// The learning rate, above 0.
        package var learningRate: Float
        /// The weight decay, at least 0.
        package var weightDecay: Float
        /// The decay of the mean of gradients.
        package var beta1: Float
        /// The decay of the mean of squares.
        package var beta2: Float
        /// Added to the root of the mean square.
        package var epsilon: Float
        /// How many steps have been taken, this one included; at least 1.
        package var number: Int
        /// What gradients are multiplied with, 1 or less where they are clipped.
        package var gradientScale: Float

        /// The given numbers.
        package init(
            learningRate: Float, weightDecay: Float, beta1: Float, beta2: Float, epsilon: Float, number: Int,
            gradientScale: Float
        ) {
            self.learningRate = learningRate
            self.weightDecay = weightDecay
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.number = number
            self.gradientScale = gradientScale
        }

        var arguments: sk_adamw {
            func correction(_ beta: Float) -> Double { 1 - power(Double(beta), number) }
            return sk_adamw(
                decay: Float(1 - Double(learningRate) * Double(weightDecay)), gradient_scale: gradientScale,
                beta1: beta1, beta2: beta2, epsilon: epsilon,
                step_size: Float(Double(learningRate) / correction(beta1)),
                root_correction: Float(1 / correction(beta2).squareRoot()))
        }
    }

    /// Nothing remembered yet of a parameter of the given shape.
    package init(shape: [Int]) {
        self.init(mean: MutableTensor(zeros: shape), square: MutableTensor(zeros: shape))
    }

    /// What was remembered before.
    package init(mean: MutableTensor, square: MutableTensor) {
        self.mean = mean
        self.square = square
        let columns = mean.shape.last ?? 1, rows = mean.count / max(1, columns)
        touched = (0..<rows).map { row in
            UnsafeBufferPointer(start: mean.pointer + row * columns, count: columns).contains { $0 != 0 }
                || UnsafeBufferPointer(start: square.pointer + row * columns, count: columns).contains { $0 != 0 }
        }
    }

    /// The elements that one thread changes at a time.
    private static let grain = 1 << 15

    /// Changes a parameter's value by one step.
    package mutating func step(_ value: MutableTensor, _ gradient: Gradient, _ step: Step) {
        let arguments = step.arguments, kernels = Execution.current.kernels
        let columns = value.shape.last ?? 1
        if let rows = gradient.rows {
            for row in rows { touched[row] = true }
        } else {
            touched = [Bool](repeating: true, count: touched.count)
        }
        let zeros = [Float](repeating: 0, count: columns)
        let update = Update(value: value, mean: mean, square: square, columns: columns)
        if gradient.rows == nil {
            let slopes = gradient.values
            withExtendedLifetime(slopes.storage) {
                nonisolated(unsafe) let slopes = slopes.pointer
                Parallel.forRanges(value.count, grain: Self.grain) { range in
                    update(range, slopes + range.lowerBound, arguments, kernels.table.pointee)
                }
            }
            return
        }
        // Which row of the gradient belongs to a row of the table.
        var places = [Int32](repeating: -1, count: touched.count)
        for (place, row) in (gradient.rows ?? []).enumerated() { places[row] = Int32(place) }
        let passesOver = arguments.decay == 1
        withExtendedLifetime(gradient.values.storage) {
            nonisolated(unsafe) let slopes = gradient.values.pointer
            Parallel.forRanges(touched.count, grain: max(1, Self.grain / columns)) { [touched, places] range in
                zeros.withUnsafeBufferPointer { zeros in
                    for row in range where touched[row] || !passesOver {
                        let slope = places[row] < 0 ? zeros.baseAddress! : slopes + Int(places[row]) * columns
                        update(
                            row * columns..<(row + 1) * columns, slope, arguments, kernels.table.pointee)
                    }
                }
            }
        }
    }

    /// The addresses of what changes.
    ///
    /// `@unchecked Sendable`: the owner waits until all threads are done, and each of them changes its own range.
    private struct Update: @unchecked Sendable {
        let value: UnsafeMutablePointer<Float>
        let mean: UnsafeMutablePointer<Float>
        let square: UnsafeMutablePointer<Float>

        init(value: MutableTensor, mean: MutableTensor, square: MutableTensor, columns: Int) {
            (self.value, self.mean, self.square) = (value.pointer, mean.pointer, square.pointer)
        }

        func callAsFunction(
            _ range: Range<Int>, _ gradient: UnsafePointer<Float>, _ step: sk_adamw, _ kernels: sk_kernels
        ) {
            let first = range.lowerBound
            withUnsafePointer(to: step) {
                kernels.adamw_f32(value + first, mean + first, square + first, gradient, range.count, $0)
            }
        }
    }
}

/// A power with a whole exponent, by squaring.
private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, base, exponent) = (1.0, base, exponent)
    while exponent > 0 {
        if exponent % 2 == 1 { result *= base }
        base *= base
        exponent /= 2
    }
    return result
}
