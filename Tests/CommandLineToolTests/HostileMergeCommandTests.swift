import Interchange
import TestSupport
import Testing

@Suite("Merging what cannot be merged") struct HostileMergeCommandTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var line: String
    var code: Int32
    var complaint: String
    var testDescription: String { line }

    init(_ line: String, _ code: Int32, _ complaint: String) {
      (self.line, self.code, self.complaint) = (line, code, complaint)
    }
  }

  /// A header that promises 4 GiB of numbers which are not there.
  static let promise =
    #"{"a.weight":{"dtype":"F32","shape":[32768,32768],"data_offsets":[0,4294967296]}}"#

  static let cases = [
    Case("merge", 64, "merge needs <base>: a .safetensors file of base weights"),
    Case(
      "merge base.safetensors -o x.safetensors", 64,
      "merge needs --adapter with the folder that PEFT saved, once for each adapter"),
    Case("merge base.safetensors --adapter one", 64, "merge needs --out with the file to write"),
    Case("merge base.safetensors --adapter one -o", 64, "-o needs a value: FILE"),
    Case(
      "merge base.safetensors --adapter one -o x --weight 1 --weight 2", 64,
      "--weight stands once for each adapter or not at all: there are 2 weights for 1 adapters"),
    Case(
      "merge base.safetensors --adapter one -o x --weight nan", 64,
      "--weight is a finite number such as 0.5, not “nan”"),
    Case(
      "merge base.safetensors --adapter one -o x --method tie", 64,
      "--method is one of cat, linear, svd, ties, ties_svd, magnitude_prune, dare_linear, "
        + "dare_ties, not “tie”; did you mean “ties”?"),
    Case(
      "merge base.safetensors --adapter one -o x --density 0.5", 64,
      "--density needs --method ties, ties_svd, magnitude_prune, dare_linear, dare_ties, not cat"),
    Case(
      "merge base.safetensors --adapter one -o x --method ties --density 2", 64,
      "--density is a number above 0 and at most 1, not “2”"),
    Case(
      "merge base.safetensors --adapter one -o x --method ties --rank 2", 64,
      "--rank needs --method svd, not ties"),
    Case(
      "merge base.safetensors --adapter one -o base.safetensors --force", 64,
      "--out is base.safetensors itself, which is read; choose another name"),
    Case(
      "merge base.safetensors --adapter one -o link.safetensors --force", 64,
      "--out is base.safetensors itself, which is read; choose another name"),
    Case(
      "merge base.safetensors --adapter one -o one/adapter_model.safetensors --force", 64,
      "--out is one/adapter_model.safetensors itself, which is read; choose another name"),
    Case(
      "merge base.safetensors --adapter one -o one/adapter_config.json", 73,
      "one/adapter_config.json: cannot be written: it is there already; --force replaces it"),
    Case(
      "merge base.safetensors --adapter one -o nowhere/x.safetensors", 73,
      "nowhere/x.safetensors: cannot be written: its folder is not there"),
    Case(
      "merge base.safetensors --adapter one -o one --force", 73,
      "one: cannot be written: it is a directory"),
    Case(
      "merge none.safetensors --adapter one -o x", 66, "none.safetensors: there is no such file"),
    Case("merge base.safetensors --adapter none -o x", 66, "none: there is no such file"),
    Case(
      "merge one --adapter one -o x", 66, "one: it is a directory, not a file"),
    Case(
      "merge base.safetensors --adapter base.safetensors -o x", 66,
      "base.safetensors: there is no adapter_config.json beside the weights, and only it says "
        + "alpha; name the folder that save_pretrained wrote"),
    Case(
      "merge promise.safetensors --adapter one -o x", 1,
      "promise.safetensors: the data of tensor “a.weight” ends at 4294967296, but the file has "
        + "only 8 bytes of data"),
    Case(
      "merge base.safetensors --adapter keyless -o x", 1,
      "keyless/adapter_config.json: the key “peft_type” is missing, without which PEFT loads "
        + "nothing"),
    Case(
      "merge base.safetensors --adapter twice -o x", 1,
      "twice/adapter_config.json: the key “r” appears twice"),
    Case(
      "merge base.safetensors --adapter ranked -o x", 1,
      "ranked/adapter_model.safetensors: “a” has rank 1 in the file and 3 in "
        + "adapter_config.json: one of the two belongs to another adapter"),
    Case(
      "merge base.safetensors --adapter wide -o x", 1,
      "wide/adapter_model.safetensors: the update of “a” is 2×4, and the weight is 2×3; the "
        + "adapter belongs to another model"),
    Case(
      "merge base.safetensors --adapter infinite -o x", 1,
      "infinite/adapter_model.safetensors: “a”: A has a number that is not finite in row 0, "
        + "column 1"),
    Case(
      "merge base.safetensors --adapter one --adapter wide --method linear -o x", 1,
      "wide/adapter_model.safetensors: the update of “a” is 2×4, and the weight is 2×3; the "
        + "adapter belongs to another model"),
    Case(
      "merge other.safetensors --adapter one -o x", 1,
      "other.safetensors: there is no “a.weight”, which one changes; the nearest is “b.weight”: "
        + "the base is another model, or has other names"),
    Case(
      "merge base.safetensors --adapter one --method svd --rank 3 -o x", 0, ""),
    Case(
      "merge base.safetensors --adapter one --adapter two --method svd --rank 3 -o x", 1,
      "one/adapter_model.safetensors: “a”: the rank 3 is larger than the shorter side of the 2×3 "
        + "weight"),
    Case(
      "merge table.csv --adapter one -o x", 1, "table.csv: merging needs a .safetensors file"),
    Case(
      "merge one/adapter_config.json --adapter one -o x", 1,
      "one/adapter_config.json: the format is not known; weights are read from"),
    Case(
      "merge m.safetensors.index.json --adapter one -o x", 1,
      "m.safetensors.index.json: it lists the parts of a model in several files; name one of "
        + "them; weights are read from"),
    Case(
      "merge base.safetensors --adapter one/adapter_config.json -o x", 1,
      "one/adapter_config.json: the format is not known; weights are read from"),
    Case(
      "merge base.safetensors --adapter table.csv -o x", 1,
      "table.csv: an adapter is a folder or a .safetensors file; weights are read from"),
    Case(
      "merge model.bin --adapter one -o x", 1,
      "model.bin: it is a Python pickle, which could run code; weights are read from"),
  ]

  @Test(
    "gets one sentence with the place and its code, and leaves nothing behind", arguments: cases)
  func refused(hostile: Case) throws {
    let folder = try TemporaryFolder()
    try writeAdapterFiles(to: folder)
    try folder.write(
      HostileWeightsTests.safetensors(Self.promise, data: 8), to: "promise.safetensors")
    try folder.write("1,2,3,4,5\n6,7,8,9,10\n", to: "table.csv")
    try folder.write("{}", to: "m.safetensors.index.json")
    try folder.write([0x80, 2, 0x63], to: "model.bin")
    try writeAdapter(
      to: folder, named: "keyless", loraA: [1, 1, 1], loraB: [1, 1], configuration: #"{"r": 1}"#)
    try writeAdapter(
      to: folder, named: "twice", loraA: [1, 1, 1], loraB: [1, 1],
      configuration: #"{"peft_type": "LORA", "r": 1, "r": 2}"#)
    try writeAdapter(
      to: folder, named: "ranked", loraA: [1, 1, 1], loraB: [1, 1],
      configuration: #"{"peft_type": "LORA", "r": 3}"#)
    try writeAdapter(to: folder, named: "wide", loraA: [1, 1, 1, 1], loraB: [1, 1])
    try writeAdapter(to: folder, named: "infinite", loraA: [1, .infinity, 1], loraB: [1, 1])
    try Safetensors.write(
      [.init(name: "b.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6])],
      to: folder("other.safetensors"))
    try folder.link("link.safetensors", to: "base.safetensors")
    let before = folder.contents
    let result = run(hostile.line, in: folder)
    #expect(result.code == hostile.code, "\(result.messages)")
    guard hostile.code != 0 else { return }
    #expect(result.complaint.hasPrefix(hostile.complaint), "\(result.messages)")
    #expect(result.output.isEmpty)
    #expect(folder.contents == before)
  }
}
