// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTransformers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Adafactor with a given learning rate: of a matrix only the means of rows and columns are remembered.
///
/// With βₜ = 1 - t^-0.8: r ← βₜ r + (1 - βₜ) rowMeans(g² + 1e-30), c likewise; u = g / √(r / mean(r) · cᵀ), scaled down to
/// a root mean square of 1; θ ← (1 - η λ) θ - η u.
///
/// Shazeer and Stern, *Adafactor: Adaptive Learning Rates with Sublinear Memory Cost*, 2018,
/// <https://arxiv.org/abs/1804.04235>.
package struct Adafactor: OptimizerState {
    private static let floor: Float = 1e-30
    private var memories: [String: FactoredMoments] = [:]

    package mutating func step(
        _ values: [TrainedParameter], _ gradients: [Gradient?], _ rates: [ParameterRate], gradientScale: Float
    ) {
        for (value, (gradient, rate)) in zip(values, zip(gradients, rates)) {
            guard let gradient else { continue }
            var memory = memories[value.name] ?? FactoredMoments(shape: value.value.shape)
            memory.number += 1
            let slopes = (gradientScale * gradient.tensor).floats
            var update = memory.direction(slopes, shape: value.value.shape, floor: Self.floor)
            let squares = update.reduce(into: 0.0) { $0 += Double($1) * Double($1) }
            let meanSquare = squares / Double(max(1, update.count))
            let step = rate.learningRate / max(1, Float(meanSquare.squareRoot()))
            for index in update.indices { update[index] *= step }
            value.value.scale(by: 1 - rate.learningRate * rate.weightDecay)
            value.value.add(-1, Gradient(Tensor(update, shape: value.value.shape)))
            memories[value.name] = memory
        }
    }

    package var tensors: [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, memory) in memories {
            tensors["\(name).rows"] = memory.rows.view
            tensors["\(name).columns"] = memory.columns?.view
            tensors["\(name).steps"] = OptimizerTensors.number(memory.number)
        }
        return tensors
    }

    package mutating func restore(_ tensors: [String: Tensor], for values: [TrainedParameter]) throws {
        let found = OptimizerTensors(tensors: tensors)
        memories = [:]
        for value in values {
            var memory = FactoredMoments(shape: value.value.shape)
            guard let rows = try found.tensor("\(value.name).rows", memory.rows.shape) else { continue }
            memory.rows = rows
            if let columns = memory.columns {
                memory.columns = try found.tensor("\(value.name).columns", columns.shape) ?? columns
            }
            memory.number = try found.number("\(value.name).steps")
            memories[value.name] = memory
        }
    }
}

/// The means of squared gradients of one parameter.
private struct FactoredMoments {
    /// The means of rows, or of all elements of a vector.
    var rows: MutableTensor
    /// The means of columns; nil for a vector.
    var columns: MutableTensor?
    var number = 0

    init(shape: [Int]) {
        rows = MutableTensor(zeros: shape.count < 2 ? shape : Array(shape.dropLast()))
        columns = shape.count < 2 ? nil : MutableTensor(zeros: Array(shape.dropLast(2)) + [shape[shape.count - 1]])
    }

    /// Takes in a gradient, and returns it divided by the roots of the mean squares.
    mutating func direction(_ slopes: [Float], shape: [Int], floor: Float) -> [Float] {
        let share = Float(1 - pow(Double(number), -0.8))
        let squares = slopes.map { $0 * $0 + floor }
        guard let columns else {
            rows.blend(share, with: squares)
            return zip(slopes, rows.view.floats).map { $0 / $1.squareRoot() }
        }
        let width = shape[shape.count - 1], height = shape[shape.count - 2]
        let blocks = slopes.count / max(1, width * height)
        var rowMeans = [Float](repeating: 0, count: blocks * height)
        var columnMeans = [Float](repeating: 0, count: blocks * width)
        for (index, square) in squares.enumerated() {
            rowMeans[index / width] += square / Float(width)
            columnMeans[index / (width * height) * width + index % width] += square / Float(height)
        }
        rows.blend(share, with: rowMeans)
        columns.blend(share, with: columnMeans)
        let rowRoots = rows.view.floats, columnRoots = columns.view.floats
        let blockMeans = (0..<blocks).map { block in
            rowRoots[block * height..<(block + 1) * height].reduce(0, +) / Float(height)
        }
        return slopes.indices.map { index in
            let block = index / (width * height)
            let row = rowRoots[index / width] / blockMeans[block]
            return slopes[index] / (row.squareRoot() * columnRoots[block * width + index % width].squareRoot())
        }
    }
}
