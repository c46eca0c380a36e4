// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The names that a pickle of tensors may speak of.
///
/// Nothing else is looked up, and nothing is ever called.
enum PickleGlobal: Hashable {
    case orderedDictionary
    case rebuildTensor(TensorArguments)
    case rebuildParameter
    /// A kind of storage; `nil` if it does not know what it holds.
    case storage(ElementType?)
    case elementType(ElementType)

    /// What a pickle passes to rebuild a tensor: storage, offset, sizes, strides, and then more from version to version.
    enum TensorArguments: Int {
        case first = 4
        case second = 6
        /// With the element type behind the others.
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
            } else {
                return nil
            }
        default: return nil
        }
    }

    private static let storages: [String: ElementType] = [
        "DoubleStorage": .float64, "FloatStorage": .float32, "HalfStorage": .float16, "BFloat16Storage": .bfloat16,
        "LongStorage": .int64, "IntStorage": .int32, "ShortStorage": .int16, "CharStorage": .int8,
        "ByteStorage": .uint8, "BoolStorage": .bool,
    ]
}
