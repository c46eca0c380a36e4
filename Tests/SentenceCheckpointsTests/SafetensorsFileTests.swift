// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite struct SafetensorsFileTests {
    /// The bytes of `[[0, 1, 2], [3, 4, 5]]` in each element type, as PyTorch converts them.
    private static func counting(_ type: ElementType) -> [UInt8] {
        func bytes<Number>(_ numbers: [Number]) -> [UInt8] { numbers.withUnsafeBytes(Array.init) }
        switch type {
        case .float64: return bytes([0, 1, 2, 3, 4, 5] as [Double])
        case .float32: return bytes([0, 1, 2, 3, 4, 5] as [Float])
        case .float16: return bytes([0x0000, 0x3C00, 0x4000, 0x4200, 0x4400, 0x4500] as [UInt16])
        case .bfloat16: return bytes(([0, 1, 2, 3, 4, 5] as [Float]).map { UInt16($0.bitPattern >> 16) })
        case .int64, .uint64: return bytes([0, 1, 2, 3, 4, 5] as [Int64])
        case .int32, .uint32: return bytes([0, 1, 2, 3, 4, 5] as [Int32])
        case .int16, .uint16: return bytes([0, 1, 2, 3, 4, 5] as [Int16])
        case .int8, .uint8: return [0, 1, 2, 3, 4, 5]
        case .bool: return [0, 1, 1, 1, 1, 1]
        }
    }

    @Test(arguments: ElementType.allCases)
    func filesOfThePythonPackageAreRead(_ type: ElementType) throws {
        let file = try SafetensorsFile(url: Fixture.url("checkpoints/python.safetensors"))
        let tensor = try file.tensor(named: "b.\(type)")
        #expect(tensor.elementType == type)
        #expect(tensor.shape == [2, 3])
        #expect(tensor.copiedBytes == Self.counting(type))
    }

    @Test func metadataNamesAndOddTensorsOfThePythonPackageAreRead() throws {
        let file = try SafetensorsFile(url: Fixture.url("checkpoints/python.safetensors"))
        #expect(file.metadata == ["note": "aä\n"])
        #expect(file.names.count == 2 * ElementType.allCases.count + 3)
        #expect(file.names.first == "a.bfloat16" && file.names.last == "scalar")
        #expect(try file.tensor(named: "empty").shape == [0, 4])
        #expect(try file.tensor(named: "scalar").shape == [])
        #expect(try file.tensor(named: "größe \"1\"\n").withUnsafeBytes { $0.loadUnaligned(as: Float.self) } == 2.5)
    }

    @Test func aTensorKeepsItsFileMapped() throws {
        let folder = try TemporaryFolder()
        func open() throws -> Tensor {
            let header = #"{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}"#
            let url = try folder.write(safetensorsBytes(header, data: [7, 8, 9]), to: "f.safetensors")
            return try SafetensorsFile(url: url).tensor(named: "a")
        }
        #expect(try open().copiedBytes == [7, 8, 9])
    }

    @Test func tensorsMayStandAtAnyAddress() throws {
        let folder = try TemporaryFolder()
        let number = withUnsafeBytes(of: Float(1.5), Array.init)
        for padding in 0..<4 {
            let header =
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"# + String(repeating: " ", count: padding)
            let url = try folder.write(safetensorsBytes(header, data: number), to: "f\(padding).safetensors")
            let tensor = try SafetensorsFile(url: url).tensor(named: "a")
            #expect(tensor.withUnsafeBytes { $0.loadUnaligned(as: Float.self) } == 1.5)
        }
    }

    @Test func discardedTensorsCanBeReadAgain() throws {
        let file = try SafetensorsFile(url: Fixture.url("checkpoints/python.safetensors"))
        for name in file.names { try file.tensor(named: name).discardPages() }
        #expect(try file.tensor(named: "b.int8").copiedBytes == [0, 1, 2, 3, 4, 5])
    }

    @Test func anUnknownTensorIsNamed() throws {
        let file = try SafetensorsFile(url: Fixture.url("checkpoints/python.safetensors"), name: "model.safetensors")
        #expect(file.entry(named: "x") == nil)
        #expect(errorText { try file.tensor(named: "x") } == #"model.safetensors: there is no tensor "x""#)
    }

    @Test func anEmptyFileIsRefused() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write("", to: "model.safetensors")
        #expect(
            errorText { try SafetensorsFile(url: url) }
                == "model.safetensors: 0 bytes are too few for a safetensors file; it may be incomplete")
    }
}
