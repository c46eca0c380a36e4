// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
    /// Adds a vector `[columns]`, times a number, to every row.
    package func adding(_ scale: Float = 1, row vector: Tensor) -> Tensor {
        precondition(vector.count == columns, "a vector of \(vector.count) elements for \(shape)")
        let (x, added, shape) = (detached, vector.floats, vector.shape)
        return Tensor(shape: self.shape) { out in
            let x = x.floats
            for first in stride(from: 0, to: x.count, by: added.count) {
                for (column, number) in added.enumerated() { out[first + column] = x[first + column] + scale * number }
            }
        }
        .recorded(from: [node, vector.node]) { dY in [dY, (scale * dY.columnSums()).reshaped(shape)] }
    }

    /// Keeps the elements at some positions, counted over all rows, and sets the others to zero.
    package func keepingElements(at places: [Int]) -> Tensor {
        let x = detached
        return Tensor(shape: shape) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(x.storage) {
                for place in places { out[place] = x.pointer[place] }
            }
        }
        .recorded(from: [node]) { [$0.keepingElements(at: places)] }
    }

    /// Some elements of a vector, in any order and with repetitions: `[chosen]`.
    package func gatheringElements(_ chosen: [Int]) -> Tensor {
        let (x, shape) = (detached, shape)
        return Tensor(shape: [chosen.count]) { out in
            withExtendedLifetime(x.storage) {
                for (index, place) in chosen.enumerated() { out[index] = x.pointer[place] }
            }
        }
        .recorded(from: [node]) { gradient in
            let elements = gradient.floats
            let dX = Tensor(shape: shape) { out in
                out.initialize(repeating: 0)
                for (index, place) in chosen.enumerated() { out[place] += elements[index] }
            }
            return [dX]
        }
    }

    /// For each text, the elements of a vector that its ids select, each in its own column; zeros elsewhere.
    ///
    /// - Parameters:
    ///   - ids: Indices into the vector, `[totalTokens]`.
    ///   - texts: Where each text's ids begin.
    /// - Returns: `[texts, count]`.
    package func spread(over ids: [Int32], _ texts: TextOffsets) -> Tensor {
        let (x, shape, size) = (detached, shape, count)
        return Tensor(shape: [texts.count, size]) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(x.storage) {
                for text in 0..<texts.count {
                    for token in texts[text] { out[text * size + Int(ids[token])] = x.pointer[Int(ids[token])] }
                }
            }
        }
        .recorded(from: [node]) { gradient in
            let dX = Tensor(shape: shape) { out in
                out.initialize(repeating: 0)
                withExtendedLifetime(gradient.storage) {
                    for text in 0..<texts.count {
                        for id in Set(ids[texts[text]]) { out[Int(id)] += gradient.pointer[text * size + Int(id)] }
                    }
                }
            }
            return [dX]
        }
    }
}
