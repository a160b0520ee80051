/// The folder of the project, for tests that read its files by path.
public let repositoryRoot: String = {
  let parts = #filePath.split(separator: "/").dropLast(3)
  return "/" + parts.joined(separator: "/")
}()
