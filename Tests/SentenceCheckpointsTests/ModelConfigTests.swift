// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite struct ModelConfigTests {
    private enum Activation: String, CaseIterable { case gelu, relu }

    private let config = ModelConfig(
        name: "config.json",
        values: [
            "hidden_size": 384, "dropout": 0.1, "three": 3.0, "half": 3.5, "huge": 1e30, "hidden_act": "gelu",
            "name": "abc", "yes": true, "nothing": nil, "words": ["a", "b"], "mixed": ["a", 1], "layers": [1, 2],
            "rope": ["type": "linear", "factor": "x"], "position_embedding_type": "relative_key",
        ])

    @Test func valuesOfTheRightKindAreRead() throws {
        #expect(try config.int("hidden_size") == 384)
        #expect(try config.int("three") == 3)
        #expect(try config.float("dropout") == 0.1)
        #expect(try config.double("dropout") == 0.1)
        #expect(try config.double("hidden_size") == 384)
        #expect(try config.bool("yes"))
        #expect(try config.string("name") == "abc")
        #expect(try config.strings("words") == ["a", "b"])
        #expect(try config.ints("layers") == [1, 2])
        #expect(try config.choice("hidden_act", as: Activation.self) == .gelu)
        #expect(try config.object("rope").string("type") == "linear")
        #expect(config.contains("nothing") && config.isNull("nothing"))
        #expect(!config.contains("absent") && !config.isNull("absent"))
        #expect(config.keys.first == "dropout")
    }

    @Test func aDefaultStandsForAMissingKeyOnly() throws {
        #expect(try config.int("absent", default: 7) == 7)
        #expect(try config.float("absent", default: 0.5) == 0.5)
        #expect(try config.bool("absent", default: true))
        #expect(try config.string("absent", default: "x") == "x")
        #expect(try config.strings("absent", default: []) == [])
        #expect(try config.choice("absent", default: Activation.relu) == .relu)
        #expect(
            errorText { try config.int("nothing", default: 7) }
                == #"config.json: "nothing" is null; expected an integer"#)
    }

    @Test func optionalValuesTakeNullAsAbsent() throws {
        #expect(try config.optionalInt("nothing") == nil)
        #expect(try config.optionalInt("absent") == nil)
        #expect(try config.optionalInt("hidden_size") == 384)
        #expect(try config.optionalFloat("nothing") == nil)
        #expect(try config.optionalDouble("nothing") == nil)
        #expect(try config.optionalBool("nothing") == nil)
        #expect(try config.optionalString("name") == "abc")
        #expect(try config.optionalStrings("nothing") == nil)
        #expect(try config.optionalInts("layers") == [1, 2])
        #expect(try config.optionalObject("nothing") == nil)
        #expect(errorText { try config.optionalInt("name") } == #"config.json: "name" is "abc"; expected an integer"#)
    }

    @Test func theFirstSpellingThatIsThereCounts() throws {
        #expect(try config.int(["dim", "hidden_size"]) == 384)
        #expect(
            errorText { try config.int(["dim", "d_model"]) }
                == #"config.json: missing key "dim" or "d_model" (expected an integer)"#)
    }

    @Test func wrongValuesAreNamedWithWhatWasExpected() {
        #expect(errorText { try config.int("dim") } == #"config.json: missing key "dim" (expected an integer)"#)
        #expect(errorText { try config.int("name") } == #"config.json: "name" is "abc"; expected an integer"#)
        #expect(errorText { try config.int("half") } == #"config.json: "half" is 3.5; expected an integer"#)
        #expect(errorText { try config.int("huge") } == #"config.json: "huge" is 1e+30; expected an integer"#)
        #expect(errorText { try config.int("yes") } == #"config.json: "yes" is true; expected an integer"#)
        #expect(errorText { try config.double("yes") } == #"config.json: "yes" is true; expected a number"#)
        #expect(errorText { try config.float("words") } == #"config.json: "words" is an array; expected a number"#)
        #expect(errorText { try config.bool("three") } == #"config.json: "three" is 3.0; expected true or false"#)
        #expect(errorText { try config.string("rope") } == #"config.json: "rope" is an object; expected a string"#)
        #expect(
            errorText { try config.strings("mixed") }
                == #"config.json: "mixed" is an array; expected an array, each element a string"#)
        #expect(errorText { try config.object("name") } == #"config.json: "name" is "abc"; expected an object"#)
    }

    @Test func nestedObjectsShowTheirPath() {
        #expect(
            errorText { try config.object("rope").float("factor") }
                == #"config.json: "rope.factor" is "x"; expected a number"#)
        #expect(
            errorText { try config.object("rope").float("scale") }
                == #"config.json: missing key "rope.scale" (expected a number)"#)
    }

    @Test func unknownChoicesNameTheSupportedOnes() {
        #expect(
            errorText { try config.choice("name", default: Activation.gelu) }
                == #"config.json: "name" is "abc"; supported: "gelu", "relu""#)
        #expect(
            errorText { try config.choice("three", as: Activation.self) }
                == #"config.json: "three" is 3.0; supported: "gelu", "relu""#)
        #expect(
            errorText { try config.choice("absent", as: Activation.self) }
                == #"config.json: missing key "absent" (expected a string)"#)
    }

    @Test func requiredValuesRefuseOthersAndAllowTheMissingKey() throws {
        try config.require("absent", in: "absolute")
        try config.require("three", in: 3)
        try config.require("nothing", in: nil, 0)
        #expect(
            errorText { try config.require("position_embedding_type", in: "absolute") }
                == #"config.json: "position_embedding_type" is "relative_key"; supported: "absolute""#)
        #expect(
            errorText { try config.require("yes", in: false, 1) } == #"config.json: "yes" is true; supported: false, 1"#
        )
    }

    @Test func filesAreReadByURL() throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(#"{"dim": 3}"#, to: "1_Pooling/config.json")
        #expect(try ModelConfig(url: url).int("dim") == 3)
        #expect(
            errorText { try ModelConfig(url: url, name: "1_Pooling/config.json").int("x") }
                == #"1_Pooling/config.json: missing key "x" (expected an integer)"#)
        let list = try ModelConfig.list(url: folder.write(#"[{"idx": 0}, {"idx": "1"}]"#, to: "modules.json"))
        #expect(try list[0].int("idx") == 0)
        #expect(errorText { try list[1].int("idx") } == #"modules.json: "[1].idx" is "1"; expected an integer"#)
    }

    @Test func filesOfAnotherKindAreRefused() throws {
        let folder = try TemporaryFolder()
        let array = try folder.write("[1]", to: "a.json")
        #expect(errorText { try ModelConfig(url: array) } == "a.json: expected an object, found an array")
        #expect(errorText { try ModelConfig.list(url: array) } == "a.json: element 0 is 1; expected an object")
        let object = try folder.write("{}", to: "o.json")
        #expect(
            errorText { try ModelConfig.list(url: object) }
                == "o.json: expected an array of objects, found an object")
        let empty = try folder.write("", to: "e.json")
        #expect(
            errorText { try ModelConfig(url: empty) }
                == "e.json: not valid JSON: expected a value, found the end of the text; the file may be incomplete")
        let absent = folder.url.appending(path: "n.json")
        #expect(
            errorText { try ModelConfig(url: absent) }
                == "n.json: cannot open \(absent.path): No such file or directory")
        let nan = try ModelConfig(url: folder.write("{\"a\": NaN, \"b\": 1e999}", to: "nan.json"))
        #expect(errorText { try nan.int("a") } == "nan.json: \"a\" is nan; expected an integer")
        #expect(errorText { try nan.float("b") } == "nan.json: \"b\" is inf; expected a number")
    }
}
