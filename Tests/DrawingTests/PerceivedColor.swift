import Drawing
import Glibc

/// How a colour is seen, for measuring how far apart two colours are.
///
/// Simulations: Machado, Oliveira and Fernandes (2009), “A Physiologically-based Model for
/// Simulation of Color Vision Deficiency”, severity 1, on linear RGB. Distances: CIE 1976 in Lab
/// with the white of D65.
enum Vision: CaseIterable {
  case full, deuteranopia, protanopia

  private var matrix: [[Double]] {
    switch self {
    case .full: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    }
  }

  /// The distance of two colours in Lab; 2 can just be noticed side by side.
  func distance(_ first: Color, _ second: Color) -> Double {
    let (a, b) = (lab(first), lab(second))
    return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  /// Lightness and the two colour axes.
  func lab(_ color: Color) -> [Double] {
    let linear = [color.red, color.green, color.blue].map {
      $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4)
    }
    let seen = matrix.map { min(max(Self.product($0, linear), 0), 1) }
    let white = [0.95047, 1, 1.08883]
    let toXYZ = [
      [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
      [0.0193339, 0.1191920, 0.9503041],
    ]
    let f = zip(toXYZ, white).map { row, white in
      let share = Self.product(row, seen) / white
      return share > 216.0 / 24389 ? cbrt(share) : (share * 24389 / 27 + 16) / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  private static func product(_ row: [Double], _ vector: [Double]) -> Double {
    zip(row, vector).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
