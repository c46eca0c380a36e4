// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite struct MappedFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theBytesAreThoseOfTheFile() throws {
        let content = [UInt8](0...255)
        let file = try MappedFile(url: folder.write(content, to: "f"))
        #expect(file.bytes.elementsEqual(content))
    }

    @Test func anEmptyFileHasNoBytes() throws {
        let file = try MappedFile(url: folder.write("", to: "f"))
        #expect(file.bytes.isEmpty)
        file.adviseNotNeeded(0..<10)
    }

    @Test func discardedPagesComeBack() throws {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let file = try MappedFile(url: folder.write(content, to: "f"))
        for range in [0..<100_000, 1..<99_999, 5..<6, 4096..<8192, 90_000..<1_000_000, 50..<50] {
            file.adviseNotNeeded(range)
            #expect(file.bytes.elementsEqual(content))
        }
    }

    @Test func aMappingOutlivesTheFile() throws {
        let url = try folder.write("old", to: "f")
        let file = try MappedFile(url: url)
        try AtomicFile.write("new!", to: url)
        #expect(String(decoding: file.bytes, as: UTF8.self) == "old")
        #expect(try String(contentsOf: url, encoding: .utf8) == "new!")
    }

    @Test func aFileThatIsReadMayBeCutInPlace() throws {
        let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let url = try folder.write(content, to: "f")
        let file = try MappedFile.reading { try MappedFile(url: url) }
        #expect(truncate(url.path, 10) == 0)
        file.adviseNotNeeded(0..<100_000)
        #expect(file.bytes.elementsEqual(content))
    }

    @Test func whatIsNotAFileIsRefused() throws {
        let subfolder = try folder.makeFolder("sub")
        #expect(errorText { try MappedFile(url: subfolder) } == "sub: \(subfolder.path) is not a file")
        let absent = folder.url.appending(path: "absent")
        #expect(
            errorText { try MappedFile(url: absent) } == "absent: cannot open \(absent.path): No such file or directory"
        )
    }
}

@Suite struct AtomicFileTests {
    private struct Interruption: Error {}
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func aFileIsWrittenInPieces() throws {
        let url = folder.url.appending(path: "f.json")
        try AtomicFile.write(to: url) { output in
            try output.write("ab")
            try output.write("")
            try output.write("cü")
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == "abcü")
        #expect(try folder.contents() == ["f.json"])
    }

    @Test func anInterruptedWriteLeavesTheOldContentAndNothingElse() throws {
        let url = try folder.write("old", to: "f")
        #expect(throws: Interruption.self) {
            try AtomicFile.write(to: url) { output in
                try output.write("half")
                throw Interruption()
            }
        }
        #expect(try String(contentsOf: url, encoding: .utf8) == "old")
        #expect(try folder.contents() == ["f"])
    }

    @Test func aTargetThatCannotBeReplacedLeavesNothingBehind() throws {
        let target = try folder.makeFolder("sub")
        #expect(
            errorText { try AtomicFile.write("x", to: target) } == "sub: cannot write \(target.path): Is a directory")
        #expect(try folder.contents() == ["sub"])
    }

    @Test func aMissingFolderIsNamed() {
        let url = folder.url.appending(path: "no/f")
        #expect(
            errorText { try AtomicFile.write("x", to: url) } == "f: cannot write \(url.path): No such file or directory"
        )
    }
}

@Suite struct AtomicFolderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private struct Interruption: Error {}

    @Test func anInterruptedWriteLeavesTheOldFolderAndNothingElse() throws {
        let url = folder.url.appending(path: "f")
        try AtomicFolder.write(to: url) { try AtomicFile.write("old", to: $0.appending(path: "a")) }
        #expect(throws: Interruption.self) {
            try AtomicFolder.write(to: url) {
                try AtomicFile.write("new", to: $0.appending(path: "a"))
                throw Interruption()
            }
        }
        #expect(try String(contentsOf: url.appending(path: "a"), encoding: .utf8) == "old")
        #expect(try folder.contents() == ["f"])
        AtomicFolder.remove(url)
        #expect(try folder.contents() == [])
    }

    @Test func whatAStoppedProcessLeftIsRemovedAndWhatItMovedAwayComesBack() throws {
        for path in [
            ".unfinished-f-1.1x/a", ".unfinished-f-2.old.1y.old/a", ".unfinished-f-3.1z.old/new", "f-3/a", "f-4/a",
            "f-4/.a.b.2x.tmp", ".a.2y.tmp", ".mine.tmp", "f-4/.b.c-d.tmp",
        ] {
            try folder.write("x", to: path)
        }
        AtomicFolder.removeUnfinished(in: folder.url)
        #expect(try folder.contents() == [".mine.tmp", "f-2.old", "f-3", "f-4"])
        let files = FileManager.default
        #expect(try files.contentsOfDirectory(atPath: folder.url.appending(path: "f-3").path) == ["a"])
        #expect(
            try files.contentsOfDirectory(atPath: folder.url.appending(path: "f-4").path).sorted()
                == [".b.c-d.tmp", "a"])
    }
}
