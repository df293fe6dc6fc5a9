import leven from 'leven'

/** The candidate most like the word, if one is like enough to be meant. */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = (word.length < 4 ? 1 : Math.min(4, Math.max(2, Math.floor(word.length / 3)))) + 1

  for (const candidate of candidates) {
    const distance = leven(word.toLowerCase(), candidate.toLowerCase(), { maxDistance: bestDistance })

    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }

  return best
}

export function didYouMean(suggestion: string | undefined): string {
  return suggestion == null ? '' : `; did you mean "${suggestion}"?`
}
