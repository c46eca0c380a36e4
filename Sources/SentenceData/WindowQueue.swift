// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import Dispatch
import Synchronization

/// Passes rows from a thread that reads them to one that processes them, a window at a time.
///
/// A window is handed out when it is full, or earlier if the input stalls: whoever waits for results then gets those
/// for all rows so far. The first windows are small, so that the first results come soon. The reader is at most one
/// window ahead, which limits memory.
package final class WindowQueue<Row: Sendable>: Sendable {
    private struct State {
        var rows: [Row] = []
        var bytes = 0
        var limit: Int
        var isStalled = false
        var isEnded = false
        var failure: (any Error)?
        var readerWaits = false
        var takerWaits = false
    }

    private let state: Mutex<State>
    private let maximumRows: Int
    private let maximumBytes: Int
    private let readerMayGoOn = DispatchSemaphore(value: 0)
    private let windowIsReady = DispatchSemaphore(value: 0)

    private static var firstRows: Int { 64 }

    /// A queue with limits for its windows.
    ///
    /// - Parameters:
    ///   - maximumRows: The largest number of rows in a window.
    ///   - maximumBytes: The largest number of text bytes in a window, which a single row may exceed.
    package init(maximumRows: Int, maximumBytes: Int) {
        self.maximumRows = maximumRows
        self.maximumBytes = maximumBytes
        state = Mutex(State(limit: min(Self.firstRows, maximumRows)))
    }

    /// Runs `body`, which appends rows, on its own thread.
    ///
    /// - Throws: ``DataError`` if the system cannot provide a thread.
    package func read(_ body: @escaping @Sendable () throws -> Void) throws {
        do {
            try DetachedThread.start { [self] in
                do {
                    try body()
                    end(nil)
                } catch {
                    end(error)
                }
            }
        } catch {
            throw DataError("cannot start a thread: \(error)")
        }
    }

    /// Adds a row; waits as long as a window is full.
    package func append(_ row: Row, bytes: Int) {
        while true {
            let isAdded = state.withLock { state in
                guard state.rows.count < state.limit, state.rows.isEmpty || state.bytes < maximumBytes else {
                    state.readerWaits = true
                    return false
                }
                state.rows.append(row)
                state.bytes += bytes
                state.isStalled = false
                signalIfReady(&state)
                return true
            }
            if isAdded { return }
            readerMayGoOn.wait()
        }
    }

    /// Announces that the next row may take a while.
    package func stall() {
        state.withLock { state in
            state.isStalled = true
            signalIfReady(&state)
        }
    }

    private func end(_ failure: (any Error)?) {
        state.withLock { state in
            state.isEnded = true
            state.failure = failure
            signalIfReady(&state)
        }
    }

    /// The next rows, at least one; nil after the last.
    ///
    /// - Throws: What the reader threw; rows not yet taken at that point are dropped.
    package func next() throws -> [Row]? {
        while true {
            let window: [Row]? = try state.withLock { state in
                guard isReady(state) else {
                    state.takerWaits = true
                    return []
                }
                if let failure = state.failure { throw failure }
                if state.rows.isEmpty { return nil }
                let rows = state.rows
                state.rows = []
                state.bytes = 0
                state.limit = min(state.limit * 2, maximumRows)
                if state.readerWaits {
                    state.readerWaits = false
                    readerMayGoOn.signal()
                }
                return rows
            }
            guard let window else { return nil }
            if !window.isEmpty { return window }
            windowIsReady.wait()
        }
    }

    private func isReady(_ state: borrowing State) -> Bool {
        state.rows.count >= state.limit || state.bytes >= maximumBytes || state.isEnded
            || (state.isStalled && !state.rows.isEmpty)
    }

    private func signalIfReady(_ state: inout State) {
        guard state.takerWaits, isReady(state) else { return }
        state.takerWaits = false
        windowIsReady.signal()
    }
}
