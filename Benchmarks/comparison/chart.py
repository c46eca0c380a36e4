# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The chart of the comparison, as SVG: a bar for each program's tokens a second, a group for each set of texts."""

from xml.sax.saxutils import escape

WIDTH, LABEL, BAR, GAP = 860, 210, 18, 44
COLOURS = {"ours": "#d9480f", "before": "#e8a87c", "torch": "#868e96", "onnxruntime": "#4c6ef5", "openvino": "#2b8a3e"}


def draw(results):
    body, y = [], 56
    for result in results["sets"]:
        rows = sorted(result["rows"], key=lambda row: -row["tokens_per_second"])
        fastest = rows[0]["tokens_per_second"]
        body.append(text(16, y, f"{result['set']}: {result['tokens'] / result['texts']:.0f} tokens a text", bold=True))
        y += 10
        for row in rows:
            length = (WIDTH - LABEL - 110) * row["tokens_per_second"] / fastest
            colour = COLOURS[row["program"].split("-")[0]]
            body.append(f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR - 4}" rx="2" fill="{colour}"/>')
            body.append(text(LABEL - 8, y + 11, row["program"], anchor="end"))
            body.append(text(LABEL + length + 8, y + 11, f"{row['tokens_per_second']:,.0f}"))
            y += BAR
        y += GAP
    machine = results["machine"]
    title = f"all-MiniLM-L6-v2, tokens/s, {machine['threads']} threads, {machine['processor']}, {machine['kernels']}"
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y - GAP + 20}" '
            f'font-family="system-ui, sans-serif" font-size="12">\n<rect width="100%" height="100%" fill="#ffffff"/>')
    return "\n".join([head, text(16, 26, title, bold=True), *body, "</svg>"]) + "\n"


def text(x, y, content, anchor="start", bold=False):
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}"{weight} fill="#212529">{escape(content)}</text>'
