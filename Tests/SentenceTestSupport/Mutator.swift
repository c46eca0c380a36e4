// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Damages files as accidents and attackers do, always in the same way for the same seed.
package struct Mutator {
    /// What is inserted at random positions in addition to what the format suggests: limits of integer types, in both
    /// of the ways in which files write them.
    private static let commonPieces: [[UInt8]] =
        ["9223372036854775807", "-1", "1e400", "0", "[", "]", "{", "\"", "\\u", "null", ",", ":", "\u{0}"].map {
            Array($0.utf8)
        } + [
            [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80], [UInt8](repeating: 0xFF, count: 8),
        ]

    private let pieces: [[UInt8]]
    private var generator: SeededGenerator

    /// A mutator for a format.
    ///
    /// - Parameters:
    ///   - seed: Determines all mutations.
    ///   - pieces: Byte strings with a meaning in the format under test, such as its keywords.
    package init(seed: UInt64, pieces: [[UInt8]] = []) {
        generator = SeededGenerator(seed: seed)
        self.pieces = Self.commonPieces + pieces
    }

    /// A copy of `sound` with one to four changes.
    package mutating func mutate(_ sound: [UInt8]) -> [UInt8] {
        var bytes = sound
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let position = Int.random(in: bytes.indices, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[position] = .random(in: 0...255, using: &generator)
        case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes.remove(at: position)
        case 3: bytes.removeLast(Int.random(in: 0...min(40, bytes.count), using: &generator))
        case 4: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: position)
        case 5:
            // Overwritten in place, so that what follows keeps its position.
            let piece = pieces.randomElement(using: &generator) ?? []
            bytes.replaceSubrange(position..<min(position + piece.count, bytes.count), with: piece)
        case 6:
            // A part is repeated somewhere else.
            let end = min(bytes.count, position + Int.random(in: 1...60, using: &generator))
            bytes.insert(contentsOf: bytes[position..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        default:
            // A part is removed.
            bytes.removeSubrange(position..<min(bytes.count, position + Int.random(in: 1...60, using: &generator)))
        }
    }
}

/// Runs of mutations: as many as `make fuzz` asks for, and fewer with the other tests.
package enum Mutations {
    private static let environmentVariable = "SENTENCE_FUZZ_MUTATIONS"
    /// How far the address space may grow in a run with nothing but mutations.
    ///
    /// Real sizes are a few kilobytes, and what a damaged file claims is usually far above this; the rest leaves room
    /// for threads and their allocators.
    private static let largestGrowth = 2 << 30

    /// Passes `sounds`, and then mutations of each in turn, to `read`, which returns whether it could read them.
    ///
    /// There are `usualCount` mutations, or as many as the variable `SENTENCE_FUZZ_MUTATIONS` says. `read` must neither
    /// crash nor throw; the run prints the number.
    ///
    /// - Returns: How many could be read, and whether memory stayed within bounds; the latter is only known if nothing
    ///   but mutations runs.
    package static func run(
        _ kind: String, of sounds: [[UInt8]], pieces: [[UInt8]] = [], seed: UInt64, usualCount: Int = 1000,
        read: ([UInt8]) throws -> Bool
    ) rethrows -> (accepted: Int, staysSmall: Bool) {
        let asked = ProcessInfo.processInfo.environment[environmentVariable].flatMap { Int($0) }
        let count = asked ?? usualCount
        var mutator = Mutator(seed: seed, pieces: pieces)
        let before = addressSpacePeak
        var accepted = 0
        for sound in sounds where try read(sound) { accepted += 1 }
        for index in 0..<count where try read(mutator.mutate(sounds[index % sounds.count])) { accepted += 1 }
        print("mutations: \(count) of \(kind); with \(sounds.count) sound ones \(accepted) could be read")
        guard asked != nil, let before, let after = addressSpacePeak
        else { return (accepted, true) }
        return (accepted, after - before <= largestGrowth)
    }

    /// The largest address space that the process has had, in bytes, if the system provides it.
    private static var addressSpacePeak: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmPeak:") })
        else { return nil }
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
