extension RandomAccessCollection where Index == Int {
  /// The place of the first element that `belongs` holds for; the end when it holds for none. The elements that it does not
  /// hold for come before all others.
  func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
