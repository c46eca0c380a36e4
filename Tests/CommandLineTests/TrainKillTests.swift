// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("A training that is killed")
struct TrainKillTests {
    private static let kills = 20
    private static let steps = 60

    @Test(
        "Killed twenty times, also amid checkpoints and the last save, it ends with the same bytes", arguments: [1, 2])
    func killed(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let data = try folder.write(TrainedPairs.lines(40), to: "pairs.jsonl").path
        let whole = folder.url.appending(path: "whole"), output = folder.url.appending(path: "killed")
        _ = try Command.run("train", "mean", TrainedPairs.arguments(data, whole))
        let arguments = TrainedPairs.arguments(data, output) + ["--resume"]
        var random = SeededGenerator(seed: seed)
        var amidCheckpoints = 0
        for kill in 0..<Self.kills {
            let command = try RunningCommand("train", "mean", arguments)
            let before = try FileManager.default.fileExists(atPath: output.path) ? TrainedPairs.unfinished(output) : []
            // Two steps further at most, so that there is something left to do after the last kill.
            let target = try (TrainedPairs.checkpoints(output).last ?? 0) + Int.random(in: 1...2, using: &random)
            let waitsForCheckpoint = Bool.random(using: &random)
            try command.waitForFile(in: folder) { _ in
                guard waitsForCheckpoint, FileManager.default.fileExists(atPath: output.path) else {
                    return try TrainedPairs.loggedSteps(output) >= target
                }
                return FileManager.default.enumerator(atPath: output.path)?.contains {
                    ("\($0)".hasPrefix(".unfinished-checkpoint-")) && !before.contains("\($0)")
                } ?? false
            }
            usleep(UInt32.random(in: 0...3000, using: &random))
            command.signal(SIGKILL)
            let end = try command.wait()
            #expect(end.reason == .uncaughtSignal, "kill \(kill): \(end.error)")
            if try TrainedPairs.unfinished(output).contains(where: { $0.hasPrefix(".unfinished-") }) {
                amidCheckpoints += 1
            }
        }
        #expect(amidCheckpoints > 0, "no kill met a checkpoint that was being written")
        #expect(try TrainedPairs.checkpoints(output).last ?? 0 < Self.steps)
        // Now close to the end, where the model itself is saved; some of these runs end before they are killed.
        for _ in 0..<5 {
            let command = try RunningCommand("train", "mean", arguments)
            try command.waitForFile(in: folder) { _ in
                try TrainedPairs.checkpoints(output).last ?? 0 >= Self.steps
            }
            usleep(UInt32.random(in: 0...20_000, using: &random))
            command.signal(SIGKILL)
            _ = try command.wait()
        }
        let end = try Command.run("train", "mean", arguments)
        #expect(end.status == 0, "\(end.error)")
        for name in ["model.safetensors", "training_log.jsonl"] {
            #expect(
                try Data(contentsOf: output.appending(path: name)) == Data(contentsOf: whole.appending(path: name)),
                "\(name)")
        }
        let unfinished = try TrainedPairs.unfinished(output)
        #expect(unfinished == [])
        #expect(try TrainedPairs.checkpoints(output) == TrainedPairs.checkpoints(whole))
    }
}
