internal import CHarfBuzz

/// The letters of a bundled font that a figure needs, as a font file of their own.
@safe struct FontSubset {
  let bytes: [UInt8]

  /// Numbers of equal width, which HarfBuzz leaves out unless it is asked.
  private static let tabularFigures: hb_tag_t = "tnum".utf8.reduce(0) { $0 << 8 | hb_tag_t($1) }

  /// - Parameters:
  ///   - file: The name of a file of the bundled fonts.
  ///   - characters: The characters that are kept.
  /// - Throws: ``RenderingError/noSubset(font:)``, or that there are no fonts.
  init(file: String, characters: Set<Unicode.Scalar>) throws(RenderingError) {
    let path = try FontLibrary.bundled.get().folder + "/" + file
    guard let blob = unsafe hb_blob_create_from_file_or_fail(path) else {
      throw .fontUnreadable(path: path)
    }
    defer { unsafe hb_blob_destroy(blob) }
    let face = unsafe hb_face_create(blob, 0)
    defer { unsafe hb_face_destroy(face) }
    guard let input = unsafe hb_subset_input_create_or_fail() else { throw .noSubset(font: file) }
    defer { unsafe hb_subset_input_destroy(input) }
    let wanted = unsafe hb_subset_input_unicode_set(input)
    for character in characters { unsafe hb_set_add(wanted, character.value) }
    unsafe hb_set_add(
      hb_subset_input_set(input, HB_SUBSET_SETS_LAYOUT_FEATURE_TAG), Self.tabularFigures)
    guard let subset = unsafe hb_subset_or_fail(face, input) else { throw .noSubset(font: file) }
    defer { unsafe hb_face_destroy(subset) }
    let output = unsafe hb_face_reference_blob(subset)
    defer { unsafe hb_blob_destroy(output) }
    var count: UInt32 = 0
    guard let data = unsafe hb_blob_get_data(output, &count), count > 0 else {
      throw .noSubset(font: file)
    }
    bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(count)))
  }
}
