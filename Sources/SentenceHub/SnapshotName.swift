// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The model and the commit that a folder in the cache belongs to.
package struct SnapshotName: Sendable, Equatable {
    /// The name on the Hub.
    package let repository: String
    /// The commit.
    package let revision: String

    /// Reads the path of a folder, which ends in `models--owner--name/snapshots/commit`; nil for any other.
    package init?(_ folder: URL) {
        let parts = folder.standardizedFileURL.pathComponents.suffix(3).map(\.self)
        let marker = "models--"
        guard parts.count == 3, parts[0].hasPrefix(marker), parts[1] == "snapshots" else { return nil }
        let name = String(parts[0].dropFirst(marker.count)).replacing("--", with: "/")
        guard let known = try? RepositoryName(name) else { return nil }
        repository = known.description
        revision = parts[2]
    }
}
