// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Removes unfinished files and the progress line when the process is asked to end.
enum Interruption {
    /// The reader of the results has exited, which is not a failure of this process.
    struct ClosedPipe: Error {}

    /// The exit status that a shell reports for a process ended by SIGPIPE.
    static let closedPipeStatus: Int32 = 128 + SIGPIPE

    /// The signal that has asked for the end, 0 for none, where the process finishes something first.
    private static let asked = Atomic<Int32>(0)
    private static let waits = Atomic(false)
    /// Signals that come so soon after each other are one.
    private static let doubleSignal: Duration = .milliseconds(500)

    /// From now on the first signal only sets ``isAsked``; a second one ends the process at once.
    static func finishesFirst() { waits.store(true, ordering: .relaxed) }

    /// Whether the process should come to an end.
    static var isAsked: Bool { asked.load(ordering: .relaxed) != 0 }

    /// Ends the process as the signal would have.
    static func exit() -> Never { System.exit(128 + asked.load(ordering: .relaxed)) }

    /// Waits for signals on a thread of its own, which unlike a signal handler may call any function.
    ///
    /// This must be called before other threads start, since these inherit that the signals are blocked. A signal that
    /// is ignored, as under nohup, stays ignored.
    static func install() {
        // Writing to a closed pipe then fails instead of ending the process, so that files can be removed.
        _ = signal(SIGPIPE, SIG_IGN)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        do {
            try DetachedThread.start { [signals] in
                var signals = signals
                var number: Int32 = 0
                while sigwait(&signals, &number) != 0 {}
                if waits.load(ordering: .relaxed) {
                    asked.store(number, ordering: .relaxed)
                    Console.say("ending after this step, with a checkpoint; once more to end at once")
                    let first = ContinuousClock.now
                    // Some programs send their signal to the process and to its group, which is one wish.
                    repeat {
                        while sigwait(&signals, &number) != 0 {}
                    } while ContinuousClock.now - first < doubleSignal
                }
                TemporaryFiles.removeAll()
                Console.clearLine()
                _exit(128 + number)
            }
        } catch {
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        sigaction(number, nil, &action)
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #elseif canImport(Musl)
            let handler = action.__sa_handler.sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        // SIG_IGN is 1, which Swift cannot compare as a function.
        return unsafeBitCast(handler, to: Int.self) == 1
    }
}
