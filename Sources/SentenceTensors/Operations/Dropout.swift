// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
    /// Sets elements to zero with a probability and scales up the others; in inference returns the tensor unchanged.
    ///
    /// Srivastava et al., *Dropout: A Simple Way to Prevent Neural Networks from Overfitting*, 2014,
    /// <https://jmlr.org/papers/v15/srivastava14a.html>.
    ///
    /// - Parameters:
    ///   - probability: From 0 to 1.
    ///   - place: Distinguishes several dropouts within one module or layer.
    /// - Returns: The same shape.
    package func dropout(_ probability: Float, place: Int = 0) -> Tensor {
        guard case .training(let stream) = Execution.current.mode, probability > 0 else { return self }
        let random = stream.at(place), scale = probability < 1 ? 1 / (1 - probability) : 0
        // An element is kept if its random word is at or above the bound.
        let bound = UInt64((Double(probability) * 4_294_967_296).rounded())
        let factors = Tensor(shape: shape) { out in
            for block in 0..<(count + 3) / 4 {
                let words = random.words(UInt32(truncatingIfNeeded: block))
                for index in 4 * block..<min(4 * block + 4, count) {
                    out[index] = UInt64(words[index % 4]) < bound ? 0 : scale
                }
            }
        }
        return self * factors
    }
}
