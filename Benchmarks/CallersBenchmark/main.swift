// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTransformers
import Synchronization

// CallersBenchmark MODEL TEXTS [TASKS]: how long simultaneous tasks need to encode all texts, compared with one caller
// that has all of them, and how many threads the process has meanwhile. TEXTS has one text per line. Best of nine turns
// each.

let arguments = CommandLine.arguments.dropFirst()
guard let folder = arguments.first, let file = arguments.dropFirst().first else {
    FileHandle.standardError.write(Data("usage: CallersBenchmark MODEL TEXTS [TASKS]\n".utf8))
    exit(64)
}
let model = try SentenceTransformer(directory: URL(filePath: folder))
let texts = try String(contentsOf: URL(filePath: file), encoding: .utf8).split(separator: "\n").map(String.init)
let taskCount = arguments.dropFirst(2).first.flatMap(Int.init) ?? 20

/// The largest number of threads since it was last asked for; known on Linux.
final class ThreadCount: Sendable {
    private let most = Mutex(0)

    init() {
        Thread.detachNewThread { [self] in
            while true {
                let count = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
                most.withLock { $0 = max($0, count) }
                Thread.sleep(forTimeInterval: 0.001)
            }
        }
    }

    func take() -> Int {
        most.withLock { most in
            defer { most = 0 }
            return most
        }
    }
}

func encodeAtOnce() async throws {
    let size = (texts.count + taskCount - 1) / taskCount
    try await withThrowingTaskGroup(of: Void.self) { group in
        for first in stride(from: 0, to: texts.count, by: size) {
            group.addTask { _ = try await model.encode(Array(texts[first..<min(first + size, texts.count)])) }
        }
        try await group.waitForAll()
    }
}

let clock = ContinuousClock()
let threads = ThreadCount()
var one = Duration.seconds(1000), many = Duration.seconds(1000)
var before = 0, during = 0
for _ in 0..<9 {
    _ = threads.take()
    one = min(one, try await clock.measure { _ = try await model.encode(texts) })
    before = max(before, threads.take())
    many = min(many, try await clock.measure { try await encodeAtOnce() })
    during = max(during, threads.take())
}
print(
    """
    {"texts": \(texts.count), "tasks": \(taskCount), "one_caller_seconds": \(one / .seconds(1)), \
    "tasks_seconds": \(many / .seconds(1)), "ratio": \(many / one), "threads_of_one": \(before), \
    "threads_of_tasks": \(during), "cores": \(ProcessInfo.processInfo.activeProcessorCount)}
    """)
