// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite struct SafetensorsHeaderTests {
    private static let a = #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
    private static let supported = "F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL"

    private func header(_ text: String, dataCount: Int = 0, claimedLength: UInt64? = nil) throws -> SafetensorsHeader {
        let bytes = safetensorsBytes(
            text, data: [UInt8](repeating: 0, count: dataCount), claimedLength: claimedLength)
        return try bytes.withUnsafeBytes { try SafetensorsHeader(bytes: $0, file: "f") }
    }

    @Test func aSoundHeaderIsRead() throws {
        let header = try header(
            #"{"__metadata__":{"format":"pt"},"#
                + #""b":{"data_offsets":[8,9],"dtype":"BOOL","shape":[],"x":1},\#(Self.a)}   "#, dataCount: 9)
        #expect(header.metadata == ["format": "pt"])
        #expect(header.entries.count == 2)
        let a = try #require(header.entries["a"])
        #expect(a.name == "a" && a.elementType == .float32 && a.shape == [2] && a.byteRange.count == 8)
        let b = try #require(header.entries["b"])
        #expect(b.name == "b" && b.elementType == .bool && b.shape == [])
        #expect(b.byteRange == a.byteRange.upperBound..<a.byteRange.upperBound + 1)
    }

    @Test func aFileMayHoldNoTensors() throws {
        #expect(try header("{}").entries.isEmpty)
    }

    @Test func tensorsWithoutElementsMayStandAnywhere() throws {
        let empty = #"{"dtype":"F32","shape":[0,4],"data_offsets":"#
        let header = try header(
            "{\"x\":\(empty)[0,0]},\(Self.a),\"y\":\(empty)[8,8]},\"z\":\(empty)[8,8]}}", dataCount: 8)
        #expect(header.entries["z"]?.shape == [0, 4])
    }

    @Test(
        arguments: [
            // The length and the frame.
            ("", 0, 3, "the header claims 3 bytes, but 0 follow; the file may be incomplete"),
            ("{}", 0, 3, "the header claims 3 bytes, but 2 follow; the file may be incomplete"),
            (
                "{}", 0, 100_000_001,
                "the header claims 100000001 bytes, more than the limit of 100000000; this may not be a safetensors file"
            ),
            (
                "{}", 0, UInt64.max,
                "the header claims 18446744073709551615 bytes, more than the limit of 100000000; "
                    + "this may not be a safetensors file"
            ),
            ("", 0, nil, #"the header does not begin with "{""#),
            (" {}", 0, nil, #"the header does not begin with "{""#),
            ("[]", 0, nil, #"the header does not begin with "{""#),
            // One tensor's entry.
            (#"{"a":1}"#, 0, nil, #"tensor "a": is 1; expected an object"#),
            (#"{"a":{"shape":[],"data_offsets":[0,4]}}"#, 4, nil, #"tensor "a": "dtype" is not a string"#),
            (
                #"{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,1]}}"#, 1, nil,
                #"tensor "a" has the dtype "F7", which is none of the format's"#
            ),
            (#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, 4, nil, #"tensor "a": "shape" is not an array of sizes"#),
            (
                #"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, nil,
                #"tensor "a": "shape" is not an array of sizes"#
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4, nil,
                #"tensor "a": "shape" is not an array of sizes"#
            ),
            (
                #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, 4, nil,
                #"tensor "a": the shape [4611686018427387904, 4] has too many elements"#
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1]}}"#, 4, nil,
                #"tensor "a": "data_offsets" is not a pair of ascending offsets"#
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}"#, 4, nil,
                #"tensor "a": "data_offsets" is not a pair of ascending offsets"#
            ),
            (
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, nil,
                #"tensor "a": "data_offsets" is not a pair of ascending offsets"#
            ),
            (
                #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, nil,
                #"tensor "a": F32 of shape [2] takes 8 bytes, but "data_offsets" spans 4"#
            ),
            (
                "{\(a)}", 7, nil,
                #"tensor "a": ends at byte 8 of the data, but the file holds 7; the file may be incomplete"#
            ),
            // All tensors together.
            ("{\(a)}", 9, nil, "1 bytes at the end belong to no tensor"),
            ("{}", 5, nil, "5 bytes at the end belong to no tensor"),
            (
                #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#, 2, nil,
                #"1 bytes before tensor "a" belong to no tensor"#
            ),
            (
                #"{\#(a),"b":{"dtype":"U8","shape":[1],"data_offsets":[10,11]}}"#, 11, nil,
                #"2 bytes before tensor "b" belong to no tensor"#
            ),
            (
                #"{\#(a),"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, nil,
                #"the tensors "a" and "b" overlap"#
            ),
            (
                #"{"z":{"dtype":"U8","shape":[0],"data_offsets":[4,4]},\#(a)}"#, 8, nil,
                #"the tensors "a" and "z" overlap"#
            ),
            // The metadata.
            (#"{"__metadata__":[]}"#, 0, nil, #""__metadata__" is an array; expected an object of strings"#),
            (#"{"__metadata__":{"a":1}}"#, 0, nil, #""__metadata__": "a" is 1; expected a string"#),
        ] as [(String, Int, UInt64?, String)])
    func brokenFilesAreRefused(_ text: String, _ dataCount: Int, _ claimedLength: UInt64?, _ message: String) {
        #expect(errorText { try header(text, dataCount: dataCount, claimedLength: claimedLength) } == "f: \(message)")
    }

    @Test(arguments: [
        ("{", "expected a key, found the end of the text; the file may be incomplete"),
        ("{}}", "expected the end of the text at byte 2"),
        ("{}{}", "expected the end of the text at byte 2"),
        ("{\(a),\(a)}", "the key \"a\" stands twice in one object"),
        (#"{"__metadata__":{"x":"1","x":"2"}}"#, "the key \"x\" stands twice in one object"),
        (#"{"__metadata__":{},"__metadata__":{}}"#, "the key \"__metadata__\" stands twice in one object"),
    ])
    func headersThatAreNotOneJSONObjectAreRefused(_ text: String, _ message: String) {
        #expect(errorText { try header(text, dataCount: 8) } == "f (header): not valid JSON: \(message)")
    }

    @Test func headersThatAreNotUTF8AreRefused() {
        let bytes = withUnsafeBytes(of: UInt64(6).littleEndian, Array.init) + [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x7D]
        #expect(
            errorText { try bytes.withUnsafeBytes { try SafetensorsHeader(bytes: $0, file: "f") } }
                == "f (header): not valid JSON: the text is not UTF-8")
    }

    @Test func filesShorterThanTheLengthAreRefused() {
        for count in 0..<8 {
            let bytes = [UInt8](repeating: 0, count: count)
            #expect(
                errorText { try bytes.withUnsafeBytes { try SafetensorsHeader(bytes: $0, file: "f") } }
                    == "f: \(count) bytes are too few for a safetensors file; it may be incomplete")
        }
    }

    @Test func typesThatAreNotReadAreNoReasonToRefuseAFile() throws {
        let text =
            #"{"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},"#
            + #""b":{"dtype":"F4","shape":[2],"data_offsets":[3,4]},"#
            + #""c":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        let found = try header(text, dataCount: 8)
        #expect(found.entries.keys.sortedStrings == ["c"])
        #expect(found.unreadable == ["a": "of the type F8_E4M3", "b": "of the type F4"])
    }
}
