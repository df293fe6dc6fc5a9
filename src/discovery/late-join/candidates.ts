import type { SelectCandidates } from './types.ts'

/** Everybody who made an offer, as in a fully connected federation. */
export const selectAll: SelectCandidates = (offers) => offers.map(({ peer }) => peer)

/** Those with the fewest neighbours, as in a ring; of equals the one that answered first. */
export function selectLeastConnected(count: number): SelectCandidates {
  return (offers) =>
    offers
      .toSorted((a, b) => a.fields.nNeighbors - b.fields.nNeighbors)
      .slice(0, count)
      .map(({ peer }) => peer)
}
