// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// Reads a pickle that contains tensors and plain containers, and refuses everything else by its name.
///
/// A pickle is a program for a small stack machine, which in Python may import and call anything. This machine has no
/// such instructions: it knows only the names in ``PickleGlobal``, and "calling" one of them creates a value. Memory
/// use stays within a small multiple of the pickle's own size. Instructions: protocols 2 to 5 of
/// https://github.com/python/cpython/blob/main/Lib/pickletools.py.
struct PickleReader {
    /// The longest pickle that is read; usual ones have a few hundred bytes per tensor.
    static let maximumByteCount = 32_000_000
    /// The largest number of instructions, to limit time and memory; usual pickles have about thirty per tensor.
    static let maximumInstructionCount = 2_000_000

    private var reader: ByteReader
    private let file: String
    private var stack: [PickleValue] = []
    private var memo: [Int: PickleValue] = [:]
    /// The elements of all tuples and lists.
    private var sequences: [[PickleValue]] = []
    /// The members of all dictionaries.
    private var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []

    /// A reader of the pickle that begins at `position`.
    init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0, file: String) {
        reader = ByteReader(bytes, at: position)
        self.file = file
    }

    /// Where the pickle ended.
    var position: Int { reader.position }

    /// Runs the pickle to its end.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat`, or `unsupported` for what does not belong there.
    mutating func read() throws -> PickleValue {
        let start = reader.position
        var instructionCount = 0
        while let opcode: UInt8 = reader.integer() {
            instructionCount += 1
            guard instructionCount <= Self.maximumInstructionCount else {
                throw unsupported("the pickle has more than \(Self.maximumInstructionCount) instructions")
            }
            guard reader.position - start <= Self.maximumByteCount else {
                throw invalid("the pickle is longer than \(Self.maximumByteCount) bytes")
            }
            if opcode == UInt8(ascii: ".") {
                let value = try pop()
                // The next pickle does not use this one's memo.
                (stack, memo) = ([], [:])
                return value
            }
            try run(opcode)
        }
        throw ended()
    }

    /// The elements of a tuple or list; nil for anything else.
    func elements(of value: PickleValue) -> [PickleValue]? {
        switch value {
        case .tuple(let index), .list(let index): sequences[index]
        default: nil
        }
    }

    /// The members of a dictionary in order; nil for anything else.
    func members(of value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
        if case .dictionary(let index) = value { dictionaries[index] } else { nil }
    }

    // MARK: Instructions

    private mutating func run(_ opcode: UInt8) throws {
        switch opcode {
        case 0x80:  // PROTO
            let version = try argument(UInt8.self)
            guard (2...5).contains(version) else {
                throw CheckpointError(
                    .unsupported, file: file, "the pickle has protocol \(version); 2 to 5 are supported")
            }
        case 0x95: _ = try argument(UInt64.self)  // FRAME: its content follows in place and needs no special handling
        case UInt8(ascii: "("): stack.append(.mark)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "K"): stack.append(.int(Int(try argument(UInt8.self))))
        case UInt8(ascii: "M"): stack.append(.int(Int(try argument(UInt16.self))))
        case UInt8(ascii: "J"): stack.append(.int(Int(try argument(Int32.self))))
        case 0x8A: stack.append(.int(try long(Int(argument(UInt8.self)))))
        case 0x8B: stack.append(.int(try long(Int(argument(UInt32.self)))))
        case UInt8(ascii: "G"):
            stack.append(.double(Double(bitPattern: try argument(UInt64.self).byteSwapped)))
        case 0x8C, UInt8(ascii: "U"): stack.append(try text(argument(UInt8.self)))
        case UInt8(ascii: "X"), UInt8(ascii: "T"): stack.append(try text(argument(UInt32.self)))
        case 0x8D: stack.append(try text(argument(UInt64.self)))
        case UInt8(ascii: "C"): stack.append(try skippedBytes(argument(UInt8.self)))
        case UInt8(ascii: "B"): stack.append(try skippedBytes(argument(UInt32.self)))
        case 0x8E, 0x96: stack.append(try skippedBytes(argument(UInt64.self)))
        default: try runOnContainers(opcode)
        }
    }

    private mutating func runOnContainers(_ opcode: UInt8) throws {
        switch opcode {
        case UInt8(ascii: ")"): appendTuple([])
        case 0x85...0x87:
            let elements = try (0..<Int(opcode) - 0x84).map { _ in try pop() }
            appendTuple(elements.reversed())
        case UInt8(ascii: "t"): appendTuple(try popToMark())
        case UInt8(ascii: "]"), UInt8(ascii: "l"), 0x8F, 0x91:
            let isEmpty = opcode == UInt8(ascii: "]") || opcode == 0x8F
            sequences.append(isEmpty ? [] : try popToMark())
            stack.append(.list(sequences.count - 1))
        case UInt8(ascii: "a"): try extendList([pop()])
        case UInt8(ascii: "e"), 0x90: try extendList(popToMark())
        case UInt8(ascii: "}"): appendDictionary()
        case UInt8(ascii: "d"):
            let members = try popToMark()
            appendDictionary()
            try extendDictionary(members)
        case UInt8(ascii: "s"):
            let value = try pop(), key = try pop()
            try extendDictionary([key, value])
        case UInt8(ascii: "u"): try extendDictionary(popToMark())
        default: try runOnMemo(opcode)
        }
    }

    private mutating func runOnMemo(_ opcode: UInt8) throws {
        switch opcode {
        case UInt8(ascii: "q"): memo[Int(try argument(UInt8.self))] = try top()
        case UInt8(ascii: "r"): memo[Int(try argument(UInt32.self))] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): stack.append(try recall(Int(argument(UInt8.self))))
        case UInt8(ascii: "j"): stack.append(try recall(Int(argument(UInt32.self))))
        default: try runOnObjects(opcode)
        }
    }

    private mutating func runOnObjects(_ opcode: UInt8) throws {
        switch opcode {
        case UInt8(ascii: "c"):
            guard let module = reader.line(), let name = reader.line() else { throw ended() }
            stack.append(.global(try global(module, name)))
        case 0x93:
            guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
                throw invalid("the pickle asks for a name that is no text")
            }
            stack.append(.global(try global(module, name)))
        case UInt8(ascii: "Q"): stack.append(try storage(pop()))
        case UInt8(ascii: "R"):
            let arguments = try pop()
            try call(pop(), arguments)
        case UInt8(ascii: "b"):
            // The state of a dictionary is what PyTorch stores in addition to the weights: versions of its modules.
            _ = try pop()
            switch try top() {
            case .dictionary, .other: break
            default:
                throw unsupported("the pickle gives a state to \(try top().kind); only dictionaries have one here")
            }
        default:
            throw unsupported(
                "the pickle holds the instruction 0x\(String(opcode, radix: 16)), which has no place in a file of tensors"
            )
        }
    }

    private func global(_ module: String, _ name: String) throws -> PickleGlobal {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw unsupported(
                "the pickle asks for \("\(module).\(name)".quoted); only tensors and plain containers are read, and "
                    + "nothing in a file is ever run")
        }
        return global
    }

    private mutating func call(_ function: PickleValue, _ tuple: PickleValue) throws {
        guard case .tuple = tuple, let arguments = elements(of: tuple), case .global(let global) = function else {
            throw unsupported("the pickle calls \(function.kind)")
        }
        switch (global, arguments.first) {
        case (.orderedDictionary, nil): appendDictionary()
        case (.rebuildParameter, .tensor(let tensor)?): stack.append(.tensor(tensor))
        case (.rebuildParameter, .other(let name)?), (.other(let name), _): stack.append(.other(name))
        case (.rebuildTensor(let version), _): stack.append(try tensor(arguments, version))
        default: throw unsupported("the pickle calls something with arguments that it does not take")
        }
    }

    // MARK: Tensors

    /// The storage that a persistent id refers to: `("storage", type, key, device, count)`.
    ///
    /// For an element type that cannot be read, the result is only the name of the type.
    private func storage(_ id: PickleValue) throws -> PickleValue {
        guard case .tuple = id, let parts = elements(of: id), parts.count >= 5 else {
            throw invalid("the pickle refers to something outside that is no storage")
        }
        if case .global(.other(let name)) = parts[1] { return .other(name) }
        guard case .text("storage") = parts[0], case .global(.storage(let type)) = parts[1],
            case .text(let key) = parts[2],
            case .int(let count) = parts[4],
            count >= 0
        else { throw invalid("the pickle refers to something outside that is no storage") }
        if parts.count > 5, case .tuple = parts[5] {
            throw unsupported("the storage \(key.quoted) is a view of another one; save the file again with PyTorch")
        }
        return .storage(PickleValue.Storage(key: key, elementType: type, elementCount: count))
    }

    private func tensor(
        _ arguments: [PickleValue], _ version: PickleGlobal.TensorArguments
    ) throws -> PickleValue {
        if case .other(let name)? = arguments.first { return .other(name) }
        if version == .third, arguments.count >= version.rawValue, case .global(.other(let name)) = arguments[6] {
            return .other(name)
        }
        guard arguments.count >= version.rawValue, case .storage(let storage) = arguments[0],
            case .int(let offset) = arguments[1], let shape = integers(arguments[2]),
            let strides = integers(arguments[3])
        else { throw invalid("the pickle rebuilds a tensor from arguments that it does not take") }
        var elementType = storage.elementType
        if version == .third, case .global(.elementType(let type)) = arguments[6] { elementType = type }
        guard let elementType else { throw invalid("the pickle has a tensor that does not say what its elements are") }
        return .tensor(
            PickleValue.TensorRecord(
                storage: storage, elementType: elementType, offset: offset, shape: shape, strides: strides))
    }

    private func integers(_ value: PickleValue) -> [Int]? {
        // PyTorch allows up to 64 dimensions.
        guard let elements = elements(of: value), elements.count <= 64 else { return nil }
        let integers = elements.compactMap { if case .int(let value) = $0 { value } else { nil } }
        return integers.count == elements.count ? integers : nil
    }

    // MARK: The stack

    private func top() throws -> PickleValue {
        guard let value = stack.last else { throw invalid("the pickle takes a value from an empty stack") }
        return value
    }

    private mutating func pop() throws -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws -> [PickleValue] {
        let mark = stack.lastIndex { if case .mark = $0 { true } else { false } }
        guard let mark else { throw invalid("the pickle goes back to a mark that it has not set") }
        defer { stack.removeSubrange(mark...) }
        return Array(stack[(mark + 1)...])
    }

    private mutating func appendTuple(_ elements: [PickleValue]) {
        sequences.append(elements)
        stack.append(.tuple(sequences.count - 1))
    }

    private mutating func appendDictionary() {
        dictionaries.append([])
        stack.append(.dictionary(dictionaries.count - 1))
    }

    private mutating func extendList(_ elements: [PickleValue]) throws {
        guard case .list(let index) = try top() else { throw invalid("the pickle adds elements to \(try top().kind)") }
        sequences[index] += elements
    }

    private mutating func extendDictionary(_ members: [PickleValue]) throws {
        guard case .dictionary(let index) = try top(), members.count.isMultiple(of: 2) else {
            throw invalid("the pickle adds members to \(try top().kind)")
        }
        for place in stride(from: 0, to: members.count, by: 2) {
            dictionaries[index].append((members[place], members[place + 1]))
        }
    }

    private func recall(_ index: Int) throws -> PickleValue {
        guard let value = memo[index] else { throw invalid("the pickle takes up note \(index), which it has not made") }
        return value
    }

    // MARK: Arguments

    private mutating func argument<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws -> Value {
        guard let value: Value = reader.integer() else { throw ended() }
        return value
    }

    private mutating func take(_ count: some FixedWidthInteger) throws -> UnsafeRawBufferPointer {
        guard let count = Int(exactly: count), let bytes = reader.take(count) else { throw ended() }
        return bytes
    }

    private mutating func text(_ count: some FixedWidthInteger) throws -> PickleValue {
        guard let text = String(validating: try take(count), as: UTF8.self) else {
            throw invalid("the pickle holds a text that is not UTF-8")
        }
        return .text(text)
    }

    /// Skips bytes, which no tensor needs.
    private mutating func skippedBytes(_ count: some FixedWidthInteger) throws -> PickleValue {
        _ = try take(count)
        return .bytes
    }

    /// A little-endian two's complement integer.
    private mutating func long(_ count: Int) throws -> Int {
        let bytes = try take(count)
        guard count <= MemoryLayout<Int>.size else { throw unsupported("the pickle holds an integer beyond 64 bits") }
        let isNegative = bytes.last.map { $0 >= 0x80 } ?? false
        return bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
    }

    // MARK: Errors

    private func invalid(_ message: String) -> CheckpointError {
        CheckpointError(.invalidFormat, file: file, message)
    }

    private func unsupported(_ message: String) -> CheckpointError {
        CheckpointError(.unsupported, file: file, message)
    }

    private func ended() -> CheckpointError { invalid("the pickle ends too early; the file may be incomplete") }
}
