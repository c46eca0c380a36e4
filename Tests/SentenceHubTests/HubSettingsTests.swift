// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceHub
import SentenceTestSupport
import Testing

@Suite struct HubSettingsTests {
    @Test func nothingSetMeansTheHubItself() {
        let settings = HubSettings(environment: ["HOME": "/absent"])
        #expect(settings.endpoint == "https://huggingface.co" && settings.token == nil)
        #expect(!settings.isOffline && settings.timeout == .seconds(10))
    }

    @Test(arguments: [("https://mirror.example/hf//", "https://mirror.example/hf"), ("", "https://huggingface.co")])
    func theEndpointEndsWithoutASlash(_ value: String, _ endpoint: String) {
        #expect(HubSettings(environment: ["HF_ENDPOINT": value]).endpoint == endpoint)
    }

    @Test(arguments: [
        ("1", true), ("true", true), ("Yes", true), ("on", true), ("0", false), ("", false), ("no", false),
    ])
    func offlineIsReadAsThePythonClientReadsIt(_ value: String, _ isOffline: Bool) {
        #expect(HubSettings(environment: ["HF_HUB_OFFLINE": value]).isOffline == isOffline)
        #expect(HubSettings(environment: ["TRANSFORMERS_OFFLINE": value]).isOffline == isOffline)
    }

    @Test(arguments: [("30", 30), ("0", 1), ("1000000", 3600), ("soon", 10), ("", 10)])
    func theTimeoutStaysInBounds(_ value: String, _ seconds: Int) {
        #expect(HubSettings(environment: ["HF_HUB_DOWNLOAD_TIMEOUT": value]).timeout == .seconds(seconds))
    }

    @Test func theTokenFileIsFound() throws {
        let folder = try TemporaryFolder()
        try folder.write(" abc\n", to: "token")
        try folder.write("def", to: "cache/huggingface/token")
        let home = folder.url.path
        func token(_ environment: [String: String]) -> String? { HubSettings(environment: environment).token }
        #expect(token(["HF_HOME": home]) == "abc")
        #expect(token(["HF_TOKEN_PATH": home + "/token", "HF_HOME": "/absent"]) == "abc")
        #expect(token(["HF_TOKEN_PATH": "~/token", "HOME": home]) == "abc")
        #expect(token(["XDG_CACHE_HOME": home + "/cache"]) == "def")
        #expect(token(["HF_TOKEN": " own ", "HF_HOME": home]) == "own")
        #expect(token(["HF_TOKEN": "", "HUGGING_FACE_HUB_TOKEN": "old", "HF_HOME": home]) == "old")
        #expect(token(["HF_TOKEN": "own", "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"]) == nil)
    }
}
