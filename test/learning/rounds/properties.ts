/** What the properties of all kinds of rounds share. */
import assert from 'node:assert/strict'
import type { Logged, Network } from './network.ts'

/** A model that says whose it is, and of which round. */
interface NamedModel {
  origin: string
  round: number
}

/** Cuts or makes a link, or kills a node; `false` when it is something else that is to happen. */
export function disturbNetwork<M>(network: Network<M>, what: string, node: string, other: string): boolean {
  switch (what) {
    case 'unlink':
      network.unlink(node, other)

      return true
    case 'link':
      if (node !== other && [node, other].every((one) => network.nodes.includes(one))) {
        network.link(node, other)
      }

      return true
    case 'kill':
      if (network.nodes.length > 2) {
        network.kill(node)
      }

      return true
    default:
      return false
  }
}

/** Each update of an aggregation is of another node, and of the round. */
export function assertCountedOnce<M extends NamedModel>(entry: Logged<M>): void {
  if (entry.type !== 'aggregate') {
    return
  }

  const ids = entry.updates.map(({ id }) => id)

  assert.equal(new Set(ids).size, ids.length, 'each counts once')

  for (const { id, model } of entry.updates) {
    if (model.origin !== 'junk') {
      assert.deepEqual(model, { origin: id, round: entry.round })
    }
  }
}
