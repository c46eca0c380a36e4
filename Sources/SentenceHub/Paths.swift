// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension String {
    /// The path with a leading `~` replaced by the home folder of the environment, or else of the user.
    func expandingHome(_ environment: [String: String]) -> String {
        guard self == "~" || hasPrefix("~/") else { return self }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.homeOfUser ?? "/"
        return home + dropFirst()
    }

    /// The user's home folder according to the system.
    private static var homeOfUser: String? {
        var entry = passwd(), found: UnsafeMutablePointer<passwd>?
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1 << 16) { buffer in
            guard let start = buffer.baseAddress,
                getpwuid_r(getuid(), &entry, start, buffer.count, &found) == 0, found != nil,
                let home = entry.pw_dir
            else { return nil }
            return String(cString: home)
        }
    }

    /// Whether the text is the full id of a commit: 40 lower-case hexadecimal digits.
    var isCommit: Bool { isHexadecimal(count: 40) }

    /// Whether the text consists of so many lower-case hexadecimal digits.
    func isHexadecimal(count: Int) -> Bool {
        utf8.count == count && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension URL {
    /// Whether a folder exists at this path, following symbolic links.
    var isExistingFolder: Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}
