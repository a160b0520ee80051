#if canImport(Glibc)
  internal import Glibc
#endif

/// Asks the system to back fresh memory with large pages.
///
/// Writing a large array for the first time costs mostly page faults; with pages of 2 MB there are
/// 512 times fewer. It is a hint: without large pages nothing changes.
func adviseLargePages(for memory: UnsafeMutableRawBufferPointer) {
  #if canImport(Glibc)
    let page = 1 << 21
    guard memory.count >= 2 * page, let base = memory.baseAddress else { return }
    let start = unsafe base.alignedUp(toMultipleOf: page)
    let end = unsafe (base + memory.count).alignedDown(toMultipleOf: page)
    unsafe madvise(start, end - start, Int32(MADV_HUGEPAGE))
  #endif
}
