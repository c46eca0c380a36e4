// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The owner of memory that a ``Storage`` borrows.
package protocol StorageOwner: AnyObject, Sendable {
    /// Gives the memory of some bytes back to the system; reading them again loads them again.
    func adviseNotNeeded(_ range: Range<Int>)
}

/// A run of bytes that lives as long as anything refers to it.
///
/// The bytes are a buffer from the ``BufferPool`` or a block of the ``WeightMemory``, returned when the storage is freed, or
/// memory that something else owns (a mapped file), kept alive by a reference to its owner.
///
/// `@unchecked Sendable`: all stored properties are constants. The operation that creates a storage writes the bytes
/// through ``mutableBytes`` before it hands the storage on; from then on they are only read.
package final class Storage: @unchecked Sendable {
    /// The bytes: a pool buffer aligned to 64 bytes, or mapped memory with the alignment of its file.
    package let bytes: UnsafeRawBufferPointer
    private let owner: Owner

    private enum Owner {
        case pool(BufferPool.Buffer)
        case weights(WeightMemory.Block)
        case other(any StorageOwner)
    }

    /// A buffer of at least `byteCount` bytes with undefined content.
    package init(uninitializedByteCount byteCount: Int) {
        let buffer = BufferPool.shared.take(byteCount: byteCount)
        self.bytes = UnsafeRawBufferPointer(start: buffer.address, count: byteCount)
        self.owner = .pool(buffer)
    }

    /// At least `byteCount` bytes for weights, with undefined content.
    init(weightByteCount byteCount: Int) {
        let block = WeightMemory.shared.take(byteCount: byteCount)
        self.bytes = UnsafeRawBufferPointer(start: block.address, count: byteCount)
        self.owner = .weights(block)
    }

    /// Memory that belongs to `owner`, which keeps it valid and unchanged for as long as it lives.
    package init(borrowing bytes: UnsafeRawBufferPointer, from owner: any StorageOwner) {
        self.bytes = bytes
        self.owner = .other(owner)
    }

    deinit {
        switch owner {
        case .pool(let buffer): BufferPool.shared.giveBack(buffer)
        case .weights(let block): WeightMemory.shared.giveBack(block)
        case .other: break
        }
    }

    /// Gives the memory of some bytes back to the system if they belong to a file, from which they can be read again.
    func adviseNotNeeded(_ range: Range<Int>) {
        if case .other(let owner) = owner { owner.adviseNotNeeded(range) }
    }

    /// The bytes, for the operation that fills a storage it has just created.
    ///
    /// Borrowed memory is read-only, so a storage that borrows must not be asked for them.
    package var mutableBytes: UnsafeMutableRawBufferPointer {
        if case .other = owner { preconditionFailure("borrowed memory is read-only") }
        return UnsafeMutableRawBufferPointer(mutating: bytes)
    }
}
