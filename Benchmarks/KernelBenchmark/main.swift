// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The performance of each kernel on one core, compared with the core's peak: `make kernels`.

import CPeak
import CSentenceKernels
import SentenceTensors

/// The shortest time in seconds of a few dozen runs of `body`.
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

/// The peak performance of a unit of one core, in GFLOP/s.
func peak(_ unit: cpeak_unit) -> Double {
    var sink: Float = 0
    defer { withExtendedLifetime(sink) {} }
    let rounds = unit.rawValue < CPEAK_AMX_BF16.rawValue ? 1_000_000 : 20_000
    return cpeak_operations(unit, rounds) / best { sink += cpeak_run(unit, rounds) } / 1e9
}

/// The unit that a level's products in a precision run on, and how many of its operations each of theirs takes.
func unitOfProducts(_ kernels: KernelSet, _ precision: Precision) -> (unit: cpeak_unit, operations: Double)? {
    switch (kernels.name, precision) {
    case ("portable", _): nil  // plain C has no vector unit to compare with
    case ("amx", .float32Highest): (CPEAK_AMX_BF16, 6)
    case ("amx", .float32): (CPEAK_AMX_BF16, 3)
    case ("amx", .bfloat16): (CPEAK_AMX_BF16, 1)
    case ("amx", .int8): (CPEAK_AMX_INT8, 1)
    case ("avx512-bf16", .bfloat16): (CPEAK_DOT_BF16_16, 1)
    case ("avx512-bf16", .int8), ("avx512-vnni", .int8): (CPEAK_DOT_INT8_16, 1)
    case ("avx2-vnni", .int8): (CPEAK_DOT_INT8_8, 1)
    case (let name, _) where name.hasPrefix("avx2"): (CPEAK_FMA_8, 1)
    case (let name, _) where name.hasPrefix("avx512"): (CPEAK_FMA_16, 1)
    default: (CPEAK_FMA_4, 1)
    }
}

/// Products and attention in one precision.
func measureProducts(_ peak: Double?) {
    for (rows, columns, depth) in [
        (512, 384, 384), (512, 1536, 384), (512, 384, 1536), (12, 384, 384), (1, 384, 384),
    ] {
        let layer = LinearLayer(weights: [Parameter(random([columns, depth]))])
        let x = random([rows, depth])
        let rate = Double(2 * rows * columns * depth) / best { _ = layer(x) } / 1e9
        line("product \(rows) x \(columns) x \(depth)", rate, "GFLOP/s", share: peak.map { rate / $0 })
    }
    for length in [16, 128, 512] {
        let qkv = random([length, 1152])
        let time = best { _ = qkv.attention(TextOffsets([0, length]), AttentionShape(heads: 12, scale: 0.17)) }
        let rate = Double(4 * length * length * 384) / time / 1e9
        line("attention, 12 heads of 32, \(length) tokens", rate, "GFLOP/s", share: peak.map { rate / $0 })
    }
}

/// The kernels that use float32 in every precision.
func measureRows() {
    let hidden = random([512, 384])
    let norm = LayerNorm(weight: Parameter(random([384])), bias: Parameter(random([384])), epsilon: 1e-12)
    line("layer norm, 512 x 384", Double(hidden.count) / best { _ = norm(hidden) } / 1e9, "elements/ns")
    for activation in [Activation.gelu, .geluTanh, .tanh] {
        let time = best { _ = hidden.activated(activation) }
        line("\(activation)", Double(hidden.count) / time / 1e9, "elements/ns")
    }
}

for kernels in KernelSet.available.reversed() {
    for precision in [Precision.float32, .float32Highest, .bfloat16, .int8] {
        // Without AMX the first two are the same.
        if kernels.name != "amx", precision == .float32Highest { continue }
        let unit = unitOfProducts(kernels, precision)
        let rate: Double? = unit.map { peak($0.unit) / $0.operations }
        print("\(kernels.name), \(precision), one core" + (rate.map { ": peak \(Int($0)) GFLOP/s" } ?? ""))
        Execution.with(kernels: kernels, precision: precision, threads: 1) { measureProducts(rate) }
    }
    print("\(kernels.name), rows")
    Execution.with(kernels: kernels, threads: 1) { measureRows() }
}
