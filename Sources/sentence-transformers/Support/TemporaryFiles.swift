// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Files that are removed if the process ends before they have become results.
enum TemporaryFiles {
    private static let paths = Mutex<Set<String>>([])

    /// Opens a new file, which is one of them from the start.
    ///
    /// - Returns: The descriptor, or a negative number with `errno`.
    static func open(_ path: String, _ body: () -> Int32) -> Int32 {
        paths.withLock { paths in
            let descriptor = body()
            if descriptor >= 0 { paths.insert(path) }
            return descriptor
        }
    }

    /// Renames a file to a result, which is then kept; returns false, and sets `errno`, if that fails.
    static func rename(_ path: String, to target: String) -> Bool {
        paths.withLock { paths in
            #if canImport(Darwin)
                let status = Darwin.rename(path, target)
            #elseif canImport(Musl)
                let status = Musl.rename(path, target)
            #else
                let status = Glibc.rename(path, target)
            #endif
            guard status == 0 else { return false }
            paths.remove(path)
            return true
        }
    }

    static func remove(_ path: String) {
        paths.withLock { paths in
            paths.remove(path)
            unlink(path)
        }
    }

    static func removeAll() {
        paths.withLock { paths in
            for path in paths { unlink(path) }
            paths = []
        }
    }
}
