@testable import CommandLineTool
import FoundationEssentials
import TestSupport
import Testing

@Suite("The packages that building needs") struct PackagesTests {
  @Test("are the same in the setup script, the line of doctor and the manifest of the package")
  func lists() throws {
    func packages(_ text: String) -> Set<String> {
      Set(text.split { !$0.isLetter && !$0.isNumber && !"-.".contains($0) }.map(String.init))
        .filter { $0.hasPrefix("lib") && $0.hasSuffix("-dev") || $0 == "zlib1g-dev" }
    }
    func file(_ name: String) throws -> String {
      String(
        decoding: try #require(FileManager.default.contents(atPath: "\(repositoryRoot)/\(name)")),
        as: UTF8.self)
    }
    let wanted = packages(DoctorCommand.installation)
    #expect(wanted.count > 5)
    #expect(packages(try file("Scripts/setup")) == wanted)
    #expect(packages(try file("Package.swift")) == wanted)
  }
}
