// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lora-lessons-bench",
  dependencies: [.package(name: "lora-lessons", path: "..")],
  targets: [
    .executableTarget(
      name: "lora-lessons-bench",
      dependencies: [.product(name: "LoraLessonsModules", package: "lora-lessons")],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "training-bench",
      dependencies: [.product(name: "LoraLessonsTraining", package: "lora-lessons")],
      swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)]),
  ],
  swiftLanguageModes: [.v6]
)
