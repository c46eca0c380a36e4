// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// All eigenvectors of a symmetric matrix: it is made tridiagonal by reflections, then diagonal by implicit QL steps.
///
/// Martin, Reinsch and Wilkinson, *Householder's tridiagonalization of a symmetric matrix*, 1968,
/// <https://doi.org/10.1007/BF02162162>; Dubrulle, Martin and Wilkinson, *The implicit QL algorithm*, 1968,
/// <https://doi.org/10.1007/BF02165404>.
struct SymmetricEigenvectors {
    /// The eigenvalues, the largest first.
    private(set) var values: [Double]
    /// The eigenvectors of unit length, in the same order.
    private(set) var vectors: [[Double]]

    /// An eigenvalue takes two or three steps; one that takes more than this is as good as it gets.
    private static let steps = 60

    /// - Parameters:
    ///   - matrix: `[size, size]`, with finite numbers.
    ///   - size: The number of rows.
    init(_ matrix: [Double], _ size: Int) {
        var basis = matrix
        var diagonal = [Double](repeating: 0, count: size), beside = diagonal
        basis.withUnsafeMutableBufferPointer { a in
            diagonal.withUnsafeMutableBufferPointer { d in
                beside.withUnsafeMutableBufferPointer { e in
                    Self.tridiagonalize(a, d, e, size)
                    Self.transpose(a, size)
                    Self.diagonalize(a, d, e, size)
                }
            }
        }
        let order = (0..<size).sorted { diagonal[$0] > diagonal[$1] }
        values = order.map { diagonal[$0] }
        vectors = order.map { Array(basis[$0 * size..<($0 + 1) * size]) }
    }

    /// Replaces the matrix by the reflections' product, whose columns are the new axes.
    private static func tridiagonalize(
        _ a: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
        _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
    ) {
        for i in stride(from: n - 1, to: 0, by: -1) {
            let scale = (0..<i).reduce(0) { $0 + abs(a[i * n + $1]) }
            guard i > 1, scale > 0 else {
                e[i] = a[i * n + i - 1]
                d[i] = 0
                continue
            }
            var h = 0.0
            for k in 0..<i {
                a[i * n + k] /= scale
                h += a[i * n + k] * a[i * n + k]
            }
            let f = a[i * n + i - 1], g = f >= 0 ? -h.squareRoot() : h.squareRoot()
            e[i] = scale * g
            h -= f * g
            a[i * n + i - 1] = f - g
            // e becomes A u / h: rows are read once each, with the symmetric half on the way.
            for j in 0..<i { e[j] = 0 }
            for j in 0..<i {
                a[j * n + i] = a[i * n + j] / h
                var sum = a[j * n + j] * a[i * n + j]
                let factor = a[i * n + j]
                for k in 0..<j {
                    sum += a[j * n + k] * a[i * n + k]
                    e[k] += a[j * n + k] * factor
                }
                e[j] += sum
            }
            var both = 0.0
            for j in 0..<i {
                e[j] /= h
                both += e[j] * a[i * n + j]
            }
            let half = both / (h + h)
            for j in 0..<i {
                let f = a[i * n + j], g = e[j] - half * f
                e[j] = g
                for k in 0...j { a[j * n + k] -= f * e[k] + g * a[i * n + k] }
            }
            d[i] = h
        }
        d[0] = 0
        e[0] = 0
        for i in 0..<n {
            if d[i] != 0 { accumulate(a, i, n) }
            d[i] = a[i * n + i]
            a[i * n + i] = 1
            for j in 0..<i {
                a[j * n + i] = 0
                a[i * n + j] = 0
            }
        }
    }

    /// Applies the reflection of row i to the axes before it.
    private static func accumulate(_ a: UnsafeMutableBufferPointer<Double>, _ i: Int, _ n: Int) {
        var sums = [Double](repeating: 0, count: i)
        for k in 0..<i {
            let factor = a[i * n + k]
            for j in 0..<i { sums[j] += factor * a[k * n + j] }
        }
        for k in 0..<i {
            let factor = a[k * n + i]
            for j in 0..<i { a[k * n + j] -= sums[j] * factor }
        }
    }

    private static func transpose(_ a: UnsafeMutableBufferPointer<Double>, _ n: Int) {
        for i in 0..<n { for j in 0..<i { a.swapAt(i * n + j, j * n + i) } }
    }

    /// Turns the axes, the rows of `z`, until the tridiagonal matrix is diagonal.
    private static func diagonalize(
        _ z: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
        _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
    ) {
        for i in 1..<max(n, 1) { e[i - 1] = e[i] }
        if n > 0 { e[n - 1] = 0 }
        for l in 0..<n {
            for _ in 0..<steps {
                // The first place from which the rest falls apart.
                let m = (l..<n - 1).first { abs(e[$0]) <= Double.ulpOfOne * (abs(d[$0]) + abs(d[$0 + 1])) } ?? n - 1
                guard m != l else { break }
                var g = (d[l + 1] - d[l]) / (2 * e[l])
                var r = hypot(g, 1)
                g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r))
                var (s, c, p) = (1.0, 1.0, 0.0)
                var isBroken = false
                for i in stride(from: m - 1, through: l, by: -1) {
                    let f = s * e[i], b = c * e[i]
                    r = hypot(f, g)
                    e[i + 1] = r
                    guard r != 0 else {
                        d[i + 1] -= p
                        e[m] = 0
                        isBroken = true
                        break
                    }
                    s = f / r
                    c = g / r
                    g = d[i + 1] - p
                    r = (d[i] - g) * s + 2 * c * b
                    p = s * r
                    d[i + 1] = g + p
                    g = c * r - b
                    let (upper, lower) = (z.baseAddress! + i * n, z.baseAddress! + (i + 1) * n)
                    for k in 0..<n {
                        let f = lower[k]
                        lower[k] = s * upper[k] + c * f
                        upper[k] = c * upper[k] - s * f
                    }
                }
                if isBroken { continue }
                d[l] -= p
                e[l] = g
                e[m] = 0
            }
        }
    }
}
