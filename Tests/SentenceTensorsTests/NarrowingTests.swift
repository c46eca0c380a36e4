// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import Testing

@Suite("Numbers of 16 bits")
struct NarrowingTests {
    @Test(
        "All numbers of a type survive, and what lies between two goes to the nearer, ties to even",
        arguments: [ElementType.float16, .bfloat16])
    func rounding(type: ElementType) throws {
        // Positive numbers in ascending order, the last before infinity included.
        let infinity: UInt16 = type == .float16 ? 0x7C00 : 0x7F80
        let patterns = Array(0..<infinity)
        let storage = Storage(uninitializedByteCount: patterns.count * 2)
        storage.mutableBytes.bindMemory(to: UInt16.self).baseAddress?.update(from: patterns, count: patterns.count)
        let tensor = Tensor(storage: storage, shape: [patterns.count], elementType: type)
        func bits(_ numbers: [Float]) -> [UInt16] {
            Tensor(numbers, shape: [numbers.count]).converted(to: type).withUnsafeBytes {
                Array($0.bindMemory(to: UInt16.self))
            }
        }
        let numbers = tensor.float32().floats
        #expect(zip(bits(numbers), patterns).allSatisfy { $0 == $1 })
        #expect(zip(bits(numbers.map { -$0 }), patterns).allSatisfy { $0 == $1 | 0x8000 })
        var between: [Float] = [], wanted: [UInt16] = []
        for index in 1..<numbers.count {
            let middle = numbers[index - 1] + (numbers[index] - numbers[index - 1]) / 2
            between += [middle.nextDown, middle, middle.nextUp]
            wanted += [UInt16(index - 1), UInt16(index % 2 == 0 ? index : index - 1), UInt16(index)]
        }
        let found = bits(between)
        #expect(zip(found, wanted).allSatisfy { $0 == $1 })
        #expect(bits([.infinity, -.infinity, .greatestFiniteMagnitude]) == [infinity, infinity | 0x8000, infinity])
        #expect(bits([.nan])[0] & 0x7FFF > infinity)
    }
}
