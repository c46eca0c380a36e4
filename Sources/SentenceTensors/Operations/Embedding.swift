// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// A table in which vectors of tokens, positions or token types are looked up, `[count, size]`.
///
/// Rows are read directly from the mapped checkpoint and converted one at a time, so only the pages in use take memory.
package struct EmbeddingTable: Sendable, Trainable {
    /// The table, `[count, size]`.
    package private(set) var weight: Parameter
    private var table: Tensor
    /// The same vectors as packed by a layer, if they are read from there.
    private var packed: PackedMatrix?

    /// The number of vectors.
    package var count: Int { table.rows }
    /// The size of a vector.
    package var size: Int { table.columns }

    /// A table that reads its rows from the parameter.
    package init(_ weight: Parameter) {
        self.weight = weight
        table = Self.readable(weight.tensor)
    }

    /// The table itself if its rows can be read in place, otherwise a converted copy.
    private static func readable(_ table: Tensor) -> Tensor {
        let canReadInPlace =
            [.float32, .float16, .bfloat16, .int8].contains(table.elementType)
            && Int(bitPattern: table.bytes.baseAddress) % table.elementType.byteCount == 0
        return canReadInPlace ? table : table.float32()
    }

    /// Takes new values; from then on vectors are read from the table, even if they were read from a layer before.
    package mutating func update(_ values: ParameterValues) {
        guard values.change([weight]) else { return }
        weight.update(values)
        table = Self.readable(weight.tensor)
        packed = nil
    }

    /// This table, reading its vectors from a layer that holds them as the rows of its weights.
    ///
    /// The mapped file then takes no memory. Has no effect if the layer has rounded the weights.
    package func reading(from layer: LinearLayer) -> EmbeddingTable {
        precondition(layer.packed.columns == count && layer.packed.rows == size, "the layer has other weights")
        var table = self
        table.packed = layer.packed.isReadable ? layer.packed : nil
        return table
    }

    private static let positionsAtOnce = 16

    /// For every position, the sum of one vector from each table.
    ///
    /// - Parameter lookups: Tables of equal vector size, each with equally many row indices, which must exist.
    /// - Returns: `[positions, size]`.
    package static func sum(_ lookups: [(table: EmbeddingTable, ids: [Int32])]) -> Tensor {
        guard let first = lookups.first else { preconditionFailure("a sum of no tables has no size") }
        let (count, size) = (first.ids.count, first.table.size)
        precondition(
            lookups.allSatisfy { $0.table.size == size && $0.ids.count == count },
            "lookups differ: \(lookups.map { ($0.ids.count, $0.table.size) })")
        let kernels = Execution.current.kernels
        let out = Tensor(shape: [count, size]) { out in
            nonisolated(unsafe) let out = out.baseAddress!
            Parallel.forRanges(count, grain: 256) { range in
                let row = BufferPool.shared.take(byteCount: size * MemoryLayout<Float>.stride)
                defer { BufferPool.shared.giveBack(row) }
                let scratch = row.address.assumingMemoryBound(to: Float.self)
                // The sums of a few positions stay in the cache while one table after another is added.
                for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.positionsAtOnce) {
                    for (index, (table, ids)) in lookups.enumerated() {
                        for position in first..<min(first + Self.positionsAtOnce, range.upperBound) {
                            let sum = out + position * size
                            let vector = table.row(
                                Int(ids[position]), kernels.table.pointee, scratch: index == 0 ? sum : scratch)
                            if index > 0 {
                                kernels.table.pointee.add_f32(sum, sum, vector, size)
                            } else if vector != UnsafePointer(sum) {
                                sum.update(from: vector, count: size)
                            }
                        }
                    }
                }
            }
        }
        return out.recorded(
            from: lookups.map(\.table.weight.node),
            gradients: { gradient in
                lookups.map { $0.table.gradient(gradient, $0.ids) }
            })
    }

    /// A row as float32, either in place or written to `scratch`.
    private func row(
        _ index: Int, _ kernels: sk_kernels, scratch: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        precondition(index >= 0 && index < count, "row \(index) of a table of \(count)")
        if let packed {
            packed.readColumn(index, into: scratch)
            return UnsafePointer(scratch)
        }
        let start = table.bytes.baseAddress! + index * size * table.elementType.byteCount
        switch table.elementType {
        case .float16: kernels.f16_to_f32(scratch, start.assumingMemoryBound(to: UInt16.self), size)
        case .bfloat16: kernels.bf16_to_f32(scratch, start.assumingMemoryBound(to: UInt16.self), size)
        case .int8:
            let numbers = start.assumingMemoryBound(to: Int8.self)
            for column in 0..<size { scratch[column] = Float(numbers[column]) }
        default: return start.assumingMemoryBound(to: Float.self)
        }
        return UnsafePointer(scratch)
    }

    /// How many rows of a gradient one thread adds up at least.
    private static let rowGrain = 64

    /// The gradient of the table: each position's gradient, added to the row that it looked up.
    private func gradient(_ gradient: Tensor, _ ids: [Int32]) -> Gradient {
        let kernels = Execution.current.kernels, size = size
        let positions = PositionsByRow(ids, rowCount: count)
        let sums = Tensor(shape: [positions.rows.count, size]) { out in
            withExtendedLifetime(gradient.storage) {
                // Every row has a sum of its own, to which its positions are added in their order.
                nonisolated(unsafe) let (out, gradient) = (out.baseAddress!, gradient.pointer)
                Parallel.forRanges(positions.rows.count, grain: Self.rowGrain) { range in
                    for place in range {
                        let sum = out + place * size
                        sum.initialize(repeating: 0, count: size)
                        for position in positions[place] {
                            kernels.table.pointee.add_f32(sum, sum, gradient + Int(position) * size, size)
                        }
                    }
                }
            }
        }
        return Gradient(rows: positions.rows, sums, shape: weight.tensor.shape)
    }
}

/// Which positions looked up each row of a table.
private struct PositionsByRow: Sendable {
    /// The rows that were looked up, ascending.
    let rows: [Int]
    private let starts: [Int]
    private let positions: [Int32]

    /// Sorts positions by their rows, by counting.
    init(_ ids: [Int32], rowCount: Int) {
        var ends = [Int32](repeating: 0, count: rowCount)
        for id in ids { ends[Int(id)] += 1 }
        var rows: [Int] = [], starts: [Int] = [], next: Int32 = 0
        for row in 0..<rowCount where ends[row] > 0 {
            rows.append(row)
            starts.append(Int(next))
            next += ends[row]
            ends[row] = next - ends[row]
        }
        var positions = [Int32](repeating: 0, count: ids.count)
        for (position, id) in ids.enumerated() {
            positions[Int(ends[Int(id)])] = Int32(position)
            ends[Int(id)] += 1
        }
        (self.rows, self.starts, self.positions) = (rows, starts + [ids.count], positions)
    }

    /// The positions of the row at a place in `rows`, ascending.
    subscript(place: Int) -> ArraySlice<Int32> { positions[starts[place]..<starts[place + 1]] }
}
