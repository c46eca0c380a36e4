// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Who keeps memory that a ``Storage`` looks at.
package protocol StorageOwner: AnyObject, Sendable {
    /// Gives the memory of some bytes back to the system; they can still be read, and come back then.
    func adviseNotNeeded(_ range: Range<Int>)
}

/// A run of bytes that lives as long as anything looks at it.
///
/// The bytes are either a buffer from the ``BufferPool``, given back when the storage goes, or memory
/// that somebody else owns (a mapped file), kept alive by a reference to its owner.
///
/// `@unchecked Sendable`: the only stored properties are constants. The bytes are written through
/// ``mutableBytes`` by the operation that creates a storage, before it hands the storage to anyone;
/// from then on they are only read.
package final class Storage: @unchecked Sendable {
    /// The bytes: a pool buffer aligned to 64 bytes, or mapped memory with the alignment of its file.
    package let bytes: UnsafeRawBufferPointer
    private let owner: Owner

    private enum Owner {
        case pool(BufferPool.Buffer)
        case other(any StorageOwner)
    }

    /// A buffer of at least `byteCount` bytes with undefined content.
    package init(uninitializedByteCount byteCount: Int) {
        let buffer = BufferPool.shared.take(byteCount: byteCount)
        self.bytes = UnsafeRawBufferPointer(start: buffer.address, count: byteCount)
        self.owner = .pool(buffer)
    }

    /// Memory that belongs to `owner`, which keeps it valid and unchanged for as long as it lives.
    package init(borrowing bytes: UnsafeRawBufferPointer, from owner: any StorageOwner) {
        self.bytes = bytes
        self.owner = .other(owner)
    }

    deinit {
        if case .pool(let buffer) = owner { BufferPool.shared.giveBack(buffer) }
    }

    /// Gives the memory of some bytes back to the system if they are a file's, from which they come back when read.
    func adviseNotNeeded(_ range: Range<Int>) {
        if case .other(let owner) = owner { owner.adviseNotNeeded(range) }
    }

    /// The bytes, for the operation that fills a storage it has just made.
    ///
    /// Borrowed memory is read-only and has none.
    package var mutableBytes: UnsafeMutableRawBufferPointer {
        guard case .pool = owner else { preconditionFailure("borrowed memory is read-only") }
        return UnsafeMutableRawBufferPointer(mutating: bytes)
    }
}
