public import Quantization

/// How the linear layers of a checkpoint are stored in four bits: `quantization_config`.
///
/// Source: transformers 5.23.0, `BitsAndBytesConfig`.
public struct FourBitConfiguration: Equatable, Sendable {
  public let type: FourBitType
  /// Whether the absmax values are quantized as well.
  public let usesDoubleQuantization: Bool
  /// The modules that stay as they are, besides the embedding and the norms.
  public let skippedModules: [String]

  public init(
    type: FourBitType = .nf4, usesDoubleQuantization: Bool = true,
    skippedModules: [String] = ["lm_head"]
  ) {
    self.type = type
    self.usesDoubleQuantization = usesDoubleQuantization
    self.skippedModules = skippedModules
  }

  /// Reads the object; settings of the computation are ignored.
  init(fields: JSONFields) throws(ModelProblem) {
    do throws(JSONFields.WrongType) {
      let method = try fields.text("quant_method") ?? "bitsandbytes"
      guard method == "bitsandbytes", try fields.flag("load_in_4bit") ?? false else {
        throw JSONFields.WrongType(
          field: LlamaConfiguration.Field.quantization, expected: "4-bit bitsandbytes")
      }
      guard let type = FourBitType(rawValue: try fields.text("bnb_4bit_quant_type") ?? "fp4") else {
        throw JSONFields.WrongType(field: "bnb_4bit_quant_type", expected: "nf4 or fp4")
      }
      guard try fields.text("bnb_4bit_quant_storage") ?? "uint8" == "uint8" else {
        throw JSONFields.WrongType(field: "bnb_4bit_quant_storage", expected: "uint8")
      }
      self.init(
        type: type,
        usesDoubleQuantization: try fields.flag("bnb_4bit_use_double_quant") ?? false,
        skippedModules: try fields.texts("llm_int8_skip_modules") ?? ["lm_head"])
    } catch {
      throw .wrongValue(field: error.field, expected: error.expected)
    }
  }

  var json: JSONValue {
    .members([
      ("quant_method", .string("bitsandbytes")), ("load_in_4bit", .bool(true)),
      ("load_in_8bit", .bool(false)), ("bnb_4bit_quant_type", .string(type.rawValue)),
      ("bnb_4bit_use_double_quant", .bool(usesDoubleQuantization)),
      ("bnb_4bit_compute_dtype", .string("float32")), ("bnb_4bit_quant_storage", .string("uint8")),
      ("llm_int8_skip_modules", .array(skippedModules.map { JSONValue.string($0) })),
    ])
  }
}
