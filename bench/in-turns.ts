/**
 * Measures ours and the peer's in turns, so that what else the machine does
 * falls on both alike. A first turn, which counts for nothing, warms both up.
 */
export async function inTurns(
  runs: number,
  measure: { ours(): Promise<number>; peer(): Promise<number> }
): Promise<{ ours: number[]; peer: number[] }> {
  const figures = { ours: [] as number[], peer: [] as number[] }

  for (let run = 0; run <= runs; run++) {
    const ours = await measure.ours()
    const peer = await measure.peer()

    if (run > 0) {
      figures.ours.push(ours)
      figures.peer.push(peer)
    }
  }

  return figures
}
