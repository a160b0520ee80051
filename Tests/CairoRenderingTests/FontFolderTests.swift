import Glibc
import TestSupport
import Testing

@testable import CairoRendering

@Suite("Folder of the fonts") struct FontFolderTests {
  static let fonts = repositoryRoot + "/Sources/CairoRendering/Fonts"

  @Test("is found above the executable or the working folder")
  func sources() throws {
    let build = repositoryRoot + "/.build/debug/lora-lessons"
    #expect(
      try FontFolder.find(override: nil, executable: build, workingFolder: nil) == Self.fonts)
    #expect(
      try FontFolder.find(
        override: "", executable: "/usr/bin/tool", workingFolder: repositoryRoot + "/Lessons")
        == Self.fonts)
    #expect(
      try FontFolder.find(override: nil, executable: nil, workingFolder: repositoryRoot)
        == Self.fonts)
  }

  @Test("named by the user is the only one tried")
  func override() throws {
    #expect(
      try FontFolder.find(override: Self.fonts, executable: nil, workingFolder: nil) == Self.fonts)
    #expect(throws: RenderingError.fontsMissing(searched: ["/nowhere"])) {
      try FontFolder.find(
        override: "/nowhere", executable: nil, workingFolder: repositoryRoot)
    }
  }

  @Test("that is missing gives an error with the places searched and the way out")
  func missing() throws {
    let error = #expect(throws: RenderingError.self) {
      try FontFolder.find(override: nil, executable: "/opt/bin/tool", workingFolder: "/srv/data")
    }
    #expect(
      error
        == .fontsMissing(searched: [
          "/opt/share/lora-lessons/Fonts", "/opt/bin/Sources/CairoRendering/Fonts",
          "/opt/Sources/CairoRendering/Fonts", "/Sources/CairoRendering/Fonts",
          "/srv/data/Sources/CairoRendering/Fonts", "/srv/Sources/CairoRendering/Fonts",
          "/Sources/CairoRendering/Fonts",
        ]))
    #expect(error?.description.contains("set LORA_LESSONS_FONTS to the folder") == true)
  }

  @Test("that is wrong stops the renderer before it draws")
  func wrongFolder() async {
    await #expect(processExitsWith: .success) {
      unsafe setenv("LORA_LESSONS_FONTS", "/nowhere", 1)
      #expect(throws: RenderingError.fontsMissing(searched: ["/nowhere"])) {
        try FigureRenderer()
      }
    }
  }
}
