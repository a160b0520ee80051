import Quantization
import Testing

@Suite("Storage of quantized tensors")
struct QuantizationStorageTests {
  @Test(
    "Bytes equal those measured on the reference library",
    arguments: VectorFile.double.storage ?? [])
  func reference(_ row: VectorFile.Storage) throws {
    let storage = try QuantizationStorage(
      count: row.parameters, blockSize: row.blocksize, doubleQuantized: row.double_quantized)
    #expect(storage.packed == row.bytes["packed"])
    #expect(storage.absmax == row.bytes["absmax"] ?? 0)
    #expect(storage.absmaxCodes == row.bytes["absmax_codes"] ?? 0)
    #expect(storage.nestedAbsmax == row.bytes["nested_absmax"] ?? 0)
    #expect(storage.offset == row.bytes["offset"] ?? 0)
    #expect(storage.total == row.total_bytes)
    #expect(storage.bitsPerWeight == row.bits_per_parameter)
    #expect(
      QuantizationStorage.bitsPerWeight(
        blockSize: row.blocksize, doubleQuantized: row.double_quantized)
        == row.bits_per_parameter_limit)
  }

  @Test("A tensor accounts for its own parts")
  func ownParts() throws {
    let tensor = try BlockQuantizer(blockSize: 32).quantize(Array(repeating: 1, count: 101))
    #expect(tensor.storage.total == tensor.packed.count + 4 * tensor.absmax.count)
    let double = try tensor.doubleQuantized()
    #expect(
      double.storage.total
        == tensor.packed.count + double.scales.codes.count + 4 * double.scales.nestedAbsmax.count
        + 4)
  }

  @Test("Blocks of 64 cost 4.5 bits a weight, and 4.126953125 with double quantization")
  func bitsPerWeight() {
    #expect(QuantizationStorage.bitsPerWeight(blockSize: 64, doubleQuantized: false) == 4.5)
    #expect(
      QuantizationStorage.bitsPerWeight(blockSize: 64, doubleQuantized: true) == 4.126953125)
  }
}
