// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// What a checkpoint says of a tensor before anything reads it.
package struct TensorDescription: Sendable, Hashable {
    package let elementType: ElementType
    package let shape: [Int]
}

/// A file of tensors with names.
package protocol WeightFile: Sendable {
    /// What messages call the file.
    var name: String { get }
    /// The names of the tensors, sorted.
    var names: [String] { get }
    /// What the file holds beside tensors that can be read, by name, and what it is.
    var unreadable: [ExactString: String] { get }
    /// Type and shape of a tensor.
    func description(ofTensorNamed name: String) -> TensorDescription?
    /// A tensor, which keeps the file mapped while it looks at the bytes in it.
    func tensor(named name: String) throws -> Tensor
}
