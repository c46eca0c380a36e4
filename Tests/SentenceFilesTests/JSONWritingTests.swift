// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTestSupport
import Testing

@Suite struct JSONWritingTests {
    private let value: JSONValue = [
        "b": [1, 2.5, 1e-12, 3.0, true, nil], "a": ["ü\u{1F600}\u{7F}": "\"\\\n\u{1}/"], "empty": [:], "none": [],
    ]

    /// Recorded from `json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)`.
    @Test func indentedTextIsThatOfPython() throws {
        #expect(
            try value.serialized() == """
                {
                  "a": {
                    "ü\u{1F600}\u{7F}": "\\"\\\\\\n\\u0001/"
                  },
                  "b": [
                    1,
                    2.5,
                    1e-12,
                    3.0,
                    true,
                    null
                  ],
                  "empty": {},
                  "none": []
                }
                """)
    }

    /// Recorded from `json.dumps(value, sort_keys=True, separators=(",", ":"))`.
    @Test func compactASCIITextIsThatOfPython() throws {
        #expect(
            try value.serialized(.compact, asciiOnly: true)
                == #"{"a":{"\u00fc\ud83d\ude00\u007f":"\"\\\n\u0001/"},"b":[1,2.5,1e-12,3.0,true,null],"empty":{},"none":[]}"#
        )
    }

    @Test func whatIsWrittenIsReadBack() throws {
        for layout in [JSONValue.Layout.indented, .compact] {
            let text = try value.serialized(layout)
            let read = try JSONValue(parsing: text)
            #expect(try read.serialized(layout) == text)
            #expect(try JSONValue(parsing: value.serialized(layout, asciiOnly: true)) == read)
        }
    }

    @Test func aNumberThatJSONLacksIsRefused() {
        let text = errorText { try JSONValue.array([.double(.nan)]).serialized() }
        #expect(text == "cannot write nan as JSON, which has no such number")
    }
}
