import CommandLineTool

#if canImport(Glibc)
  import Glibc
#endif

@main
enum Main {
  static func main() {
    exit(RootCommand.run(Array(CommandLine.arguments.dropFirst())))
  }
}
