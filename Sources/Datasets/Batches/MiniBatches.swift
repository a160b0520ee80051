/// The mini-batches of a training run: every example once an epoch, in a new order each time.
///
/// The batches from any position on depend only on the seed and the position, so that a stopped run goes
/// on as if it had never been stopped.
public struct MiniBatches: Equatable, Sendable {
  /// The number of examples.
  public let exampleCount: Int
  /// The examples of a batch; the last batch of an epoch may have fewer.
  public let batchSize: Int
  public let seed: UInt64
  /// Whether the last batch of an epoch is left out if it is not full.
  public let dropsLast: Bool
  /// Where the next batch is.
  public private(set) var position: Position
  /// The order of the epoch of the position, kept while the epoch lasts.
  private var order: (epoch: Int, indices: [Int])?

  /// A position behind more epochs comes from a damaged file.
  private static let mostEpochs = 1 << 40

  /// A place in a run; the whole state that a checkpoint needs.
  public struct Position: Hashable, Codable, Sendable {
    /// The number of the epoch, counted from 0.
    public var epoch: Int
    /// The number of the batch in it, counted from 0.
    public var batch: Int

    public static let start = Position(epoch: 0, batch: 0)

    public init(epoch: Int, batch: Int) {
      self.epoch = epoch
      self.batch = batch
    }
  }

  /// Batches from a position on.
  ///
  /// - Parameters:
  ///   - exampleCount: The number of examples, at least 1.
  ///   - batchSize: The examples of a batch, at least 1; more than there are give one batch an epoch.
  ///   - seed: The seed of the orders.
  ///   - dropsLast: Whether to leave out a last batch that is not full; not done where it is the only
  ///     one.
  ///   - position: Where to begin.
  /// - Throws: `setting`.
  public init(
    exampleCount: Int, batchSize: Int, seed: UInt64, dropsLast: Bool = false,
    position: Position = .start
  ) throws(DatasetError) {
    guard exampleCount > 0 else {
      throw .setting(
        name: "the number of examples", value: "\(exampleCount)", allowed: "at least 1")
    }
    guard batchSize > 0 else {
      throw .setting(name: "the batch size", value: "\(batchSize)", allowed: "at least 1")
    }
    self.exampleCount = exampleCount
    self.batchSize = min(batchSize, exampleCount)
    self.seed = seed
    self.dropsLast = dropsLast
    self.position = position
    guard (0...Self.mostEpochs).contains(position.epoch),
      (0..<batchesPerEpoch).contains(position.batch)
    else {
      throw .setting(
        name: "the position", value: "epoch \(position.epoch), batch \(position.batch)",
        allowed: "in an epoch of \(batchesPerEpoch) batches")
    }
  }

  /// The number of batches of an epoch.
  public var batchesPerEpoch: Int {
    dropsLast ? exampleCount / batchSize : (exampleCount - 1) / batchSize + 1
  }

  /// The position of a step, counted from 0 at the start of the run.
  public func position(ofStep step: Int) -> Position {
    precondition(step >= 0, "Step \(step) does not exist.")
    return Position(epoch: step / batchesPerEpoch, batch: step % batchesPerEpoch)
  }

  /// The numbers of the examples of the batch at the position, which then moves on.
  public mutating func next() -> [Int] {
    let indices: [Int]
    if let order, order.epoch == position.epoch {
      indices = order.indices
    } else {
      indices = EpochOrder.indices(of: exampleCount, seed: seed, epoch: position.epoch)
      order = (position.epoch, indices)
    }
    let start = position.batch * batchSize
    let batch = Array(indices[start..<min(exampleCount, start + batchSize)])
    position.batch += 1
    if position.batch == batchesPerEpoch {
      position = Position(epoch: position.epoch + 1, batch: 0)
    }
    return batch
  }

  public static func == (one: MiniBatches, other: MiniBatches) -> Bool {
    one.exampleCount == other.exampleCount && one.batchSize == other.batchSize
      && one.seed == other.seed && one.dropsLast == other.dropsLast
      && one.position == other.position
  }
}
