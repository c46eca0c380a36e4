// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The names that a pickle of tensors may refer to.
///
/// No other name is looked up, and nothing is ever called.
enum PickleGlobal: Hashable {
    case orderedDictionary
    case rebuildTensor(TensorArguments)
    case rebuildParameter
    /// A kind of storage; nil if it is untyped.
    case storage(ElementType?)
    case elementType(ElementType)
    /// Anything else of PyTorch's, by its name, that this version cannot read.
    ///
    /// These are other element types, and functions that rebuild quantised, sparse or other special tensors.
    case other(String)

    /// How many arguments rebuild a tensor: storage, offset, sizes, strides, and more of them in later versions.
    enum TensorArguments: Int {
        case first = 4
        case second = 6
        /// With the element type at the end.
        case third = 7
    }

    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor(.first)
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor(.second)
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor(.third)
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch.storage", "UntypedStorage"): self = .storage(nil)
        case ("torch", let name), ("torch.cuda", let name):
            if let type = Self.storages[name] {
                self = .storage(type)
            } else if module == "torch", let type = ElementType(rawValue: name) {
                self = .elementType(type)
            } else if Self.isOther(name) {
                self = .other("\(module).\(name)")
            } else {
                return nil
            }
        case ("torch._utils", let name) where name.hasPrefix("_rebuild_"): self = .other("\(module).\(name)")
        case ("torch._tensor", "_rebuild_from_type_v2"), ("torch.storage", _),
            ("torch.serialization", "_get_layout"):
            self = .other("\(module).\(name)")
        default: return nil
        }
    }

    /// Whether PyTorch uses this name for a type, or for information about a tensor, that this version cannot read.
    private static func isOther(_ name: String) -> Bool {
        let beginnings = ["complex", "float", "bfloat", "quint", "qint", "uint", "int", "bits", "per_", "sparse_"]
        return name.hasSuffix("Storage") || ["Size", "device", "Tensor", "strided"].contains(name)
            || beginnings.contains(where: name.hasPrefix)
    }

    private static let storages: [String: ElementType] = [
        "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool,
    ]
}
