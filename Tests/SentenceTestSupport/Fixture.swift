// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The files in `Tests/Fixtures`, which `Tests/Fixtures/generate.py` generated with the reference.
package enum Fixture {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

    /// The fixture with the given path below `Tests/Fixtures`.
    package static func url(_ path: String) -> URL { root.appending(path: path) }
}
