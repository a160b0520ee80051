// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lora-lessons",
  products: [
    .executable(name: "lora-lessons", targets: ["lora-lessons"]),
    // What Benchmarks measures in its own process.
    .library(
      name: "LoraLessonsModules",
      targets: [
        "CairoRendering", "Charts", "Demonstrations", "Drawing", "LinearAlgebra", "Quantization",
      ]),
    .library(name: "LoraLessonsTraining", targets: ["Adapters", "Autograd", "Models", "Training"]),
  ],
  targets: [
    // C libraries
    .systemLibrary(
      name: "CPangoCairo", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .systemLibrary(
      name: "CCommonMark", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .systemLibrary(
      name: "CHarfBuzz", pkgConfig: "harfbuzz-subset", providers: [.apt(["libharfbuzz-dev"])]),
    .systemLibrary(name: "CWebP", pkgConfig: "libwebpmux", providers: [.apt(["libwebp-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev", "liblapacke-dev"])]),

    // oneDNN has no pkg-config file.
    .systemLibrary(name: "COneDNN", providers: [.apt(["libdnnl-dev"])]),

    // Mathematics
    .target(name: "CKernels"),
    .target(name: "LinearAlgebra", dependencies: ["COpenBLAS"]),
    .target(name: "Quantization", dependencies: ["CKernels", "LinearAlgebra"]),
    .target(name: "Adapters", dependencies: ["LinearAlgebra", "Quantization"]),
    .target(name: "Autograd", dependencies: ["CKernels", "COneDNN"]),
    .target(
      name: "Models",
      dependencies: ["Adapters", "Autograd", "CKernels", "LinearAlgebra", "Quantization"]),
    .target(
      name: "Training",
      dependencies: ["Autograd", "CKernels", "LinearAlgebra", "Models", "Quantization"]),
    .target(name: "Interchange", dependencies: ["Adapters", "LinearAlgebra", "Quantization"]),

    // Pictures
    .target(name: "Drawing"),
    .target(name: "Charts", dependencies: ["Drawing", "LinearAlgebra"]),
    .target(
      name: "CairoRendering",
      dependencies: ["CHarfBuzz", "CPangoCairo", "CWebP", "CZlib", "Drawing"],
      exclude: ["Fonts"]),

    // What models learn from
    .target(name: "Datasets", dependencies: ["Interchange", "LinearAlgebra"]),

    // The course
    .target(
      name: "Experiments",
      dependencies: [
        "Adapters", "Autograd", "Datasets", "Interchange", "LinearAlgebra", "Models",
        "Quantization",
        "Training",
      ]),
    .target(
      name: "Demonstrations",
      dependencies: [
        "Adapters", "Autograd", "Charts", "Datasets", "Drawing", "Experiments", "LinearAlgebra",
        "Models", "Quantization", "Training",
      ]),
    .target(
      name: "Course",
      dependencies: ["CCommonMark", "Demonstrations", "Drawing", "Experiments", "Interchange"]),
    .target(
      name: "CommandLineTool",
      dependencies: [
        "Adapters", "Autograd", "CairoRendering", "Charts", "Course", "Datasets", "Demonstrations",
        "Drawing", "Experiments", "Interchange", "LinearAlgebra", "Models", "Quantization",
        "Training",
      ]),
    .executableTarget(name: "lora-lessons", dependencies: ["CommandLineTool"]),

    // Tests
    .systemLibrary(name: "CMalloc", path: "Tests/CMalloc"),
    .target(
      name: "TestSupport",
      dependencies: [
        "Adapters", "CairoRendering", "Drawing", "Experiments", "Interchange", "LinearAlgebra",
        "Models", "Quantization",
      ],
      path: "Tests/TestSupport"),
  ]
    + [
      tests(of: "LinearAlgebra", data: ["Vectors"]),
      tests(of: "Adapters", with: ["LinearAlgebra", "Quantization"], data: ["Vectors"]),
      tests(of: "Quantization", data: ["Vectors"]),
      tests(of: "Autograd", with: ["CKernels", "LinearAlgebra"]),
      tests(
        of: "Models",
        with: ["Adapters", "Autograd", "Interchange", "LinearAlgebra", "Quantization"]),
      tests(
        of: "Training",
        with: [
          "Adapters", "Autograd", "CMalloc", "Interchange", "LinearAlgebra", "Models",
          "Quantization",
        ],
        data: ["Vectors"]),
      tests(of: "Interchange", with: ["Adapters", "LinearAlgebra", "Quantization"]),
      tests(of: "Drawing"), tests(of: "Charts"),
      tests(of: "CairoRendering", with: ["CWebP"], data: ["Goldens"]),
      tests(
        of: "Experiments",
        with: [
          "Adapters", "Autograd", "Datasets", "Interchange", "LinearAlgebra", "Models", "Training",
        ]),
      tests(
        of: "Demonstrations",
        with: ["Adapters", "Charts", "Course", "Experiments", "Interchange", "Quantization"]),
      tests(of: "Datasets", with: ["Interchange", "LinearAlgebra"]),
      tests(of: "Course", with: ["Charts", "Demonstrations", "Interchange"]),
      tests(
        of: "CommandLineTool",
        with: [
          "Adapters", "Autograd", "CairoRendering", "Charts", "Course", "Demonstrations",
          "Experiments", "Interchange", "LinearAlgebra", "Models", "Quantization", "Training",
        ]),
    ],
  swiftLanguageModes: [.v6]
)

for target in package.targets where target.type != .system && target.name != "CKernels" {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
  ]
  target.linkerSettings = [.linkedLibrary("m")]
}

/// The test target of a module; `data` names folders of files that tests read by path.
func tests(of module: String, with others: [String] = [], data: [String] = []) -> Target {
  .testTarget(
    name: "\(module)Tests",
    dependencies: ([module, "TestSupport"] + others).map(Target.Dependency.init(stringLiteral:)),
    exclude: data)
}
