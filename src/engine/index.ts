/**
 * What the overlay serves: the learning engine. The overlay asks it for the
 * round and whether learning has ended, and tells it of its neighbours.
 */
import type { PeerId } from '@libp2p/interface'

export interface NeighbourUpdate {
  /** The neighbour that came or went. */
  peer: PeerId
  /** Whether it came (`true`) or went (`false`). */
  added: boolean
  /** All neighbours after the change, without this node. */
  neighbours: PeerId[]
}

export interface Engine {
  /** The current round, 0-based, or `null` while none has begun. */
  round(): number | null

  /**
   * Whether learning has ended. Once it has, no link is opened or accepted,
   * nothing is sent and nobody is redialled.
   */
  learningCycleFinished(): boolean

  /** Called after each change of the set of direct links. */
  updateNeighbours(update: NeighbourUpdate): void | Promise<void>
}

/** The engine of a node that learns nothing: no round, never finished. */
export function idleEngine(): Engine {
  return {
    round: () => null,
    learningCycleFinished: () => false,
    updateNeighbours: () => {}
  }
}
