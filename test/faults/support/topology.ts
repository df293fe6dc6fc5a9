export type Topology = 'mesh' | 'ring' | 'none'

/** The pairs that are linked: all, each with the next, or none. */
export function pairsOf<T>(nodes: T[], topology: Topology): Array<[T, T]> {
  return nodes.flatMap((a, i) =>
    nodes
      .slice(i + 1)
      .filter((_, offset) => isLinked(offset + 1, nodes.length, topology))
      .map((b): [T, T] => [a, b])
  )
}

function isLinked(distance: number, count: number, topology: Topology): boolean {
  switch (topology) {
    case 'mesh':
      return true
    case 'ring':
      return distance === 1 || distance === count - 1
    case 'none':
      return false
  }
}
