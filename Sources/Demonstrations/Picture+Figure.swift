public import Charts
public import Drawing

extension Picture {
  /// Draws the picture for a size, a theme and a language.
  ///
  /// The title stands above the picture where the preset is made to be looked at alone; in papers
  /// the caption says it.
  ///
  /// - Parameters:
  ///   - id: The name of the figure.
  ///   - context: The size, the theme and the language.
  ///   - caption: What is written below the picture, which then gets smaller; the canvas does not.
  /// - Returns: The figure in the size of the preset.
  public func figure(id: String, context: FigureContext, caption: String? = nil) -> Figure {
    var canvas = Canvas(context)
    var frame = Rectangle(
      x: 0, y: 0, width: context.preset.size.width, height: context.preset.size.height
    ).inset(context.preset.margin)
    let claim = title(context.words)
    if context.preset.showsTitle {
      let style = canvas.style(.title, bold: true)
      let (head, rest) = frame.cutTop(style.size, gap: canvas.em(1.1))
      canvas.text(
        claim, at: Point(head.minX, head.minY), style, vertical: .top, box: head.inset(-1))
      frame = rest
    }
    if let caption { frame = canvas.drawCaption(caption, at: frame) }
    draw(&canvas, frame)
    return Figure(
      id: id, language: context.words.language.rawValue, size: context.preset.size,
      background: context.theme.background, marks: canvas.marks, title: claim,
      alternativeText: alternativeText(context.words))
  }
}
