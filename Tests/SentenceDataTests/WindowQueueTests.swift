// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SentenceData
import Testing

@Suite("Windows of rows")
struct WindowQueueTests {
    private struct Broken: Error {}

    @Test("All rows come in order, in windows that are bounded and grow")
    func order() throws {
        let queue = WindowQueue<Int>(maximumRows: 300, maximumBytes: 1 << 20)
        try queue.read { for row in 0..<5000 { queue.append(row, bytes: 1) } }
        var rows: [Int] = []
        var sizes: [Int] = []
        while let window = try queue.next() {
            rows += window
            sizes.append(window.count)
        }
        #expect(rows == Array(0..<5000))
        #expect(sizes.prefix(4) == [64, 128, 256, 300] && sizes.max() == 300)
        #expect(try queue.next() == nil)
    }

    @Test("Long texts make short windows, and one that is too long makes its own")
    func bytes() throws {
        let queue = WindowQueue<Int>(maximumRows: 100, maximumBytes: 10)
        try queue.read { for row in 0..<9 { queue.append(row, bytes: row == 4 ? 1000 : 5) } }
        var windows: [[Int]] = []
        while let window = try queue.next() { windows.append(window) }
        #expect(windows.allSatisfy { $0.count <= 2 } && windows.joined().elementsEqual(0..<9))
    }

    @Test("Rows are handed on when the input stalls, and the reader's error comes after those that were taken")
    func stall() throws {
        let queue = WindowQueue<Int>(maximumRows: 100, maximumBytes: 1000)
        let isTaken = DispatchSemaphore(value: 0)
        try queue.read {
            queue.append(1, bytes: 1)
            queue.stall()
            // Goes on only after the row has been taken, so that the test fails by hanging if it is not.
            isTaken.wait()
            queue.append(2, bytes: 1)
            throw Broken()
        }
        #expect(try queue.next() == [1])
        isTaken.signal()
        #expect(throws: Broken.self) { try queue.next() }
        #expect(throws: Broken.self) { try queue.next() }
    }
}
