// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// Expects that a command fails with status 1, with nothing on standard output and one line on standard error.
func expectFailure(
    _ arguments: [String], _ message: String, environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let result = try Command.run(arguments, environment: environment)
    #expect(result.status == 1, sourceLocation: sourceLocation)
    #expect(result.output.isEmpty, sourceLocation: sourceLocation)
    #expect(result.error == "error: \(message)\n", sourceLocation: sourceLocation)
}
