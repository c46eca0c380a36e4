// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

/// Damaged files end in an error or in tensors that lie in the file.
///
/// They never end in a crash, or in memory that the file only claims to need. `make fuzz` runs many more of them.
@Suite struct CheckpointMutationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fixture(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: Fixture.url("checkpoints/\(path)")))
    }

    /// Whether `read` opens a file of the given bytes; all of its tensors are read too.
    private func opens(_ bytes: [UInt8], by read: (URL) throws -> some WeightFile) -> Bool {
        guard let file = try? read(folder.write(bytes, to: "f")) else { return false }
        for name in file.names {
            let tensor = try? file.tensor(named: name)
            #expect(tensor?.shape == file.description(ofTensorNamed: name)?.shape)
            #expect(tensor.map { $0.copiedBytes.count <= max(bytes.count, 1) } == true)
        }
        return true
    }

    @Test func safetensors() throws {
        let small = safetensorsBytes(
            #"{"__metadata__":{"format":"pt","n":"\u00e4"},"#
                + #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
                + #""b":{"dtype":"BF16","shape":[1,3],"data_offsets":[8,14]},"#
                + #""c":{"dtype":"I64","shape":[0],"data_offsets":[14,14]}}  "#,
            data: [UInt8](0..<14))
        var lengthFits = false
        let (accepted, staysSmall) = try Mutations.run(
            "safetensors files", of: [small, fixture("python.safetensors")], pieces: [Array("F8_E4M3".utf8)], seed: 20
        ) { bytes in
            var bytes = bytes
            // Half of the time the length fits, so that the mutation reaches what is behind it.
            lengthFits.toggle()
            if lengthFits, bytes.count > 22 {
                let length = UInt64(bytes.count - 22).littleEndian
                bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length, Array.init))
            }
            return opens(bytes) { try SafetensorsFile(url: $0) }
        }
        #expect(accepted > 0 && staysSmall)
    }

    @Test func shardIndices() throws {
        try SafetensorsWriter.write(["a": tensor([1], [1], .uint8)], to: folder.url.appending(path: "1.safetensors"))
        try SafetensorsWriter.write(["b": tensor([1], [1], .uint8)], to: folder.url.appending(path: "2.safetensors"))
        let index = #"{"metadata":{"total_size":2},"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"#
        let (accepted, staysSmall) = try Mutations.run(
            "shard indices", of: [Array(index.utf8)], pieces: [Array("../".utf8)], seed: 21
        ) { bytes in
            try folder.write(bytes, to: "model.safetensors.index.json")
            return (try? Checkpoint(directory: folder.url))?.names == ["a", "b"]
        }
        #expect(accepted > 0 && staysSmall)
    }

    private static let instructions: [[UInt8]] =
        "(0123QRbtuasde}])NhjXqc".utf8.map { [$0] } + (0x80...0x96).map { [$0] } + [
            Pickle.global("posix", "system"), Pickle.global("torch._utils", "_rebuild_tensor_v3"), Pickle.long(.max),
            Pickle.int(-1), Array("PK\u{1}\u{2}".utf8), Array("PK\u{5}\u{6}".utf8),
        ]

    @Test func torchArchives() throws {
        let small = torchArchive(
            Pickle.dictionary(Pickle.tensor(shape: [2, 2], strides: [1, 2])), storages: ["0": [UInt8](0..<16)])
        let (accepted, staysSmall) = try Mutations.run(
            "files of torch.save", of: [small, fixture("pytorch/protocol_5.bin"), fixture("pytorch/archive.bin")],
            pieces: Self.instructions, seed: 22
        ) { bytes in opens(bytes) { try PyTorchFile(url: $0) } }
        #expect(accepted > 0 && staysSmall)
    }

    @Test func pickles() {
        let small = Pickle.dictionary(Pickle.tensor(shape: [2, 2], strides: [1, 2]))
        let (accepted, staysSmall) = Mutations.run(
            "pickles", of: [small], pieces: Self.instructions, seed: 23
        ) { bytes in opens(torchArchive(bytes, storages: ["0": [UInt8](0..<16)])) { try PyTorchFile(url: $0) } }
        #expect(accepted > 0 && staysSmall)
    }

    @Test func oldTorchFiles() throws {
        let (accepted, staysSmall) = try Mutations.run(
            "files of torch.save before 1.6", of: [fixture("pytorch/legacy.bin")], pieces: Self.instructions, seed: 24
        ) { bytes in opens(bytes) { try PyTorchFile(url: $0) } }
        #expect(accepted > 0 && staysSmall)
    }
}
