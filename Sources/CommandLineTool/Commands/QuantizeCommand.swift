/// Quantizes a tensor of the user's and says what that costs.
struct QuantizeCommand: Command {
  static let configuration = CommandConfiguration(
    name: "quantize", summary: "quantize a tensor of yours, with its error and its size",
    arguments: [.init(name: "file", summary: "a .csv, .npy or .safetensors file")],
    options: [
      .init("tensor", "NAME", "the tensor in the file"),
      .init("slice", "R,C", "the rows and columns of it, such as 0:16,0:16"),
      .init("type", "TYPE", "nf4, fp4, int4 or int8; nf4 if not said"),
      .init("block", "N", "weights that share an absmax; 64 if not said"),
      .init("double", nil, "store the absmax values in 8 bits too (nf4 and fp4)"),
      .init("out", "DIR", "write the packed file into this folder"),
    ],
    examples: ["\(Tool.name) quantize model.safetensors --tensor layer.weight --type nf4 --double"])

  init(_ arguments: ParsedArguments) throws(ToolError) {}

  func run(_ tool: Tool) throws -> ExitCode { .success }
}
