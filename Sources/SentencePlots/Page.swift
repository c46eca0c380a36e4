// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// A page around a picture, in one file without anything from elsewhere: a text appears where the pointer is, and a field
/// finds texts.
enum Page {
    /// The page.
    ///
    /// - Parameters:
    ///   - title: The title.
    ///   - svg: The picture, whose elements with a text have its number as `data-text`.
    ///   - texts: The texts.
    /// - Returns: The page as HTML.
    static func html(_ title: String, _ svg: String, _ texts: [String]) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(SVG.escaped(title))</title>
        <style>
        body { margin: 16px; font: 14px sans-serif; color: #222; }
        svg { max-width: 100%; height: auto; }
        #hint { position: fixed; display: none; max-width: 32em; padding: 6px 8px; background: #222; color: #fff;
                border-radius: 4px; pointer-events: none; white-space: pre-wrap; overflow-wrap: anywhere; }
        .dim { opacity: 0.08; }
        .found { stroke: #000; stroke-width: 1.5; }
        label { display: block; margin-bottom: 8px; }
        </style>
        </head>
        <body>
        <label>Find <input id="find" type="search" autocomplete="off"> <span id="count"></span></label>
        \(svg)<div id="hint" role="tooltip"></div>
        <script>
        const texts = \(array(texts));
        const marks = Array.from(document.querySelectorAll("[data-text]"));
        const hint = document.getElementById("hint"), find = document.getElementById("find");
        const count = document.getElementById("count");
        function show(event) {
          const mark = event.target.closest("[data-text]");
          if (!mark) { hint.style.display = "none"; return; }
          hint.textContent = texts[Number(mark.dataset.text)];
          hint.style.display = "block";
          const left = Math.min(event.clientX + 12, innerWidth - hint.offsetWidth - 8);
          hint.style.left = Math.max(0, left) + "px";
          hint.style.top = Math.min(event.clientY + 12, innerHeight - hint.offsetHeight - 8) + "px";
        }
        document.addEventListener("pointermove", show);
        document.addEventListener("pointerdown", show);
        find.addEventListener("input", () => {
          const wanted = find.value.toLocaleLowerCase();
          let found = 0;
          for (const mark of marks) {
            const hit = wanted !== "" && texts[Number(mark.dataset.text)].toLocaleLowerCase().includes(wanted);
            found += hit;
            mark.classList.toggle("found", hit);
            mark.classList.toggle("dim", wanted !== "" && !hit);
          }
          count.textContent = wanted === "" ? "" : found + " of " + marks.length;
        });
        </script>
        </body>
        </html>

        """
    }

    /// An array of strings in JavaScript, which cannot end the script that it stands in.
    private static func array(_ texts: [String]) -> String {
        let strings = texts.map {
            ((try? JSONValue.string($0).serialized(.compact)) ?? "\"\"").replacing("<", with: "\\u003c")
        }
        return "[" + strings.joined(separator: ",\n") + "]"
    }
}
