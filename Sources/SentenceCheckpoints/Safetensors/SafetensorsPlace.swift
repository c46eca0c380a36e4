// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

extension SafetensorsHeader {
    /// A tensor as described by the header, checked to match its shape and to lie within the file.
    struct Place {
        let name: String
        let dtype: String
        let shape: [Int]
        /// Counted from the beginning of the file.
        let byteRange: Range<Int>

        /// The types of the format that this version cannot read, with the bits of an element.
        private static let otherTypes: [ExactString: Int] = [
            "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
            "F8_E5M2FNUZ": 8, "C64": 64,
        ]

        init(_ name: String, _ value: JSONValue, dataStart: Int, dataCount: Int, _ file: String) throws {
            func invalid(_ message: String) -> CheckpointError {
                CheckpointError(.invalidFormat, file: file, "tensor \(name.quoted): \(message)")
            }
            guard let members = value.asObject else { throw invalid("is \(value.summary); expected an object") }
            guard let dtype = members["dtype"]?.asString else { throw invalid("\"dtype\" is not a string") }
            let bits = ElementType(safetensorsName: dtype).map { 8 * $0.byteCount } ?? Self.otherTypes[dtype]
            guard let bits else {
                throw CheckpointError(
                    .unsupported, file: file,
                    "tensor \(name.quoted) has the dtype \(dtype.quoted), which is none of the format's")
            }
            guard let shape = Self.counts(members["shape"]) else { throw invalid("\"shape\" is not an array of sizes") }
            guard let offsets = Self.counts(members["data_offsets"]), offsets.count == 2, offsets[0] <= offsets[1]
            else {
                throw invalid("\"data_offsets\" is not a pair of ascending offsets")
            }
            var bitCount = bits
            for size in shape {
                let (product, overflow) = bitCount.multipliedReportingOverflow(by: size)
                guard !overflow else { throw invalid("the shape \(shape) has too many elements") }
                bitCount = product
            }
            guard bitCount.isMultiple(of: 8), offsets[1] - offsets[0] == bitCount / 8 else {
                throw invalid(
                    "\(dtype) of shape \(shape) takes \(bitCount / 8) bytes, but \"data_offsets\" spans "
                        + "\(offsets[1] - offsets[0])")
            }
            guard offsets[1] <= dataCount else {
                throw invalid(
                    "ends at byte \(offsets[1]) of the data, but the file holds \(dataCount); the file may be incomplete"
                )
            }
            self.name = name
            self.dtype = dtype
            self.shape = shape
            byteRange = dataStart + offsets[0]..<dataStart + offsets[1]
        }

        /// The value as an array of non-negative integers; nil if there is a number with a decimal point.
        private static func counts(_ value: JSONValue?) -> [Int]? {
            guard let elements = value?.asArray else { return nil }
            let counts = elements.compactMap { element in
                if case .int(let count) = element, count >= 0 { count } else { nil }
            }
            return counts.count == elements.count ? counts : nil
        }
    }
}
