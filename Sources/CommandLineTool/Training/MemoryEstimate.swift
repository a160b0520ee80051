internal import Drawing
internal import Models
internal import Training

/// What a training is computed to take, before it begins.
enum MemoryEstimate {
  /// What the program and its libraries take beside.
  private static let ofProgram = 64e6

  /// Refuses a training for which this machine has too little memory.
  ///
  /// - Parameters:
  ///   - settings: The training.
  ///   - shape: The model.
  ///   - length: The tokens of a sequence.
  ///   - available: The bytes that are free; nothing where that is not known.
  /// - Throws: `ToolError.failure` with both numbers.
  static func check(
    _ settings: TrainingSettings, _ shape: ModelShape, length: Int, available: Int?
  ) throws(ToolError) {
    guard let available else { return }
    let method: MemoryModel.Method =
      switch settings.method {
      case .full: .full
      case .lora: .lora
      case .qlora: .qlora
      }
    let model = MemoryModel(
      shape, method: method, rank: settings.rank, precision: .single,
      optimizer: settings.optimizer == .adamw || settings.momentum > 0 ? .adamW : .sgd,
      batch: settings.batch, length: length, mergesAdapters: settings.dropout == 0)
    let needed = model.total + ofProgram
    guard needed > Double(available) else { return }
    let words = Words(.english)
    throw .failure(
      "the training needs about \(text(needed, words)) of memory, and "
        + "\(text(Double(available), words)) are free; a smaller --batch needs less")
  }

  /// The bytes of each kind in one line.
  static func line(_ memory: TrainingMemory, _ words: Words) -> String {
    let kinds = [
      (words.say(es: "pesos", en: "weights"), memory.base),
      (words.say(es: "adaptadores", en: "adapters"), memory.adapter),
      (words.say(es: "gradientes", en: "gradients"), memory.gradients),
      (words.say(es: "optimizador", en: "optimiser"), memory.optimizer),
      (words.say(es: "activaciones", en: "activations"), memory.activations),
      (
        words.say(es: "espacio de trabajo", en: "working space"),
        memory.weightBuffer + memory.scratch
      ),
    ].filter { $0.1 > 0 }.map { "\($0.0) \(text(Double($0.1), words))" }
    return words.say(es: "Memoria calculada: ", en: "Memory, computed: ")
      + text(Double(memory.total), words) + " (" + kinds.joined(separator: ", ") + ")"
  }

  /// What was computed beside what the process took.
  static func comparison(_ memory: TrainingMemory, peak: Int, _ words: Words) -> String {
    let (computed, taken) = (text(Double(memory.total), words), text(Double(peak), words))
    return words.say(
      es: "Memoria medida: el proceso llegó a \(taken), con el programa y sus bibliotecas; "
        + "lo calculado eran \(computed)",
      en: "Memory, measured: the process took \(taken) at most, with the program and its "
        + "libraries; \(computed) were computed")
  }

  static func text(_ bytes: Double, _ words: Words) -> String {
    let (unit, size) =
      bytes >= 0.95e9 ? ("GB", 1e9) : bytes >= 0.95e6 ? ("MB", 1e6) : ("kB", 1e3)
    return words.numbers.significant(bytes / size, digits: 3) + "\u{A0}" + unit
  }
}
