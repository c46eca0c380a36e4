// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentencePlots
import SentenceSearch
import SentenceTestSupport
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("Plots")
struct PlotTests {
    private static let texts = [
        "plain", "</script><script>document.title='broken'</script>", "a \"quote\" & <b>tag</b>", "日本語\nzweite Zeile",
        "\u{2028}\u{0}\u{FFFE}",
    ]
    private static let groups = ["red", "red", "", "blue", "red"]

    private static func map() throws -> EmbeddingMap {
        try EmbeddingMap(
            Matrix(rows: [[0, 0], [1, 2], [-3, 1], [5, 5], [2, -2]]), texts: texts, groups: groups, title: "<Map>")
    }

    private static func heat() throws -> HeatMap {
        try HeatMap(Matrix(rows: [[1, 0.25], [-1, .nan]]), rows: ["first", "second <row>"], columns: ["a", "b"])
    }

    @Test("Pictures are well-formed, whatever texts hold")
    func wellFormed() throws {
        for svg in [
            try Self.map().svg, try Self.heat().svg, try EmbeddingMap(Matrix(rows: [[Float]]()), texts: []).svg,
        ] {
            let counter = ElementCounter()
            let parser = XMLParser(data: Data(svg.utf8))
            parser.delegate = counter
            #expect(parser.parse(), "\(parser.parserError.debugDescription)")
        }
        let counter = ElementCounter()
        let parser = XMLParser(data: Data(try Self.map().svg.utf8))
        parser.delegate = counter
        #expect(parser.parse())
        // A point for each text and a mark for each of two groups in the legend.
        #expect(counter.counts["circle"] == 5 + 2)
        #expect(counter.counts["title"] == 5 + 1)
    }

    private final class ElementCounter: NSObject, XMLParserDelegate {
        var counts: [String: Int] = [:]

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { counts[name, default: 0] += 1 }
    }

    @Test("A heat map is a table in a terminal")
    func table() throws {
        #expect(try Self.heat().table == "      a       b\n 1.0000  0.2500  first\n-1.0000     nan  second <row>\n")
    }

    @Test("What does not fit is refused, and other endings too")
    func refusals() throws {
        let places = try Matrix(rows: [[0, 1], [2, 3]])
        #expect(throws: SearchError.self) { try EmbeddingMap(places, texts: ["a"]) }
        #expect(throws: SearchError.self) { try EmbeddingMap(places, texts: ["a", "b"], groups: ["c"]) }
        #expect(throws: SearchError.self) { try EmbeddingMap(Matrix(rows: [[.nan, 1]]), texts: ["a"]) }
        #expect(throws: SearchError.self) { try HeatMap(places, rows: ["a"], columns: ["b", "c"]) }
        let folder = try TemporaryFolder()
        let error = #expect(throws: SearchError.self) {
            try Self.map().write(to: folder.url.appending(path: "map.png"))
        }
        #expect(error?.message == "map.png: expected a file that ends in .svg or .html")
    }

    private static let browser = ProcessInfo.processInfo.environment["SENTENCE_TEST_BROWSER"] ?? ""

    /// The document after scripts have run, as a browser prints it.
    private static func document(_ page: String, script: String) throws -> String {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            page.replacing("</body>", with: "<script>\(script)</script></body>"), to: "page.html")
        let process = Process()
        process.executableURL = URL(filePath: browser)
        process.arguments = [
            "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.url.path)/profile",
            "--virtual-time-budget=3000", "--dump-dom", "file://" + file.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test(
        "A browser shows all points, the text under the pointer, and what is searched", .enabled(if: !browser.isEmpty))
    func browserMap() throws {
        let found = try Self.document(
            Self.map().html,
            script: """
                const out = {points: document.querySelectorAll("circle[data-text]").length, hints: [], title: document.title};
                for (const mark of document.querySelectorAll("circle[data-text]")) {
                  const box = mark.getBoundingClientRect();
                  mark.dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: box.x, clientY: box.y}));
                  out.hints.push(hint.style.display + ":" + hint.textContent);
                }
                find.value = "QUOTE";
                find.dispatchEvent(new Event("input"));
                out.found = document.querySelectorAll("circle.found").length;
                out.dim = document.querySelectorAll("circle.dim").length;
                out.count = count.textContent;
                document.body.setAttribute("data-result", btoa(unescape(encodeURIComponent(JSON.stringify(out)))));
                """)
        let encoded = try #require(found.firstMatch(of: /data-result="([^"]*)"/)?.1)
        struct Seen: Decodable {
            let points: Int, hints: [String], title: String, found: Int, dim: Int, count: String
        }
        let seen = try JSONDecoder().decode(Seen.self, from: try #require(Data(base64Encoded: String(encoded))))
        #expect(seen.points == 5 && seen.title == "<Map>")
        #expect(
            seen.hints == zip(Self.texts, Self.groups).map { "block:" + $0 + ($1.isEmpty ? "" : "\n[\($1)]") })
        #expect(seen.found == 1 && seen.dim == 4 && seen.count == "1 of 5")
    }

    @Test("A browser shows the cells of a heat map with their names", .enabled(if: !browser.isEmpty))
    func browserHeatMap() throws {
        let found = try Self.document(
            Self.heat().html,
            script: """
                const cells = document.querySelectorAll("rect[data-text]");
                cells[2].dispatchEvent(new PointerEvent("pointermove", {bubbles: true, clientX: 5, clientY: 5}));
                document.body.setAttribute("data-result", cells.length + "|" + hint.textContent.split("\\n").join("|"));
                """)
        let result = try #require(found.firstMatch(of: /data-result="([^"]*)"/)?.1)
        #expect(result.replacing("&lt;", with: "<").replacing("&gt;", with: ">") == "4|second <row>|a|-1.0000")
    }
}
