import Interchange
import TestSupport
import Testing

@Suite("Safetensors: reading")
struct SafetensorsTests {
  let sample = "\(repositoryRoot)/Lessons/Data/minilm-sample.safetensors"

  @Test("the tensors of a file are listed in the order of their data")
  func listing() throws {
    let file = try Safetensors(path: sample)
    #expect(
      file.tensors.map(\.name) == [
        "encoder.layer.0.output.dense.weight[96:128,768:896]",
        "encoder.layer.5.attention.self.query.weight",
        "encoder.layer.5.attention.self.value.weight[0:128]",
      ])
    #expect(file.tensors.map(\.dtype) == [.f32, .f16, .f16])
    #expect(file.tensors.map(\.shape) == [[32, 128], [384, 384], [128, 384]])
    #expect(file.tensors[1].byteRange == 8 + 432 + 16384..<8 + 432 + 311296)
    #expect(file.metadata.map(\.key) == ["source", "license"])
    #expect(file.metadata.map(\.value) == ["sentence-transformers/all-MiniLM-L6-v2", "Apache-2.0"])
  }

  @Test("values of every floating type are those that the reference library was given")
  func values() throws {
    try withFile(referenceFile) { path in
      let file = try Safetensors(path: path)
      func values(_ name: String) throws -> [Float] {
        try file.values(of: try file.tensor(named: name))
      }
      #expect(try values("b.weight") == [1, -2.5, 3, 0.1, Float("1e-40"), .infinity])
      #expect(try values("a.weight") == [1, 2])
      #expect(try values("half") == [Float(Float16(0.1)), 0x1p-24, -65504])
      #expect(try values("double") == [0.1, .infinity])
      #expect(try values("empty") == [])
    }
  }

  @Test("tensors of other types are listed and copied, but refused as weights")
  func integers() throws {
    try withFile(referenceFile) { path in
      let file = try Safetensors(path: path)
      let tensor = try file.tensor(named: "ñandú \"q\" \\ \n\t\u{1} é😀")
      #expect(tensor.dtype == .i32 && tensor.shape == [] && tensor.count == 1)
      #expect(file.bytes(of: tensor) == [5, 0, 0, 0])
      for name in ["ints", "flags", "bytes", "short"] {
        let tensor = try file.tensor(named: name)
        #expect(
          interchangeError { try file.values(of: tensor) }
            == .safetensors(file: path, .notWeights(tensor: name, dtype: tensor.dtype)))
      }
    }
  }

  @Test("a mistyped name gets the names that are close to it")
  func mistypedName() throws {
    let file = try Safetensors(path: sample)
    let error = interchangeError {
      try file.tensor(named: "encoder.layer.5.attention.self.qeury.weight")
    }
    #expect(
      error?.description.hasSuffix(
        "; did you mean “encoder.layer.5.attention.self.query.weight” or "
          + "“encoder.layer.5.attention.self.value.weight[0:128]”?") == true)
    let partial = interchangeError { try file.tensor(named: "self.query.weight") }
    #expect(
      partial
        == .choice(
          file: sample,
          .unknown(
            name: "self.query.weight", similar: ["encoder.layer.5.attention.self.query.weight"])))
    let other = interchangeError { try file.tensor(named: "zzz") }
    #expect(other == .choice(file: sample, .unknown(name: "zzz", similar: [])))
  }

  @Test(
    "what the reference library accepts is accepted",
    arguments: [
      (safetensors("{}"), 0),
      (safetensors("{}      "), 0),
      (
        safetensors(
          "  {\n\t\"a\" : {\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}", data: 1), 1
      ),
      (safetensors("{\"a\":{\"dtype\":\"F32\",\"shape\":[0,9],\"data_offsets\":[0,0]}}"), 1),
      (
        safetensors(
          "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"more\":[{\"x\":null}]}}",
          data: 1), 1
      ),
      (
        safetensors(
          "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
            + "\"a\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[0,1]}}", data: 2), 2
      ),
      (safetensors("{\"__metadata__\":{\"a\":\"\\ud83d\\ude00\"}}"), 0),
      // Names that differ in their normalization alone are two names.
      (
        safetensors(
          "{\"\u{e9}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"e\u{301}\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", data: 2), 2
      ),
    ])
  func accepted(bytes: [UInt8], count: Int) throws {
    let file = try withFile(bytes) { try Safetensors(path: $0) }
    #expect(file.tensors.count == count)
  }
}
