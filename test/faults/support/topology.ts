/** By name, or as pairs of indices. */
export type Topology = 'mesh' | 'ring' | 'line' | 'star' | 'none' | Array<[number, number]>

/**
 * The pairs that are linked: all, each with the next, the same without the last
 * with the first, the first with all others, none, or those given.
 */
export function pairsOf<T>(nodes: T[], topology: Topology): Array<[T, T]> {
  return nodes.flatMap((a, i) =>
    nodes
      .map((b, j): [T, T] | undefined =>
        i < j && isLinked(i, j, nodes.length, topology) ? [a, b] : undefined
      )
      .filter((pair) => pair != null)
  )
}

/** A ring with so many chords across that each node has `degree` links or more; the same for the same chance. */
export function randomMesh(count: number, degree: number, random: () => number): Array<[number, number]> {
  const pairs = pairsOf([...Array(count).keys()], 'ring')
  const degreeOf = (node: number): number => pairs.filter((pair) => pair.includes(node)).length

  for (let a = 0; a < count; a++) {
    while (degreeOf(a) < degree) {
      const b = Math.floor(random() * count)

      if (a !== b && !pairs.some((pair) => pair.includes(a) && pair.includes(b))) {
        pairs.push(a < b ? [a, b] : [b, a])
      }
    }
  }

  return pairs
}

/** The indices that can be reached from the first without passing the one given. */
export function reachable(pairs: Array<[number, number]>, from: number, without: number): Set<number> {
  const reached = new Set([from])

  // a set takes what is added to it while it is gone through
  for (const node of reached) {
    for (const pair of pairs.filter((ends) => ends.includes(node) && !ends.includes(without))) {
      reached.add(pair[0] === node ? pair[1] : pair[0])
    }
  }

  return reached
}

function isLinked(i: number, j: number, count: number, topology: Topology): boolean {
  if (typeof topology !== 'string') {
    return topology.some((pair) => pair.includes(i) && pair.includes(j))
  }

  switch (topology) {
    case 'mesh':
      return true
    case 'ring':
      return j - i === 1 || j - i === count - 1
    case 'line':
      return j - i === 1
    case 'star':
      return i === 0
    case 'none':
      return false
  }
}
