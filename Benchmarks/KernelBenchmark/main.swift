// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What each kernel gives on one core, beside what the core gives at most: `make kernels`.

import CPeak
import CSentenceKernels
import SentenceTensors

/// The shortest time that `body` takes, in seconds, of a few dozen runs.
func best(_ body: () -> Void) -> Double {
    var best = Double.infinity
    for _ in 0..<30 {
        let start = ContinuousClock.now
        body()
        let elapsed = start.duration(to: .now).components
        best = min(best, Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
    return best
}

func line(_ name: String, _ value: Double, _ unit: String, share: Double? = nil) {
    let number = "\((value * 10).rounded() / 10)"
    let part = share.map { "  \(Int(($0 * 100).rounded())) % of the peak" } ?? ""
    print(
        "  " + name + String(repeating: " ", count: max(1, 44 - name.count - number.count)) + "\(number) \(unit)\(part)"
    )
}

func random(_ shape: [Int]) -> Tensor {
    var generator = SystemRandomNumberGenerator()
    return Tensor((0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
}

var sink: Float = 0

for kernels in KernelSet.available.reversed() {
    let level = Int32(bitPattern: kernels.table.pointee.level.rawValue)
    // Portable C has no vectors of its own to be measured by.
    let hasPeak = kernels.name != "portable"
    let rounds = 1_000_000
    let peak = cpeak_operations(level, rounds) / best { sink += cpeak_run(level, rounds) } / 1e9
    print("\(kernels.name), one core" + (hasPeak ? ": \(Int(peak)) GFLOP/s from registers" : ""))
    Execution.with(kernels: kernels, threads: 1) {
        for (rows, columns, depth) in [
            (512, 384, 384), (512, 1536, 384), (512, 384, 1536), (12, 384, 384), (1, 384, 384),
        ] {
            let layer = LinearLayer(weights: [Parameter(random([columns, depth]))])
            let x = random([rows, depth])
            let rate = Double(2 * rows * columns * depth) / best { _ = layer(x) } / 1e9
            line("product \(rows) x \(columns) x \(depth)", rate, "GFLOP/s", share: hasPeak ? rate / peak : nil)
        }
        for length in [16, 128, 512] {
            let qkv = random([length, 1152])
            let time = best { _ = qkv.attention(TextOffsets([0, length]), AttentionShape(heads: 12, scale: 0.17)) }
            let rate = Double(4 * length * length * 384) / time / 1e9
            line("attention, 12 heads of 32, \(length) tokens", rate, "GFLOP/s", share: hasPeak ? rate / peak : nil)
        }
        let hidden = random([512, 384])
        let norm = LayerNorm(weight: Parameter(random([384])), bias: Parameter(random([384])), epsilon: 1e-12)
        line("layer norm, 512 x 384", Double(hidden.count) / best { _ = norm(hidden) } / 1e9, "elements/ns")
        for activation in [Activation.gelu, .geluTanh, .tanh] {
            let time = best { _ = hidden.activated(activation) }
            line("\(activation)", Double(hidden.count) / time / 1e9, "elements/ns")
        }
    }
}
