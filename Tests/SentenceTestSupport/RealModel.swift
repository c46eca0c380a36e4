// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import Foundation

/// The folder of the real all-MiniLM-L6-v2, or of another model that a variable names.
package func realModel(_ variable: String = "SENTENCE_TEST_MODEL") throws -> URL {
    guard let path = ProcessInfo.processInfo.environment[variable] else { throw MissingModel(variable: variable) }
    return URL(filePath: path)
}

private struct MissingModel: Error, CustomStringConvertible {
    let variable: String
    var description: String { "\(variable) names no model; run the tests by \"make test\"" }
}
