// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// A value in a pickle of tensors.
///
/// A container is an index into the ``PickleReader`` that holds its contents. A pickle may therefore nest or refer to
/// itself arbitrarily without causing recursion here.
enum PickleValue {
    /// Marks where a tuple or a group of arguments begins.
    case mark
    case none
    case bool(Bool)
    case int(Int)
    case double(Double)
    case text(String)
    case bytes
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    /// Anything of PyTorch's that this version cannot read, by the name of what creates it.
    indirect case other(String)
    indirect case storage(Storage)
    indirect case tensor(TensorRecord)

    /// The bytes that one or more tensors share, identified by their key in the file.
    struct Storage: Hashable {
        let key: String
        /// Nil if the tensors specify the element type.
        let elementType: ElementType?
        let elementCount: Int
    }

    /// A tensor as a pickle describes it, not yet checked against its storage.
    struct TensorRecord {
        let storage: Storage
        let elementType: ElementType
        /// Measured in elements, like the strides.
        let offset: Int
        let shape: [Int]
        let strides: [Int]
    }

    /// The kind of the value, for messages.
    var kind: String {
        switch self {
        case .mark: "a mark"
        case .none: "None"
        case .bool: "a bool"
        case .int: "an integer"
        case .double: "a float"
        case .text(let text): text.quoted
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dictionary"
        case .global: "a type"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .other(let name): "made by \(name)"
        }
    }
}
