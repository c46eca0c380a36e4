// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch

#if canImport(FoundationEssentials)
    public import struct FoundationEssentials.URL
#else
    public import struct Foundation.URL
#endif

/// A picture that can be written to a file.
public protocol Plot: Sendable {
    /// The picture alone.
    var svg: String { get }
    /// A page with the picture, with texts that appear under the pointer and can be searched; it needs no other file.
    var html: String { get }
}

extension Plot {
    /// Writes the picture (`.svg`) or the page (`.html`), completely or not at all.
    ///
    /// - Parameter url: A file that ends in `.svg` or `.html`; an existing one is replaced.
    /// - Throws: `SearchError` with code `invalidArgument` for another ending, `CheckpointError` if the file cannot be
    ///   written.
    public func write(to url: URL) throws {
        switch url.pathExtension.lowercased() {
        case "svg": try AtomicFile.write(svg, to: url)
        case "html": try AtomicFile.write(html, to: url)
        default:
            throw SearchError(
                .invalidArgument, "\(url.lastPathComponent): expected a file that ends in .svg or .html")
        }
    }
}
