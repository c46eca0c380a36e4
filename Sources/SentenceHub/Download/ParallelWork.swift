// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if Hub
    import Synchronization

    #if canImport(Darwin)
        import Darwin
    #elseif canImport(Musl)
        import Musl
    #else
        import Glibc
    #endif

    /// Processes pieces on several threads including the caller's, which does everything alone if there are no others.
    ///
    /// The threads are not those of Swift concurrency, where waiting for the network would block other tasks.
    final class ParallelWork<Piece: Sendable>: Sendable {
        /// Ends the processing of a piece because another one has failed.
        private struct Ended: Error {}

        private let state: Mutex<(left: [Piece], failure: (any Error)?)>
        private let check: @Sendable () throws -> Void
        private let body: @Sendable (Piece, @escaping @Sendable () throws -> Void) throws -> Void

        private init(
            _ pieces: [Piece], _ check: @escaping @Sendable () throws -> Void,
            _ body: @escaping @Sendable (Piece, @escaping @Sendable () throws -> Void) throws -> Void
        ) {
            state = Mutex((pieces.reversed(), nil))
            self.check = check
            self.body = body
        }

        /// Calls `body` with each piece; the first error stops the others.
        ///
        /// - Parameters:
        ///   - pieces: The pieces to process.
        ///   - threads: The largest number of threads.
        ///   - check: Throws to stop the work.
        ///   - body: Processes a piece. It must often call the check that it receives, and rethrow what that throws.
        /// - Throws: The first error of `body`.
        static func run(
            _ pieces: [Piece], threads: Int, check: @escaping @Sendable () throws -> Void,
            _ body: @escaping @Sendable (Piece, @escaping @Sendable () throws -> Void) throws -> Void
        ) throws {
            let work = ParallelWork(pieces, check, body)
            let helpers = (0..<max(0, min(threads, pieces.count) - 1)).compactMap { _ in
                HelperThread { work.doPieces() }
            }
            work.doPieces()
            for helper in helpers { helper.join() }
            if let failure = work.state.withLock({ $0.failure }) { throw failure }
        }

        private func doPieces() {
            while let piece = state.withLock({ $0.left.popLast() }) {
                do {
                    try body(piece) { [self] in
                        try check()
                        if state.withLock({ $0.failure != nil }) { throw Ended() }
                    }
                } catch {
                    state.withLock { state in
                        state.left = []
                        state.failure = state.failure ?? error
                    }
                }
            }
        }
    }

    /// A thread that runs a single function.
    private struct HelperThread {
        private let thread: pthread_t

        /// The function, passed to the thread, which releases it.
        private final class Order: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }

        /// Starts a thread; nil if the system cannot provide one.
        init?(_ body: @escaping @Sendable () -> Void) {
            #if canImport(Darwin)
                var thread: pthread_t?
            #else
                var thread = pthread_t()
            #endif
            let order = Unmanaged.passRetained(Order(body))
            let status = pthread_create(
                &thread, nil,
                { context in
                    let context: UnsafeMutableRawPointer? = context
                    if let context { Unmanaged<Order>.fromOpaque(context).takeRetainedValue().body() }
                    return nil
                }, order.toOpaque())
            guard status == 0 else {
                order.release()
                return nil
            }
            #if canImport(Darwin)
                guard let thread else { return nil }
            #endif
            self.thread = thread
        }

        /// Waits until the function has returned.
        func join() { pthread_join(thread, nil) }
    }
#endif
