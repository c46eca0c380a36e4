// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite struct SafetensorsWriterTests {
    private let folder: TemporaryFolder
    private let url: URL

    init() throws {
        folder = try TemporaryFolder()
        url = folder.url.appending(path: "model.safetensors")
    }

    /// The JSON text of a file and the offset of its data.
    private func header(of url: URL) throws -> (text: String, dataStart: Int) {
        let bytes = try Data(contentsOf: url)
        let length = Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16
        return (String(decoding: bytes[8..<8 + length], as: UTF8.self), 8 + length)
    }

    @Test(arguments: ElementType.allCases)
    func everyElementTypeComesBack(_ type: ElementType) throws {
        var generator = SeededGenerator(seed: 1)
        let bytes = (0..<6 * type.byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let tensors = [
            "x": tensor(bytes, [2, 3], type), "odd": tensor([1, 2, 3], [3], .uint8), "empty": tensor([], [0, 2], type),
            "scalar": tensor(Array(bytes.prefix(type.byteCount)), [], type),
        ]
        try SafetensorsWriter.write(tensors, to: url)
        let file = try SafetensorsFile(url: url)
        #expect(file.metadata == ["format": "pt"])
        #expect(file.names == ["empty", "odd", "scalar", "x"])
        for (name, tensor) in tensors {
            let read = try file.tensor(named: name)
            #expect(read.shape == tensor.shape && read.elementType == tensor.elementType)
            #expect(read.copiedBytes == tensor.copiedBytes)
        }
        #expect(try folder.contents() == ["model.safetensors"])
    }

    @Test func theDataIsAligned() throws {
        for nameLength in 1..<70 {
            let name = String(repeating: "n", count: nameLength)
            try SafetensorsWriter.write([name: tensor([1], [1], .uint8)], to: url)
            #expect(try header(of: url).dataStart % 64 == 0)
        }
    }

    /// The fixture has every element type, written by the reference; what it holds is written again.
    @Test func tensorsStandInTheOrderOfTheReferenceWriter() throws {
        let reference = Fixture.url("checkpoints/python.safetensors")
        let file = try SafetensorsFile(url: reference)
        let tensors = try Dictionary(uniqueKeysWithValues: file.names.map { ($0, try file.tensor(named: $0)) })
        try SafetensorsWriter.write(tensors, metadata: file.metadata, to: url)
        let (text, start) = try header(of: url)
        let (expectedText, expectedStart) = try header(of: reference)
        #expect(text.trimmingCharacters(in: [" "]) == expectedText.trimmingCharacters(in: [" "]))
        #expect(try Data(contentsOf: url)[start...] == Data(contentsOf: reference)[expectedStart...])
    }

    @Test func noTensorsAndNoMetadataMakeASoundFile() throws {
        try SafetensorsWriter.write([:], metadata: [:], to: url)
        let file = try SafetensorsFile(url: url)
        #expect(file.names.isEmpty && file.metadata.isEmpty)
    }

    @Test func theNameOfTheMetadataIsRefused() {
        #expect(
            errorText { try SafetensorsWriter.write(["__metadata__": tensor([1], [1], .uint8)], to: url) }
                == "model.safetensors: a tensor cannot have the name \"__metadata__\"")
    }

    @Test func aFileThatIsBeingReadCanBeReplaced() throws {
        try SafetensorsWriter.write(["a": tensor([1, 2], [2], .uint8)], to: url)
        let old = try SafetensorsFile(url: url).tensor(named: "a")
        try SafetensorsWriter.write(["a": old, "b": tensor([3], [1], .uint8)], to: url)
        #expect(old.copiedBytes == [1, 2])
        #expect(try SafetensorsFile(url: url).names == ["a", "b"])
    }
}
