// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The bytes of a safetensors file with any header, right or wrong.
func safetensorsBytes(_ header: String, data: [UInt8] = [], claimedLength: UInt64? = nil) -> [UInt8] {
    let length = claimedLength ?? UInt64(header.utf8.count)
    return withUnsafeBytes(of: length.littleEndian, Array.init) + Array(header.utf8) + data
}

/// A tensor of the given bytes.
func tensor(_ bytes: [UInt8], _ shape: [Int], _ elementType: ElementType) -> Tensor {
    let storage = Storage(uninitializedByteCount: bytes.count)
    storage.mutableBytes.copyBytes(from: bytes)
    return Tensor(storage: storage, shape: shape, elementType: elementType)
}

extension Tensor {
    /// The bytes of the elements, copied.
    var copiedBytes: [UInt8] { withUnsafeBytes(Array.init) }
}
