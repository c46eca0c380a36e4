// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A zip archive as `torch.save` writes it, around any pickle, right or wrong.
func torchArchive(_ pickle: [UInt8], storages: [String: [UInt8]] = [:], folder: String = "archive") -> [UInt8] {
    var entries = [("\(folder)/data.pkl", pickle), ("\(folder)/byteorder", Array("little".utf8))]
    entries += storages.sorted { $0.key < $1.key }.map { ("\(folder)/data/\($0.key)", $0.value) }
    return zipArchive(entries)
}

/// A zip archive of the given entries, stored; with the 64-bit extensions everywhere if asked for.
func zipArchive(_ entries: [(String, [UInt8])], method: UInt16 = 0, is64: Bool = false) -> [UInt8] {
    func bytes(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
    let none = UInt32.max
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in entries {
        let size = UInt32(content.count), offset = file.count
        let sizes = is64 ? bytes(none) + bytes(none) : bytes(size) + bytes(size)
        let extra =
            is64 ? bytes(UInt16(1)) + bytes(UInt16(24)) + [content.count, content.count, offset].flatMap(bytes) : []
        let common = bytes(UInt16(0)) + bytes(method) + bytes(UInt32(0)) + bytes(UInt32(0)) + sizes
        let nameCount = bytes(UInt16(name.utf8.count))
        file += bytes(UInt32(0x0403_4B50)) + bytes(UInt16(20)) + common + nameCount + bytes(UInt16(3))
        file += Array(name.utf8) + [1, 2, 3] + content
        directory += bytes(UInt32(0x0201_4B50)) + bytes(UInt32(20)) + common + nameCount
        directory += bytes(UInt16(extra.count)) + bytes(UInt16(0)) + bytes(UInt64(0))
        directory += (is64 ? bytes(none) : bytes(UInt32(offset))) + Array(name.utf8) + extra
    }
    let start = file.count
    file += directory
    if is64 {
        let record = file.count
        file += bytes(UInt32(0x0606_4B50)) + bytes(UInt64(44)) + bytes(UInt32(0)) + bytes(UInt64(0))
        file += [entries.count, entries.count, directory.count, start].flatMap(bytes)
        file += bytes(UInt32(0x0706_4B50)) + bytes(UInt32(0)) + bytes(record) + bytes(UInt32(1))
    }
    let count = is64 ? UInt16.max : UInt16(entries.count)
    file += bytes(UInt32(0x0605_4B50)) + bytes(UInt32(0)) + bytes(count) + bytes(count)
    return file + bytes(UInt32(directory.count)) + (is64 ? bytes(none) : bytes(UInt32(start))) + bytes(UInt16(0))
}

/// The instructions of a pickle, written as Python's `pickletools` shows them.
enum Pickle {
    static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
    static func text(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }
    static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
    static func int(_ value: Int32) -> [UInt8] {
        [UInt8(ascii: "J")] + withUnsafeBytes(of: value.littleEndian, Array.init)
    }
    static func long(_ value: Int) -> [UInt8] { [0x8A, 8] + withUnsafeBytes(of: value.littleEndian, Array.init) }
    static func tuple(_ elements: [UInt8]...) -> [UInt8] { ascii("(") + elements.joined() + ascii("t") }
    static func tuple(of integers: [Int]) -> [UInt8] { ascii("(") + integers.flatMap(long) + ascii("t") }

    static func storage(_ key: String, _ type: String = "FloatStorage", count: Int) -> [UInt8] {
        tuple(text("storage"), global("torch", type), text(key), text("cpu"), long(count)) + ascii("Q")
    }

    /// A float32 tensor on the storage "0".
    static func tensor(shape: [Int], strides: [Int], offset: Int = 0, storageCount: Int = 4) -> [UInt8] {
        global("torch._utils", "_rebuild_tensor_v2")
            + tuple(
                storage("0", count: storageCount), long(offset), tuple(of: shape), tuple(of: strides), [0x89],
                ascii("N")) + ascii("R")
    }

    /// A whole pickle of a dictionary with one member.
    static func dictionary(_ value: [UInt8], name: String = "a") -> [UInt8] {
        [0x80, 2] + ascii("}") + text(name) + value + ascii("s.")
    }
}
