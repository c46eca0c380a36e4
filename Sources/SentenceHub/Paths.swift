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
    /// The path with a `~` at its beginning replaced by the home folder of the environment, or else of the user.
    func expandingHome(_ environment: [String: String]) -> String {
        guard self == "~" || hasPrefix("~/") else { return self }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.homeOfUser ?? "/"
        return home + dropFirst()
    }

    /// The home folder that the system knows for the user of the process.
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

    /// Whether the text, put after a folder, can only lead to something inside that folder.
    ///
    /// Bytes count: for Swift a "/" with an accent is another character, for the system it ends a folder's name.
    var isRelativePath: Bool {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy(Self.isFileName)
    }

    /// Whether the text is the name of a file and no path.
    var isFileName: Bool { Self.isFileName(utf8[...]) }

    private static func isFileName(_ name: Substring.UTF8View) -> Bool {
        !name.isEmpty && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
            && !name.contains { [UInt8(ascii: "/"), UInt8(ascii: "\\"), 0].contains($0) }
    }

    /// The path of something in the folder that the text names; the model's own folder is "".
    func appendingPath(_ name: String) -> String { isEmpty ? name : self + "/" + name }

    /// The folder and the name that a path consists of.
    var folderAndName: (folder: String, name: String) {
        guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", self) }
        return (String(self[..<slash]), String(self[utf8.index(after: slash)...]))
    }

    /// Whether the text is the full id of a commit: 40 hexadecimal digits in lower case.
    var isCommit: Bool { isHexadecimal(count: 40) }

    /// Whether the text is so many hexadecimal digits in lower case.
    func isHexadecimal(count: Int) -> Bool {
        utf8.count == count && utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension URL {
    /// Whether a folder is there, symbolic links followed.
    var isExistingFolder: Bool {
        var isFolder = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
    }
}
