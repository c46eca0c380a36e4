// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// What a pickle of tensors is made of.
///
/// Containers are numbers of a place in the ``PickleReader`` that holds them: so a pickle may nest or refer to
/// itself as it likes, and nothing here ever follows it down.
enum PickleValue {
    /// Where a tuple or a group of arguments begins.
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
    /// Something of PyTorch's that this version does not read, by the name of what makes it.
    indirect case other(String)
    indirect case storage(Storage)
    indirect case tensor(TensorRecord)

    /// The bytes that one or several tensors look at, by the key under which the file holds them.
    struct Storage: Hashable {
        let key: String
        /// `nil` if the tensors say what the bytes are.
        let elementType: ElementType?
        let elementCount: Int
    }

    /// A tensor as a pickle describes it, not yet checked against its storage.
    struct TensorRecord {
        let storage: Storage
        let elementType: ElementType
        /// Counted in elements, as are the strides.
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
