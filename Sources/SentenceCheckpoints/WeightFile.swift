// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// The type and shape of a tensor, known before its elements are read.
package struct TensorDescription: Sendable, Hashable {
    /// The type of the elements.
    package let elementType: ElementType

    /// The sizes of the dimensions, slowest first.
    package let shape: [Int]
}

/// A file of named tensors.
package protocol WeightFile: Sendable {
    /// The name of the file in messages.
    var name: String { get }
    /// The names of the tensors, sorted.
    var names: [String] { get }
    /// What the file contains besides readable tensors, by name, with a description of each.
    var unreadable: [ExactString: String] { get }
    /// The type and shape of a tensor.
    func description(ofTensorNamed name: String) -> TensorDescription?
    /// A tensor; it keeps the file mapped while it refers to bytes in it.
    func tensor(named name: String) throws -> Tensor
}
