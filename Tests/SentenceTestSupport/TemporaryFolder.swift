// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// A separate folder for one test, removed with the last reference.
package final class TemporaryFolder: Sendable {
    /// The folder.
    package let url: URL

    /// Creates a folder.
    package init() throws {
        let parent = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
        url = parent.appending(path: "sentence-transformers-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Writes bytes to a file inside the folder, creating folders as needed.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to path: String) throws -> URL {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
        return file
    }

    /// Writes text to a file inside the folder, creating folders as needed.
    @discardableResult
    package func write(_ text: String, to path: String) throws -> URL {
        try write(text.utf8, to: path)
    }

    /// Creates a folder inside the folder.
    @discardableResult
    package func makeFolder(_ path: String) throws -> URL {
        let folder = url.appending(path: path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// The names of everything in the folder, including hidden files, sorted.
    package func contents() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: url.path).sorted()
    }
}
