// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite struct PyTorchFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fixture(_ name: String) -> URL { Fixture.url("checkpoints/pytorch/\(name)") }

    /// What reading an archive with the given pickle, and one storage of four float32 numbers, says.
    private func message(_ pickle: [UInt8]) -> String { message(archive: torchArchive(pickle, storages: storages)) }

    private func message(archive: [UInt8]) -> String {
        errorText { try PyTorchFile(url: folder.write(archive, to: "f")).names }
    }

    private let storages = ["0": [Float](arrayLiteral: 1, 2, 3, 4).withUnsafeBytes(Array.init)]

    @Test(arguments: ["archive.bin", "legacy.bin"])
    func tensorsAreThoseThatPyTorchSaved(_ name: String) throws {
        let file = try PyTorchFile(url: fixture(name))
        let expected = try SafetensorsFile(url: fixture("expected.safetensors"))
        let isOld = name == "legacy.bin"
        #expect(file.names == expected.names.filter { !isOld || !["uint16", "uint32", "uint64"].contains($0) })
        for name in file.names {
            let description = try #require(file.description(ofTensorNamed: name))
            let (found, wanted) = (try file.tensor(named: name), try expected.tensor(named: name))
            #expect(found.shape == wanted.shape && found.elementType == wanted.elementType, "\(name)")
            #expect(description.shape == wanted.shape && description.elementType == wanted.elementType, "\(name)")
            #expect(found.copiedBytes == wanted.copiedBytes, "\(name)")
            found.discardPages()
            #expect(try file.tensor(named: name).copiedBytes == wanted.copiedBytes, "\(name)")
        }
        #expect(errorText { try file.tensor(named: "x") } == "\(name): there is no tensor \"x\"")
        #expect(file.description(ofTensorNamed: "x") == nil)
    }

    @Test func contiguousTensorsLookAtTheFile() throws {
        let file = try PyTorchFile(url: fixture("archive.bin"))
        let (rows, transposed) = (try file.tensor(named: "rows"), try file.tensor(named: "transposed"))
        // Both look at one storage; only what stands in another order is copied.
        #expect(rows.storage.bytes.count > 6000)
        #expect(transposed.storage.bytes.count == 24 * 4)
    }

    @Test(arguments: 2...5)
    func everyProtocolIsRead(_ version: Int) throws {
        let checkpoint = try Checkpoint(file: fixture("protocol_\(version).bin"))
        #expect(checkpoint.names == ["bias", "weight"])
        #expect(checkpoint.entry(named: "weight")?.shape == [2, 3])
        #expect(try checkpoint.tensor(named: "weight").float32().floats == [0, 1, 2, 3, 4, 5])
    }

    @Test func shardsAreOneMap() throws {
        let (first, second) = ("pytorch_model-1.bin", "pytorch_model-2.bin")
        for (name, tensor) in [(first, "a"), (second, "b")] {
            let pickle = Pickle.dictionary(Pickle.tensor(shape: [4], strides: [1]), name: tensor)
            try folder.write(torchArchive(pickle, storages: storages), to: name)
        }
        try folder.write(
            #"{"weight_map":{"a":"\#(first)","b":"\#(second)"}}"#, to: "pytorch_model.bin.index.json")
        let checkpoint = try Checkpoint(directory: folder.url)
        #expect(checkpoint.name == "pytorch_model.bin.index.json" && checkpoint.names == ["a", "b"])
        #expect(try checkpoint.tensor(named: "b").copiedBytes == storages["0"])
        try FileManager.default.removeItem(at: folder.url.appending(path: second))
        #expect(
            errorText { try Checkpoint(directory: folder.url) }
                == "pytorch_model.bin.index.json: 1 of 2 listed files are missing: \(second); the download may be incomplete"
        )
    }

    @Test func safetensorsComeFirst() throws {
        try folder.write("no pickle", to: "pytorch_model.bin")
        try SafetensorsWriter.write(
            ["a": tensor([1], [1], .uint8)], to: folder.url.appending(path: "model.safetensors"))
        #expect(try Checkpoint(directory: folder.url).name == "model.safetensors")
    }

    @Test func archivesWith64BitSizesAreRead() throws {
        let pickle = Pickle.dictionary(Pickle.tensor(shape: [2, 2], strides: [1, 2]))
        let entries = [("a/data.pkl", pickle), ("a/data/0", storages["0"]!)]
        let file = try PyTorchFile(url: folder.write(zipArchive(entries, is64: true), to: "f"))
        #expect(try file.tensor(named: "a").floats == [1, 3, 2, 4])
    }

    @Test func archivesThatAreNotPyTorchsAreRefused() throws {
        #expect(message(archive: Array("version 1".utf8)) == "f: this is no file of torch.save")
        #expect(message(archive: []) == "f: this is no file of torch.save")
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
        #expect(message(archive: Array(pointer.utf8)).contains("is a Git LFS pointer"))
        #expect(
            message(archive: zipArchive([("a", [])])) == "f: the zip archive is not one of torch.save: no data.pkl")
        #expect(message(archive: zipArchive([("a", []), ("a", [])])) == "f: the archive holds \"a\" twice")
        #expect(
            message(archive: Array(torchArchive([]).dropLast(30)))
                == "f: the zip archive has no directory at its end; the file may be incomplete")
        #expect(
            errorText { try PyTorchFile(url: fixture("deflated.bin")) }.hasSuffix(
                "in the archive is compressed, which PyTorch never does; load the file with PyTorch and save it again"))
        let big = zipArchive([("a/data.pkl", []), ("a/byteorder", Array("big".utf8))])
        #expect(message(archive: big) == "f: the tensors are not stored in little-endian order")
    }

    /// A sparse tensor as PyTorch saves it, with one tensor for its indices and values.
    private static let sparse: [UInt8] = {
        let layout = Pickle.global("torch.serialization", "_get_layout")
        let size = Pickle.global("torch", "Size")
        let call = Pickle.ascii("R")
        let elements = Pickle.tensor(shape: [2, 2], strides: [2, 1])
        let parts = Pickle.tuple(
            elements, elements, size + Pickle.tuple(Pickle.tuple(of: [3, 3])) + call, [0x88])
        let arguments = Pickle.tuple(layout + Pickle.tuple(Pickle.text("torch.sparse_coo")) + call, parts)
        return Pickle.global("torch._utils", "_rebuild_sparse_tensor") + arguments + call
    }()

    /// What stands beside tensors in real files, and what tensors are that this version does not read.
    private static let unread: [(value: [UInt8], kind: String)] = [
        ([Pickle.int(1)], "an integer"), ([Pickle.ascii("N")], "None"), ([Pickle.text("note")], "\"note\""),
        ([Pickle.ascii("}")], "a dictionary"), ([Pickle.ascii("]")], "a list"),
        (
            [Pickle.global("torch._utils", "_rebuild_qtensor"), Pickle.tuple(Pickle.int(1)), Pickle.ascii("R")],
            "made by torch._utils._rebuild_qtensor"
        ),
        ([sparse], "made by torch._utils._rebuild_sparse_tensor"),
        (
            [
                Pickle.global("torch._utils", "_rebuild_tensor_v2"),
                Pickle.tuple(
                    Pickle.tuple(
                        Pickle.text("storage"), Pickle.global("torch", "ComplexFloatStorage"), Pickle.text("0"),
                        Pickle.text("cpu"), Pickle.int(4)) + Pickle.ascii("Q")), Pickle.ascii("R"),
            ],
            "made by torch.ComplexFloatStorage"
        ),
    ].map { (parts: [[UInt8]], kind: String) in (Array(parts.joined()), kind) }

    @Test(arguments: unread)
    func whatNobodyReadsIsNoReasonToRefuseAFile(_ value: [UInt8], _ kind: String) throws {
        let pickle = Pickle.dictionary(value)
        try folder.write(zipArchive([("a/data.pkl", pickle)]), to: "pytorch_model.bin")
        let checkpoint = try Checkpoint(directory: folder.url)
        #expect(checkpoint.names.isEmpty && checkpoint.unreadable == ["a": kind])
        var report = WeightReport(file: "f")
        report.addMissing(["b", "a"], in: checkpoint)
        #expect(report.message == "1 of a kind that this version does not read: a is \(kind)")
    }

    @Test func aPickleOfNothingButNotesIsRefusedSoon() {
        let notes = [UInt8](repeating: 0x94, count: 2_000_000)
        #expect(
            message(Pickle.ascii("}") + notes) == "f: the pickle has more than 2000000 instructions")
    }

    private static let foreign: [(value: [UInt8], name: String)] = [
        ([Pickle.global("posix", "system"), Pickle.tuple(Pickle.text("true")), Pickle.ascii("R")], "posix.system"),
        ([Pickle.text("builtins"), Pickle.text("eval"), [0x93]], "builtins.eval"),
        ([Pickle.global("torch", "load")], "torch.load"),
        ([Pickle.global("torch.serialization", "load")], "torch.serialization.load"),
        ([Pickle.global("torch._utils", "_import_dotted_name")], "torch._utils._import_dotted_name"),
        ([Pickle.global("collections", "OrderedDict.__init__")], "collections.OrderedDict.__init__"),
        ([Pickle.global("numpy.core.multiarray", "scalar")], "numpy.core.multiarray.scalar"),
    ].map { (parts: [[UInt8]], name: String) in (Array(parts.joined()), name) }

    @Test(arguments: foreign)
    func whatIsNoTensorIsRefusedByItsName(_ value: [UInt8], _ name: String) {
        #expect(
            message(Pickle.dictionary(value))
                == "f: the pickle asks for \"\(name)\"; only tensors and plain containers are read, and nothing in a file "
                + "is ever run")
    }

    private static let broken: [(pickle: [UInt8], reason: String)] = [
        ([[0x80, 1]], "the pickle has protocol 1; 2 to 5 are supported"),
        ([], "the pickle ends too early; the file may be incomplete"),
        ([Pickle.ascii(".")], "the pickle takes a value from an empty stack"),
        ([Pickle.ascii("}e.")], "the pickle goes back to a mark that it has not set"),
        ([Pickle.ascii("h"), [7]], "the pickle takes up note 7, which it has not made"),
        ([Pickle.ascii("X"), ones(4)], "the pickle ends too early; the file may be incomplete"),
        ([[0x8D], ones(8)], "the pickle ends too early; the file may be incomplete"),
        ([[0x8B], ones(4)], "the pickle ends too early; the file may be incomplete"),
        ([[0x8A, 9], ones(9)], "the pickle holds an integer beyond 64 bits"),
        ([[0x8C, 1], ones(1)], "the pickle holds a text that is not UTF-8"),
        ([Pickle.ascii("NQ")], "the pickle refers to something outside that is no storage"),
        (
            [Pickle.tuple(Pickle.text("storage")), Pickle.ascii("Q")],
            "the pickle refers to something outside that is no storage"
        ),
        ([Pickle.ascii("N)R")], "the pickle calls None"),
        ([Pickle.text("x"), Pickle.ascii("Nb")], "the pickle gives a state to \"x\"; only dictionaries have one here"),
        ([Pickle.ascii("N.")], "the file holds None; expected a dictionary of tensors"),
        ([Pickle.ascii("}K\u{1}Ns.")], "a tensor is named by an integer; expected a text"),
    ].map { (parts: [[UInt8]], reason: String) in (Array(parts.joined()), reason) }

    private static func ones(_ count: Int) -> [UInt8] { [UInt8](repeating: 0xFF, count: count) }

    @Test(arguments: broken)
    func brokenPicklesAreRefused(_ pickle: [UInt8], _ reason: String) {
        #expect(message(pickle) == "f: \(reason)")
    }

    private static let outside = "its elements lie outside its storage of 16 bytes; the file may be incomplete"
    private static let misfits: [(shape: [Int], strides: [Int], offset: Int, reason: String)] = [
        ([5], [1], 0, outside), ([4], [1], 1, outside), ([2, 2], [3, 1], 0, outside), ([2], [.max], 0, outside),
        ([1], [1], .max, outside), ([0], [1], .max, outside),
        ([1 << 40], [0], 0, "the shape [1099511627776] has more elements than the file can hold"),
        ([1 << 62, 4], [0, 0], 0, "the shape [4611686018427387904, 4] has more elements than the file can hold"),
        ([-1], [1], 0, "the shape [-1] with the strides [1] is not one"),
        ([2], [-1], 3, "the shape [2] with the strides [-1] is not one"),
        ([2], [], 0, "the shape [2] with the strides [] is not one"),
        ([1], [1], -1, "the shape [1] with the strides [1] is not one"),
    ]

    @Test(arguments: misfits)
    func tensorsThatDoNotFitTheirStorageAreRefused(_ shape: [Int], _ strides: [Int], _ offset: Int, _ reason: String) {
        let tensor = Pickle.tensor(shape: shape, strides: strides, offset: offset)
        #expect(message(Pickle.dictionary(tensor)) == "f: tensor \"a\": \(reason)")
    }

    @Test func aStorageThatIsNotThereIsNamed() {
        let tensor = Pickle.dictionary(Pickle.tensor(shape: [4], strides: [1]))
        #expect(message(archive: torchArchive(tensor)) == "f: tensor \"a\": the file lacks its storage \"0\"")
    }

    @Test(arguments: [0x85, 0x28, 0x5D])
    func deepNestingNeedsNoStack(_ opcode: UInt8) throws {
        // Tuples in tuples, marks on marks, or lists beside lists, a million of them, and a list that holds itself.
        let million = [UInt8](repeating: opcode, count: 1_000_000)
        #expect(message([UInt8(ascii: "N")] + million) == "f: the pickle ends too early; the file may be incomplete")
        #expect(message(Array("]q\u{0}h\u{0}a.".utf8)) == "f: the file holds a list; expected a dictionary of tensors")
    }

    @Test func notesMayHaveAnyNumber() throws {
        let pickle = [0x80, 2] + Array("}r".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("j".utf8)
        #expect(
            try PyTorchFile(url: folder.write(torchArchive(pickle + [255, 255, 255, 255, 0x2E]), to: "f")).names == [])
    }

    @Test func aShapeOfManyDimensionsIsNotCopied() {
        let shape = [Int](repeating: 1, count: 65)
        #expect(
            message(Pickle.dictionary(Pickle.tensor(shape: shape, strides: shape)))
                == "f: the pickle rebuilds a tensor from arguments that it does not take")
    }
}
