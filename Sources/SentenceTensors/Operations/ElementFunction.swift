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

/// A function of single numbers that losses are made of, which no layer needs.
package enum ElementFunction: Sendable, CaseIterable {
    /// |x|; slope 0 at 0.
    case absolute
    /// eˣ.
    case exponential
    /// The natural logarithm.
    case logarithm
    /// √x; slope 0 at 0, as the distance between equal vectors needs it.
    case squareRoot
    /// 1 / x.
    case reciprocal

    fileprivate func value(_ x: Float) -> Float {
        switch self {
        case .absolute: abs(x)
        case .exponential: exp(x)
        case .logarithm: log(x)
        case .squareRoot: x.squareRoot()
        case .reciprocal: 1 / x
        }
    }

    /// The slope at x, where the function has the value y.
    fileprivate func slope(_ x: Float, _ y: Float) -> Float {
        switch self {
        case .absolute: x == 0 ? 0 : x < 0 ? -1 : 1
        case .exponential: y
        case .logarithm: 1 / x
        case .squareRoot: y == 0 ? 0 : 0.5 / y
        case .reciprocal: -y * y
        }
    }
}

extension Tensor {
    /// The function of every element.
    package func mapped(_ function: ElementFunction) -> Tensor {
        let x = detached
        let y = Tensor(shape: shape) { out in
            withExtendedLifetime(storage) {
                for index in 0..<count { out[index] = function.value(pointer[index]) }
            }
        }
        return y.recorded(from: [node]) { dY in
            let dX = Tensor(shape: x.shape) { out in
                withExtendedLifetime((x.storage, y.storage, dY.storage)) {
                    for index in 0..<x.count {
                        out[index] = dY.pointer[index] * function.slope(x.pointer[index], y.pointer[index])
                    }
                }
            }
            return [dX]
        }
    }
}
