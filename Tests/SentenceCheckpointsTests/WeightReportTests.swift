// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite struct WeightReportTests {
    @Test func anEmptyReportThrowsNothing() throws {
        let report = WeightReport(file: "model.safetensors")
        #expect(report.isEmpty)
        try report.throwIfNotEmpty()
    }

    @Test func allProblemsStandInOneMessage() {
        var report = WeightReport(file: "model.safetensors")
        report.addMissing("a")
        report.addMissing("b")
        report.addUnexpected("x")
        report.addWrongShape("c", found: [3, 4], expected: [4, 3])
        report.addWrongElementType("d", found: .int64, expected: .float32)
        #expect(
            errorText { try report.throwIfNotEmpty() }
                == "model.safetensors: 2 missing: a, b; 1 unexpected: x; "
                + "1 of wrong shape: c is [3, 4], expected [4, 3]; 1 of wrong element type: d is int64, expected float32"
        )
    }

    @Test func longListsAreCut() {
        var report = WeightReport(file: "m")
        for index in 0..<11 { report.addMissing("w\(index)") }
        #expect(report.message == "11 missing: w0, w1, w2, w3, w4, w5, w6, w7 and 3 more")
    }

    @Test func namesWithLineBreaksKeepTheMessageOnOneLine() {
        var report = WeightReport(file: "m")
        report.addUnexpected("a\nb\u{2028}\u{1B}")
        #expect(errorText { try report.throwIfNotEmpty() } == #"m: 1 unexpected: a\nb\u2028\u001b"#)
    }
}
