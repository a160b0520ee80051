import CommandLineTool
import Glibc

@main
enum Main {
  static func main() {
    Interrupts.install()
    exit(RootCommand.run(Array(CommandLine.arguments.dropFirst()), tool: .ofProcess()))
  }
}
